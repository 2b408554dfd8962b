"""`hub sync`: copy what changed."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from hub.cli.terminal import AsJson, Cell, console, print_json, quantity, quantity_of, run, show_table, tell, tell_error
from hub.errors import HubError, NotFound
from hub.jobs.stream_run import StreamRun, Tell
from hub.jobs.sync import Order
from hub.jobs.sync import sync as sync_connection
from hub.model import SyncRunState
from hub.settings import Settings
from hub.store import connections
from hub.store.database import Database, opened
from hub.store.secrets import sealer

HEADERS = ("Connection", "Stream", "Read", "New or changed", "Gone", "Not understood", "Outcome")

app = typer.Typer(add_completion=False)


class Exit(IntEnum):
    """What `hub sync` ends with; 2 is a wrong command line."""

    SYNCED = 0
    FAILED = 1
    HELD_BACK = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What syncing some connections came to."""

    runs: Sequence[StreamRun]
    failures: Mapping[str, HubError] = field(default_factory=dict)
    """What kept a connection as a whole from being synced, by its name."""

    @property
    def code(self) -> Exit:
        """A failure counts more than what was held back."""
        is_failed = any(run.state == SyncRunState.FAILED for run in self.runs)
        if self.failures or is_failed or self.unreadable:
            return Exit.FAILED
        return Exit.HELD_BACK if any(run.held_back for run in self.runs) else Exit.SYNCED

    @property
    def unreadable(self) -> list[str]:
        """The connections of which no stream could be read."""
        by_name = groupby(self.runs, key=lambda run: run.connection.name)
        return [name for name, runs in by_name if all(run.state == SyncRunState.UNAVAILABLE for run in runs)]


@app.command()
def sync(
    connection: Annotated[str | None, typer.Argument(help="The connection's name; all of them when left out.")] = None,
    stream: Annotated[str | None, typer.Option(help="One stream only, such as accounts.")] = None,
    *,
    full: Annotated[bool, typer.Option("--full", help="Read from the start, whatever was read before.")] = False,
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="It is right if most rows of a stream are gone at the source.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Copy what changed in the connected systems since the last time.

    Exits 1 where a stream failed or a connection has none that can be read, 3 where removals were held back.
    """
    outcome = run(_synced(connection, stream, full=full, accept_removals=accept_removals))
    if as_json:
        print_json(_facts(outcome))
    elif outcome.runs:
        _show(outcome)
    sys.exit(outcome.code)


async def _synced(name: str | None, stream: str | None, *, full: bool, accept_removals: bool) -> Outcome:
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


async def sync_all(database: Database, settings: Settings, orders: Mapping[str, Order], tell: Tell) -> Outcome:
    """Sync one connection after the other; one that fails is told of, and does not keep the next from its turn."""
    runs: dict[object, StreamRun] = {}

    def noted(run: StreamRun) -> None:
        runs[run.id] = run
        tell(run)

    seal = sealer(settings)
    failures: dict[str, HubError] = {}
    for name, order in orders.items():
        try:
            await sync_connection(database, seal, order, noted)
        except HubError as error:
            failures[name] = error
            tell_error(f"{name}: {error}")
    return Outcome(list(runs.values()), failures)


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


def _show(outcome: Outcome) -> None:
    show_table(HEADERS, map(_row, outcome.runs), title="Synced")
    for each in outcome.runs:
        if each.error:
            tell(f"{each.connection.name} · {each.stream.name}: {each.error}", "yellow")
    for name in outcome.unreadable:
        tell_error(f"{name}: none of its streams can be read. Connect it again, or see what it may not read above.")


def _row(run: StreamRun) -> tuple[Cell, ...]:
    numbers = (run.seen, run.changed, run.removed, run.unmapped)
    return run.connection.name, run.stream.name, *numbers, _told(run)


def _told(run: StreamRun) -> Text:
    if run.held_back:
        return Text(f"{quantity_of(run.held_back, 'removal')} held back: hub issues", "yellow")
    return Text(run.state.lower(), "yellow" if run.error else "")


def _facts(outcome: Outcome) -> dict[str, Any]:
    """The same for programs, as docs/commands.md documents it."""
    return {
        "runs": [_run_facts(run) for run in outcome.runs],
        "failures": [{"connection": name, "error": str(error)} for name, error in outcome.failures.items()],
    }


def _run_facts(run: StreamRun) -> dict[str, Any]:
    return {
        "connection": run.connection.name,
        "stream": run.stream.name,
        "state": run.state,
        "read": run.seen,
        "changed": run.changed,
        "gone": run.removed,
        "notUnderstood": run.unmapped,
        "heldBack": run.held_back,
        "error": run.error,
    }
