"""`hub status`: how each stream stands."""

from datetime import UTC, datetime

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, duration, quantity, run
from hub.model import StreamStatus
from hub.settings import Settings
from hub.store import issues, sync_runs
from hub.store.database import opened
from hub.store.sync_runs import StreamSummary

app = typer.Typer(add_completion=False)


@app.command()
def status() -> None:
    """Show how far each stream was read, and what a person should look at."""
    summaries, open_issues = run(_found())
    if not summaries:
        console.print("Nothing was synced yet: `hub connect` connects a system, `hub sync` reads it.", markup=False)
        return
    table = Table("Connection", "Stream", "State", "Last read to its end")
    for title in ("Read", "Changed", "Not understood"):
        table.add_column(title, justify="right")
    for summary in summaries:
        table.add_row(*_row(summary))
    console.print(table)
    for kind, number in open_issues.items():
        console.print(f"{quantity(number)} open issue(s): {kind.lower().replace('_', ' ')}; `hub issues` lists them")


def _row(summary: StreamSummary) -> tuple[str, ...]:
    state, run = summary.state, summary.last_run
    ago = f"{duration((datetime.now(UTC) - state.synced_at).total_seconds())} ago" if state.synced_at else "never"
    told = state.reason if state.status == StreamStatus.UNAVAILABLE else run.state.lower() if run else "-"
    numbers = (run.payloads_seen, run.payloads_changed, run.payloads_unmapped) if run else (0, 0, 0)
    return escape(summary.connection), state.stream, escape(str(told)), ago, *map(quantity, numbers)


async def _found() -> tuple[list[StreamSummary], dict[str, int]]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await sync_runs.summaries(session), await issues.open_by_kind(session)
