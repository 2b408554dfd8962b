"""One trial: a hub syncs a vendor that misbehaves, whose rows change meanwhile, and is killed again and again."""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from inspect import CORO_CREATED, getcoroutinestate
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import update

from hub.connectors.base import Connector, Delivery
from hub.connectors.registry import CONNECTORS
from hub.errors import AuthError, HubError
from hub.jobs import hints
from hub.jobs.sources import Sources
from hub.jobs.stream_run import StreamRun
from hub.jobs.sync import Order, sync
from hub.model import IssueKind, StreamState, SyncRunState
from hub.sandbox.chaos import Chaos
from hub.store import connections, issues, organizations
from hub.store.database import Database
from tests.builders import SEALER
from tests.chaos.subject import Subject
from tests.chaos.truth import differences
from tests.chaos.wire import Wire

T = TypeVar("T")

MOST_SYNCS = 40
MOST_HOPS = 300
"""Steps of the event loop after which a sync is killed that was to be killed at a request."""
MOST_REQUESTS = 80
SIGNING_IN = 0.25
"""How many processes die at their first request, where it replaces secrets."""
A_DAY = timedelta(hours=25)
NAPS = (timedelta(), timedelta(minutes=1), timedelta(hours=1), A_DAY)
"""Between two syncs, as the database sees it: what is read whole now and then only is due, or not."""
PAUSES = (0, 0, 1, 5, 30)
"""Seconds between two requests."""


async def at_once(_: float) -> None:
    """Waiting, without the wait."""


@dataclass(kw_only=True)
class Trial:
    """A subject, a hub, and the seed that decides what happens to both."""

    seed: int
    subject: Subject
    database: Database
    share: float = 0.2
    """Of the requests that meet a fault."""
    connection_id: UUID = field(init=False)
    chaos: Chaos = field(init=False)
    kills: int = 0
    syncs: int = 0
    requests: int = 0
    reconnections: int = 0
    """How often a person had to consent again, as a process was killed that alone knew the new secrets."""
    heard: int = 0
    """How many rows were found to be changed because the vendor told of them."""
    _is_lost: bool = False
    _kill_at: int | None = None
    _is_asked: bool = False
    """Whether who kills lets a process end what cannot be left, as SIGTERM does and SIGKILL does not."""
    _task: asyncio.Task[Any] | None = None
    _others: frozenset[asyncio.Task[Any]] = frozenset()
    """The tasks that are not of the process under trial."""

    def __post_init__(self) -> None:
        self._rng = Random(f"trial {self.seed}")  # noqa: S311 - repeatable on purpose
        self.chaos = Chaos(
            self.subject.app, self.subject.vendor, self.seed, share=self.share, before=self._tick, sleep=at_once
        )

    async def wrong(self, rounds: int = 4) -> list[str]:
        """What the hub holds that is not so, after all is over: nothing, one hopes."""
        await self.connect()
        for _ in range(rounds):
            await self._sync(may_be_killed=True, full=self._rng.random() < 1 / rounds)
            await self._hear()
            self.subject.clock.pass_on(minutes=self._rng.randrange(60))
            await self._let_pass(self._rng.choice(NAPS))
        return await self.wrong_after_all()

    async def wrong_after_all(self) -> list[str]:
        """The same, of what was synced so far."""
        self.subject.life.end()
        await self._until_quiet()
        await self._hear_the_rest()
        return await differences(self.database, self.connection_id, self.subject.truth())

    async def connect(self) -> None:
        """Let the hub know the vendor, under its name."""
        await self._connect(self.subject.secrets)

    async def _connect(self, secrets: Mapping[str, str]) -> None:
        vendor = self.subject.vendor.name
        async with self.database.session() as session:
            home = await organizations.settle(session, "Home", None)
            self.connection_id = await connections.connect(
                session,
                SEALER,
                name=vendor,
                connector=vendor,
                owner_id=home,
                subject_id=home,
                config=self.subject.config,
                secrets=secrets,
            )

    async def _until_quiet(self) -> None:
        """Sync until nothing changes any more and nothing fails: from the start, or with the sweeps that come each day.

        Where most of a stream is gone the hub asks a person, who has looked and agrees.
        """
        agreed, full = False, self._rng.random() < 1 / 2
        for _ in range(MOST_SYNCS):
            self.subject.clock.pass_on(minutes=20)
            await self._let_pass(A_DAY)
            runs = await self._sync(may_be_killed=False, full=full, accept_removals=agreed)
            settled = {run.state for run in runs} <= {SyncRunState.SUCCEEDED, SyncRunState.UNAVAILABLE}
            if runs and settled and not any(run.changed or run.removed for run in runs):
                if agreed or not await self._asks():
                    return
                agreed = True
        states = {run.stream.name: (run.state, run.changed, run.removed, run.error) for run in runs}
        raise AssertionError(f"not quiet after {self.syncs} syncs: {states}")

    async def _let_pass(self, time: timedelta) -> None:
        """The database's clock is not ours to move; but for it all that was compared was compared earlier."""
        earlier = update(StreamState).values(swept_at=StreamState.swept_at - time)
        async with self.database.session() as session:
            await session.execute(earlier.where(StreamState.connection_id == self.connection_id))

    async def _asks(self) -> bool:
        """Whether the hub held removals back."""
        async with self.database.session() as session:
            return IssueKind.MASS_REMOVAL in await issues.open_by_kind(session)

    async def _sync(self, *, may_be_killed: bool, full: bool, accept_removals: bool = False) -> Sequence[StreamRun]:
        """The runs of one sync; none where it was killed or gave up."""
        self.syncs += 1
        order = Order(connection_id=self.connection_id, full=full, accept_removals=accept_removals)
        syncing = sync(self.database, SEALER, order, connectors=self._connectors())
        return await self._outcome(syncing, may_be_killed=may_be_killed) or ()

    async def _hear(self) -> None:
        """Some of what the vendor tells arrives, and is followed as far as one gets."""
        if self.subject.post is not None:
            await self.subject.post.bring(self._receive)
            await self._follow(may_be_killed=True)

    async def _hear_the_rest(self) -> None:
        """What the vendor told long ago arrives, and is followed to its end."""
        if self.subject.post is not None:
            await self.subject.post.bring_all(self._receive)
            for _ in range(MOST_SYNCS):
                if await self._follow(may_be_killed=False) is not None:
                    return
            raise AssertionError("what the vendor told was not followed")

    async def _receive(self, delivery: Delivery) -> int:
        return await hints.receive(self.database, SEALER, self.subject.vendor.name, delivery)

    async def _follow(self, *, may_be_killed: bool) -> int | None:
        sources = Sources(database=self.database, sealer=SEALER, connectors=self._connectors())
        followed = await self._outcome(hints.follow(sources, self.connection_id), may_be_killed=may_be_killed)
        self.heard += followed or 0
        return followed

    async def _outcome(self, work: Coroutine[Any, Any, T], *, may_be_killed: bool) -> T | None:
        """What a process comes to; None where it was killed or gave up."""
        self._kill_at = self.requests + self._requests_to_live() if may_be_killed else None
        self._is_asked = self._rng.random() < 1 / 2
        self._others = frozenset(asyncio.all_tasks())
        task = self._task = asyncio.create_task(work)
        try:
            return await task
        except asyncio.CancelledError:
            await self._look_for_secrets()
        except AuthError:
            await self._reconnect()
        except HubError:
            pass
        return None

    def _requests_to_live(self) -> int:
        """The first one signs in: processes that die there are the ones that may lose secrets."""
        if self.subject.consent is not None and self._rng.random() < SIGNING_IN:
            return 1
        return self._rng.randrange(1, MOST_REQUESTS)

    async def _look_for_secrets(self) -> None:
        """Whether the process that was killed took the newest secrets with it."""
        consent = self.subject.consent
        if consent is None or self._is_lost:
            return
        async with self.database.session() as session:
            connection = await connections.by_id(session, self.connection_id)
            stored = connections.full_config(connection, SEALER)
        self._is_lost = not consent.takes(stored)
        if self._is_lost and self._is_asked:
            raise AssertionError("a process that was asked to end lost the newest secrets")

    async def _reconnect(self) -> None:
        """A person consents again, which nobody needs who was not killed."""
        if self.subject.consent is None or not self._is_lost:
            raise AssertionError("a person is asked for, though nobody lost the secrets")
        await self._connect(self.subject.consent.anew())
        self.reconnections += 1
        self._is_lost = False

    def _connectors(self) -> dict[str, Connector[Any]]:
        """The connector, over the wire of this trial."""
        known = CONNECTORS[self.subject.vendor.name]
        source = partial(self.subject.source, transport=Wire(self.chaos), sleep=at_once)
        return {known.name: replace(known, source=source)}

    def _tick(self) -> None:
        self.requests += 1
        self.subject.clock.pass_on(seconds=self._rng.choice(PAUSES))
        try:
            self.subject.life.go_on()
        except HubError as error:  # must not pass for an answer
            raise AssertionError(f"life went wrong: {error}") from error
        if self.requests == self._kill_at:
            self._kill_in(int(MOST_HOPS ** self._rng.random()))

    def _kill_in(self, hops: int) -> None:
        if self._task is None or self._task.done():
            return
        if hops:
            asyncio.get_running_loop().call_soon(self._kill_in, hops - 1)
        else:
            self.kills += 1
            for task in {self._task} if self._is_asked else _killable(asyncio.all_tasks() - self._others):
                task.cancel()


def _killable(tasks: Iterable[asyncio.Task[Any]]) -> Iterable[asyncio.Task[Any]]:
    """Without those that give connections back, or would never begin to: for a process that is gone the database does.

    The ends of transactions are tasks of their own.
    """
    begun = (task for task in tasks if getcoroutinestate(task.get_coro()) != CORO_CREATED)
    return [task for task in begun if "close" not in task.get_coro().__name__]
