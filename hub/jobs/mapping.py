"""Deciding which records are the same company, or the same person, and storing the answer."""

import asyncio
from dataclasses import dataclass

from hub.graph.mapping import Mapping, mapped
from hub.graph.placement import kept, placed
from hub.graph.scoring import SAME, UNSURE
from hub.graph.standard import RECORDS
from hub.jobs import following
from hub.jobs.mapping_people import map_people
from hub.jobs.relating import relate
from hub.store import account_events, decisions, identities, links, matches, reviews, undecided
from hub.store.database import Database, Session
from hub.store.identities import ACCOUNT
from hub.store.locks import only_one


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingOutcome:
    """What one mapping found and changed."""

    records: int
    accounts: int
    matches: int
    moved: int
    """Records that came to another account than before, new ones included."""
    contacts: int
    people: int


async def map_accounts(database: Database) -> MappingOutcome:
    """Map all live records anew; ids stay where the records do. Raises Busy where another process is at it."""
    async with only_one(database, "account mapping"):
        async with database.session() as session:
            restated = await undecided.restatements(session)
            records = await identities.live_table(session, ACCOUNT, RECORDS)
            decided = await following.decided(session, records)
            found = await asyncio.to_thread(mapped, records, decided.keys())
            moved = await _place(session, found)
            await account_events.tell(session)
            await matches.replace(session, await asyncio.to_thread(following.matches, found, decided))
            await decisions.note_contradictions(session, following.contradictions(decided))
            await matches.note_memberships(session)
            await relate(session, ())
            read = following.among([each.record_id for each in restated], records)
            await undecided.settle(session, [each.id for each in restated if each.record_id in read])
        async with database.session() as session:
            contacts, persons = await map_people(session)
        # Not together with the moves of accounts: by now those who wrote links meanwhile see where the records went.
        async with database.session() as session:
            await links.place(session)
            await reviews.fill(session, UNSURE, SAME)
    return MappingOutcome(
        records=records.num_rows,
        accounts=len(found.numbers),
        matches=found.told.num_rows,
        moved=moved,
        contacts=contacts,
        people=persons,
    )


async def _place(session: Session, found: Mapping) -> int:
    """Store the accounts; how many records came to another than before."""
    ids = await asyncio.to_thread(kept, found)
    minted = await identities.mint(session, len(found.numbers) - len(ids))
    placement = await asyncio.to_thread(placed, found, ids, minted)
    await identities.write(session, ACCOUNT, placement.profiles, placement.moves)
    moved: int = placement.moves.num_rows
    return moved
