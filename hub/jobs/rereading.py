"""Reading rows again by their ids."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.connectors.base import Page, Stream, Tombstone
from hub.jobs.storing import Stored, store
from hub.jobs.understanding import keyed
from hub.model import Removal, RemovalEvidence
from hub.store.database import Database, Session

Note = Callable[[Session, Stored], Awaitable[None]]
"""Counts what a stored page came to, in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rereading:
    """Rows of one stream, as they are now at its source."""

    database: Database
    connection_id: UUID
    stream: Stream[Any]
    source: Any
    note: Note

    async def read(self, ids: Sequence[str]) -> set[str]:
        """Store the rows of these ids; the ids of which nothing came."""
        assert self.stream.among is not None  # noqa: S101 - who calls has asked
        missing = set(ids)
        async with aclosing(self.stream.among(self.source, ids)) as pages:
            async for page in pages:
                missing -= (await self._stored(page)).keys
                missing -= {stone.external_id for stone in page.tombstones}
        return missing

    async def bury(self, missing: Collection[str]) -> None:
        """Mark rows that did not come, though they were asked for, as gone."""
        if missing:
            await self._stored(Page(payloads=(), bookmark={}, tombstones=[_gone(each) for each in sorted(missing)]))

    async def _stored(self, page: Page) -> Stored:
        async with self.database.session() as session:
            stored = await store(session, self.connection_id, self.stream, page, keyed(self.stream, page.payloads))
            await self.note(session, stored)
        return stored


def _gone(external_id: str) -> Tombstone:
    return Tombstone(external_id=external_id, removal=Removal.DELETED, evidence=RemovalEvidence.NOT_FOUND)
