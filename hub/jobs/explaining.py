"""Why records are one account, or are not, as far as an organization may know."""

import asyncio
from uuid import UUID

import pyarrow as pa

from hub.graph.explaining import Explanation, Surroundings, explained, surroundings
from hub.graph.standard import RECORDS
from hub.jobs import following
from hub.store import identities
from hub.store.database import Database
from hub.store.identities import ACCOUNT
from hub.store.locks import only_one


async def explain(database: Database, pair: tuple[UUID, UUID], organization_id: UUID) -> Explanation:
    """Why two records that the organization sees are one account, or not.

    All records are looked at, for what is common among them says less: so one at a time. Raises Busy where another is
    explained; InputError where a record was removed at its source, or is given twice.
    """
    async with only_one(database, "explaining accounts"):
        records, decided = await _known(database)
        return await asyncio.to_thread(explained, records, decided, pair, organization_id)


async def surround(database: Database, record_id: UUID, organization_id: UUID) -> Surroundings:
    """A record that the organization sees beside those of its that it is most like. Raises the same."""
    async with only_one(database, "explaining accounts"):
        records, decided = await _known(database)
        return await asyncio.to_thread(surroundings, records, decided, record_id, organization_id)


async def _known(database: Database) -> tuple[pa.Table, following.Decided]:
    async with database.session() as session:
        records = await identities.live_table(session, ACCOUNT, RECORDS)
        return records, await following.decided(session, records)
