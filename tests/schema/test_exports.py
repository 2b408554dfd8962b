import asyncio
import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import create_async_engine

from hub.app import Admittance, application, export_pages, serving
from hub.errors import InputError, NotFound
from hub.jobs.background import Background
from hub.jobs.export import work
from hub.listening import listener_on
from hub.model import SCOPES, Export, ExportChunk, Role, Scope
from hub.schema.contracts import contract
from hub.schema.documents import id_of
from hub.schema.export_links import VALID, ExportLinks
from hub.schema.export_plan import planned
from hub.schema.schema import CORE
from hub.store import documents, exports
from hub.store.answers import Answers
from hub.store.database import Database
from hub.store.documents import Pushed
from hub.store.results import Results
from hub.store.sharing import Viewer
from tests.schema.builders import a_connection, an_account, an_account_record, an_organization
from tests.schema.conftest import SEALER, client

ADMIN = Viewer.anonymous(uuid4())
DOCUMENT = "{ accounts(first: 2) { nodes { name } } }"
DEEP = "{ accounts(first: 1) { nodes {" + "records(first: 1) { nodes { account {" * 6 + " id " + "} } }" * 6 + "} } }"
START = """mutation ($input: StartExportInput!) { startExport(input: $input) { __typename
  ... on StartExportPayload { export { id state document rows url } query { exports(first: 9) { totalCount } } }
  ... on UserError { message code path } } }"""
ONE = """query ($id: ID!) { node(id: $id) { ... on Export {
  state rows bytes error url createdAt startedAt finishedAt expiresAt } } }"""


@pytest.fixture
async def five_accounts(session, home):
    crm = await a_connection(session, home)
    for number in range(5):
        await an_account_record(session, crm, await an_account(session, f"Company {number}"))
    await session.commit()


@pytest.fixture
def exported(ask, database, five_accounts):
    """An export that has ended, as a client is told of it."""

    async def exported(document=DOCUMENT):
        started = (await ask(START, input={"document": document}))["data"]["startExport"]["export"]
        await work(database, export_pages(database, Background(database, SEALER)))
        return (await ask(ONE, id=started["id"]))["data"]["node"]

    return exported


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{ accounts(first: 2) { nodes { name }", "Syntax Error"),
        ("{ accounts(first: 2) { nodes { nothing } } }", "Cannot query field"),
        ("{ accounts { nodes { name } } }", "needs `first` or `last`"),
        ("mutation { mapAccounts(input: {}) { __typename } }", "Only a query"),
        ("query ($n: Int) { accounts(first: $n) { nodes { name } } }", "no variables"),
        ("query A { __typename } query B { __typename }", "one operation"),
        ("fragment F on Account { name }", "no operation"),
        ("{ accounts(first: 2) { nodes { name } } people(first: 2) { nodes { name } } }", "one list"),
        ("{ ...F } fragment F on Query { accounts(first: 2) { nodes { name } } }", "one list"),
        ("{ accounts(first: 2) @include(if: false) { nodes { name } } }", "one list"),
        ("{ __typename }", "no list"),
        ('{ node(id: "x") { id } }', "no list"),
        ('{ accounts(first: 2, after: "x") { nodes { name } } }', "Leave out `after`"),
        ("{ accounts(last: 2) { nodes { name } } }", "Leave out `last`"),
        ('{ accounts(first: 2, before: "x") { nodes { name } } }', "Leave out `before`"),
        ("{ accounts(first: 0) { nodes { name } } }", "`first` is the size of the pages"),
        ("{ accounts(first: 1000000) { nodes { name } } }", "`first` is the size of the pages"),
        ("{ accounts(first: 2) { nodes { name } totalCount } }", "nothing beside it"),
        ("{ accounts(first: 2) { totalCount } }", "nothing beside it"),
        ("{ accounts(first: 2) { ... { nodes { name } } } }", "nothing beside it"),
        ("{ accounts(first: 2) { nodes @skip(if: true) { name } } }", "nothing beside it"),
        ("{ accounts(first: 2) { nodes { " + "a: name " * 3000 + "} } }", "token"),
        ("#" * 50_001, "more than 50000 characters"),
        (DEEP, "levels deep"),
        ("{ accounts(first: 1000) { nodes { records(first: 1000) { nodes { id } } } } }", "costs"),
    ],
)  # fmt: skip
def test_a_document_that_cannot_be_exported_is_refused_with_the_reason(document: str, told: str):
    with pytest.raises(InputError, match=re.escape(told)):
        planned(document, CORE, ADMIN)


def test_a_document_is_measured_by_the_limits_and_the_contract_of_who_asks():
    partner = Viewer(uuid4(), Role.PARTNER_TOOL, SCOPES[Role.PARTNER_TOOL], "key:one")
    costly = "{ accounts(first: 1000) { nodes { records(first: 3) { nodes { name } } } } }"
    hidden = "{ accountRecords(first: 10) { nodes { raw { id } } } }"

    for document, told in ((costly, "costs"), (hidden, "Cannot query field 'raw'")):
        assert planned(document, CORE, ADMIN).rows == "nodes"
        with pytest.raises(InputError, match=told):
            planned(document, contract(Role.PARTNER_TOOL), partner)


@pytest.mark.parametrize("root", ["accounts", "accountRecords", "people", "opportunities", "organizations", "issues"])
def test_a_list_is_read_by_id(root: str):
    assert "orderBy: [{ field: ID }]" in planned(f"{{ {root}(first: 2) {{ nodes {{ id }} }} }}", CORE, ADMIN).document


def test_a_list_is_read_in_the_order_asked_for():
    fragment = "fragment F on Account { id }"
    asked = "{ a: accounts(first: 2, orderBy: [{field: NAME}]) { e: edges { node { ...F } } } }"

    plan = planned(asked + fragment, CORE, ADMIN)

    assert plan.document.count("orderBy") == 1
    assert (plan.root, plan.rows) == ("a", "e")
    assert planned("{ exports(first: 2) { nodes { id } } }", CORE, ADMIN).document.count("orderBy") == 0


async def test_a_document_with_a_mistake_is_an_expected_failure(ask):
    answer = await ask(START, input={"document": "{ accounts }"})

    failure = answer["data"]["startExport"]
    assert (failure["__typename"], failure["path"]) == ("InvalidInputError", ["document"])


@pytest.fixture
def asking(database, home):
    """Asks as a key of the home organization of a role, without some of its scopes."""

    async def asking(query, role=Role.ADMIN, lacking=(), *, documents_only=False, **asked):
        viewer = Viewer(home.id, role, SCOPES[role] - set(lacking), "key:one", "web", documents_only)
        app = application(database, Background(database, SEALER), Admittance(anonymous=viewer))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            return (await http.post("/graphql", json={"variables": asked} | query)).json()

    return asking


async def test_a_document_beyond_the_viewer_s_scopes_is_an_expected_failure(asking):
    people = {"document": "{ people(first: 2) { nodes { name } } }"}

    refused = (await asking({"query": START}, lacking=[Scope.PERSON_READ], input=people))["data"]["startExport"]
    started = (await asking({"query": START}, input=people))["data"]["startExport"]

    assert (refused["__typename"], refused["path"]) == ("InvalidInputError", ["document"])
    assert "person:read" in refused["message"]
    assert started["__typename"] == "StartExportPayload"


async def test_an_export_runs_with_the_role_and_scopes_of_who_asked(asking, database):
    await asking({"query": START}, role=Role.FRONTEND, lacking=[Scope.PERSON_READ], input={"document": DOCUMENT})

    async with database.session() as session:
        viewer = exports.viewer_of((await session.scalars(select(Export))).one())
    assert (viewer.role, viewer.scopes) == (Role.FRONTEND, SCOPES[Role.FRONTEND] - {Scope.PERSON_READ})


async def test_who_may_see_less_than_the_one_who_asked_gets_no_link(asking, exported):
    export = await exported()
    listed = {"query": "{ exports(first: 1) { nodes { url } } }"}

    less = await asking(listed, lacking=[Scope.RAW_READ])
    as_much = await asking(listed)

    assert export["url"]
    assert less["data"]["exports"]["nodes"] == [{"url": None}]
    assert as_much["data"]["exports"]["nodes"][0]["url"]


async def test_a_key_that_runs_trusted_documents_exports_those_only(asking, database):
    async with database.session() as session:
        pushed = [Pushed(id=id_of(text), text=text, operation_names=()) for text in (START, DOCUMENT)]
        await documents.push(session, "web", pushed)
    start = {"documentId": id_of(START)}

    refused = await asking(start, documents_only=True, input={"document": DOCUMENT + " "})
    started = await asking(start, documents_only=True, input={"document": DOCUMENT})

    assert refused["data"]["startExport"]["code"] == "INVALID_INPUT"
    assert started["data"]["startExport"]["__typename"] == "StartExportPayload"


async def test_an_export_is_queued_and_listed(ask, five_accounts):
    answer = (await ask(START, input={"document": DOCUMENT}))["data"]["startExport"]

    assert answer["export"] | {"id": ""} == {"id": "", "state": "QUEUED", "document": DOCUMENT, "rows": 0, "url": None}
    assert answer["query"] == {"exports": {"totalCount": 1}}


async def test_too_many_exports_are_an_expected_failure(ask):
    for _ in range(exports.MOST_UNFINISHED):
        await ask(START, input={"document": DOCUMENT})

    assert (await ask(START, input={"document": DOCUMENT}))["data"]["startExport"]["code"] == "BUSY"


async def test_the_file_is_what_the_query_answers(ask, exported, database, home):
    export = await exported("{ accounts(first: 2) { nodes { name records(first: 1) { nodes { name } } } } }")
    async with client(database, None) as http:
        file = await http.get(export["url"])

    whole = "{ accounts(first: 100, orderBy: [{field: ID}]) { nodes { name records(first: 1) { nodes { name } } } } }"
    lines = gzip.decompress(file.content).decode().splitlines()
    assert [json.loads(line) for line in lines] == (await ask(whole))["data"]["accounts"]["nodes"]
    assert (export["state"], export["rows"], export["bytes"]) == ("SUCCEEDED", 5, len(file.content))
    assert file.headers["content-type"] == "application/gzip"
    assert file.headers["content-disposition"].startswith("attachment; filename=")
    assert file.headers["cache-control"] == "no-store"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in file.headers


@pytest.fixture
async def long_file(database, exported):
    """An export whose file has several chunks, and its bytes."""
    export = await exported()
    pieces = [b"0123456789", b"abcdefghij", b"ABCDE"]
    async with database.session() as session:
        row = (await session.execute(Export.__table__.select())).one()
        await session.execute(ExportChunk.__table__.delete())
        for number, piece in enumerate(pieces):
            session.add(ExportChunk(export_id=row.id, number=number, start=10 * number, size=len(piece), body=piece))
        await session.execute(update(Export).values(bytes=25, chunks=3))
    return export["url"], b"".join(pieces)


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-4", slice(0, 5)),
        ("bytes=5-14", slice(5, 15)),
        ("bytes=8-22", slice(8, 23)),
        ("bytes=20-", slice(20, 25)),
        ("bytes=24-99", slice(24, 25)),
        ("bytes=-7", slice(18, 25)),
    ],
)
async def test_a_part_of_the_file_can_be_had(database, long_file, asked, part):
    url, whole = long_file
    async with client(database, None) as http:
        answer = await http.get(url, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (206, whole[part])
    assert answer.headers["content-range"] == f"bytes {part.start}-{part.stop - 1}/25"


@pytest.mark.parametrize("asked", ["", "bytes=0-", "bytes=-", "bytes=0-1,3-4", "bytes=9-3", "lines=1-2", "bytes=-99"])
async def test_otherwise_the_whole_file_is_answered(database, long_file, asked):
    url, whole = long_file
    async with client(database, None) as http:
        answer = await http.get(url, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (200, whole)


@pytest.mark.parametrize("asked", ["bytes=25-", "bytes=99-100", "bytes=-0"])
async def test_what_is_not_there_cannot_be_had(database, long_file, asked):
    async with client(database, None) as http:
        answer = await http.get(long_file[0], headers={"Range": asked})

    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */25")


async def test_a_download_goes_on_only_with_the_same_file(database, long_file):
    url, whole = long_file
    async with client(database, None) as http:
        tag = (await http.head(url)).headers["etag"]
        same = await http.get(url, headers={"Range": "bytes=20-", "If-Range": tag})
        other = await http.get(url, headers={"Range": "bytes=20-", "If-Range": '"other"'})

    assert (same.status_code, same.content) == (206, whole[20:])
    assert (other.status_code, other.content) == (200, whole)


async def test_head_tells_of_the_file_without_it(database, long_file):
    async with client(database, None) as http:
        answer = await http.head(long_file[0])

    assert (answer.status_code, answer.content) == (200, b"")
    assert (answer.headers["content-length"], answer.headers["accept-ranges"]) == ("25", "bytes")


def altered(url: str, **changes: str) -> str:
    parts = httpx.URL(url)
    return str(parts.copy_merge_params(changes))


async def test_a_link_that_was_altered_opens_nothing(database, exported):
    url = (await exported())["url"]
    expires, signature = (httpx.URL(url).params[name] for name in ("expires", "signature"))
    other = "A" if signature[0] != "A" else "B"
    wrong = [
        altered(url, expires=str(int(expires) + 1)),
        altered(url, signature=other + signature[1:]),
        altered(url, signature=signature[:-1]),
        altered(url, signature=""),
        altered(url, signature="é"),
        altered(url, expires="١٢"),
        altered(url, expires="-1"),
        altered(url, expires="9" * 400),
        url.partition("?")[0],
        re.sub("/exports/[^?]*", f"/exports/{uuid4()}", url),
    ]
    async with client(database, None) as http:
        answers = [await http.get(each) for each in wrong]
        right = await http.get(url)
        nonsense = await http.get("/exports/nothing")

    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1
    assert (right.status_code, nonsense.status_code) == (200, 404)


async def test_a_link_is_good_for_some_minutes(database, exported):
    await exported()
    links = ExportLinks(b"secret")
    async with database.session() as session:
        row = (await session.scalars(select(Export))).one()
    now = datetime.now(UTC)

    def expiry(url: str) -> tuple[int, str]:
        return int(httpx.URL(url).params["expires"]), httpx.URL(url).params["signature"]

    far, near, past = (
        expiry(links.link(row.id, row.organization_id, now + each))
        for each in (timedelta(days=1), timedelta(minutes=1), -timedelta(seconds=2))
    )
    assert abs(far[0] - (now + VALID).timestamp()) < 5
    assert abs(near[0] - (now + timedelta(minutes=1)).timestamp()) < 5
    assert links.holds(row, *far)
    assert not links.holds(row, *past)
    assert not ExportLinks(b"another secret").holds(row, *far)


async def test_an_expired_export_has_no_link_and_opens_to_none(ask, database, exported):
    url = (await exported())["url"]
    async with database.session() as session:
        await session.execute(update(Export).values(expires_at=func.now() - timedelta(seconds=1)))

    listed = await ask("{ exports(first: 1) { nodes { url } } }")
    async with client(database, None) as http:
        assert (await http.get(url)).status_code == 403
    assert listed["data"]["exports"]["nodes"] == [{"url": None}]


async def test_another_organization_knows_nothing_of_it(ask, session, exported):
    await exported()
    stranger = await an_organization(session, "Stranger")

    assert (await ask("{ exports(first: 1) { totalCount } }", viewer=stranger))["data"]["exports"]["totalCount"] == 0


DELETE = """mutation ($input: DeleteExportInput!) { deleteExport(input: $input) { __typename
  ... on DeleteExportPayload { deletedExportId query { exports(first: 1) { totalCount } } }
  ... on UserError { code path } } }"""


async def test_an_export_can_be_deleted_by_its_organization_only(ask, session, database, exported):
    url = (await exported())["url"]
    export_id = (await ask("{ exports(first: 1) { nodes { id } } }"))["data"]["exports"]["nodes"][0]["id"]
    stranger = await an_organization(session, "Stranger")
    given = {"exportId": export_id, "idempotencyKey": str(uuid4())}

    refused = (await ask(DELETE, viewer=stranger, input=given))["data"]["deleteExport"]
    deleted = (await ask(DELETE, input=given))["data"]["deleteExport"]
    again = (await ask(DELETE, input=given))["data"]["deleteExport"]
    without_key = (await ask(DELETE, input={"exportId": export_id}))["data"]["deleteExport"]
    async with client(database, None) as http:
        assert (await http.get(url)).status_code == 403

    assert refused == without_key == {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["exportId"]}
    assert deleted == again
    assert (deleted["deletedExportId"], deleted["query"]) == (export_id, {"exports": {"totalCount": 0}})


@asynccontextmanager
async def on_a_socket(database: Database, settings, home) -> AsyncIterator[httpx.AsyncClient]:
    listener = listener_on("127.0.0.1", 0)
    async with (
        serving(database, settings, listener, anonymous=Viewer.anonymous(home.id)) as url,
        httpx.AsyncClient(base_url=url) as http,
    ):
        yield http


async def asked(http: httpx.AsyncClient, document: str, **variables) -> dict:
    answer = (await http.post("/graphql", json={"query": document, "variables": variables})).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def test_from_the_mutation_to_the_file_over_a_socket(database, settings, home, five_accounts):
    async with on_a_socket(database, settings, home) as http:
        export = (await asked(http, START, input={"document": DOCUMENT}))["startExport"]["export"]
        while export["state"] in ("QUEUED", "RUNNING"):
            await asyncio.sleep(0.05)
            export |= (await asked(http, ONE, id=export["id"]))["node"]
        assert export["state"] == "SUCCEEDED", export["error"]
        file = await http.get(export["url"])

    assert len(gzip.decompress(file.content).splitlines()) == 5


async def test_two_clients_with_one_key_start_one_export(database, home):
    document = {"document": DOCUMENT, "idempotencyKey": str(uuid4())}
    async with client(database, home) as one, client(database, home) as other:
        answers = await asyncio.gather(*(asked(http, START, input=document) for http in (one, other) * 3))
        again = (await asked(one, START, input=document))["startExport"]
        conflict = (await asked(other, START, input={**document, "document": DOCUMENT + " "}))["startExport"]
        listed = await asked(one, "{ exports(first: 9) { totalCount } }")

    outcomes = {answer["startExport"]["__typename"] for answer in answers}
    assert outcomes <= {"StartExportPayload", "BusyError"}
    assert {each["startExport"]["export"]["id"] for each in answers if "export" in each["startExport"]} <= {
        again["export"]["id"]
    }
    assert listed["exports"]["totalCount"] == 1
    assert (conflict["__typename"], conflict["code"], conflict["path"]) == (
        "IdempotencyConflictError",
        "IDEMPOTENCY_CONFLICT",
        ["idempotencyKey"],
    )


async def test_a_key_that_is_no_uuid_is_refused(ask):
    answer = await ask(START, input={"document": DOCUMENT, "idempotencyKey": "once"})

    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_database_that_is_gone_is_told():
    url = "postgresql://hub@127.0.0.1:1/secret"
    gone = Database(create_async_engine(url.replace("ql:", "ql+psycopg:")), Results(Answers(url), 0), url)
    async with client(gone, None) as http:
        response = await http.get(f"/exports/{uuid4()}?expires=1&signature=x")

    assert response.status_code == 503
    assert "secret" not in response.text


async def test_a_file_that_goes_while_it_is_read_is_cut_short(database, settings, home, long_file):
    async with database.session() as session:
        await session.execute(ExportChunk.__table__.delete().where(ExportChunk.number == 1))

    with pytest.raises(NotFound):
        async with client(database, None) as http:
            await http.get(long_file[0])
