import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from structlog.testing import capture_logs

from hub.app import Admittance, Watched, application, serving
from hub.jobs.background import Background, background
from hub.jobs.queue import Jobs
from hub.listening import listener_on
from hub.model import AccountProfile, Organization, Role
from hub.schema.ids import opaque
from hub.schema.sdl import sdl
from hub.store import connections
from hub.store.answers import Answers
from hub.store.database import Database
from hub.store.results import Results
from hub.store.secrets import Sealer
from hub.store.sharing import Viewer
from tests.schema.builders import a_connection, a_key, an_account, an_account_record, an_organization

SEALER = Sealer(b"k" * 32)
QUESTION = {"query": "{ organizations(first: 9) { nodes { name } } }"}
ANSWER = {"data": {"organizations": {"nodes": [{"name": "Home"}]}}}


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
async def home(session: AsyncSession) -> Organization:
    home = await an_organization(session, "Home", is_home=True)
    await session.commit()
    return home


@asynccontextmanager
async def client(
    database: Database,
    anonymous: Organization | None = None,
    host: str = "localhost:8000",
    behind: Background | None = None,
    watched: Watched | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    viewer = anonymous and Viewer.anonymous(anonymous.id)
    app = application(database, behind or Background(database, SEALER), Admittance(anonymous=viewer), watched)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as http:
        yield http


@pytest.fixture
async def demo(database: Database, home: Organization) -> AsyncIterator[httpx.AsyncClient]:
    async with client(database, home) as http:
        yield http


async def test_without_a_key_nothing_is_answered(database, home):
    async with client(database) as http:
        response = await http.post("/graphql", json=QUESTION)

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer")
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_sees_with_the_eyes_of_its_organization(database, session, home):
    key = await a_key(session, home)
    await session.commit()
    async with client(database, host="hub.example") as http:
        right = await http.post("/graphql", json=QUESTION, headers={"Authorization": f"Bearer {key}"})
        wrong = await http.post("/graphql", json=QUESTION, headers={"Authorization": f"Bearer {key[:-1]}x"})
        other = await http.post("/graphql", json=QUESTION, headers={"Authorization": "Basic aHViOmh1Yg=="})

    assert right.json() == ANSWER
    assert (wrong.status_code, other.status_code) == (401, 401)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
async def test_the_demo_answers_this_machine_without_a_key(database, home, host):
    async with client(database, home, host) as http:
        assert (await http.post("/graphql", json=QUESTION, headers={"Origin": f"http://{host}"})).json() == ANSWER


async def test_the_demo_answers_pages_of_a_development_server_on_this_machine(database, home):
    origin = "http://localhost:5173"
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    async with client(database, home, "localhost:8000") as http:
        may_it = await http.options("/graphql", headers=asks)
        answer = await http.post("/graphql", json=QUESTION, headers={"Origin": origin})

    assert may_it.headers["Access-Control-Allow-Origin"] == origin
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert answer.json() == ANSWER


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("evil.example", None),
        ("localhost.evil.example", None),
        ("localhost:8000", "https://evil.example"),
        ("localhost:8000", "http://localhost.evil.example:8000"),
        ("localhost:8000", "null"),
    ],
)
async def test_the_demo_does_not_answer_another_site_s_page(database, home, host, origin):
    async with client(database, home, host) as http:
        response = await http.post("/graphql", json=QUESTION, headers={"Origin": origin} if origin else {})

    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_form_can_send_is_refused(demo, kind):
    for method in ("POST", "GET"):
        response = await demo.request(
            method, "/graphql?query={__typename}", content=b'{"query":"{__typename}"}', headers={"Content-Type": kind}
        )
        assert response.status_code == 415


async def test_a_query_may_be_asked_by_get_but_nothing_changed_by_it(demo):
    variables = {"query": "query Q($n: Int) { organizations(first: $n) { nodes { name } } }", "variables": '{"n": 9}'}
    asked = await demo.get("/graphql", params={**variables, "operationName": "Q"})
    changed = await demo.get("/graphql", params={"query": "mutation { mapAccounts(input: {}) { __typename } }"})

    assert asked.json() == ANSWER
    assert (changed.status_code, changed.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b'{"query": 7}',
        b'{"query": ""}',
        b'{"query": "{ __typename }", "variables": []}',
        b'{"query": "{ __typename }", "operationName": 1}',
        b'{"query": "query A { __typename }", "operationName": "B"}',
        b'{"query": "query A { __typename } query B { __typename }"}',
    ],
)
async def test_what_is_no_request_is_refused(demo, body):
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    response = await demo.post("/graphql", content=body, headers=headers)

    assert response.status_code == 400
    assert response.json()["errors"][0]["extensions"]["code"] in (
        "BAD_REQUEST",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
    )
    assert "data" not in response.json()


async def test_a_large_body_is_refused(demo):
    response = await demo.post("/graphql", json={"query": "{ __typename }", "variables": {"x": "x" * 100_000}})

    assert response.status_code == 413


async def test_a_request_error_has_no_data_and_the_status_that_the_client_asked_for(demo):
    wrong = {"query": "{ nothing }"}
    old = await demo.post("/graphql", json=wrong)
    new = await demo.post("/graphql", json=wrong, headers={"Accept": "application/graphql-response+json"})

    assert (old.status_code, old.headers["content-type"]) == (200, "application/json; charset=utf-8")
    assert (new.status_code, new.headers["content-type"]) == (400, "application/graphql-response+json; charset=utf-8")
    assert old.json().keys() == new.json().keys() == {"errors"}


async def test_what_goes_wrong_unexpectedly_is_masked_under_the_request_s_id(database, session, home):
    await an_account_record(session, await a_connection(session, home), await an_account(session))
    await session.execute(text("alter table account_redirect drop column account_id cascade"))
    await session.commit()
    query = "query($id: ID!) { organizations(first: 1) { nodes { name } } node(id: $id) { id } }"
    question = {"query": query, "variables": {"id": opaque(AccountProfile, uuid4())}}
    async with client(database, home) as http:
        response = await http.post("/graphql", json=question, headers={"X-Request-Id": "abc-1"})

    assert response.headers["x-request-id"] == "abc-1"
    (error,) = response.json()["errors"]
    assert error["message"] == "Internal error"
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": "abc-1"}
    assert response.json()["data"]["node"] is None


async def test_a_request_id_that_is_none_is_replaced(demo):
    response = await demo.get("/livez", headers={"X-Request-Id": "a b\x01"})

    assert len(response.headers["x-request-id"]) == 32


async def test_every_answer_has_safe_headers(demo):
    for path in ("/livez", "/graphql?query={__typename}", "/nowhere"):
        headers = (await demo.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


async def test_a_browser_gets_graphiql_and_all_of_its_files(demo):
    page = await demo.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})

    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    files = [part.split('"')[0] for part in page.text.split('="/')[1:]]
    assert len(files) == 6
    for name in files:
        assert (await demo.get(f"/{name}")).status_code == 200
    assert "http" not in page.text


async def test_graphiql_asks_for_a_key_where_one_is_needed(database, home):
    async with client(database) as http:
        page = await http.get("/graphql", headers={"Accept": "text/html"})

    assert "Bearer hub_" in page.text


@pytest.mark.parametrize(
    "name", ["index.html", "nothing.js", "..%2Faccess.py", "%2e%2e%2faccess.py", ".lock-digest%00"]
)
async def test_no_other_file_is_served(demo, name):
    assert (await demo.get(f"/graphiql/{name}")).status_code == 404


async def test_the_root_leads_to_graphql(demo):
    response = await demo.get("/")

    assert (response.status_code, response.headers["location"]) == (307, "/graphql")


async def test_the_schema_can_be_read_without_a_key(database):
    async with client(database) as http:
        response = await http.get("/schema.graphql")

    assert response.text == sdl(Role.PARTNER_TOOL)


async def test_it_is_ready_while_the_database_is_there_and_migrated(database, session, demo):
    assert (await demo.get("/livez")).text == "alive"
    assert (await demo.get("/readyz")).status_code == 200
    await session.execute(text("delete from alembic_version"))
    await session.commit()
    assert (await demo.get("/readyz")).status_code == 503


async def test_it_is_not_ready_but_alive_while_it_drains(database):
    watched = Watched()
    watched.drain.started.set()
    async with client(database, watched=watched) as http:
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/livez")).status_code == 200


async def test_an_answer_says_where_its_time_went(demo):
    right = await demo.post("/graphql", json=QUESTION)
    refused = await demo.post("/graphql", content=b"{")

    plan, database, total = (float(part.partition("dur=")[2]) for part in right.headers["server-timing"].split(", "))
    assert 0 < plan < total
    assert 0 < database < total
    assert refused.headers["server-timing"].startswith("plan;dur=0.00, db;dur=0.00, total;dur=")


async def test_what_is_asked_is_counted_by_name_client_and_outcome(database, session, home):
    key = await a_key(session, home, role=Role.ADMIN)
    await session.commit()
    asked = [
        {"query": "query Orgs { organizations(first: 9) { nodes { name } } }"},
        {"query": "query Wrong { nothing }"},
        {"query": 'mutation Sync { runSync(input: {connectionId: "x"}) { __typename } }'},
    ]
    async with client(database, host="localhost") as http:
        for question in asked:
            await http.post("/graphql", json=question, headers={"Authorization": f"Bearer {key}"})
        await http.post("/graphql", json=QUESTION)
        told = (await http.get("/metrics")).text

    public = f"key:{key.rpartition('_')[0]}"
    labels = 'client="{}",code="{}",kind="{}",operation="{}",path="{}"'
    for facts in (
        (public, "OK", "query", "Orgs", "compiled"),
        (public, "GRAPHQL_VALIDATION_FAILED", "unknown", "", "none"),
        ("anonymous", "UNAUTHENTICATED", "unknown", "", "none"),
    ):
        assert f"hub_operations_total{{{labels.format(*facts)}}} 1.0" in told
    assert f'client="{public}",code="BAD_USER_INPUT",kind="mutation",operation="Sync",path="reference"' in told
    assert 'hub_pool_connections{state="in use"} 0.0' in told
    assert key not in told


async def test_metrics_are_not_shown_to_other_machines(database):
    async with client(database, host="hub.example") as http:
        assert (await http.get("/metrics")).status_code == 404


async def test_requests_are_logged_where_that_is_wanted_without_what_was_asked(database, home):
    async with client(database, home, watched=Watched(access_log=True)) as http:
        with capture_logs() as lines:
            await http.get("/graphql", params={"query": "{ __typename }"}, headers={"X-Request-Id": "abc-1"})

    (line,) = lines
    assert (line["event"], line["method"], line["path"], line["status"]) == ("request", "GET", "/graphql", 200)
    assert line["request_id"] == "abc-1"
    assert "typename" not in str(line)


async def test_what_runs_for_a_client_that_leaves_is_cancelled(database, session, home, settings):
    """A lock keeps the query waiting; it is given back only when the query is gone."""
    await session.execute(text("lock table organization in access exclusive mode"))
    watched = Watched()
    listener = listener_on("127.0.0.1", 0)
    async with serving(database, settings, listener, anonymous=Viewer.anonymous(home.id), watched=watched) as url:
        async with httpx.AsyncClient() as http:
            asking = asyncio.create_task(http.post(f"{url}/graphql", json=QUESTION))
            async with asyncio.timeout(60):
                while not watched.departures.watched:  # noqa: ASYNC110 - a condition, polled
                    await asyncio.sleep(0.01)
            asking.cancel()
        async with asyncio.timeout(60):
            while b'code="CLIENT_GONE"' not in watched.telemetry.metrics.text():  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
    waiting = await session.scalar(text("select count(*) from pg_locks where not granted"))

    assert waiting == 0


RUN = """mutation($input: RunSyncInput!) { runSync(input: $input) { __typename
  ... on RunSyncPayload { syncRuns { stream state connection { name } } }
  ... on UserError { message code } } }"""


@pytest.fixture
async def partner_list(session: AsyncSession, home: Organization, tmp_path: Path) -> Path:
    """A file that a connection named "list" reads."""
    file = tmp_path / "accounts.csv"
    file.write_text("Company,Website\nAcme,acme.com\nBirch,birch.com\n")
    await connections.connect(
        session,
        SEALER,
        name="list",
        connector="file",
        owner_id=home.id,
        subject_id=home.id,
        config={"path": str(file), "columns": {"Company": "name", "Website": "website"}, "mode": "REPLACE"},
        secrets={},
    )
    await session.commit()
    return file


async def run_sync(http: httpx.AsyncClient, **more: object) -> dict[str, object]:
    found = await http.post("/graphql", json={"query": "{ connections(first: 1) { nodes { id } } }"})
    given = {"connectionId": found.json()["data"]["connections"]["nodes"][0]["id"], **more}
    answer = await http.post("/graphql", json={"query": RUN, "variables": {"input": given}})
    return answer.json()["data"]["runSync"]


async def test_a_worker_does_what_was_asked_for_and_what_changed_is_mapped(database, home, partner_list):
    async with client(database, home) as http:
        asked = await run_sync(http)
        again = await run_sync(http)
        jobs = Jobs(database, SEALER)
        await done(jobs)
        listed = await http.post("/graphql", json={"query": "{ accounts(first: 9) { nodes { name } } }"})

    run = {"stream": "accounts", "state": "QUEUED", "connection": {"name": "list"}}
    assert asked == again == {"__typename": "RunSyncPayload", "syncRuns": [run]}
    assert jobs.metrics.publish().counts["hub_sync_payloads", "file", "accounts"] == 2
    assert listed.json()["data"]["accounts"]["nodes"] == [{"name": "Acme"}, {"name": "Birch"}]


async def test_what_keeps_a_sync_from_beginning_is_told_by_its_runs(database, home, partner_list):
    partner_list.unlink()
    async with client(database, home) as http:
        await run_sync(http)
        unknown = await run_sync(http, stream="deals")
        await done(Jobs(database, SEALER))
        runs = await http.post("/graphql", json={"query": "{ syncRuns(first: 9) { nodes { state error } } }"})

    assert unknown["__typename"] == "NotFoundError"
    (run,) = runs.json()["data"]["syncRuns"]["nodes"]
    assert run["state"] == "FAILED"
    assert "accounts.csv" in run["error"]


async def done(jobs: Jobs) -> None:
    """Do all jobs that wait, and those that they make necessary."""
    app = jobs.app()
    async with app.open_async():
        await app.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="always")


async def test_stopping_cuts_off_the_mapping_that_runs(database):
    async with background(database, SEALER) as behind:
        behind.tasks.add(task := asyncio.create_task(asyncio.Event().wait()))

    assert task.cancelled()


async def test_a_database_that_is_gone_is_told_without_saying_where_it_was():
    well_made = f"hub_{'0' * 12}_{'0' * 64}"
    url = "postgresql://hub@127.0.0.1:1/secret"
    gone = Database(create_async_engine(url.replace("ql:", "ql+psycopg:")), Results(Answers(url), 0), url)
    async with client(gone) as http:
        response = await http.post("/graphql", json=QUESTION, headers={"Authorization": f"Bearer {well_made}"})

    assert response.status_code == 503
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert "secret" not in response.text


async def test_it_is_served_on_a_socket(database, home, settings):
    listener = listener_on("127.0.0.1", 0)
    async with (
        serving(database, settings, listener, anonymous=Viewer.anonymous(home.id)) as url,
        httpx.AsyncClient() as http,
    ):
        assert (await http.post(f"{url}/graphql", json=QUESTION)).json() == ANSWER
