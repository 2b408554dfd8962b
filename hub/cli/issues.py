"""`hub issues`: what a person should look at."""

from typing import Annotated

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
def issues(most: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50) -> None:
    """List what syncs met that a person should look at."""
    found = run(_found(most))
    if not found:
        console.print("There are no open issues.")
        return
    table = Table("Connection", "Stream", "Kind", "About", "What is the matter")
    for issue in found:
        kind = issue.kind.lower().replace("_", " ")
        table.add_row(escape(issue.connection), issue.stream, kind, escape(issue.subject), escape(issue.message))
    console.print(table)


async def _found(most: int) -> list[OpenIssue]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await stored.newest_open(session, most)
