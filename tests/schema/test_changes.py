"""Keeping a copy: take the head, read everything, then read what changed since."""

from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from hub import model
from hub.schema.ids import opaque
from hub.store.database import Database
from tests.schema.builders import (
    a_connection,
    a_sync_run,
    an_account_record,
    an_opportunity,
    an_organization,
    settled,
)
from tests.schema.conftest import Ask

CHANGES = """query($since: String, $first: Int!, $types: [ChangeType!]) {
  changes(since: $since, first: $first, types: $types) {
    head nodes { nodeId } edges { cursor node { cursor type nodeId action at node { id } } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


@pytest.fixture
def read(ask: Ask, database: Database, session: AsyncSession) -> Ask:
    """Asks for changes when all has settled."""

    async def read(**given: Any) -> dict[str, Any]:
        await session.commit()
        await settled(database)
        return await ask(CHANGES, **given)

    return read


async def test_a_copy_is_kept_by_reading_on(read, session, home):
    crm = await a_connection(session, home)
    before = (await read(first=1))["data"]["changes"]["head"]
    deals = [await an_opportunity(session, crm) for _ in range(5)]
    ids = [opaque(model.Opportunity, deal.id) for deal in deals]

    found, pages, since = [], [], before
    while not pages or pages[-1]["pageInfo"]["hasNextPage"]:
        pages.append((await read(first=2, since=since))["data"]["changes"])
        found += pages[-1]["edges"]
        since = pages[-1]["pageInfo"]["endCursor"]
    nothing = (await read(first=2, since=since))["data"]["changes"]
    deals[0].name = "Other"
    news = (await read(first=2, since=nothing["pageInfo"]["endCursor"]))["data"]["changes"]

    assert [edge["node"]["nodeId"] for edge in found] == [edge["node"]["node"]["id"] for edge in found] == ids
    assert all(edge["cursor"] == edge["node"]["cursor"] for edge in found)
    assert pages[0]["pageInfo"]["startCursor"] == found[0]["cursor"]
    assert pages[1]["pageInfo"]["hasPreviousPage"] is True
    assert (nothing["edges"], nothing["pageInfo"]["startCursor"]) == ([], None)
    assert [(edge["node"]["nodeId"], edge["node"]["action"]) for edge in news["edges"]] == [(ids[0], "UPDATED")]


async def test_without_a_cursor_the_oldest_changes_come_first(read, session, home):
    crm = await a_connection(session, home)
    await a_sync_run(session, crm)

    page = (await read(first=1))["data"]["changes"]

    assert [edge["node"]["type"] for edge in page["edges"]] == ["CONNECTION"]
    assert page["pageInfo"]["hasPreviousPage"] is False


async def test_only_the_kinds_asked_for_are_told(read, session, home):
    crm = await a_connection(session, home)
    await a_sync_run(session, crm)
    await an_account_record(session, crm)

    page = (await read(first=9, types=["SYNC_RUN", "ACCOUNT_RECORD"]))["data"]["changes"]

    assert {edge["node"]["type"] for edge in page["edges"]} == {"SYNC_RUN", "ACCOUNT_RECORD"}


async def test_the_nodes_of_a_page_are_read_in_one_statement_a_type(ask, database, session, home, statements):
    crm = await a_connection(session, home)
    for _ in range(20):
        await an_opportunity(session, crm)
        await an_account_record(session, crm)
    await session.commit()
    await settled(database)
    statements.clear()

    page = (await ask(CHANGES, first=50))["data"]["changes"]

    assert len(page["edges"]) == 41
    assert len(statements) == 5  # the head, the page, and three types of nodes


async def test_each_organization_reads_its_own_changes(read, session, home):
    partner = await an_organization(session)
    await a_sync_run(session, await a_connection(session, partner))

    assert (await read(first=9))["data"]["changes"]["edges"] == []
    theirs = (await read(viewer=partner, first=9))["data"]["changes"]
    assert len(theirs["edges"]) == 2
    stolen = await read(first=9, since=theirs["head"])
    assert stolen["errors"][0]["extensions"]["code"] == "INVALID_CURSOR"


@pytest.mark.parametrize("given", [{"first": 0}, {"first": 1001}, {"first": 1, "types": []}])
async def test_what_asks_for_nothing_or_too_much_is_refused(read, given):
    answer = await read(**given)

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
