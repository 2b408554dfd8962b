"""What requests set going."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import structlog

from hub.connectors.base import Delivery
from hub.errors import HubError
from hub.graph.explaining import Explanation, Surroundings
from hub.jobs.explaining import explain, surround
from hub.jobs.hints import receive
from hub.jobs.mapping import MappingOutcome, map_accounts
from hub.jobs.queue import enqueue_sync
from hub.jobs.sync import Order
from hub.store.database import Database, Session
from hub.store.secrets import Sealer

log = structlog.get_logger()

T = TypeVar("T")


@dataclass(slots=True)
class Background:
    """Syncs are left to workers; mapping and explaining, whose outcome the asker waits for, go on though they leave."""

    database: Database
    sealer: Sealer
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    async def run_sync(
        self, session: Session, connection_id: UUID, *, stream: str | None, full: bool, accept_removals: bool
    ) -> Sequence[UUID]:
        """Let a worker sync, once the session is committed; the runs that are to be."""
        order = Order(connection_id=connection_id, stream=stream, full=full, accept_removals=accept_removals)
        return await enqueue_sync(session, order)

    async def receive(self, connector: str, delivery: Delivery) -> int:
        """Keep what a source posted, and let a worker follow it; see `hints.receive`."""
        return await receive(self.database, self.sealer, connector, delivery)

    async def map(self) -> MappingOutcome:
        """Maps to the end, though who asked may leave: its thread cannot be stopped, and nobody may begin beside it."""
        return await self._to_the_end(map_accounts(self.database))

    async def explain(self, pair: tuple[UUID, UUID], organization_id: UUID) -> Explanation:
        """Why two records are one account, or not: to the end, too, and for the same reason."""
        return await self._to_the_end(explain(self.database, pair, organization_id))

    async def surround(self, record_id: UUID, organization_id: UUID) -> Surroundings:
        """A record beside those that it is most like, the same way."""
        return await self._to_the_end(surround(self.database, record_id, organization_id))

    async def _to_the_end(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self.tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, HubError):
            log.error("work in the background failed", error=type(error).__name__, exc_info=error)


@asynccontextmanager
async def background(database: Database, sealer: Sealer) -> AsyncIterator[Background]:
    """What requests set going, for as long as the context is open; mapping that still runs is cut off."""
    found = Background(database, sealer)
    yield found
    for task in found.tasks:
        task.cancel()
    await asyncio.gather(*found.tasks, return_exceptions=True)
