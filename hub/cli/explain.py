"""`hub explain`: why two account records are one account, or are not."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

import typer

from hub.cli.explanation_facts import explanation_facts, surroundings_facts
from hub.cli.explanation_shown import show_explanation, show_surroundings
from hub.cli.explanation_told import Names
from hub.cli.terminal import AsJson, print_json, run
from hub.graph.explaining import Explanation, Surroundings
from hub.jobs.explaining import explain as why
from hub.jobs.explaining import surround
from hub.settings import Settings
from hub.store import account_records, organizations
from hub.store.database import Database, opened

app = typer.Typer(add_completion=False)

HELP = "CONNECTION:ID, with the id that its source has for it, or the hub's own id."


@app.command()
def explain(
    record: Annotated[str, typer.Argument(metavar="A", help=f"An account record: {HELP}")],
    other: Annotated[
        str | None, typer.Argument(metavar="B", help="Another, named the same way.", show_default=False)
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Say why two account records are one account, or why not; of one, which others are like it.

    The records are compared as they are now, in the light of all others. Nothing is changed.
    """
    if other is None:
        key, found, names = run(_surrounded(record))
        if as_json:
            print_json(surroundings_facts(key, found, names))
        else:
            show_surroundings(key, found, names)
    else:
        explanation, names = run(_explained(record, other))
        if as_json:
            print_json(explanation_facts(explanation, names))
        else:
            show_explanation(explanation, names)


async def _explained(left: str, right: str) -> tuple[Explanation, Names]:
    async with opened(Settings.from_env()) as database:
        home, (one, other) = await _named(database, left, right)
        found = await why(database, (one, other), home)
        against = found.against
        others = [each.record for each in found.chain] + ([against.left, against.right] if against else [])
        return found, await _names(database, home, {one, other, *filter(None, others)})


async def _surrounded(record: str) -> tuple[UUID, Surroundings, Names]:
    async with opened(Settings.from_env()) as database:
        home, (key,) = await _named(database, record)
        found = await surround(database, key, home)
        return key, found, await _names(database, home, {key, *(each.right for each in found.members + found.nearest)})


async def _named(database: Database, *names: str) -> tuple[UUID, list[UUID]]:
    """The home organization, and the records that it calls so."""
    async with database.session() as session:
        home = (await organizations.home(session)).id
        return home, [await account_records.named(session, home, name) for name in names]


async def _names(database: Database, home: UUID, ids: Collection[UUID]) -> Names:
    async with database.session() as session:
        return await account_records.known(session, home, ids)
