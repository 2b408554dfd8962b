"""`hub status`: how each stream stands."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, duration, quantity, run
from hub.model import ConnectionState, StreamStatus, SyncRun, SyncRunState
from hub.settings import Settings
from hub.store import issues, sync_runs
from hub.store.database import opened
from hub.store.sync_runs import StreamSummary

app = typer.Typer(add_completion=False)


@app.command()
def status() -> None:
    """Show how far each stream was read, how fast, what went wrong, and what a person should look at."""
    summaries, open_issues = run(_found())
    if not summaries:
        console.print("Nothing was synced yet: `hub connect` connects a system, `hub sync` reads it.", markup=False)
        return
    table = Table("Connection", "Stream", "State", "Last read to its end")
    for title in ("Read", "Changed", "Gone", "Not understood"):
        table.add_column(title, justify="right")
    for summary in summaries:
        table.add_row(*_row(summary))
    console.print(table)
    for line in _lines(summaries):
        console.print(line, highlight=False)
    for kind, number in open_issues.items():
        console.print(f"{quantity(number)} open issue(s): {kind.lower().replace('_', ' ')}; `hub issues` lists them")


def _row(summary: StreamSummary) -> tuple[str, ...]:
    state, run = summary.state, summary.last_run
    read_at = state.synced_at if state else None
    ago = f"{duration((datetime.now(UTC) - read_at).total_seconds())} ago" if read_at else "never"
    numbers = (run.payloads_seen, run.payloads_changed, run.rows_removed, run.payloads_unmapped)
    return escape(summary.connection.name), run.stream, escape(_told(summary)), ago, *map(quantity, numbers)


def _told(summary: StreamSummary) -> str:
    state, run = summary.state, summary.last_run
    if run.state == SyncRunState.RUNNING:
        return _progress(run)
    if state is not None and state.status == StreamStatus.UNAVAILABLE:
        return str(state.reason)
    return run.state.lower() if run.error is None else f"{run.state.lower()}: {run.error}"


def _progress(run: SyncRun) -> str:
    """How far a run is, and its pace."""
    seconds = (datetime.now(UTC) - run.started_at).total_seconds()
    pace = f"{quantity(round(run.payloads_seen / seconds))} a second" if seconds >= 1 else "just begun"
    if not run.payloads_expected:
        return f"running, {pace}"
    return f"running, {run.payloads_seen / run.payloads_expected:.0%} of {quantity(run.payloads_expected)}, {pace}"


def _lines(summaries: Sequence[StreamSummary]) -> Iterator[str]:
    """What concerns a connection as a whole."""
    for name, group in groupby(summaries, key=lambda each: each.connection.name):
        of_connection = list(group)
        connection = of_connection[0].connection
        told = ["synced when somebody asks" if connection.sync_every is None else _schedule(connection.sync_every)]
        told += _quota([each.last_run for each in of_connection])
        if connection.state == ConnectionState.REAUTH_REQUIRED:
            told.append("[red]the source refuses the credentials: connect it again[/]")
        yield f"[bold]{escape(name)}[/]: {'; '.join(told)}."


def _schedule(minutes: int) -> str:
    return f"synced every {duration(minutes * 60)}"


def _quota(runs: Sequence[SyncRun]) -> list[str]:
    """What the newest run that knows tells of the source's quota."""
    told = [run for run in runs if run.quota_limit]
    if not told:
        return []
    newest = max(told, key=lambda run: run.started_at)
    used, limit = newest.quota_used or 0, newest.quota_limit or 0
    return [f"{quantity(used)} of {quantity(limit)} requests of the source's day used ({used / limit:.0%})"]


async def _found() -> tuple[list[StreamSummary], dict[str, int]]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await sync_runs.summaries(session), await issues.open_by_kind(session)
