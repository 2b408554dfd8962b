"""Subscriptions as server-sent events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import orjson
import pytest

from hub.model import Organization
from hub.schema.event_streams import is_preferred
from hub.schema.lines import Bounds
from hub.store import keys
from hub.store.database import Database
from tests.schema.builders import a_connection, a_key, an_account_record, settled
from tests.schema.conftest import a_database_that_is_gone
from tests.schema.live import PATIENCE, Hub, a_hub

CHANGED = """subscription($after: String) { changed(types: [ACCOUNT_RECORD], after: $after) {
  cursor node { ... on AccountRecord { name } } } }"""
STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
async def hub(database, home) -> AsyncIterator[Hub]:
    async with a_hub(database, home) as hub:
        yield hub


class Events:
    """The events of a response, as the specification of EventSource reads them; "" is a comment."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.lines = response.aiter_lines()

    async def next(self) -> tuple[str, Any]:
        async with asyncio.timeout(PATIENCE):
            event = await anext(self.lines)
            if event.startswith(":"):
                assert await anext(self.lines) == ""
                return "", None
            data = await anext(self.lines)
            assert await anext(self.lines) == ""
        assert event.startswith("event: ")
        return event.removeprefix("event: "), orjson.loads(data.removeprefix("data: ")) if data != "data:" else None

    async def next_data(self) -> Any:
        kind, payload = await self.next()
        assert kind == "next", payload
        return payload["data"]


@asynccontextmanager
async def events(
    hub: Hub, query: str, *, method: str = "POST", headers: dict[str, str] = STREAM, **variables: Any
) -> AsyncIterator[Events]:
    asked = {"query": query, "variables": variables}
    given = (
        {"json": asked} if method == "POST" else {"params": {**asked, "variables": orjson.dumps(variables).decode()}}
    )
    async with (
        httpx.AsyncClient(timeout=PATIENCE) as http,
        http.stream(method, f"{hub.url}/graphql", headers=headers, **given) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        found = Events(response)
        assert await found.next() == ("", None)
        yield found


async def head(hub: Hub) -> str:
    """The cursor of now, when all before has settled."""
    await settled(hub.live.database)
    async with events(hub, "{ changes(first: 1) { head } }") as told:
        cursor: str = (await told.next_data())["changes"]["head"]
        return cursor


async def a_head(database: Database, home: Organization) -> str:
    async with a_hub(database, home) as hub:
        return await head(hub)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_one_answer_is_given_to_a_query_and_then_it_is_complete(hub, method):
    async with events(hub, "{ organizations(first: 1) { nodes { name } } }", method=method) as told:
        assert await told.next_data() == {"organizations": {"nodes": [{"name": "Home"}]}}
        assert await told.next() == ("complete", None)
        with pytest.raises(StopAsyncIteration):
            await told.next()


async def test_lines_end_as_clients_split_them(hub):
    async with httpx.AsyncClient() as http:
        response = await http.post(f"{hub.url}/graphql", json={"query": "{ __typename }"}, headers=STREAM)

    assert response.content == b':\n\nevent: next\ndata: {"data":{"__typename":"Query"}}\n\nevent: complete\ndata:\n\n'


async def test_a_document_that_is_refused_is_told_and_complete(hub):
    async with events(hub, "subscription { nothing }") as told:
        kind, payload = await told.next()
        assert (kind, payload["errors"][0]["extensions"]["code"]) == ("next", "GRAPHQL_VALIDATION_FAILED")
        assert "data" not in payload
        assert await told.next() == ("complete", None)


async def test_changes_are_followed_and_resumed_without_a_gap(hub, session, home):
    crm = await a_connection(session, home)
    await session.commit()
    start = await head(hub)
    async with events(hub, CHANGED, after=start) as told:
        await an_account_record(session, crm, name="1")
        await session.commit()
        first = (await told.next_data())["changed"]
    await an_account_record(session, crm, name="2")
    await session.commit()
    async with events(hub, CHANGED, method="GET", after=first["cursor"]) as told:
        second = (await told.next_data())["changed"]
        await an_account_record(session, crm, name="3")
        await session.commit()
        third = (await told.next_data())["changed"]

    assert [each["node"]["name"] for each in (first, second, third)] == ["1", "2", "3"]


async def test_a_quiet_stream_shows_that_it_lives(database, home):
    async with a_hub(database, home, Bounds(heartbeat=0.01)) as hub, events(hub, CHANGED) as told:
        assert [await told.next() for _ in range(3)] == [("", None)] * 3


async def test_a_hub_that_stops_ends_its_streams_without_completing_them(database, home):
    async with a_hub(database, home) as hub, events(hub, CHANGED) as told:
        await hub.live.close()
        with pytest.raises(StopAsyncIteration):
            await told.next()
        async with httpx.AsyncClient() as http:
            refused = await http.post(f"{hub.url}/graphql", json={"query": CHANGED}, headers=STREAM)

    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_who_asks_with_a_key_while_the_database_is_gone_is_told_to_try_again():
    headers = {**STREAM, "Authorization": f"Bearer hub_{'0' * 12}_{'0' * 64}"}
    async with a_hub(a_database_that_is_gone()) as hub, httpx.AsyncClient() as http:
        for refused in (
            await http.post(f"{hub.url}/graphql", json={"query": CHANGED}, headers=headers),
            await http.get(f"{hub.url}/schema.graphql", headers=headers),
        ):
            assert refused.status_code == 503
            assert refused.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"


async def test_a_client_that_leaves_is_forgotten(hub):
    async with events(hub, CHANGED):
        (line,) = hub.live.lines
    async with asyncio.timeout(PATIENCE):
        assert await asyncio.shield(line.ended) is None


async def test_so_many_streams_an_organization_may_hold(database, home):
    async with a_hub(database, home, Bounds(lines_of_one=1)) as hub, events(hub, CHANGED), httpx.AsyncClient() as http:
        refused = await http.post(f"{hub.url}/graphql", json={"query": CHANGED}, headers=STREAM)

    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_a_key_that_is_revoked_ends_its_streams(database, session, home):
    key = await a_key(session, home)
    await session.commit()
    headers = {**STREAM, "Authorization": f"Bearer {key}"}
    async with a_hub(database, bounds=Bounds(recheck=0.05)) as hub, events(hub, CHANGED, headers=headers) as told:
        await keys.revoke(session, key.rpartition("_")[0])
        await session.commit()
        with pytest.raises(StopAsyncIteration):
            await told.next()


async def test_nothing_is_changed_by_a_get(hub):
    async with events(hub, "mutation { mapAccounts { __typename } }", method="GET") as told:
        kind, payload = await told.next()

    assert kind == "next"
    assert "data" not in payload


async def test_a_subscription_is_refused_with_a_hint_where_json_is_wanted(hub):
    async with httpx.AsyncClient() as http:
        refused = await http.post(f"{hub.url}/graphql", json={"query": CHANGED})

    assert refused.status_code == 406
    assert "text/event-stream" in refused.json()["errors"][0]["message"]


async def test_a_slow_reader_of_a_stream_is_cut_off(database, session, home):
    crm = await a_connection(session, home)
    await session.commit()
    query = CHANGED.replace("{ name }", "{ street }")
    start = await a_head(database, home)
    async with a_hub(database, home, Bounds(sending=0.2, farewell=0.1)) as hub, events(hub, query, after=start):
        (line,) = hub.live.lines
        for _ in range(60):
            await an_account_record(session, crm, street="x" * 400_000)
        await session.commit()
        async with asyncio.timeout(PATIENCE):
            ending = await asyncio.shield(line.ended)

    assert ending is not None
    assert "last cursor" in ending.reason


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        ("text/event-stream", True),
        ("text/event-stream, application/json;q=0.9", True),
        ("text/event-stream, */*", True),
        ("TEXT/EVENT-STREAM;q=1", True),
        ("application/json;q=0.1, text/event-stream;q=0.2", True),
        ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", False),
        ("application/json, text/event-stream", False),
        ("*/*", False),
        ("", False),
        ("text/event-stream;q=0", False),
        ("text/event-stream;q=x", False),
        ("text/event-stream;q=0.5, application/*", False),
    ],
)
def test_a_stream_is_sent_only_to_those_who_prefer_it(accept, preferred):
    assert is_preferred(accept) is preferred
