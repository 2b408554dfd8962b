import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select

from hub.app import application, serving
from hub.errors import ConfigurationError, Unauthenticated, Unavailable
from hub.jobs.background import Background
from hub.listening import listener_on
from hub.model import SCOPES, AuditEvent, Role, Scope
from hub.schema.access import LONGEST, TRUSTED_FOR, Access, Refused
from hub.schema.recent import Recent
from hub.schema.sdl import sdl
from hub.settings import Settings
from hub.store import audit, keys
from hub.store.keys import Holder, NewKey
from hub.store.sharing import Viewer
from tests.schema.builders import (
    a_connection,
    a_contact_record,
    a_person,
    an_account,
    an_account_record,
    an_organization,
    employs,
)
from tests.schema.conftest import SEALER
from tests.schema.oidc import AUDIENCE, provider_on_a_socket

ADA = Viewer(uuid4(), Role.FRONTEND, SCOPES[Role.FRONTEND], "key:ada")


def asking(authorization: bytes | None = b"Bearer good", client=("192.0.2.7", 1), **headers: bytes):
    given = {"authorization": authorization, **headers}
    return {
        "headers": [(name.encode(), value) for name, value in given.items() if value is not None],
        "client": client,
        "state": {"request_id": "r-1"},
    }


class Door:
    """An access whose keys the test makes up."""

    def __init__(self, **holders):
        self.holders = holders
        self.asked: list[str] = []
        self.noted: list[tuple[str, str | None]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.access = Access(self.holder, self.note)

    async def holder(self, presented: str) -> Holder:
        self.asked.append(presented)
        await self.open.wait()
        found = self.holders.get(presented, Unauthenticated("no"))
        if isinstance(found, Exception):
            raise found
        return found

    async def note(self, client: str, request_id: str | None) -> None:
        self.noted.append((client, request_id))


async def test_a_key_is_asked_for_once_and_then_known():
    door = Door(good=Holder(ADA))

    assert door.access.known(asking()) is None
    assert await door.access.viewer(asking()) == ADA
    assert door.access.known(asking()) is ADA
    assert await door.access.viewer(asking(authorization=b"bearer  good ")) is ADA
    assert await door.access.viewer(asking(None), presented="good") is ADA
    assert door.asked == ["good"]


async def test_many_requests_with_a_new_key_ask_once_even_if_the_first_leaves():
    door = Door(good=Holder(ADA))
    door.open.clear()
    first, *others = [asyncio.create_task(door.access.viewer(asking())) for _ in range(20)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    door.open.set()

    assert await asyncio.gather(*others) == [ADA] * 19
    assert door.asked == ["good"]


async def test_nobody_misses_the_answer_when_all_left():
    door = Door()
    door.open.clear()
    task = asyncio.create_task(door.access.viewer(asking()))
    await asyncio.sleep(0)
    task.cancel()
    door.open.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(Refused):
        await door.access.viewer(asking())


async def refusal(door: Door, request) -> Refused:
    with pytest.raises(Refused) as refused:
        await door.access.viewer(request)
    return refused.value


async def test_a_wrong_key_is_remembered_and_only_a_known_one_noted():
    door = Door(old=Unauthenticated("The API key is not valid.", "key:old"))
    for _ in range(3):
        assert (await refusal(door, asking(b"Bearer bad"))).status == 401
    assert (door.asked, door.noted) == (["bad"], [])
    refused = await refusal(door, asking(b"Bearer old"))

    assert "invalid_token" in refused.headers["WWW-Authenticate"]
    assert "key:old" not in str(refused)
    assert door.noted == [("key:old", "r-1")]


@pytest.mark.parametrize("nothing", [None, b"", b"Basic good", b"Bearer", b"Bearer  ", b"good"])
async def test_without_a_key_nobody_is_let_in(nothing):
    door = Door(good=Holder(ADA))

    refused = await refusal(door, asking(nothing))
    assert (refused.status, refused.code, door.asked) == (401, "UNAUTHENTICATED", [])
    with pytest.raises(Refused):
        door.access.known(asking(nothing))


@pytest.mark.parametrize("odd", [b"Bearer " + b"x" * (LONGEST + 1), "Bearer gööd".encode(), b"Bearer \xff"])
async def test_what_can_be_no_key_is_not_asked_for(odd):
    door = Door()

    assert (await refusal(door, asking(odd))).status == 401
    assert door.asked == []


@pytest.mark.parametrize(
    ("client", "admitted"),
    [
        (("192.0.2.7", 1), True),
        (("::ffff:192.0.2.7", 1), True),
        (("2001:db8::1", 1), True),
        (("192.0.3.7", 1), False),
        (("2001:db9::1", 1), False),
        (("/run/socket", 0), False),
        (None, False),
    ],
)
async def test_a_key_may_be_used_from_its_networks_only(client, admitted):
    door = Door(good=Holder(ADA, keys.networks(["192.0.2.0/24", "2001:db8::/32"])))
    await door.access.viewer(asking())

    assert door.access.known(asking(client=client)) == (ADA if admitted else None)
    if not admitted:
        assert (await refusal(door, asking(client=client))).status == 401
        assert door.noted == [("key:ada", "r-1")]


async def test_a_key_is_not_trusted_beyond_its_end():
    door = Door(good=Holder(ADA, until=datetime.now(UTC) + timedelta(seconds=-1)))
    await door.access.viewer(asking())

    assert door.access.known(asking()) is None


async def test_a_provider_that_is_down_is_told_as_passing_and_asked_again():
    door = Door(good=Unavailable("down"))
    for _ in range(2):
        refused = await refusal(door, asking())
        assert (refused.status, refused.headers["Retry-After"]) == (503, "10")
    assert door.asked == ["good", "good"]


def test_what_is_recent_is_forgotten_in_time_and_of_too_many_the_oldest():
    now = [0.0]
    recent = Recent[str, int](2, TRUSTED_FOR, lambda: now[0])
    recent.keep("a", 1)
    recent.keep("b", 2, seconds=1)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, 2, None)
    now[0] = 1.0
    assert (recent.get("a"), recent.get("b")) == (1, None)
    recent.keep("a", 3, seconds=100)
    recent.keep("c", 4)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (3, None, 4)
    now[0] = 1.0 + TRUSTED_FOR
    assert recent.get("a") is None


async def test_a_host_that_is_none_is_refused_where_no_key_is_needed():
    here = Access(Door().holder, Door().note, Viewer.anonymous(uuid4()))

    assert here.known(asking(None, host=b"localhost:8000")).client == "anonymous"
    for host in (b"[", b"evil.example", b""):
        with pytest.raises(Refused):
            here.known(asking(None, host=host))


# Through the real app, with real keys.


async def a_key(session, organization, **facts) -> str:
    new = {"name": f"key {uuid4()}", "organization_id": organization.id, "role": Role.FRONTEND} | facts
    key, _ = await keys.create(session, NewKey(**new))
    await session.commit()
    return key


@pytest.fixture
async def http(database, home):
    app = application(database, Background(database, SEALER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub.example") as http:
        yield http


async def told(http, key: str, query: str, **variables):
    response = await http.post(
        "/graphql", json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {key}"}
    )
    return response.status_code, response.json()


async def events(session) -> list[AuditEvent]:
    await session.rollback()
    return list(await session.scalars(select(AuditEvent).order_by(AuditEvent.number)))


PEOPLE = "query People { accounts(first: 1) { totalCount } people(first: 1) { totalCount } }"
MAP = "mutation Map { mapAccounts(input: {}) { __typename ... on BusyError { code } } }"


async def test_an_operation_is_refused_whole_and_the_refusal_told_once(http, session, home):
    key = await a_key(session, home, scopes=frozenset({Scope.ACCOUNT_READ}))
    for _ in range(3):
        status, answer = await told(http, key, PEOPLE)

    (error,) = answer["errors"]
    assert status == 403
    assert "data" not in answer
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert error["extensions"]["missingScopes"] == ["person:read"]
    assert "person:read" in error["message"]
    (event,) = await events(session)
    assert (event.kind, event.outcome, event.action) == ("REFUSAL", "FORBIDDEN", "People")
    assert (event.scopes, event.root_fields) == (["person:read"], ["accounts", "people"])
    assert event.client == f"key:{key.rpartition('_')[0]}"
    assert (await told(http, key, "{ accounts(first: 1) { totalCount } }"))[0] == 200


async def test_a_filter_in_a_variable_is_no_way_round(http, session, home):
    key = await a_key(session, home, scopes=frozenset({Scope.ACCOUNT_READ}))
    query = "query($f: AccountFilter) { accounts(first: 1, filter: $f) { totalCount } }"

    assert (await told(http, key, query, f={"name": {"contains": "a"}}))[0] == 200
    assert (await told(http, key, query, f={"not": {"people": {"some": {"email": {"contains": "a"}}}}}))[0] == 403


async def test_what_may_not_be_read_is_not_found_by_its_id_either(http, session, home):
    connection = await a_connection(session, home)
    contact = await a_contact_record(session, connection, await a_person(session))
    await employs(session, connection, await an_account_record(session, connection, await an_account(session)), contact)
    whole, part = await a_key(session, home), await a_key(session, home, scopes=frozenset({Scope.ACCOUNT_READ}))
    _, found = await told(http, whole, "{ people(first: 1) { nodes { id contacts(first: 1) { nodes { id } } } } }")
    person = found["data"]["people"]["nodes"][0]
    ids = [person["id"], person["contacts"]["nodes"][0]["id"]]
    query = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Synced { externalId customFields { value } } } }"

    one = "query($id: ID!) { node(id: $id) { id } }"
    for id_ in ids:
        assert (await told(http, whole, one, id=id_))[1]["data"]["node"] == {"id": id_}
        assert (await told(http, part, one, id=id_))[1]["data"]["node"] is None
        assert (await told(http, part, query, ids=[id_]))[1]["data"]["nodes"] == [None]
    assert None not in (await told(http, whole, query, ids=ids))[1]["data"]["nodes"]
    assert (await told(http, part, query, ids=ids))[1]["data"]["nodes"] == [None, None]


async def test_every_mutation_is_told_when_it_begins_and_when_it_ends(http, session, home):
    key = await a_key(session, home, role=Role.ADMIN)
    await a_connection(session, home)
    await session.commit()
    run = "mutation($i: RunSyncInput!) { runSync(input: $i) { __typename } }"
    _, listed = await told(http, key, "{ connections(first: 1) { nodes { id } } }")
    id_ = listed["data"]["connections"]["nodes"][0]["id"]
    await told(http, key, MAP)
    await told(http, key, run, i={"connectionId": id_, "stream": "nothing"})
    await told(http, key, run, i={"connectionId": "nonsense"})

    found = await events(session)
    assert [(each.action, each.root_fields, each.outcome) for each in found] == [
        ("Map", ["mapAccounts"], "BEGUN"),
        ("Map", ["mapAccounts"], "OK"),
        ("anonymous", ["runSync"], "BEGUN"),
        ("anonymous", ["runSync"], found[3].outcome),
        ("anonymous", ["runSync"], "BEGUN"),
        ("anonymous", ["runSync"], "BAD_USER_INPUT"),
    ]
    assert found[3].outcome not in ("OK", "BEGUN")
    assert found[3].ids == [id_]
    assert {each.scopes[0] for each in found} == {"mapping:write", "sync:run"}
    assert len({each.request_id for each in found}) == 3
    assert "nothing" not in "".join(audit.exported(each).decode() for each in found)
    assert (await audit.verified(session)).number == 6


async def test_the_audit_log_is_for_those_who_may_read_it_only(http, session, home):
    partner = await an_organization(session, "Partner")
    admin, mapper = await a_key(session, home, role=Role.ADMIN), await a_key(session, home, role=Role.ACCOUNT_MAPPER)
    tool = await a_key(session, partner, role=Role.PARTNER_TOOL)
    await told(http, mapper, MAP)
    query = """{ auditEvents(first: 9, filter: {outcome: {eq: "OK"}}) { totalCount nodes
      { number at kind client organizationId role action scopes rootFields ids outcome requestId documentHash } } }"""

    status, answer = await told(http, admin, query)
    assert (status, answer["data"]["auditEvents"]["totalCount"]) == (200, 1)
    assert answer["data"]["auditEvents"]["nodes"][0]["scopes"] == ["mapping:write"]
    assert (await told(http, mapper, query))[0] == 403
    assert "auditEvents" in str((await told(http, tool, query))[1]["errors"][0]["message"])
    assert (await told(http, tool, query))[1]["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_partner_is_answered_by_its_own_contract(http, session, home):
    partner = await an_organization(session, "Partner")
    tool = await a_key(session, partner, role=Role.PARTNER_TOOL)
    _, types = await told(http, tool, "{ __schema { types { name } mutationType { fields { name } } } }")
    _, answer = await told(http, tool, "{ organizations(first: 9) { nodes { __typename name } } }")

    names = {each["name"] for each in types["data"]["__schema"]["types"]}
    assert "Account" in names
    assert not {"RawRecord", "SyncRun", "Match", "AuditEvent"} & names
    mutations = {each["name"] for each in types["data"]["__schema"]["mutationType"]["fields"]}
    assert mutations == {"startExport", "deleteExport"}
    assert answer["data"]["organizations"]["nodes"] == [{"__typename": "Organization", "name": "Partner"}]


async def test_a_partner_asks_by_id(http, session, home):
    partner = await an_organization(session, "Partner")
    record = await an_account_record(session, await a_connection(session, partner), name="Acme")
    tool, id_ = await a_key(session, partner, role=Role.PARTNER_TOOL), f"account_record_{record.id}"
    await session.commit()
    text = "query($id: ID!) { node(id: $id) { id ... on AccountRecord { name } } nodes(ids: [$id]) { id } }"
    response = await http.post(
        "/graphql",
        json={"query": text, "variables": {"id": id_}},
        headers={"Authorization": f"Bearer {tool}"},
    )

    assert response.json()["data"] == {"node": {"id": id_, "name": "Acme"}, "nodes": [{"id": id_}]}


async def test_the_schema_is_served_as_who_asks_can_know_it(http, session, home):
    key = await a_key(session, home)
    asked = {"Authorization": f"Bearer {key}"}

    assert (await http.get("/schema.graphql", headers=asked)).text == sdl()
    assert (await http.get("/schema.graphql")).text == sdl(Role.PARTNER_TOOL)
    assert (await http.get("/schema.graphql", headers={"Authorization": "Bearer no"})).status_code == 401


async def test_a_key_that_exists_but_is_presented_wrong_is_told_once(http, session, home):
    key = await a_key(session, home)
    for end in "01":
        wrong = key[:-2] + ("0" if key[-2] != "0" else "1") + end
        assert (await told(http, wrong, "{ __typename }"))[0] == 401
    assert (await told(http, "hub_000000000000_" + "0" * 64, "{ __typename }"))[0] == 401

    (event,) = await events(session)
    assert (event.kind, event.outcome, event.client) == (
        "REFUSAL",
        "UNAUTHENTICATED",
        f"key:{key.rpartition('_')[0]}",
    )


async def test_a_token_of_a_provider_is_accepted_by_the_hub_on_a_socket(database, settings, home):
    async with provider_on_a_socket() as issuer:
        given = settings.model_copy(update={"oidc_issuer": issuer.issuer, "oidc_audience": AUDIENCE})
        listener = listener_on("127.0.0.1", 0)
        async with serving(database, given, listener) as url, httpx.AsyncClient(base_url=url) as http:
            status, answer = await told(http, issuer.token(), "{ organizations(first: 1) { nodes { name } } }")
            assert (status, answer["data"]["organizations"]["nodes"]) == (200, [{"name": "Home"}])
            assert (await told(http, issuer.token(exp=1), "{ __typename }"))[0] == 401
            assert (await told(http, "hub_no", "{ __typename }"))[0] == 401


@pytest.mark.parametrize(
    "given",
    [
        {"HUB_OIDC_ISSUER": "https://id.example"},
        {"HUB_OIDC_AUDIENCE": "hub"},
        {"HUB_OIDC_ISSUER": "http://id.example", "HUB_OIDC_AUDIENCE": "hub"},
    ],
)
async def test_half_a_provider_is_a_mistake_of_the_operator(database, given):
    listener = listener_on("127.0.0.1", 0)
    with listener, pytest.raises(ConfigurationError, match="HUB_OIDC"):
        async with serving(database, Settings.from_env({**given, "HUB_DATA_DIR": "/nowhere"}), listener):
            pass
