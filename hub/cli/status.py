"""`hub status`: how each stream stands."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

import typer

from hub.cli.terminal import AsJson, Cell, console, duration, print_json, quantity, quantity_of, run, show_table, tell
from hub.model import Connection, ConnectionState, IssueKind, StreamStatus, SyncRun, SyncRunState
from hub.settings import Settings
from hub.store import issues, sync_runs
from hub.store.database import opened
from hub.store.sync_runs import StreamSummary

HEADERS = ("Connection", "Stream", "State", "Last read to its end", "Read", "Changed", "Gone", "Not understood")

app = typer.Typer(add_completion=False)


class _Found(NamedTuple):
    summaries: Sequence[StreamSummary]
    open_issues: Mapping[str, int]
    """How many of each kind."""
    held_back: frozenset[tuple[UUID, str]]
    """The connections and streams whose removals wait for a person."""

    def state(self, summary: StreamSummary) -> str:
        """In a word or two."""
        run = summary.last_run
        if run.state == SyncRunState.RUNNING:
            return _progress(run)
        if summary.state is not None and summary.state.status == StreamStatus.UNAVAILABLE:
            return SyncRunState.UNAVAILABLE.lower()
        return "removals held back" if self.is_held_back(summary) else run.state.lower()

    def is_held_back(self, summary: StreamSummary) -> bool:
        """Whether rows that are gone at the source stay here until a person said that it is right."""
        return (summary.connection.id, summary.last_run.stream) in self.held_back


@app.command()
def status(*, as_json: AsJson = False) -> None:
    """Show how far each stream was read, how fast, what went wrong, and what a person should look at."""
    found = run(_found())
    if as_json:
        print_json(_facts(found))
    elif found.summaries:
        _show(found)
    else:
        console.print("Nothing was synced yet: `hub connect` connects a system, `hub sync` reads it.", markup=False)


def _show(found: _Found) -> None:
    show_table(HEADERS, [_row(found, summary) for summary in found.summaries])
    for summary in found.summaries:
        if error := _error(summary):
            tell(f"{summary.connection.name} · {summary.last_run.stream}: {error}", "yellow")
    for name, group in groupby(found.summaries, key=lambda each: each.connection.name):
        tell(f"{name}: {'; '.join(_connection_told(list(group)))}.")
    for kind, number in found.open_issues.items():
        told = quantity_of(number, "open issue")
        console.print(f"{told}: {kind.lower().replace('_', ' ')}; `hub issues` lists them", highlight=False)


def _row(found: _Found, summary: StreamSummary) -> tuple[Cell, ...]:
    run, ago = summary.last_run, _ago(summary.state.synced_at if summary.state else None)
    numbers = (run.payloads_seen, run.payloads_changed, run.rows_removed, run.payloads_unmapped)
    return summary.connection.name, run.stream, found.state(summary), ago, *numbers


def _ago(at: datetime | None) -> str:
    if at is None:
        return "never"
    minutes, seconds = divmod(round((datetime.now(UTC) - at).total_seconds()), 60)
    return f"{quantity(minutes)} min ago" if minutes else f"{seconds} s ago"


def _error(summary: StreamSummary) -> str | None:
    """Why the stream is not read, or why its last run failed."""
    state, run = summary.state, summary.last_run
    if run.state == SyncRunState.RUNNING:
        return None
    return state.reason if state is not None and state.status == StreamStatus.UNAVAILABLE else run.error


def _progress(run: SyncRun) -> str:
    """How far a run is, and its pace."""
    seconds = (datetime.now(UTC) - run.started_at).total_seconds()
    pace = f"{quantity(round(run.payloads_seen / seconds))} a second" if seconds >= 1 else "just begun"
    if not run.payloads_expected:
        return f"running, {pace}"
    return f"running, {run.payloads_seen / run.payloads_expected:.0%} of {quantity(run.payloads_expected)}, {pace}"


def _connection_told(summaries: Sequence[StreamSummary]) -> Iterator[str]:
    """What concerns a connection as a whole."""
    connection = summaries[0].connection
    yield "synced when somebody asks" if connection.sync_every is None else _schedule(connection.sync_every)
    newest = _newest_quota(summaries)
    if newest is not None:
        used, limit = newest.quota_used or 0, newest.quota_limit or 1
        yield f"{quantity(used)} of {quantity(limit)} requests of the source's day used ({used / limit:.0%})"
    if connection.state == ConnectionState.REAUTH_REQUIRED:
        yield "the source refuses the credentials: connect it again"


def _schedule(minutes: int) -> str:
    return f"synced every {duration(minutes * 60)}"


def _newest_quota(summaries: Sequence[StreamSummary]) -> SyncRun | None:
    """The newest run that knows of the source's quota."""
    told = [each.last_run for each in summaries if each.last_run.quota_limit]
    return max(told, key=lambda run: run.started_at, default=None)


def _facts(found: _Found) -> dict[str, Any]:
    """The same for programs, as docs/commands.md documents it."""
    by_name = groupby(found.summaries, key=lambda each: each.connection.name)
    return {
        "connections": [_connection_facts(list(group)) for _, group in by_name],
        "streams": [_stream_facts(found, summary) for summary in found.summaries],
        "openIssues": {str(kind): number for kind, number in found.open_issues.items()},
    }


def _connection_facts(summaries: Sequence[StreamSummary]) -> dict[str, Any]:
    connection: Connection = summaries[0].connection
    newest = _newest_quota(summaries)
    return {
        "name": connection.name,
        "connector": connection.connector,
        "state": connection.state,
        "syncEveryMinutes": connection.sync_every,
        "quotaUsed": newest.quota_used if newest else None,
        "quotaLimit": newest.quota_limit if newest else None,
    }


def _stream_facts(found: _Found, summary: StreamSummary) -> dict[str, Any]:
    run = summary.last_run
    return {
        "connection": summary.connection.name,
        "stream": run.stream,
        "state": run.state,
        "removalsHeldBack": found.is_held_back(summary),
        "lastReadToItsEndAt": summary.state.synced_at if summary.state else None,
        "startedAt": run.started_at,
        "finishedAt": run.finished_at,
        "expected": run.payloads_expected,
        "read": run.payloads_seen,
        "changed": run.payloads_changed,
        "gone": run.rows_removed,
        "notUnderstood": run.payloads_unmapped,
        "error": _error(summary),
    }


async def _found() -> _Found:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return _Found(
            await sync_runs.summaries(session),
            await issues.open_by_kind(session),
            frozenset(await issues.streams_with(session, IssueKind.MASS_REMOVAL)),
        )
