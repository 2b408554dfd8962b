"""What is followed: everything once, in order, by those who may see it, whatever fails on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub import model
from hub.jobs.queue import Jobs
from hub.jobs.worker import working
from hub.model import AccountRedirect, Connection, Organization
from hub.schema.ids import opaque
from hub.store import changes, connections, sync_runs
from hub.store.database import Database, opened
from hub.store.sync_runs import Progress
from tests.schema.builders import (
    NOON,
    a_connection,
    a_key,
    a_sync_run,
    an_account,
    an_account_record,
    an_organization,
    belongs_to,
    settled,
)
from tests.schema.live import SEALER, Hub, Socket, a_hub, until

CHANGED = """subscription($types: [ChangeType!], $after: String) { changed(types: $types, after: $after) {
  cursor type action nodeId node { __typename id ... on AccountRecord { name } } } }"""
NAMES = """subscription($after: String) { changed(types: [ACCOUNT_RECORD], after: $after) {
  cursor action node { ... on AccountRecord { name } } } }"""
PROGRESS = """subscription($connection: ID) { syncProgress(connectionId: $connection) {
  stream state pages payloadsSeen connection { name } } }"""


@pytest.fixture
async def hub(database: Database, home: Organization) -> AsyncIterator[Hub]:
    async with a_hub(database, home) as hub:
        yield hub


@pytest.fixture
async def crm(session: AsyncSession, home: Organization) -> Connection:
    crm = await a_connection(session, home, name="crm")
    await session.commit()
    return crm


async def head(socket: Socket) -> str:
    """The cursor of now, when all before has settled."""
    await settled(socket.database)
    await socket.ask("{ changes(first: 1) { head } }", "head")
    cursor: str = (await socket.told("head"))["changes"]["head"]
    assert await socket.heard() == {"id": "head", "type": "complete"}
    return cursor


async def store(session: AsyncSession, crm: Connection, *names: str) -> None:
    """Each in a transaction of its own."""
    for name in names:
        await an_account_record(session, crm, name=name)
        await session.commit()


async def heard(socket: Socket, count: int) -> list[dict[str, Any]]:
    return [(await socket.told())["changed"] for _ in range(count)]


def names(changes: list[dict[str, Any]]) -> list[str]:
    return [change["node"]["name"] for change in changes]


async def test_a_change_is_told_as_soon_as_it_is_stored(hub, session, crm):
    async with hub.socket() as socket:
        await socket.ask(CHANGED, types=["ACCOUNT_RECORD"], after=await head(socket))
        record = await an_account_record(session, crm, name="Acme")
        await session.commit()
        (told,) = await heard(socket, 1)

    id_ = opaque(model.AccountRecord, record.id)
    assert told.pop("cursor")
    assert told == {
        "type": "ACCOUNT_RECORD",
        "action": "CREATED",
        "nodeId": id_,
        "node": {"__typename": "AccountRecord", "id": id_, "name": "Acme"},
    }


async def test_the_changes_of_a_transaction_and_their_nodes_are_read_together(hub, session, crm, statements):
    async with hub.socket() as socket:
        await socket.ask(NAMES, after=await head(socket))
        for number in range(50):
            await an_account_record(session, crm, name=str(number))
        await session.commit()
        statements.clear()
        assert names(await heard(socket, 50)) == [str(number) for number in range(50)]

    assert len(statements) <= 6


async def test_nobody_is_told_of_what_another_organization_owns(database, session, home, crm):
    partner = await an_organization(session)
    theirs = await a_connection(session, partner)
    shared = await an_account(session)
    ours, strangers = await a_key(session, home, "a"), await a_key(session, partner, "b")
    await session.commit()
    async with (
        a_hub(database) as hub,
        hub.socket(Authorization=f"Bearer {ours}") as one,
        hub.socket(Authorization=f"Bearer {strangers}") as other,
    ):
        await one.ask(CHANGED, after=await head(one))
        await other.ask(CHANGED, after=await head(other))
        await an_account_record(session, theirs, name="Theirs")
        await an_account_record(session, crm, shared, name="Ours")
        await session.commit()
        told_to_one, told_to_other = await heard(one, 2), await heard(other, 1)
        foreign = await head(other)
        await one.ask(CHANGED, "2", after=foreign)
        refused = await one.heard()

    assert {(each["type"], each["action"]) for each in told_to_one} == {
        ("ACCOUNT_RECORD", "CREATED"),
        ("ACCOUNT", "CREATED"),
    }
    assert names(told_to_other) == ["Theirs"]
    assert refused["payload"][0]["extensions"]["code"] == "INVALID_CURSOR"


async def test_the_node_of_a_change_is_null_where_it_is_gone_and_its_heir_where_it_was_merged(hub, session, crm):
    one, heir = await an_account(session, "One"), await an_account(session, "Heir")
    record = await an_account_record(session, crm, one)
    await session.commit()
    async with hub.socket() as socket:
        start = await head(socket)
        session.add(AccountRedirect(owner_id=crm.owner_id, retired_id=one.id, account_id=heir.id, retired_at=NOON))
        await belongs_to(session, crm, record, heir)
        await session.commit()
        await socket.ask(CHANGED, types=["ACCOUNT"], after=start)
        merged = {each["nodeId"]: each for each in await heard(socket, 2)}
        await session.delete(record)
        await session.commit()
        (gone,) = await heard(socket, 1)

    assert merged[opaque(model.Account, one.id)]["action"] == "REMOVED"
    assert merged[opaque(model.Account, one.id)]["node"]["id"] == opaque(model.Account, heir.id)
    assert (gone["action"], gone["node"]) == ("REMOVED", None)


async def test_a_follower_goes_on_at_another_hub_without_a_gap_when_its_own_stops(database, session, home, crm):
    async with a_hub(database, home) as first, first.socket() as socket:
        await socket.ask(NAMES, after=await head(socket))
        await store(session, crm, "1", "2", "3")
        before = await heard(socket, 2)
        await first.live.close()
        code, _ = await socket.ending()
    await store(session, crm, "4")
    async with a_hub(database, home) as second, second.socket() as socket:
        await socket.ask(NAMES, after=before[-1]["cursor"])
        between = await heard(socket, 2)
        await store(session, crm, "5")
        after = await heard(socket, 1)

    assert code == 1001
    assert names(before + between + after) == ["1", "2", "3", "4", "5"]


async def listening_connections(session: AsyncSession) -> list[int]:
    """The server processes of the connections that listen for changes."""
    found = await session.scalars(
        text("select pid from pg_stat_activity where datname = current_database() and query like 'listen%'")
    )
    pids = list(found)
    await session.commit()
    return pids


async def test_every_change_is_told_once_and_in_order_though_the_listening_connection_is_killed(hub, session, crm):
    expected = [str(number) for number in range(30)]
    async with hub.socket() as socket:
        await socket.ask(NAMES, after=await head(socket))
        told, killed = [], set()
        for name in expected:
            await store(session, crm, name)
            if name in ("5", "15", "25"):
                for pid in await listening_connections(session):
                    await session.execute(text("select pg_terminate_backend(:pid)"), {"pid": pid})
                    killed.add(pid)
                await session.commit()
            if name == "10":
                told += await heard(socket, 11)
        told += await heard(socket, len(expected) - len(told))

    assert names(told) == expected
    assert killed


async def test_every_change_is_told_though_all_connections_of_the_hub_are_killed(settings, session, home, crm):
    async with opened(settings) as own, a_hub(own, home) as hub, hub.socket() as socket:
        await socket.ask(NAMES, after=await head(socket))
        await store(session, crm, "1")
        told = await heard(socket, 1)
        mine = await session.scalar(text("select pg_backend_pid()"))
        others = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
        await session.execute(text(f"{others} and pid <> :mine"), {"mine": mine})
        await session.commit()
        await store(session, crm, "2", "3")
        told += await heard(socket, 2)

    assert names(told) == ["1", "2", "3"]


async def test_a_change_that_had_to_wait_for_another_transaction_is_told_when_that_ends(
    database, hub, session, home, crm
):
    """The other transaction concerns nobody here: nothing is told when it ends."""
    async with hub.socket() as socket, AsyncSession(database.engine) as elsewhere:
        await socket.ask(NAMES, after=await head(socket))
        await elsewhere.execute(text("select pg_current_xact_id()"))
        await store(session, crm, "1")
        await elsewhere.rollback()
        assert names(await heard(socket, 1)) == ["1"]


async def test_one_connection_listens_for_all_followers_and_none_when_nobody_follows(hub, session, crm):
    async with hub.socket() as one, hub.socket() as other:
        for socket in (one, other):
            for key in ("1", "2"):
                await socket.ask(NAMES, key)
        await _until(session, 1)
    await _until(session, 0)


async def _until(session: AsyncSession, count: int) -> None:
    async with asyncio.timeout(20):
        while len(await listening_connections(session)) != count:
            pass


async def test_progress_begins_with_what_goes_on_and_tells_each_step(hub, session, home, crm):
    other = await a_connection(session, home, name="list")
    run = await a_sync_run(session, crm, "accounts")
    await a_sync_run(session, other, "accounts")
    await session.commit()
    async with hub.socket() as socket:
        await socket.ask(PROGRESS, connection=opaque(Connection, crm.id))
        steps = [(await socket.told())["syncProgress"]]
        await sync_runs.advance(session, run.id, Progress(pages=1, seen=7, changed=7, unmapped=0))
        await session.commit()
        steps.append((await socket.told())["syncProgress"])
        await sync_runs.finish(session, run.id)
        await session.commit()
        steps.append((await socket.told())["syncProgress"])

    assert [(step["state"], step["pages"], step["payloadsSeen"]) for step in steps] == [
        ("RUNNING", 0, 0),
        ("RUNNING", 1, 7),
        ("SUCCEEDED", 1, 7),
    ]
    assert {step["connection"]["name"] for step in steps} == {"crm"}


async def test_who_waits_for_a_run_sees_it_as_it_then_stands_and_holds_no_connection_meanwhile(
    hub, database, session, home, crm
):
    other = await a_connection(session, home, name="list")
    await session.commit()
    async with hub.socket() as socket:
        await socket.ask(PROGRESS, connection=opaque(Connection, crm.id))
        await _until(session, 1)
        await a_sync_run(session, other, "accounts")
        await session.commit()
        await a_sync_run(session, crm, "accounts", pages=3)
        await session.commit()
        step = (await socket.told())["syncProgress"]
        await until(lambda: database.engine.pool.checkedout() == 0)

    assert (step["connection"]["name"], step["pages"]) == ("crm", 3)


async def test_the_progress_of_a_connection_that_is_not_there_cannot_be_followed(hub, session):
    partner = await an_organization(session)
    theirs = await a_connection(session, partner)
    await session.commit()
    async with hub.socket() as socket:
        for id_ in (theirs.id, uuid4()):
            await socket.ask(PROGRESS, connection=opaque(Connection, id_))
            refused = await socket.heard()
            assert refused["type"] == "error"
            assert refused["payload"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_a_sync_in_one_hub_is_followed_at_another(database, session, home, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("Company,Website\nAcme,acme.com\nBirch,birch.com\n")
    columns = {"Company": "name", "Website": "website"}
    config = {"path": str(file), "columns": columns, "mode": "REPLACE"}
    given = {"name": "list", "connector": "file", "owner_id": home.id, "subject_id": home.id, "secrets": {}}
    list_id = await connections.connect(session, SEALER, config=config, **given)
    await session.commit()
    run = "mutation($input: RunSyncInput!) { runSync(input: $input) { __typename } }"
    async with (
        working(Jobs(database, SEALER)),
        a_hub(database, home) as one,
        a_hub(database, home) as other,
        one.socket() as starting,
        other.socket() as following,
    ):
        await following.ask(NAMES, after=await head(following))
        await starting.ask(PROGRESS, "progress")
        await starting.ask(run, "run", input={"connectionId": opaque(Connection, list_id)})
        records = names(await heard(following, 2))
        states = ["QUEUED"]
        while states[-1] in ("QUEUED", "RUNNING"):
            message = await starting.heard()
            if (message["id"], message["type"]) == ("progress", "next"):
                states.append(message["payload"]["data"]["syncProgress"]["state"])

    assert states[-1] == "SUCCEEDED"
    assert sorted(records) == ["Acme", "Birch"]


async def test_who_comes_back_too_late_is_told_to_start_over(hub, session, crm):
    async with hub.socket() as socket:
        start = await head(socket)
        await store(session, crm, "1")
        await session.execute(text("update change set at = at - interval '31 days'"))
        await changes.prune(session)
        await session.commit()
        await socket.ask(NAMES, after=start)
        refused = await socket.heard()
        await socket.ask("query($since: String) { changes(first: 1, since: $since) { head } }", since=start)
        answered = await socket.heard()

    assert refused["payload"][0]["extensions"]["code"] == "CURSOR_EXPIRED"
    assert answered["payload"]["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"


async def test_the_example_of_the_documentation_follows(database, session, home, crm):
    page = (Path(__file__).parents[2] / "docs" / "subscriptions.md").read_text()
    example: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], example)  # noqa: S102 - our own page
    key = await a_key(session, home)
    await session.commit()
    await settled(database)
    async with a_hub(database) as hub:
        start = await example["head"](hub.socket_url, key)
        await store(session, crm, "1")
        async with aclosing(example["follow"](hub.socket_url, key, start)) as changes_told:
            told = await anext(changes_told)

    assert (told["type"], told["action"]) == ("ACCOUNT_RECORD", "CREATED")
