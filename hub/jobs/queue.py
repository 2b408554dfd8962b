"""What workers do: the jobs that wait in the database, in procrastinate's words.

Correctness does not depend on the queue: every job may run twice, and one that is cut off is taken up again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision
from procrastinate.jobs import Job

from hub.errors import Busy, ConfigurationError, HubError, NotFound, StoreError, Unavailable
from hub.jobs.hints import follow
from hub.jobs.mapping import map_accounts
from hub.jobs.sources import Sources
from hub.jobs.stream_run import StreamRun
from hub.jobs.sync import Order, order_sync, sync
from hub.jobs.tasks import FOLLOW_HINTS, MAP, MAPPING, SYNC, WRITE_APPLY, WRITE_PLAN, lock_of
from hub.jobs.write_apply import Approval, apply
from hub.jobs.write_plan import fill
from hub.model import SyncRunState
from hub.store import queue
from hub.store.database import Database, Session
from hub.store.secrets import Sealer
from hub.telemetry import Metrics

log = structlog.get_logger()

SOONEST_RETRY = timedelta(minutes=10)
"""After a source failed for now: the next sync resumes where this one stopped."""
BUSY_RETRY = 15
"""Seconds."""
STORE_RETRY = 30
"""Seconds."""
HINTS_RETRY = 120
"""Seconds."""


async def enqueue_sync(session: Session, order: Order) -> list[UUID]:
    """Let a worker sync; the runs that are to be. Raises NotFound for an unknown connection or stream."""
    runs = await order_sync(session, order)
    args = {
        "connection_id": str(order.connection_id),
        "stream": order.stream,
        "accept_removals": order.accept_removals,
    }
    await queue.enqueue(session, SYNC, lock_of(order.connection_id), args)
    return runs


async def enqueue_mapping(session: Session) -> None:
    """Let a worker map all accounts and people anew, once the session is committed."""
    await queue.enqueue(session, MAP, MAPPING, {})


async def enqueue_due(database: Database) -> None:
    """Let workers sync the connections whose time has come."""
    while True:
        async with database.session() as session:
            connection_id = await queue.take_due(session)
            if connection_id is None:
                return
            try:
                await enqueue_sync(session, Order(connection_id=connection_id))
            except (NotFound, ConfigurationError) as error:  # its connector is no longer installed
                log.warning("sync did not begin", connection_id=str(connection_id), reason=str(error))


@dataclass(frozen=True, slots=True)
class Jobs:
    """The jobs, and what they work with."""

    database: Database
    sealer: Sealer
    metrics: Metrics = field(default_factory=Metrics)

    def app(self) -> App:
        """The queue with these jobs, not open yet."""
        # One line each for the jobs that run, the queue itself, and its notices.
        connector = PsycopgConnector(conninfo=self.database.conninfo, min_size=1, max_size=4)
        app = App(connector=connector)
        again = Again()
        app.task(name=SYNC, queue="hub", retry=again)(self.sync)
        app.task(name=MAP, queue="hub", retry=again)(self.map)
        app.task(name=FOLLOW_HINTS, queue="hub", retry=again)(self.follow_hints)
        app.task(name=WRITE_PLAN, queue="hub", retry=again)(self.write_plan)
        app.task(name=WRITE_APPLY, queue="hub", retry=again)(self.write_apply)
        return app

    async def sync(self, connection_id: str, stream: str | None, accept_removals: bool) -> None:  # noqa: FBT001 - arguments of a job
        """Copy what changed, and let what changed be mapped."""
        order = Order(connection_id=UUID(connection_id), stream=stream, accept_removals=accept_removals)
        runs: dict[UUID, StreamRun] = {}

        def tell(run: StreamRun) -> None:
            runs[run.id] = run
            if run.state != SyncRunState.RUNNING:
                self.metrics.synced(run.connection.connector, run.stream.name, run.state.lower(), run.seen)

        try:
            await sync(self.database, self.sealer, order, tell)
        except (Busy, StoreError):
            raise
        except HubError as error:
            await self._postpone(order.connection_id, error)
        else:
            if any(run.is_passing for run in runs.values()):
                await self._postpone(order.connection_id, Unavailable("a stream failed for now"))
        finally:
            await self._map_soon(any(run.changed or run.removed for run in runs.values()))

    async def follow_hints(self, connection_id: str) -> None:
        """Read again what the source told of."""
        try:
            changed = await follow(self._sources, UUID(connection_id))
        except (Busy, StoreError):
            raise
        except HubError as error:
            log.warning("hints wait", connection_id=connection_id, reason=str(error))
            if isinstance(error, Unavailable):
                raise
        else:
            await self._map_soon(changed > 0)

    async def write_plan(self, plan_id: str) -> None:
        """Make a plan of writes; where it fails, the plan tells."""
        with _told("plan of writes failed", plan_id):
            await fill(self._sources, UUID(plan_id))

    async def write_apply(self, plan_id: str, by: str, is_confirmed: bool) -> None:  # noqa: FBT001 - arguments of a job
        """Apply a plan of writes; where it stops, the plan tells."""
        with _told("plan of writes stopped", plan_id):
            await apply(self._sources, Approval(plan_id=UUID(plan_id), by=by, is_confirmed=is_confirmed))

    @property
    def _sources(self) -> Sources:
        return Sources(database=self.database, sealer=self.sealer)

    async def map(self) -> None:
        """Map all accounts and people anew."""
        await map_accounts(self.database)

    async def _postpone(self, connection_id: UUID, error: HubError) -> None:
        """What a person must mend waits for them; what passes is tried again."""
        log.warning("job stopped", connection_id=str(connection_id), reason=str(error))
        if isinstance(error, Unavailable):
            delay = max(SOONEST_RETRY, timedelta(seconds=error.retry_after or 0))
            async with self.database.session() as session:
                await queue.postpone(session, connection_id, delay)

    async def _map_soon(self, is_needed: bool) -> None:  # noqa: FBT001 - the question it answers
        if is_needed:
            async with self.database.session() as session:
                await enqueue_mapping(session)


@contextmanager
def _told(event: str, plan_id: str) -> Iterator[None]:
    """Log what a person must look at; what another process or the database stands in the way of is tried again."""
    try:
        yield
    except (Busy, StoreError):
        raise
    except HubError as error:
        log.warning(event, plan=plan_id, reason=str(error))


class Again(BaseRetryStrategy):
    """When a job that failed is tried again: what another process does, or the database, stood in its way."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Procrastinate asks."""
        if isinstance(exception, asyncio.CancelledError):  # the worker is asked to end
            return RetryDecision(retry_in={"seconds": 0})
        if isinstance(exception, Busy):
            return RetryDecision(retry_in={"seconds": BUSY_RETRY})
        if isinstance(exception, StoreError):
            return RetryDecision(retry_in={"seconds": STORE_RETRY})
        if isinstance(exception, Unavailable):  # of hints, which nothing else tells again
            return RetryDecision(retry_in={"seconds": max(HINTS_RETRY, int(exception.retry_after or 0))})
        return None
