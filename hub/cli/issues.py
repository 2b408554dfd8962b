"""`hub issues`: what a person should look at."""

from typing import Annotated, Any

import typer

from hub.cli.terminal import AsJson, console, print_json, quantity_of, run, tell
from hub.model import Issue
from hub.settings import Settings
from hub.store import ids
from hub.store import issues as stored
from hub.store.database import opened
from hub.store.issues import OpenIssue
from hub.store.paths import prefix_of

app = typer.Typer(add_completion=False)


@app.command()
def issues(
    most: Annotated[int, typer.Option(min=1, help="How many to show, the newest first.")] = 50,
    resolve: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="Close this issue, which was looked at: its id, or the beginning of it.",
            show_default=False,
        ),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List what syncs met that a person should look at."""
    if resolve is not None:
        run(_closed(resolve))
        console.print("Closed. A sync that meets it again opens it again.")
        return
    found, number = run(_found(most))
    if as_json:
        print_json({"issues": [_facts(issue) for issue in found], "totalCount": number})
        return
    if not found:
        console.print("There are no open issues.")
    for issue in found:
        _show(issue)
    if number > len(found):
        console.print(f"… and {quantity_of(number - len(found), 'more issue')}: see --most.")


def _show(issue: OpenIssue) -> None:
    """The id, where it was met, and below it what is the matter: not a table, whose cells a terminal would fold."""
    kind = issue.kind.lower().replace("_", " ")
    about = () if issue.subject == issue.stream else (issue.subject,)
    tell(_id(issue), "bold")
    tell("  " + " · ".join((issue.connection, issue.stream, kind, *about)))
    tell(f"  {issue.message}")


def _id(issue: OpenIssue) -> str:
    return f"{prefix_of(Issue)}{issue.id}"


def _facts(issue: OpenIssue) -> dict[str, Any]:
    names = ("connection", "stream", "kind", "subject", "message")
    seen = {"firstSeenAt": issue.first_seen_at, "lastSeenAt": issue.last_seen_at}
    return {"id": _id(issue), **{name: getattr(issue, name) for name in names}, **seen}


async def _closed(given: str) -> None:
    async with opened(Settings.from_env()) as database, database.session() as session:
        await stored.close(session, await ids.begun(session, Issue, given))


async def _found(most: int) -> tuple[list[OpenIssue], int]:
    async with opened(Settings.from_env()) as database, database.session() as session:
        return await stored.newest_open(session, most), sum((await stored.open_by_kind(session)).values())
