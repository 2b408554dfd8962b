"""A client that nobody here wrote reads the whole org over HTTP, and what it reads is compared with the world."""

import csv
import io
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
import uvicorn
from simple_salesforce import (
    Salesforce,
    SalesforceExpiredSession,
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
    format_soql,
)
from simple_salesforce.exceptions import SalesforceAuthenticationFailed, SalesforceOperationError
from starlette.applications import Starlette

from hub.sandbox.clock import HISTORY_ENDS
from hub.sandbox.salesforce import credentials, salesforce_app
from hub.sandbox.salesforce.bulk.jobs import Ending, JobState
from hub.sandbox.world import World
from tests.sandbox.salesforce.builders import (
    ACME,
    ANN,
    GLOBEX,
    HOOLI,
    INITECH,
    JANE,
    RECENTLY,
    UMBRELLA,
    HandClock,
    a_copy,
    a_world,
    an_account,
    record_id,
)
from tests.sandbox.salesforce.expectations import EXPECTED, present

KNOWN = credentials()
MIDDAY = "2026-10-29T12:00:00.000+0000"


class ToLoopback(requests.adapters.HTTPAdapter):
    """Leads the https that simple-salesforce insists on to a server without certificate."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.authority = f"127.0.0.1:{port}"

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = urlunsplit(("http", self.authority, parts.path, parts.query, ""))
        return super().send(request, *args, **options)


@contextmanager
def served(app: Starlette) -> Iterator[requests.Session]:
    """A session that reaches the application whatever host it asks for."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", date_header=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        with requests.Session() as session:
            session.mount("https://", ToLoopback(listener.getsockname()[1]))
            yield session
        server.should_exit = True
        thread.join()


def by_secret(session: requests.Session) -> Salesforce:
    return Salesforce(
        consumer_key=KNOWN.client_id,
        consumer_secret=KNOWN.client_secret,
        domain="home.my",
        session=session,
        version="67.0",
        parse_float=Decimal,
    )


def by_assertion(session: requests.Session) -> Salesforce:
    return Salesforce(
        username=KNOWN.username, consumer_key=KNOWN.client_id, privatekey=KNOWN.private_key_pem, session=session
    )


@pytest.fixture
def world() -> World:
    copy = a_copy()
    copy.accounts += [an_account(record_id("001", 100 + number), name=f"More {number}") for number in range(4500)]
    return a_world(copy)


@pytest.fixture
def app(world: World, clock: HandClock) -> Starlette:
    return salesforce_app(world, clock)


@pytest.fixture
def salesforce(app: Starlette) -> Iterator[Salesforce]:
    with served(app) as session:
        yield by_secret(session)


def read_whole(salesforce: Salesforce, sobject: str) -> list[dict[str, Any]]:
    """Every row with every field that describe tells of."""
    names = [field["name"] for field in getattr(salesforce, sobject).describe()["fields"]]
    soql = f"SELECT {', '.join(names)} FROM {sobject}"
    return salesforce.query_all(soql, include_deleted=True)["records"]


def assert_read_whole(salesforce: Salesforce, world: World) -> None:
    for sobject, expected in EXPECTED.items():
        told, rows = read_whole(salesforce, sobject), list(expected(world))
        assert [{key: got[key] for key in row} for got, row in zip(told, rows, strict=True)] == rows, sobject
        assert all(got["attributes"]["type"] == sobject for got in told)


def test_it_reads_every_object_as_the_world_has_it(salesforce, world):
    assert_read_whole(salesforce, world)


def test_it_reads_the_made_up_ecosystem_as_it_is(ecosystem, clock):
    with served(salesforce_app(ecosystem, clock)) as session:
        assert_read_whole(by_secret(session), ecosystem)


def test_it_reads_every_object_that_is_listed(salesforce):
    for sobject in salesforce.describe()["sobjects"]:
        assert read_whole(salesforce, sobject["name"]), sobject["name"]


def test_it_reads_live_rows_only_unless_asked_for_all(salesforce, world):
    live = salesforce.query_all("SELECT Id FROM Account")["records"]
    assert [row["Id"] for row in live] == [row.id for row in present(world.salesforce.accounts)]
    everything = {row["Id"] for row in salesforce.query_all_iter("SELECT Id FROM Account", include_deleted=True)}
    assert everything - {row["Id"] for row in live} == {UMBRELLA, HOOLI}


def test_it_logs_in_by_a_signed_assertion(app):
    with served(app) as session:
        salesforce = by_assertion(session)
        assert salesforce.is_sandbox() is True
        assert salesforce.oauth2("userinfo")["user_id"] == ANN


def test_it_is_told_why_it_may_not_log_in(app):
    with served(app) as session, pytest.raises(SalesforceAuthenticationFailed) as refused:
        Salesforce(consumer_key="x", consumer_secret="y", domain="home.my", session=session)
    assert refused.value.code == "invalid_client_id"


def test_it_logs_in_again_when_its_session_ends(app, salesforce):
    app.state.salesforce.sessions.expire()
    assert salesforce.query("SELECT COUNT() FROM Contact")["totalSize"] == 2


def test_a_session_handed_to_it_that_ended_is_reported(app):
    with served(app) as session:
        salesforce = Salesforce(session_id="x", instance_url="https://home.my.salesforce.com", session=session)
        with pytest.raises(SalesforceExpiredSession):
            salesforce.query("SELECT Id FROM Account")


def csv_rows(pages: Iterable[str]) -> list[dict[str, str]]:
    """The rows of pages of results, each of which begins with the header."""
    return [row for page in pages for row in csv.DictReader(io.StringIO(page, newline=""), strict=True)]


def test_it_reads_in_bulk_what_it_reads_by_rest(app, salesforce):
    app.state.salesforce.jobs.polls = 0
    soql = "SELECT Id, Name, SystemModstamp, AnnualRevenue, IsDeleted FROM Account ORDER BY Id"
    told = salesforce.query_all(soql, include_deleted=True)["records"]
    read = csv_rows(salesforce.bulk2.Account.query_all(soql, max_records=2000, wait=0))
    assert len(read) == len(told) > 4500
    for row, expected in zip(read, told, strict=True):
        assert row["Id"] == expected["Id"]
        assert row["Name"] == expected["Name"]
        assert row["SystemModstamp"] == expected["SystemModstamp"].replace("+0000", "Z")
        assert row["AnnualRevenue"] == ("" if expected["AnnualRevenue"] is None else row["AnnualRevenue"])
        assert row["IsDeleted"] == str(expected["IsDeleted"]).lower()


def test_it_downloads_results_page_by_page(app, salesforce, world, tmp_path):
    app.state.salesforce.jobs.polls = 0
    pages = salesforce.bulk2.Account.download("SELECT Id FROM Account", str(tmp_path), max_records=2000, wait=0)
    read = csv_rows(Path(page["file"]).read_text() for page in pages)
    assert [page["number_of_records"] for page in pages] == [2000, 2000, 503]
    assert [row["Id"] for row in read] == [row.id for row in present(world.salesforce.accounts)]


def test_it_is_told_why_a_job_failed(app, salesforce):
    app.state.salesforce.jobs.polls = 0
    app.state.salesforce.jobs.endings.append(Ending(JobState.FAILED, 7, "InternalServerError : Error"))
    with pytest.raises(SalesforceOperationError, match="InternalServerError"):
        list(salesforce.bulk2.Account.query("SELECT Id FROM Account", wait=0))


def test_it_upserts_by_external_id(app, salesforce, world):
    assert salesforce.Account.upsert(f"Id/{ACME}", {"Hub_Account_Id__c": "acc_1"}) == 200
    assert salesforce.Account.upsert("Hub_Account_Id__c/acc_1", {"Hub_Overlapping_Partners__c": "Initech"}) == 200
    assert salesforce.Account.upsert("Hub_Account_Id__c/acc_2", {"Name": "Newco"}) == 201
    assert salesforce.Account.get_by_custom_id("Hub_Account_Id__c", "acc_2")["Name"] == "Newco"
    assert world.salesforce.accounts[0].custom["Hub_Overlapping_Partners__c"] == "Initech"
    app.state.salesforce.org.unique.clear()
    salesforce.Account.upsert(f"Id/{GLOBEX}", {"Hub_Account_Id__c": "acc_1"})
    with pytest.raises(SalesforceMoreThanOneRecord):
        salesforce.Account.upsert("Hub_Account_Id__c/acc_1", {"Name": "Which?"})


def test_it_makes_changes_and_deletes_rows(salesforce, clock):
    clock.time += timedelta(minutes=1)
    made = salesforce.Account.create({"Name": "Newco", "ParentId": ACME})
    assert made["success"] is True
    assert salesforce.Account.get(made["id"])["ParentId"] == ACME
    assert salesforce.Account.update(made["id"], {"Name": "Newco SE"}) == 204
    assert salesforce.Account.get(made["id"])["Name"] == "Newco SE"
    assert salesforce.Account.delete(made["id"]) == 204
    with pytest.raises(SalesforceResourceNotFound):
        salesforce.Account.get(made["id"])


def test_it_hears_what_changed_and_what_went(salesforce):
    start, end = RECENTLY - timedelta(minutes=5), datetime(2026, 10, 30, tzinfo=UTC)
    assert salesforce.Account.updated(start, end)["ids"] == [INITECH]
    gone = salesforce.Account.deleted(start, end)["deletedRecords"]
    assert [row["id"] for row in gone] == [UMBRELLA, HOOLI, record_id("001", 6)]
    assert {row["deletedDate"] for row in gone} == {MIDDAY}


def test_it_reads_the_quota(salesforce):
    limits = salesforce.limits()["DailyApiRequests"]
    assert limits["Max"] - limits["Remaining"] == salesforce.api_usage["api-usage"].used


def test_it_is_told_of_malformed_queries(salesforce):
    with pytest.raises(SalesforceMalformedRequest) as refused:
        salesforce.query("SELECT Nme FROM Account")
    assert refused.value.content[0]["errorCode"] == "INVALID_FIELD"


def test_what_it_quotes_is_understood(salesforce):
    soql = format_soql("SELECT Id FROM Account WHERE Name IN {} AND Name LIKE '{:like}%'", ["Initech O'Neil"], "Ini")
    assert [row["Id"] for row in salesforce.query(soql)["records"]] == [INITECH]
    since = format_soql("SELECT Id FROM Account WHERE SystemModstamp = {} AND Website = {}", RECENTLY, None)
    assert [row["Id"] for row in salesforce.query(since)["records"]] == [INITECH]


def test_it_reads_children_and_parents(salesforce):
    soql = "SELECT Name, (SELECT Id FROM Contacts) FROM Account WHERE Owner.Name = 'Bob Baker'"
    [row] = salesforce.query(soql)["records"]
    assert [child["Id"] for child in row["Contacts"]["records"]] == [JANE]


def test_the_server_tells_the_time_of_the_sandbox(salesforce):
    response = salesforce.session.get("https://home.my.salesforce.com/services/data")
    assert response.headers["Date"] == HISTORY_ENDS.strftime("%a, %d %b %Y %H:%M:%S GMT")
