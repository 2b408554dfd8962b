"""`hub sync`: copy what changed."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from hub.cli.terminal import console, quantity, run, tell_error
from hub.errors import HubError, NotFound
from hub.jobs.stream_run import StreamRun, Tell
from hub.jobs.sync import Order
from hub.jobs.sync import sync as sync_connection
from hub.model import SyncRunState
from hub.settings import Settings
from hub.store import connections
from hub.store.database import Database, opened
from hub.store.secrets import sealer

app = typer.Typer(add_completion=False)


@app.command()
def sync(
    connection: Annotated[str | None, typer.Argument(help="The connection's name; all of them when left out.")] = None,
    stream: Annotated[str | None, typer.Option(help="One stream only, such as accounts.")] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Read from the start, whatever was read before.")] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="It is right if most rows of a stream are gone at the source.")
    ] = False,
) -> None:
    """Copy what changed in the connected systems since the last time."""
    runs, failures = run(_synced(connection, stream, full=full, accept_removals=accept_removals))
    if runs:
        console.print(runs_table(runs))
    if failures or any(each.state == SyncRunState.FAILED for each in runs):
        sys.exit(1)


async def _synced(
    name: str | None, stream: str | None, *, full: bool, accept_removals: bool
) -> tuple[list[StreamRun], list[HubError]]:
    settings = Settings.from_env()
    async with opened(settings) as database:
        async with database.session() as session:
            chosen = await connections.named(session, name)
        if not chosen:
            raise NotFound("Nothing is connected yet; see `hub connect --help`.")
        orders = {
            each.name: Order(connection_id=each.id, stream=stream, full=full, accept_removals=accept_removals)
            for each in chosen
        }
        with progress_shown() as tell:
            return await sync_all(database, settings, orders, tell)


async def sync_all(
    database: Database, settings: Settings, orders: Mapping[str, Order], tell: Tell
) -> tuple[list[StreamRun], list[HubError]]:
    """Sync one connection after the other; one that fails is told of, and does not keep the next from its turn."""
    runs: dict[object, StreamRun] = {}

    def noted(run: StreamRun) -> None:
        runs[run.id] = run
        tell(run)

    seal = sealer(settings)
    failures: list[HubError] = []
    for name, order in orders.items():
        try:
            await sync_connection(database, seal, order, noted)
        except HubError as error:
            failures.append(error)
            tell_error(f"{name}: {error}")
    return list(runs.values()), failures


@contextmanager
def progress_shown() -> Iterator[Tell]:
    """Show each stream while it is read."""
    told = TextColumn("{task.fields[read]} read, {task.fields[changed]} changed")
    columns = (TextColumn("  {task.description:<44}"), BarColumn(20), told, TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[UUID, TaskID] = {}

        def tell(run: StreamRun) -> None:
            if run.id not in tasks:
                name = f"{escape(run.connection.name)} · {run.stream.name}"
                tasks[run.id] = progress.add_task(name, total=None, read="0", changed="0")
            progress.update(
                tasks[run.id],
                total=run.expected,
                completed=run.seen,
                read=quantity(run.seen),
                changed=quantity(run.changed),
            )
            if run.state != SyncRunState.RUNNING:
                progress.remove_task(tasks[run.id])

        yield tell


def runs_table(runs: list[StreamRun]) -> Table:
    """What each run read."""
    table = Table("Connection", "Stream", title="Synced", title_justify="left")
    for title in ("Read", "New or changed", "Gone", "Not understood"):
        table.add_column(title, justify="right")
    table.add_column("Outcome")
    for each in runs:
        numbers = (each.seen, each.changed, each.removed, each.unmapped)
        outcome = each.state.lower() if each.error is None else f"[yellow]{escape(each.error)}[/]"
        table.add_row(escape(each.connection.name), each.stream.name, *map(quantity, numbers), outcome)
    return table
