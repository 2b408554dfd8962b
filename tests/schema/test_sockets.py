"""graphql-transport-ws, spoken by a client that does not always keep to it."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import websockets
from gql import Client, gql
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport

from hub.listening import LARGEST_MESSAGE
from hub.schema.lines import Bounds
from hub.store import keys
from tests.schema.builders import a_connection, a_key, a_sync_run, an_account_record
from tests.schema.conftest import a_database_that_is_gone
from tests.schema.live import Hub, a_hub, until

RUNS = "subscription { syncProgress { stream pages } }"
RECORDS = """subscription($after: String) { changed(types: [ACCOUNT_RECORD], after: $after) {
  cursor node { ... on AccountRecord { externalId street } } } }"""


@pytest.fixture
async def hub(database, home) -> AsyncIterator[Hub]:
    async with a_hub(database, home) as hub:
        yield hub


async def test_one_answer_is_given_to_a_query_and_then_it_is_complete(hub):
    async with hub.socket() as socket:
        await socket.ask("{ organizations(first: 1) { nodes { name } } }", "q")
        assert await socket.told("q") == {"organizations": {"nodes": [{"name": "Home"}]}}
        assert await socket.heard() == {"id": "q", "type": "complete"}


async def test_a_document_that_is_refused_ends_its_operation_and_no_other(hub, session, home):
    crm = await a_connection(session, home)
    await a_sync_run(session, crm, "accounts")
    await session.commit()
    async with hub.socket() as socket:
        for wrong, code in (
            ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
            ("subscription {", "GRAPHQL_PARSE_FAILED"),
            ('subscription { changed(after: "x") { cursor } }', "INVALID_CURSOR"),
            ("subscription { changed(types: []) { cursor } }", "BAD_USER_INPUT"),
            ('subscription { syncProgress(connectionId: "x") { id } }', "BAD_USER_INPUT"),
            (
                "subscription A { syncProgress { id } } subscription B { syncProgress { id } }",
                "GRAPHQL_VALIDATION_FAILED",
            ),
        ):
            await socket.ask(wrong, "wrong")
            heard = await socket.heard()
            assert (heard["type"], heard["id"]) == ("error", "wrong")
            assert heard["payload"][0]["extensions"]["code"] == code
        await socket.ask(RUNS, "right")
        assert (await socket.told("right"))["syncProgress"]["stream"] == "accounts"


async def test_a_database_that_is_gone_is_told_and_ends_no_socket(home):
    unpushed = {"documentId": f"sha256:{'0' * 64}"}
    async with a_hub(a_database_that_is_gone(), home) as hub, hub.socket() as socket:
        for payload in ({"query": "{ organizations(first: 1) { nodes { name } } }"}, {"query": RUNS}, unpushed):
            await socket.say(id="1", type="subscribe", payload=payload)
            heard = await socket.heard()
            assert (heard["type"], heard["payload"][0]["extensions"]["code"]) == ("error", "UNAVAILABLE")


async def test_what_is_asked_over_a_socket_is_counted_like_all_else(hub):
    async with hub.socket() as socket:
        await socket.ask("query Named { organizations(first: 1) { nodes { name } } }")
        await socket.told()
        assert (await socket.heard())["type"] == "complete"
        await socket.ask("{ nothing }")
        assert (await socket.heard())["type"] == "error"
        await socket.ask(RUNS)
        await until(lambda: 'kind="subscription",operation="",path="reference"' in counted(hub))
    assert 'client="anonymous",code="OK",kind="query",operation="Named",path="compiled"} 1.0' in counted(hub)
    assert 'client="anonymous",code="GRAPHQL_VALIDATION_FAILED",kind="unknown"' in counted(hub)


def counted(hub: Hub) -> str:
    """The metrics of operations."""
    text = hub.live.telemetry.metrics.text().decode()
    return "\n".join(line for line in text.splitlines() if line.startswith("hub_operations_total"))


async def test_pings_are_answered_with_their_payload(hub):
    async with hub.socket() as socket:
        await socket.say(type="ping", payload={"n": 1})
        assert await socket.heard() == {"type": "pong", "payload": {"n": 1}}
        await socket.say(type="pong")
        await socket.say(type="ping")
        assert await socket.heard() == {"type": "pong"}


async def test_a_completed_operation_is_told_no_more_and_its_id_is_free(hub, session, home):
    crm = await a_connection(session, home)
    await a_sync_run(session, crm, "accounts")
    await session.commit()
    async with hub.socket() as socket:
        for _ in range(3):
            await socket.ask(RUNS)
            await socket.told()
            await socket.say(id="1", type="complete")
        await socket.say(id="1", type="complete")
        await socket.say(type="ping")
        assert await socket.heard() == {"type": "pong"}


INTRODUCED = {"type": "connection_init"}
ASKED = {"type": "subscribe", "id": "1", "payload": {"query": RUNS}}


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([{}], 4400),
        ([{"type": 7}], 4400),
        ([{"type": "start", "id": "1"}], 4400),
        ([{"type": "connection_init", "payload": [1]}], 4400),
        ([INTRODUCED, {"type": "subscribe", "payload": {}}], 4400),
        ([INTRODUCED, {"type": "subscribe", "id": 1, "payload": {"query": RUNS}}], 4400),
        ([INTRODUCED, {"type": "subscribe", "id": "1", "payload": {"query": 1}}], 4400),
        ([INTRODUCED, {"type": "subscribe", "id": "1"}], 4400),
        ([ASKED], 4401),
        ([INTRODUCED, ASKED, ASKED], 4409),
        ([INTRODUCED, INTRODUCED], 4429),
    ],
)
async def test_who_breaks_the_protocol_is_told_how(hub, messages, code):
    async with hub.socket(introduce=False) as socket:
        for message in messages:
            await socket.say(**message)
        assert (await socket.ending())[0] == code


@pytest.mark.parametrize(
    ("raw", "code"),
    [("{", 4400), ("[]", 4400), (b'{"type": "ping"}', 4400), ('"' + "x" * LARGEST_MESSAGE + '"', 1009)],
)
async def test_what_is_no_message_closes_the_socket(hub, raw, code):
    async with hub.socket() as socket:
        await socket.connection.send(raw)
        assert (await socket.ending())[0] == code


async def test_who_does_not_say_who_they_are_is_closed(database, home):
    async with a_hub(database, home, Bounds(introduction=0.05)) as hub, hub.socket(introduce=False) as socket:
        assert await socket.ending() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize("spoken", [None, ["graphql-ws"]])
async def test_another_protocol_is_not_spoken(hub, spoken):
    async with websockets.connect(hub.socket_url, subprotocols=spoken, proxy=None) as connection:
        await connection.wait_closed()
        assert connection.protocol.close_code == 4406


async def test_a_key_is_taken_from_the_introduction_or_from_the_headers_of_the_upgrade(database, session, home):
    key = await a_key(session, home)
    await session.commit()
    async with a_hub(database) as hub:
        async with hub.socket(authorization=f"Bearer {key}") as socket:
            await socket.ask("{ __typename }")
            assert await socket.told() == {"__typename": "Query"}
        transport = WebsocketsTransport(
            hub.socket_url, headers={"Authorization": f"Bearer {key}"}, subprotocols=["graphql-transport-ws"]
        )
        async with Client(transport=transport) as client:
            assert await client.execute(gql("{ __typename }")) == {"__typename": "Query"}
        for wrong in ({}, {"Authorization": "Bearer hub_a_b"}, {"Authorization": 7}):
            async with hub.socket(introduce=False) as socket:
                await socket.say(type="connection_init", payload=wrong)
                assert (await socket.ending())[0] == 4403


async def test_without_a_key_only_pages_of_this_machine_are_answered(hub):
    for origin, code in (("http://localhost:5173", None), ("https://evil.example", 4403)):
        async with websockets.connect(
            hub.socket_url, subprotocols=["graphql-transport-ws"], origin=origin, proxy=None
        ) as connection:
            await connection.send('{"type": "connection_init"}')
            if code:
                await connection.wait_closed()
                assert connection.protocol.close_code == code
            else:
                assert await connection.recv() == '{"type":"connection_ack"}'


async def test_a_key_that_is_revoked_or_expires_ends_its_sockets_and_no_others(database, session, home):
    revoked = await a_key(session, home, "revoked")
    good = await a_key(session, home, "good")
    expiring = await a_key(session, home, "expiring", expires_at=datetime.now(UTC) + timedelta(seconds=3))
    await session.commit()
    async with (
        a_hub(database, bounds=Bounds(recheck=0.05)) as hub,
        hub.socket(Authorization=f"Bearer {revoked}") as first,
        hub.socket(Authorization=f"Bearer {expiring}") as second,
        hub.socket(Authorization=f"Bearer {good}") as third,
    ):
        await keys.revoke(session, revoked.rpartition("_")[0])
        await session.commit()
        assert await first.ending() == (4403, "The credentials are no longer valid.")
        assert await second.ending() == (4403, "The credentials are no longer valid.")
        await third.ask("{ __typename }")
        assert await third.told() == {"__typename": "Query"}


async def test_a_flood_of_sockets_is_refused_and_harms_nobody_who_is_in(database, session, home):
    bounds = Bounds(lines=6, lines_of_one=3, unknown=2)
    async with a_hub(database, home, bounds) as hub, hub.socket() as one, hub.socket(), hub.socket():
        async with hub.socket(introduce=False) as fourth:
            await fourth.say(type="connection_init")
            assert await fourth.ending() == (1013, "Too many connections: try again later.")
        async with hub.socket(introduce=False), hub.socket(introduce=False):
            with pytest.raises(websockets.InvalidStatus, match="503"):
                await asyncio.wait_for(anext(_opened(hub)), 20)
        await one.ask("{ __typename }")
        assert await one.told() == {"__typename": "Query"}


async def _opened(hub: Hub) -> AsyncIterator[object]:
    async with hub.socket(introduce=False) as socket:
        yield socket


async def test_a_socket_runs_so_many_operations_at_a_time(database, home):
    async with a_hub(database, home, Bounds(operations=2)) as hub, hub.socket() as socket:
        for key in ("1", "2", "3"):
            await socket.ask(RUNS, key)
        heard = await socket.heard()
        assert (heard["id"], heard["type"]) == ("3", "error")
        assert heard["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
        await socket.say(id="1", type="complete")
        await socket.ask("{ __typename }", "3")
        assert await socket.told("3") == {"__typename": "Query"}


async def test_a_slow_reader_is_closed_and_goes_on_after_its_last_cursor_while_others_read_on(database, session, home):
    crm = await a_connection(session, home)
    await session.commit()
    bounds = Bounds(sending=0.3, farewell=20)
    count = 60
    async with a_hub(database, home, bounds) as hub, hub.socket() as quick, _narrow_socket(hub) as slow:
        for each in (quick, slow):
            await each.ask(RECORDS)
        for number in range(count):
            await an_account_record(session, crm, external_id=f"R{number}", street="x" * 400_000)
        await session.commit()
        seen = [(await quick.told())["changed"]["node"]["externalId"] for _ in range(count)]
        await until(lambda: any(line.ended.done() for line in hub.live.lines))
        # The slow one has read nothing. Now that it reads, it finds what was on its way, and why there is no more.
        got: list[str] = []
        last = ""
        while (message := await slow.heard_or_none()) is not None:
            change = message["payload"]["data"]["changed"]
            got.append(change["node"]["externalId"])
            last = change["cursor"]
        assert slow.connection.protocol.close_code == 1013
        assert "last cursor" in (slow.connection.protocol.close_reason or "")
        assert 0 < len(got) < count
        async with hub.socket() as again:
            await again.ask(RECORDS, after=last)
            got += [(await again.told())["changed"]["node"]["externalId"] for _ in range(count - len(got))]

    assert seen == got == [f"R{number}" for number in range(count)]


def _narrow_socket(hub: Hub):
    """A socket whose client holds next to nothing that it has not asked for."""
    host, port = hub.url.removeprefix("http://").split(":")
    plain = sockets.socket()
    plain.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 200_000)
    plain.connect((host, int(port)))
    return hub.socket(over=plain)


async def test_a_hub_that_stops_says_so_and_takes_no_new_sockets(database, home):
    async with a_hub(database, home) as hub, hub.socket() as socket:
        await socket.ask(RUNS)
        closing = asyncio.create_task(hub.live.close())
        assert await socket.ending() == (1001, "The hub stops here: connect again.")
        await closing
        with pytest.raises(websockets.InvalidStatus, match="503"):
            await anext(_opened(hub))


async def test_gql_follows(hub, session, home):
    crm = await a_connection(session, home)
    await session.commit()
    transport = WebsocketsTransport(hub.socket_url, subprotocols=["graphql-transport-ws"])
    async with Client(transport=transport) as client:
        run = await a_sync_run(session, crm, "accounts")
        await session.commit()
        async for told in client.subscribe(gql("subscription { syncProgress { stream state } }")):
            assert told == {"syncProgress": {"stream": run.stream, "state": "RUNNING"}}
            break


async def test_gql_is_told_that_it_may_not_come_in(database, home):
    async with a_hub(database) as hub:
        transport = WebsocketsTransport(hub.socket_url, subprotocols=["graphql-transport-ws"])
        with pytest.raises(TransportConnectionFailed, match="receive"):
            async with Client(transport=transport):
                pass
