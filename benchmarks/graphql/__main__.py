"""How fast the hub reads, beside PostGraphile 5 and beside hand-written statements, on one database in one run.

`make bench-graphql`; what is compared, and how it is kept fair, stands in README.md.
"""

import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import database
import growth
import node
import psycopg
import targets
import typer
from load import generator
from measuring import Bench, subjects
from queries import queries
from rich.console import Console
from rich.progress import Progress
from servers import kinds, running
from world import World

console = Console()


def main(
    accounts: Annotated[int, typer.Option(help="How many accounts.", min=100)] = 100_000,
    connections: Annotated[int, typer.Option(help="How many connections of the home organization.", min=1)] = 4,
    rows: Annotated[int, typer.Option(help="How long the long list is (Q4).", min=1)] = 1000,
    rounds: Annotated[int, typer.Option(help="How often each server takes its turn.", min=1)] = 3,
    seconds: Annotated[int, typer.Option(help="How long a turn takes.", min=1)] = 4,
    full: Annotated[bool, typer.Option("--full", help="Also how it grows; takes most of an hour.")] = False,  # noqa: FBT002
    database_url: Annotated[
        str | None, typer.Option("--database", help="A PostgreSQL server to use; else an embedded one.")
    ] = None,
) -> None:
    """Print what each server reaches, and exit with 1 where the hub falls short of a target."""
    with TemporaryDirectory(prefix="hub-bench-") as folder, database.server(database_url, Path(folder)) as place:
        run = growth.Run(place, node.ready(), Path(folder), queries(rows), seconds)
        short = compared(run, World(accounts, connections), rounds)
        if full:
            for table in growth.tables(run, accounts, filled):
                console.print(table)
    raise typer.Exit(1 if short else 0)


def compared(run: growth.Run, world: World, rounds: int) -> bool:
    """Whether the hub fell short of a target."""
    with filled(run, world), ExitStack() as open_:
        connection = open_.enter_context(psycopg.connect(run.place.measured, autocommit=True))
        bench = Bench(connection, generator(run.node), run.queries, subjects(connection))
        told = [run.queries[0], bench.subjects[run.queries[0].name][0]]
        servers = [open_.enter_context(running(kind, *told)) for kind in kinds(run.place, run.node, run.folder)]
        introduce(run, world, bench, connection)
        with console.status("Comparing the answers …"):
            for query in run.queries:
                for server in servers:
                    bench.check(server, query)
        console.print("Every server's answers equal the reference.")
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("", total=rounds * len(run.queries) * len(servers))
            step = lambda text: progress.update(task, description=text, advance=1)  # noqa: E731 - one line
            bench.rounds(servers, rounds, run.seconds, step)
        found = targets.ratios(bench.turns, run.queries)
        for table in (
            targets.rates_table(bench.turns, run.queries, servers),
            targets.servers_table(servers),
            targets.targets_table(found),
        ):
            console.print(table)
    console.print(" ".join((targets.__doc__ or "").split("\n\n")[1].split()))
    return any(ratio.short for ratio in found)


def introduce(run: growth.Run, world: World, bench: Bench, connection: psycopg.Connection) -> None:
    """Who is compared, on what, by what."""
    server = connection.info.parameter_status("server_version")
    way = "Unix socket" if connection.info.host.startswith("/") else "TCP"
    console.print(
        f"PostgreSQL {server} over {way}; Python {platform.python_version()}; PostGraphile {node.postgraphile()} on "
        f"Node {node.version(run.node)}; load by {bench.generator.name}; {world.accounts:,} accounts, "
        f"{world.home_connections} connections; one process each; {run.seconds} s a turn."
    )
    for query in run.queries:
        console.print(f"  {query.name}  {query.title}")


@contextmanager
def filled(run: growth.Run, world: World) -> Iterator[None]:
    """The database, filled with a world while a bar tells how far."""
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task(f"{world.accounts:,} accounts", total=world.accounts)
        with ExitStack() as open_:
            tell = lambda count: progress.update(task, advance=count)  # noqa: E731 - one line
            open_.enter_context(database.loaded(run.place, world, run.folder, tell))
            progress.stop()
            yield


if __name__ == "__main__":
    typer.run(main)
