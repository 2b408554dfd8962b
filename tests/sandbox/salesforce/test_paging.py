import pytest

from hub.sandbox.salesforce import salesforce_app
from tests.sandbox.salesforce.builders import Copy, a_client, a_world, let_in, many_accounts

QUERY = "/services/data/v67.0/query"
ALL = {"q": "SELECT Id FROM Account ORDER BY Id"}
SMALL = {"Sforce-Query-Options": "batchSize=200"}
GONE = [{"message": "invalid query locator", "errorCode": "INVALID_QUERY_LOCATOR"}]


@pytest.fixture
def world():
    return a_world(Copy(accounts=many_accounts(4100)))


async def test_a_query_is_read_page_by_page_to_its_last_row(client):
    page = (await client.get(QUERY, params=ALL)).json()
    sizes, ids = [len(page["records"])], {row["Id"] for row in page["records"]}
    while not page["done"]:
        assert page["nextRecordsUrl"].startswith("/services/data/v67.0/query/0r8")
        page = (await client.get(page["nextRecordsUrl"])).json()
        assert page["totalSize"] == 4100
        sizes.append(len(page["records"]))
        ids |= {row["Id"] for row in page["records"]}
    assert "nextRecordsUrl" not in page
    assert sizes == [2000, 2000, 100]
    assert len(ids) == 4100


@pytest.mark.parametrize(
    ("option", "size"), [("batchSize=250", 250), ("batchSize=1", 200), ("batchsize = 9000", 2000), ("x", 2000)]
)
async def test_the_batch_size_is_a_hint(client, option, size):
    page = (await client.get(QUERY, params=ALL, headers={"Sforce-Query-Options": option})).json()
    assert len(page["records"]) == size


async def test_wide_rows_come_in_smaller_pages(client):
    names = [field["name"] for field in (await client.get(f"{QUERY}/../sobjects/Account/describe")).json()["fields"]]
    columns = [*names, *(f"Owner.{name}" for name in ("Name", "Email")), "Parent.Name", "RecordType.Name"]
    page = (await client.get(QUERY, params={"q": f"SELECT {','.join(columns)} FROM Account"})).json()
    assert 200 <= len(page["records"]) < 2000


async def test_pages_of_query_all_continue_under_query(client):
    page = (await client.get("/services/data/v60.0/queryAll", params=ALL)).json()
    assert page["nextRecordsUrl"].startswith("/services/data/v60.0/query/")
    other = page["nextRecordsUrl"].replace("/query/", "/queryAll/")
    assert (await client.get(other)).json() == (await client.get(page["nextRecordsUrl"])).json()


async def test_a_locator_belongs_to_the_token_that_asked(client):
    url = (await client.get(QUERY, params=ALL)).json()["nextRecordsUrl"]
    await let_in(client)
    response = await client.get(url)
    assert (response.status_code, response.json()) == (400, GONE)


async def test_the_eleventh_open_query_closes_the_first(client):
    urls = [(await client.get(QUERY, params=ALL)).json()["nextRecordsUrl"] for _ in range(11)]
    assert (await client.get(urls[0])).json() == GONE
    assert (await client.get(urls[1])).status_code == 200
    assert (await client.get(urls[10])).status_code == 200


@pytest.mark.parametrize("locator", ["0r8", "0r8xx0000000000AAA-2000"])
async def test_an_unknown_locator_is_refused(client, locator):
    assert (await client.get(f"{QUERY}/{locator}")).json() == GONE


async def test_a_locator_survives_what_users_do_meanwhile(client):
    first = (await client.get(QUERY, params=ALL)).json()
    gone = first["records"][0]["Id"]
    await client.delete(f"/services/data/v67.0/sobjects/Account/{gone}")
    page = (await client.get(first["nextRecordsUrl"])).json()
    assert page["totalSize"] == 4100
    assert page["records"][0]["Id"] > first["records"][-1]["Id"]


async def test_bodies_are_compressed_where_that_is_accepted(client):
    packed = await client.get(QUERY, params=ALL)
    plain = await client.get(QUERY, params=ALL, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.json()["records"] == plain.json()["records"]


async def test_the_date_header_tells_the_time_of_the_sandbox(client):
    assert (await client.get(QUERY, params=ALL)).headers.get_list("Date") == ["Sun, 01 Nov 2026 12:00:00 GMT"]


async def test_a_slash_at_the_end_changes_nothing(client):
    assert (await client.get(f"{QUERY}/", params=ALL)).json()["totalSize"] == 4100


async def test_the_application_starts_and_stops_under_a_server(world, clock):
    app = salesforce_app(world, clock)
    sent = []

    async def receive():
        return {"type": "lifespan.startup" if not sent else "lifespan.shutdown"}

    async def send(message):
        sent.append(message["type"])

    await app({"type": "lifespan", "app": app, "state": {}}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_two_orgs_do_not_know_each_other(app, clock):
    async with a_client(app) as here, a_client(salesforce_app(a_world(), clock)) as there:
        there.headers["Authorization"] = here.headers["Authorization"]
        assert (await there.get(QUERY, params=ALL)).status_code == 401
