"""How rates change with connections, with processes and with accounts. Only with `--full`."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
from database import Place
from load import Outcome, generator
from measuring import Bench, subjects
from queries import Query
from rich.table import Table
from servers import Kind, Server, kinds, running
from world import World

CONNECTIONS = (1, 4, 16, 64)
PROCESSES = (1, 2, 4)
TIMES_THE_ACCOUNTS = 10


@dataclass(frozen=True, slots=True)
class Run:
    """What all measurements of a run share."""

    place: Place
    node: Path
    folder: Path
    queries: Sequence[Query]
    seconds: int


Filled = Callable[[Run, World], AbstractContextManager[None]]


def tables(run: Run, accounts: int, filled: Filled) -> Iterator[Table]:
    """One after the other, as they are known."""
    usual = World(accounts)
    worlds = [replace(usual, home_connections=count) for count in CONNECTIONS]
    yield _table("connections", run, [(f"{world.home_connections}", *_rates(run, world, filled)) for world in worlds])
    yield _table("processes", run, _rates_by_processes(run, usual, filled))
    larger = replace(usual, accounts=accounts * TIMES_THE_ACCOUNTS)
    sizes = [(f"{world.accounts:,}", *_rates(run, world, filled)) for world in (usual, larger)]
    yield _table("accounts", run, sizes)


Rates = dict[str, list[float]]
"""By server's name, a rate for each query."""


def _rates(run: Run, world: World, filled: Filled) -> tuple[Rates]:
    with filled(run, world), ExitStack() as open_:
        bench = _bench(run, open_)
        first = run.queries[0], bench.subjects[run.queries[0].name][0]
        servers = [open_.enter_context(running(kind, *first)) for kind in kinds(run.place, run.node, run.folder)]
        for query in run.queries:
            for server in servers:
                bench.check(server, query)
        bench.rounds(servers, 1, run.seconds, lambda _: None)
        names = [server.kind.name for server in servers]
        return ({name: [bench.turns[name, query.name][0].outcome.rate for query in run.queries] for name in names},)


def _rates_by_processes(run: Run, world: World, filled: Filled) -> list[tuple[str, Rates]]:
    with filled(run, world), ExitStack() as open_:
        bench = _bench(run, open_)
        every = kinds(run.place, run.node, run.folder)
        return [(f"{count}", {kind.name: _rates_of(bench, kind, count, run) for kind in every}) for count in PROCESSES]


def _rates_of(bench: Bench, kind: Kind, count: int, run: Run) -> list[float]:
    """`hub serve --processes` shares one port; the others get a port each, as behind a load balancer."""
    first = run.queries[0], bench.subjects[run.queries[0].name][0]
    with ExitStack() as open_:
        if kind.name == "hub" and _has_processes(kind):
            several = replace(kind, command=[*kind.command, "--processes", str(count)])
            servers = [open_.enter_context(running(several, *first))] * count
        else:
            servers = [open_.enter_context(running(kind, *first)) for _ in range(count)]
        for query in run.queries:
            _together(bench, servers, query, 1)
        return [sum(outcome.rate for outcome in _together(bench, servers, query, run.seconds)) for query in run.queries]


def _together(bench: Bench, servers: Sequence[Server], query: Query, seconds: int) -> list[Outcome]:
    return bench.generator.outcomes([bench.target(server, query) for server in servers], seconds)


def _has_processes(kind: Kind) -> bool:
    told = subprocess.run([*kind.command[:2], "--help"], capture_output=True, text=True, check=True)  # noqa: S603 - hub
    return "--processes" in told.stdout


def _bench(run: Run, open_: ExitStack) -> Bench:
    connection = open_.enter_context(psycopg.connect(run.place.measured, autocommit=True))
    return Bench(connection, generator(run.node), run.queries, subjects(connection))


def _table(what: str, run: Run, rows: Sequence[tuple[str, Rates]]) -> Table:
    table = Table(what, "server", title=f"Requests per second by {what}")
    for query in run.queries:
        table.add_column(query.name, justify="right")
    for label, rates in rows:
        for name, each in rates.items():
            table.add_row(label, name, *(f"{rate:,.0f}" for rate in each), end_section=name == list(rates)[-1])
    return table
