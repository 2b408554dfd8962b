"""Syncs in the background of a serving process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from hub.errors import HubError
from hub.jobs.mapping import MappingOutcome, map_accounts
from hub.jobs.sync import Order, StreamRun, sync
from hub.model import SyncRunState
from hub.store.database import Database
from hub.store.secrets import Sealer
from hub.telemetry import Metrics

log = structlog.get_logger()


@dataclass(slots=True)
class BackgroundSyncs:
    """Syncs that go on after the request that started them; the next run of one that is cut off resumes."""

    database: Database
    sealer: Sealer
    metrics: Metrics = field(default_factory=Metrics)
    tasks: set[asyncio.Task[object]] = field(default_factory=set)

    async def start(self, connection_id: UUID, stream: str | None, full: bool) -> Sequence[UUID]:  # noqa: FBT001 - RunSync
        """Returns once the first run has begun; raises what keeps it from beginning."""
        started: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()

        def tell(run: StreamRun) -> None:
            if not started.done():
                started.set_result(run.id)
            if run.state != SyncRunState.RUNNING:
                self.metrics.synced(run.connection.connector, run.stream.name, run.state.lower(), run.seen)

        order = Order(connection_id=connection_id, stream=stream, full=full)
        task = asyncio.create_task(sync(self.database, self.sealer, order, tell))
        self.tasks.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait((task, started), return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await task
        return [started.result()]

    async def map(self) -> MappingOutcome:
        """Maps to the end, though who asked may leave: its thread cannot be stopped, and nobody may begin beside it."""
        task = asyncio.create_task(map_accounts(self.database))
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    def _done(self, task: asyncio.Task[object]) -> None:
        self.tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, HubError):
            # Of the others, the runs and the issues tell.
            log.error("job failed", error=type(error).__name__, exc_info=error)


@asynccontextmanager
async def syncing(database: Database, key: Sealer, metrics: Metrics | None = None) -> AsyncIterator[BackgroundSyncs]:
    """Syncs in the background; those that still run at the end are cut off."""
    syncs = BackgroundSyncs(database, key, metrics or Metrics())
    yield syncs
    for task in syncs.tasks:
        task.cancel()
    await asyncio.gather(*syncs.tasks, return_exceptions=True)
