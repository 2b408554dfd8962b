"""`hub audit`: what was done and what was refused."""

import sys
from typing import Annotated

import typer

from hub.cli.terminal import Cell, run, show_table
from hub.model import AuditEvent
from hub.settings import Settings
from hub.store import audit
from hub.store.audit import Head
from hub.store.database import opened

app = typer.Typer(help="Read and check the audit log.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_(most: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50) -> None:
    """Show the newest events."""

    async def listed() -> list[AuditEvent]:
        async with opened(Settings.from_env()) as database, database.session() as session:
            return await audit.newest(session, most)

    headers = ("Number", "When", "Kind", "Who", "What", "To", "Outcome")
    show_table(headers, map(_row, run(listed())))


def _row(event: AuditEvent) -> tuple[Cell, ...]:
    told = (event.client, event.action, " ".join(event.ids), event.outcome)
    return str(event.number), f"{event.at:%Y-%m-%d %H:%M:%S}", event.kind.lower(), *told


@app.command()
def export() -> None:
    """Write all events to standard output, from the first, one JSON object a line, with their hashes."""

    async def exported() -> None:
        async with opened(Settings.from_env()) as database, database.session() as session:
            async for event in audit.every(session):
                sys.stdout.buffer.write(audit.exported(event))
        sys.stdout.buffer.flush()

    run(exported())


@app.command()
def verify(
    head: Annotated[
        str | None, typer.Option(help="What an earlier `hub audit verify` printed: that event must still be there.")
    ] = None,
) -> None:
    """Check that every event is as it was written and none is missing; print the newest one's number and hash.

    Keep what it prints away from the database: with it, a log that was cut or written anew is found out, too.
    """
    known = Head.parsed(head) if head else None

    async def verified() -> Head:
        async with opened(Settings.from_env()) as database, database.session() as session:
            return await audit.verified(session, known)

    typer.echo(run(verified()))
