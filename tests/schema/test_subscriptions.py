import asyncio

import pytest

from hub import model
from hub.schema.ids import opaque
from tests.schema.builders import a_connection, a_sync_run, an_account, an_account_record, an_organization
from tests.schema.live import a_hub

CHANGED = """subscription($types: [ChangeType!], $after: String) { changed(types: $types, after: $after) {
  cursor type action nodeId node { __typename id ... on AccountRecord { name } ... on Account { name } } } }"""
HEAD = "{ changes(first: 1) { head } }"


@pytest.fixture
async def hub(database, home):
    async with a_hub(database, home) as hub:
        yield hub


async def test_a_change_is_told_as_soon_as_it_is_stored(hub, session, home):
    crm = await a_connection(session, home)
    await session.commit()
    async with hub.socket() as socket:
        await socket.ask(HEAD, "head")
        start = (await socket.told("head"))["changes"]["head"]
        assert (await socket.heard())["type"] == "complete"
        await socket.ask(CHANGED, types=["ACCOUNT_RECORD"], after=start)
        record = await an_account_record(session, crm, name="Acme")
        await session.commit()
        told = (await socket.told())["changed"]

    id_ = opaque(model.AccountRecord, record.id)
    assert told.pop("cursor")
    assert told == {
        "type": "ACCOUNT_RECORD",
        "action": "CREATED",
        "nodeId": id_,
        "node": {"__typename": "AccountRecord", "id": id_, "name": "Acme"},
    }
