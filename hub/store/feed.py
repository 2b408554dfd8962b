"""Following the log of changes as it grows: one listening connection a process, whoever and however many follow."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

import structlog
from psycopg import AsyncConnection

from hub.errors import StoreError
from hub.model import ChangeType
from hub.store import changes, sync_runs
from hub.store.changes import ChangePage, Position
from hub.store.database import Database
from hub.store.failures import PATIENCE, translated

log = structlog.get_logger()

CHANNEL = "hub_change"
"""Where the database tells, once a transaction and organization, that something changed: the organization's id."""

AT_ONCE = 200
"""How many changes a follower reads at once."""

READERS = 4
"""How many followers of a process read at the same time, so that queries find free connections."""

LOOK_ANYWAY = 12.0
"""Seconds after which a follower looks even if nothing was told, and the listening connection is tried."""

TRY_AGAIN = 0.5
"""Seconds until a database that failed is tried again."""

SETTLING = (0.05, 5.0)
"""Seconds to wait for transactions to end, at first and at most."""


@dataclass(slots=True, eq=False)
class Feed:
    """Wakes those who follow an organization's changes. It listens while someone follows."""

    database: Database
    _bells: dict[UUID, set[asyncio.Event]] = field(default_factory=dict)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(READERS))
    _listener: asyncio.Task[None] | None = None

    async def head(self) -> Position:
        """The present end of the log."""
        async with self.database.session(PATIENCE) as session:
            return await changes.head(session)

    async def running(self, organization_id: UUID) -> list[UUID]:
        """The sync runs that go on now, of the connections that an organization owns."""
        async with self.database.session(PATIENCE) as session:
            return await sync_runs.running(session, organization_id)

    async def page(
        self, organization_id: UUID, kinds: Collection[ChangeType], after: Position | None, limit: int
    ) -> ChangePage:
        """Changes after a position, or from the oldest that is known; raises CursorExpired."""
        async with self.database.session(PATIENCE) as session:
            return await changes.page(session, organization_id, kinds, after, limit)

    async def follow(
        self, organization_id: UUID, kinds: Collection[ChangeType], after: Position
    ) -> AsyncGenerator[ChangePage, None]:
        """Pages of the changes after a position, without end; each is read when it is asked for.

        Nothing waits in memory for a slow follower: its position does, in the database. A database that fails is
        tried again. Raises CursorExpired.
        """
        with self._bell(organization_id) as bell:
            patience = SETTLING[0]
            while True:
                bell.clear()
                page = await self._read(organization_id, kinds, after)
                after = page.end
                if page.changes:
                    yield page
                if not page.more:
                    await _rung(bell, patience if page.unsettled else LOOK_ANYWAY)
                patience = min(patience * 2, SETTLING[1]) if page.unsettled else SETTLING[0]

    async def _read(self, organization_id: UUID, kinds: Collection[ChangeType], after: Position) -> ChangePage:
        while True:
            try:
                async with self._turns:
                    return await self.page(organization_id, kinds, after, AT_ONCE)
            except StoreError:
                await asyncio.sleep(TRY_AGAIN)

    @contextmanager
    def _bell(self, organization_id: UUID) -> Iterator[asyncio.Event]:
        bell = asyncio.Event()
        self._bells.setdefault(organization_id, set()).add(bell)
        if self._listener is None:
            self._listener = asyncio.create_task(self._listen())
        try:
            yield bell
        finally:
            self._bells[organization_id].discard(bell)
            if not self._bells[organization_id]:
                del self._bells[organization_id]
            if not self._bells:
                self._listener.cancel()
                self._listener = None

    async def _listen(self) -> None:
        lost = False
        while True:
            try:
                async with aclosing(notices(self.database)) as told:
                    async for organization_id in told:
                        if lost:
                            log.info("change feed is back")
                            lost = False
                        self._ring(organization_id)
            except StoreError as error:
                if not lost:
                    log.warning("change feed lost its connection", error=str(error))
                    lost = True
                await asyncio.sleep(TRY_AGAIN)

    def _ring(self, organization_id: UUID | None) -> None:
        of = self._bells.values() if organization_id is None else [self._bells.get(organization_id, set())]
        for bells in of:
            for bell in bells:
                bell.set()


async def _rung(bell: asyncio.Event, patience: float) -> None:
    try:
        async with asyncio.timeout(patience):
            await bell.wait()
    except TimeoutError:
        return


async def notices(database: Database) -> AsyncGenerator[UUID | None, None]:
    """The organizations whose changes were committed; at first None, from when on all is told: it may be any before.

    Raises StoreError where the connection is lost.
    """
    with translated():
        async with _own_connection(database) as connection:
            await connection.execute(f"listen {CHANNEL}")
            yield None
            while True:
                async for notice in connection.notifies(timeout=LOOK_ANYWAY):
                    yield UUID(notice.payload)
                # A connection whose other end is gone without a word is found out here.
                await connection.execute("select 1")


@asynccontextmanager
async def _own_connection(database: Database) -> AsyncIterator[AsyncConnection[Any]]:
    """A connection outside the pool, opened as the pool opens its own."""
    pooled = await database.engine.raw_connection()
    connection = cast("AsyncConnection[Any]", pooled.driver_connection)
    pooled.detach()
    try:
        await connection.set_autocommit(True)
        yield connection
    finally:
        await connection.close()
