"""Jobs that wait, and workers that do them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from procrastinate.jobs import Job
from sqlalchemy import text

from hub.errors import Busy, NotFound, StoreError, Unavailable
from hub.jobs.queue import Again, Jobs, enqueue_due, enqueue_mapping, enqueue_sync
from hub.jobs.sync import Order
from hub.jobs.worker import working
from hub.model import Account, Connection, ConnectionState, SyncRun
from hub.store import connections, queue
from hub.store.database import Database
from hub.store.locks import only_one
from tests.builders import SEALER, a_home
from tests.jobs.vendor import every


@pytest.fixture
async def list_id(database: Database, tmp_path: Path) -> UUID:
    """A connection to a file."""
    file = tmp_path / "accounts.csv"
    file.write_text("Company,Website\nAcme,acme.com\nBirch,birch.com\n")
    async with database.session() as session:
        home = await a_home(session)
        config = {"path": str(file), "columns": {"Company": "name", "Website": "website"}, "mode": "REPLACE"}
        given = {"connector": "file", "owner_id": home, "subject_id": home, "secrets": {}}
        return await connections.connect(session, SEALER, name="list", config=config, **given)


async def waiting(database: Database) -> list[tuple[str, str]]:
    async with database.session() as session:
        jobs = await session.execute(text("select task_name, status::text from procrastinate_jobs order by id"))
        return [(row[0], row[1]) for row in jobs]


async def leave_as_a_dead_worker_does(database: Database, list_id: UUID) -> None:
    """A sync that somebody began and whose worker gives no sign of life."""
    async with database.session() as session:
        await enqueue_sync(session, Order(connection_id=list_id))
        dead = "insert into procrastinate_workers (last_heartbeat) values (now() - interval '1 hour') returning id"
        worker_id = await session.scalar(text(dead))
        doing = text("update procrastinate_jobs set status = 'doing', worker_id = :worker")
        await session.execute(doing, {"worker": worker_id})


async def until(database: Database, condition: str) -> None:
    """Wait for what workers come to."""
    async with asyncio.timeout(60):
        while True:
            async with database.session() as session:
                if await session.scalar(text(f"select {condition}")):
                    return
            await asyncio.sleep(0.05)


async def test_a_worker_syncs_what_is_due_and_maps_what_changed(database, list_id):
    async with database.session() as session:
        await queue.set_schedule(session, list_id, 15)
    async with working(Jobs(database, SEALER)):
        await until(database, "count(*) = 2 from account")

    (run,) = await every(database, SyncRun)
    assert (run.state, run.payloads_seen) == ("SUCCEEDED", 2)
    (connection,) = await every(database, Connection)
    assert timedelta(minutes=14) < connection.sync_due_at - run.started_at < timedelta(minutes=16)


async def test_the_same_is_asked_for_once_while_it_waits(database, list_id):
    for _ in range(3):
        async with database.session() as session:
            runs = await enqueue_sync(session, Order(connection_id=list_id))
    async with database.session() as session:
        await enqueue_sync(session, Order(connection_id=list_id, stream="accounts"))

    assert [run.id for run in await every(database, SyncRun)] == runs
    assert await waiting(database) == [("sync", "todo"), ("sync", "todo")]


async def test_a_job_is_there_only_if_its_transaction_is(database, list_id):
    async def undone() -> None:
        async with database.session() as session:
            await enqueue_sync(session, Order(connection_id=list_id))
            raise NotFound("something else")

    with pytest.raises(NotFound):
        await undone()

    assert await waiting(database) == []
    assert await every(database, SyncRun) == []


async def test_a_connection_that_must_be_connected_again_waits(database, list_id):
    async with database.session() as session:
        await queue.set_schedule(session, list_id, 15)
        await connections.note_state(session, list_id, ConnectionState.REAUTH_REQUIRED)

    await enqueue_due(database)

    assert await waiting(database) == []


async def test_a_source_that_fails_for_now_is_asked_again_later(database, list_id):
    await Jobs(database, SEALER)._postpone(list_id, Unavailable("gone", retry_after=3600))  # noqa: SLF001

    async with database.session() as session:
        in_time = await session.scalar(text("select sync_due_at - now() > interval '59 min' from connection"))
    assert in_time


async def test_jobs_of_a_worker_that_died_are_taken_up(database, list_id):
    await leave_as_a_dead_worker_does(database, list_id)

    async with working(Jobs(database, SEALER)):
        await until(database, "count(*) = 2 from account")

    assert len(await every(database, Account)) == 2


async def test_a_worker_that_ends_leaves_its_job_to_others(database, list_id):
    async with database.session() as session:
        await enqueue_sync(session, Order(connection_id=list_id))
    async with only_one(database, "account mapping"), working(Jobs(database, SEALER)):
        await until(database, "count(*) > 0 from procrastinate_jobs where task_name = 'map' and attempts > 0")

    assert await waiting(database) == [("map", "todo")]


@pytest.mark.parametrize(
    ("error", "is_tried_again"),
    [(Busy("at it"), True), (StoreError("full"), True), (asyncio.CancelledError(), True), (ValueError("a bug"), False)],
)
def test_what_passes_is_tried_again(error, is_tried_again):
    job = Job(id=1, queue="hub", lock=None, queueing_lock=None, task_name="sync")

    assert (Again().get_retry_decision(exception=error, job=job) is not None) == is_tried_again


async def test_a_job_that_was_queued_again_while_it_ran_is_taken_up_when_its_worker_died(database, list_id):
    await leave_as_a_dead_worker_does(database, list_id)
    async with database.session() as session:
        await enqueue_sync(session, Order(connection_id=list_id))

    async with working(Jobs(database, SEALER)):
        await until(database, "count(*) = 0 from procrastinate_jobs")

    assert len(await every(database, Account)) == 2


async def test_a_connector_that_is_gone_does_not_keep_other_schedules(database, list_id):
    async with database.session() as session:
        await queue.set_schedule(session, list_id, 15)
        await session.execute(text("update connection set connector = 'uninstalled'"))

    await enqueue_due(database)

    assert await waiting(database) == []
    (connection,) = await every(database, Connection)
    assert connection.sync_due_at > datetime.now(UTC)


async def test_a_job_that_waits_is_not_begun_before_what_needs_it_is_there(database: Database):
    """Else a worker could take it, read, and not see what is committed a moment later: nobody would map that."""
    takeable = text("select id from procrastinate_jobs where status = 'todo' for update skip locked")
    async with database.session() as session:
        await enqueue_mapping(session)

    async with database.session() as deciding:
        await enqueue_mapping(deciding)
        async with database.session() as worker:
            assert (await worker.execute(takeable)).all() == []

    async with database.session() as worker:
        assert len((await worker.execute(takeable)).all()) == 1
