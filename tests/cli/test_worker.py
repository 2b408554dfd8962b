"""`hub worker`, run as an operator runs it: several on one database, one of which dies."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette

from hub.connectors.salesforce import CONNECTOR
from hub.jobs.queue import enqueue_sync
from hub.jobs.sync import Order
from hub.listening import listener_on, listening
from hub.model import SyncRun, SyncRunState
from hub.sandbox.clock import Clock
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.salesforce import credentials, salesforce_app
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Database
from hub.store.secrets import sealer
from tests.chaos.salesforce import org_truth
from tests.chaos.truth import differences

PATIENCE = 300


class Gate:
    """An ASGI app that holds back all answers from its `at`th query on, until it is opened."""

    def __init__(self, app: Any, at: int) -> None:
        self._app = app
        self._left = at
        self.reached = asyncio.Event()
        self.opened = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._left -= scope["type"] == "http" and "/query" in scope["path"]
        if self._left <= 0:
            self.reached.set()
            await self.opened.wait()
        await self._app(scope, receive, send)


@pytest.fixture
def app() -> Starlette:
    return salesforce_app(made_up_ecosystem(60), Clock(), partner_licences=True)


@pytest.fixture
async def org(app: Starlette) -> AsyncIterator[tuple[Gate, str]]:
    gate = Gate(app, at=6)
    async with listening(gate, listener_on("127.0.0.1", 0), date_header=False) as url:
        yield gate, url
        gate.opened.set()


@asynccontextmanager
async def a_worker(settings: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker that is ready for jobs."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hub.cli", "worker",
        env={**os.environ, **settings}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        await process.stdout.readline()
        yield process
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.communicate()


async def has_read(process: asyncio.subprocess.Process, stream: str) -> None:
    """Return once the process is done with a stream, which the org may lack."""
    while line := await process.stderr.readline():
        logged = json.loads(line)
        if logged["event"] in {"stream synced", "stream unavailable"} and logged["stream"] == stream:
            return
    raise AssertionError(f"the worker ended before it read {stream}")


async def ordered(database: Database, settings: Settings, url: str) -> Any:
    """A connection to the org, and a sync of it that waits for a worker."""
    known = credentials()
    async with database.session() as session:
        home = await organizations.settle(session, "Home", None)
        connection_id = await connections.connect(
            session,
            sealer(settings),
            name="crm",
            connector="salesforce",
            owner_id=home,
            subject_id=home,
            config={"base_url": url, "client_id": known.client_id},
            secrets={"client_secret": known.client_secret},
        )
        await enqueue_sync(session, Order(connection_id=connection_id))
    return connection_id


async def runs(database: Database) -> Iterable[SyncRun]:
    async with database.session() as session:
        return (await session.scalars(select(SyncRun).order_by(SyncRun.stream, SyncRun.started_at))).all()


async def test_what_a_killed_worker_left_another_one_finishes(database, database_url, settings, app, org):
    gate, url = org
    connection_id = await ordered(database, settings, url)
    environment = {"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(settings.data_dir), "COLUMNS": "200"}
    async with asyncio.timeout(PATIENCE), a_worker(environment) as killed:
        await gate.reached.wait()
        async with a_worker(environment) as other:
            assert SyncRunState.RUNNING in {run.state for run in await runs(database)}
            killed.kill()
            gate.opened.set()
            await has_read(other, CONNECTOR.streams[-1].name)

    every = await runs(database)
    assert [run.state for run in every if run.finished_at is None] == []
    assert {run.state for run in every} == {
        SyncRunState.SUCCEEDED,
        SyncRunState.INTERRUPTED,
        SyncRunState.UNAVAILABLE,
    }
    by_stream = ((one, next_) for one, next_ in pairwise(every) if one.stream == next_.stream)
    assert all(one.finished_at <= next_.started_at for one, next_ in by_stream)
    assert await differences(database, connection_id, org_truth(app.state.salesforce.org)) == []
