"""Which accounts are related, and so which group each is in: after mapping, in its transaction."""

import asyncio
from collections.abc import Iterable

from hub.graph.hierarchy import circles, heads
from hub.model import RelationFound
from hub.store import account_groups, relations
from hub.store.database import Session

MOST_TOLD = 5
"""Circles that an issue names, and records of each."""


async def relate(session: Session, found: Iterable[RelationFound]) -> None:
    """Store what is said of relations by now, and form anew the groups that it changes."""
    touched = await relations.replace(session, found)
    if touched:
        ties = await account_groups.ties(session, touched)
        await account_groups.place(session, await asyncio.to_thread(heads, touched, ties))
    told = {}
    for connection_id, parents in (await relations.ancestors(session)).items():
        if there := circles(parents):
            told[connection_id] = _told(there)
    await relations.note_circles(session, told)


def _told(circles: list[list[str]]) -> str:
    shown = [" → ".join([*each[:MOST_TOLD], *(["…"] if len(each) > MOST_TOLD else []), each[0]]) for each in circles]
    more = f", and {len(circles) - MOST_TOLD:,} more" if len(circles) > MOST_TOLD else ""
    return (
        f"Some records are, in the end, their own parents: {'; '.join(shown[:MOST_TOLD])}{more}. They are in one group "
        "all the same, but who is at its head is a guess."
    )
