"""`hub issues`: what a person should look at."""

from typing import Annotated
from uuid import UUID

import typer
from rich.markup import escape
from rich.table import Table

from hub.cli.terminal import console, run
from hub.settings import Settings
from hub.store import issues as stored
from hub.store.database import opened
from hub.store.issues import OpenIssue

app = typer.Typer(add_completion=False)


@app.command()
def issues(
    most: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
    resolve: Annotated[
        UUID | None, typer.Option(help="Close the issue of this id: it was looked at.", show_default=False)
    ] = None,
) -> None:
    """List what syncs met that a person should look at."""
    if resolve is not None:
        run(_closed(resolve))
        console.print("Closed. A sync that meets it again opens it again.")
        return
    found = run(_found(most))
    if not found:
        console.print("There are no open issues.")
        return
    table = Table("Id", "Connection", "Stream", "Kind", "About", "What is the matter")
    for issue in found:
        kind = issue.kind.lower().replace("_", " ")
        told = (issue.connection, issue.stream, kind, issue.subject, issue.message)
        table.add_row(str(issue.id), *map(escape, told))
    console.print(table)


async def _closed(issue_id: UUID) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await stored.close(session, issue_id)


async def _found(most: int) -> list[OpenIssue]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await stored.newest_open(session, most)
