"""Limits, budgets and trusted documents, over HTTP."""

from hashlib import sha256
from uuid import uuid4

import httpx
import pytest
from graphql import get_introspection_query

from hub.app import application
from hub.jobs.background import Background
from hub.model import Role
from hub.schema import admission as admission_of
from hub.schema.access import Refused
from hub.schema.answering import MOST_INTROSPECTED
from hub.schema.documents import Documents, asked_id, must_be_allowed
from hub.store import documents, keys
from hub.store.documents import Pushed
from hub.store.keys import NewKey
from hub.store.sharing import Viewer
from tests.schema.builders import a_connection, an_account, an_account_record
from tests.schema.conftest import SEALER, client_of_nothing

NAME = {"query": "{ __typename }"}
TEXT = "query Names($n: Int = 2) { accounts(first: $n) { nodes { name } } }"
ID = f"sha256:{sha256(TEXT.encode()).hexdigest()}"
COSTLY = {"query": "{ accounts(first: 100) { nodes { records(first: 100) { nodes { id } } } } }"}


async def test_a_client_that_asks_is_told_what_it_spent(nowhere):
    plain = await nowhere.post("/graphql", json=NAME)
    asked = await nowhere.post("/graphql", json=NAME, headers={"X-Hub-Cost": "1"})

    assert "extensions" not in plain.json()
    assert "ratelimit" not in plain.headers
    assert asked.json()["data"] == {"__typename": "Query"}
    told = asked.json()["extensions"]["cost"]
    assert told.keys() == {"requested", "remaining", "limit", "restoreRate", "resetAt"}
    assert (told["requested"], told["limit"]) == (1, 5_000_000)
    assert asked.headers["RateLimit-Policy"] == '"cost";q=5000000;w=10'


async def test_a_partner_tool_is_told_always_and_refused_when_it_has_spent_all():
    async with client_of_nothing(role="PARTNER_TOOL", client="greedy") as http:
        first = await http.post("/graphql", json=COSTLY)
        assert first.json()["errors"][0]["extensions"]["code"] == "COST_EXCEEDED"
        assert first.json()["extensions"]["cost"]["requested"] == 100
        answers = [await http.post("/graphql", json=COSTLY) for _ in range(210)]

    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert int(refused.headers["Retry-After"]) >= 1
    assert refused.headers["RateLimit-Policy"] == '"cost";q=20000;w=40'
    assert refused.headers["RateLimit"].startswith('"cost";r=')


async def test_who_floods_the_hub_with_new_documents_is_refused_before_they_are_read(nowhere, monkeypatch):
    monkeypatch.setattr(admission_of, "HESITATION", 0)
    admission = nowhere._transport.app.live.admission  # noqa: SLF001 - httpx has no public way to it
    for _ in range(21):
        admission.worked(Viewer.anonymous(uuid4()), 0.5)
    refused = await nowhere.post("/graphql", json={"query": "{ this is not even"})

    assert refused.status_code == 429
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert int(refused.headers["Retry-After"]) >= 9


async def test_another_client_is_not_slowed_by_one_that_has_spent_all(nowhere):
    assert (await nowhere.post("/graphql", json=NAME)).status_code == 200


async def test_a_refused_document_is_answered_as_the_client_expects(nowhere):
    headers = {"Accept": "application/graphql-response+json"}
    answer = await nowhere.post("/graphql", json=COSTLY, headers=headers)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["cost"] == {"requested": 10_201, "limit": 10_000}
    assert "data" not in answer.json()


async def test_introspection_as_graphiql_does_it_is_answered(nowhere):
    query = get_introspection_query(descriptions=True, input_value_deprecation=True)
    answer = await nowhere.post("/graphql", json={"query": query})

    assert "errors" not in answer.json()


async def test_the_schema_is_told_once_for_each_contract_and_the_same_variables(nowhere):
    engine = nowhere._transport.app.live.engine  # noqa: SLF001 - httpx has no public way to it
    text = 'query($all: Boolean!) { __type(name: "Account") { name fields @include(if: $all) { name } } }'
    asked = [{"query": text, "variables": {"all": each}} for each in (True, False, True)]
    whole, part, again = [(await nowhere.post("/graphql", json=each)).json() for each in asked]

    assert whole == again
    assert part == {"data": {"__type": {"name": "Account"}}}
    assert {"name": "name"} in whole["data"]["__type"]["fields"]
    assert len(engine.introspected) == 2
    for number in range(50):
        assert "errors" not in (await nowhere.post("/graphql", json={"query": f"{{ a{number}: __typename }}"})).json()
    assert len(engine.introspected) == MOST_INTROSPECTED


async def test_a_mistake_in_introspection_is_told_each_time_anew(nowhere):
    asked = {"query": "query($n: String!) { __type(name: $n) { name } }", "variables": {"n": 1}}
    first, second = [(await nowhere.post("/graphql", json=asked)).json()["errors"] for _ in "ab"]

    assert first[0]["message"] == second[0]["message"]
    assert first[0]["extensions"]["requestId"] != second[0]["extensions"]["requestId"]


async def test_what_depends_on_more_than_the_schema_is_not_kept(nowhere):
    engine = nowhere._transport.app.live.engine  # noqa: SLF001 - the same
    text = "{ __typename accounts(first: 1) { totalCount } }"

    assert (await nowhere.post("/graphql", json={"query": text})).status_code == 503
    assert len(engine.introspected) == 0


MISSPELT = {
    "query": "query($f: AccountFilter) { accounts(first: 1, filter: $f) { totalCount } }",
    "variables": {"f": {"nam": {"eq": "x"}}},
}


@pytest.mark.parametrize(("role", "suggested"), [("ADMIN", True), ("PARTNER_TOOL", False)])
async def test_names_are_suggested_to_programs_of_the_house_only(role, suggested):
    async with client_of_nothing(role=Role(role)) as http:
        for wrong in (MISSPELT, {"query": "{ acounts(first: 1) { totalCount } }"}):
            (error,) = (await http.post("/graphql", json=wrong)).json()["errors"]
            assert ("Did you mean" in error["message"]) == suggested


def directives_of(answer: dict) -> set[str]:
    return {each["name"] for each in answer["data"]["__schema"]["directives"]}


async def test_the_cost_directives_can_be_read_by_clients(nowhere):
    answer = await nowhere.post("/graphql", json={"query": "{ __schema { directives { name } } }"})

    assert {"cost", "listSize"} <= directives_of(answer.json())


@pytest.mark.parametrize(
    ("document_id", "extensions", "id_"),
    [
        (ID, None, ID),
        (None, {"persistedQuery": {"version": 1, "sha256Hash": ID.removeprefix("sha256:")}}, ID),
        (None, {"persistedQuery": {"sha256Hash": 7}}, None),
        (None, {"persistedQuery": "x"}, None),
        (None, {}, None),
    ],
)
def test_an_id_is_given_as_the_specification_or_as_apollo_says(document_id, extensions, id_):
    assert asked_id(document_id, extensions) == id_


async def test_a_text_is_looked_up_once_in_ten_seconds_and_the_cache_is_bounded():
    stored, asked = {ID: TEXT, "sha256:" + "0" * 64: "{ a }", "sha256:" + "1" * 64: "{ b }"}, []

    async def find(app, id_):
        asked.append(id_)
        return stored.get(id_)

    texts = Documents(find, most=2)
    assert texts.known("web", ID, 0.0) is None
    assert [await texts.text("web", ID, now) for now in (0.0, 9.9)] == [TEXT, TEXT]
    assert texts.known("web", ID, 9.9) == TEXT
    assert asked == [ID]
    for other in list(stored)[1:]:
        await texts.text("web", other, 1.0)
    assert texts.known("web", ID, 1.0) is None
    stored.clear()
    with pytest.raises(Refused, match="push it first"):
        await texts.text("web", list(asked)[-1], 11.1)


@pytest.mark.parametrize(("query", "id_"), [("{ __typename }", None), (None, None), ("{ __typename }", ID)])
def test_a_key_for_documents_only_runs_no_text(query, id_):
    must_be_allowed(query, id_, documents_only=False)
    with pytest.raises(Refused, match="hub documents push") as refused:
        must_be_allowed(query, id_, documents_only=True)
    assert (refused.value.status, refused.value.code) == (403, "FORBIDDEN")
    must_be_allowed(None, ID, documents_only=True)


@pytest.fixture
async def post(database, session, home):
    """Pushes a document of the app "web", and posts as the holder of a key of this app."""
    crm = await a_connection(session, home)
    await an_account_record(session, crm, await an_account(session, "Acme"))
    apps = {"any": (None, False), "web": ("web", True), "mobile": ("mobile", False)}
    made = {}
    for name, (app, only) in apps.items():
        new = NewKey(name=name, organization_id=home.id, role=Role.FRONTEND, app=app, documents_only=only)
        made[name], _ = await keys.create(session, new)
    assert await documents.push(session, "web", [Pushed(ID, TEXT, ("Names",))]) == {ID}
    await session.commit()
    app = application(database, Background(database, SEALER))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:

        async def post(name: str, body: dict, method: str = "POST", **more: str) -> httpx.Response:
            headers = {"Authorization": f"Bearer {made[name]}", **more}
            given = {"json": body} if method == "POST" else {"params": body}
            return await http.request(method, "/graphql", headers=headers, **given)

        yield post


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def test_a_pushed_document_runs_by_its_id(post):
    expected = {"data": {"accounts": {"nodes": [{"name": "Acme"}]}}}
    apollo = {"persistedQuery": {"version": 1, "sha256Hash": ID.removeprefix("sha256:")}}

    assert (await post("any", {"documentId": ID, "variables": {"n": 1}})).json() == expected
    assert (await post("web", {"extensions": apollo})).json() == expected
    got = await post("web", {"documentId": ID}, method="GET")
    assert got.json() == expected
    assert got.headers["Cache-Control"] == "private, max-age=0, must-revalidate"
    assert (await post("any", NAME)).headers["Cache-Control"] == "no-store"
    assert code_of(await post("mobile", {"documentId": ID})) == (404, "PERSISTED_QUERY_NOT_FOUND")
    assert code_of(await post("web", NAME)) == (403, "FORBIDDEN")


async def test_a_client_that_has_the_answer_is_told_that_it_still_holds(post, session, home):
    got = await post("web", {"documentId": ID}, "GET")
    told = await post("web", {"documentId": ID}, "GET", **{"X-Hub-Cost": "1"})
    tag = got.headers["ETag"]
    again = await post("web", {"documentId": ID}, "GET", **{"If-None-Match": tag, "X-Hub-Cost": "1"})

    assert told.headers["ETag"] == tag
    assert "cost" in told.json()["extensions"]
    assert (again.status_code, again.content) == (304, b"")
    assert "Content-Length" not in again.headers
    await an_account_record(session, await a_connection(session, home), await an_account(session, "Aardvark"))
    await session.commit()
    assert (await post("web", {"documentId": ID}, "GET", **{"If-None-Match": tag})).status_code == 200


async def test_a_head_is_a_get_whose_body_nobody_reads(post):
    assert (await post("any", {"query": "{ __typename }"}, "HEAD")).status_code == 200
    refused = await post("any", {"query": 'mutation { deleteExport(input: {exportId: "x"}) { __typename } }'}, "HEAD")
    assert refused.status_code == 405
