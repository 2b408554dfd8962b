from collections.abc import Callable
from typing import Any

import httpx
import pytest

from hub.connectors.base import Quota
from hub.connectors.salesforce.org import opened as org_opened
from hub.connectors.salesforce.refusal import refusal
from hub.errors import (
    AuthError,
    BookmarkExpired,
    ConfigurationError,
    Forbidden,
    QuotaExhausted,
    SourceError,
    TooMuch,
    TooSlow,
    Unavailable,
    UnexpectedPayload,
)

from .wire import CONFIG, FIXTURES, answer, opened

URL = "https://org.example/services/data/v67.0/queryAll?q=SELECT+Name"
DAILY = "TotalRequests Limit exceeded."
JOBS = "Max bulk v2 query jobs (10000) per 24 hrs has been reached"
RESULTS = "Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded"
CONCURRENT = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."


def refused(status: int, code: str, message: str = "") -> httpx.Response:
    complaint = [{"message": message, "errorCode": code}]
    return httpx.Response(status, json=complaint, request=httpx.Request("GET", URL))


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (refused(401, "INVALID_SESSION_ID"), AuthError),
        (refused(403, "API_DISABLED_FOR_ORG"), Forbidden),
        (refused(404, "NOT_FOUND"), Forbidden),
        (refused(400, "QUERY_TOO_COMPLICATED"), TooMuch),
        (refused(400, "INVALID_QUERY_LOCATOR"), BookmarkExpired),
        (refused(400, "INVALID_REPLICATION_DATE"), BookmarkExpired),
        (refused(400, "QUERY_TIMEOUT"), TooSlow),
        (refused(500, "UNKNOWN_EXCEPTION"), Unavailable),
        (refused(400, "MALFORMED_QUERY"), UnexpectedPayload),
        (refused(403, "SOMETHING_NEW"), Forbidden),
        (refused(400, "INVALIDENTITY"), Forbidden),
        (refused(400, "LIMIT_EXCEEDED"), Unavailable),
        (refused(400, "LIMIT_EXCEEDED", JOBS), QuotaExhausted),
        (refused(400, "LIMIT_EXCEEDED", RESULTS), QuotaExhausted),
        (refused(403, "REQUEST_LIMIT_EXCEEDED", DAILY), QuotaExhausted),
        (refused(403, "REQUEST_LIMIT_EXCEEDED", CONCURRENT), Unavailable),
        (httpx.Response(414, html="<h1>URI Too Long</h1>", request=httpx.Request("GET", URL)), TooMuch),
        (httpx.Response(503, html="<h1>Maintenance</h1>", request=httpx.Request("GET", URL)), Unavailable),
        (httpx.Response(403, json=[], request=httpx.Request("GET", URL)), Forbidden),
    ],
)
def test_a_complaint_is_an_error_by_its_consequence(response: httpx.Response, error: type[SourceError]):
    assert type(refusal(response)) is error


@pytest.mark.parametrize(("file", "error"), [("unknown-field", BookmarkExpired), ("unknown-object", Forbidden)])
def test_complaints_that_a_real_org_sent_are_understood(file: str, error: type[SourceError]):
    body = (FIXTURES / f"recorded/{file}.json").read_bytes()
    assert type(refusal(httpx.Response(400, content=body, request=httpx.Request("GET", URL)))) is error


def test_a_complaint_is_named_without_what_was_asked():
    message = str(refusal(refused(400, "INVALID_TYPE", "SELECT Name FROM Accout")))
    assert message == "GET org.example/services/data/v67.0/queryAll answered 400 INVALID_TYPE"


@pytest.mark.parametrize("code", ["MALFORMED_QUERY", "SOMETHING_NEW"])
def test_a_complaint_that_nobody_expected_is_named_too(code: str):
    message = str(refusal(refused(400, code, "WHERE Email = 'ilse@corp.example'")))
    assert message == f"GET org.example/services/data/v67.0/queryAll answered 400 {code}"


def test_an_unknown_field_is_named():
    body = (FIXTURES / "recorded/unknown-field.json").read_bytes()
    message = str(refusal(httpx.Response(400, content=body, request=httpx.Request("GET", URL))))
    assert message.endswith("answered 400 INVALID_FIELD AccountNumer")


def used(share: str) -> Callable[[httpx.Request], httpx.Response]:
    def limited(request: httpx.Request) -> httpx.Response:
        response = answer(request)
        response.headers["Sforce-Limit-Info"] = share
        return response

    return limited


async def test_the_reserve_of_the_daily_requests_is_left_to_others():
    async with opened(used("api-usage=13600/15000; per-app-api-usage=17/250(appName=hub)")) as org:
        await org.described("Account")
        with pytest.raises(QuotaExhausted, match="91%"):
            await org.described("Account")


@pytest.mark.parametrize("reserve", [0, 0.5])
async def test_the_reserve_is_what_the_connection_says(reserve: float):
    config = {**CONFIG, "quota_reserve": reserve}
    at_the_edge = used(f"api-usage={15000 - int(15000 * reserve)}/15000")
    async with org_opened(config, transport=httpx.MockTransport(at_the_edge)) as org:
        await org.described("Account")
        await org.described("Account")
        assert org.quota == Quota(used=15000 - int(15000 * reserve), limit=15000)


async def test_without_a_word_on_the_quota_reading_goes_on():
    async with opened(used("")) as org:
        await org.described("Account")
        assert (await org.rows("SELECT COUNT() FROM Account")).total_size == 3


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"base_url": ""}, "base_url is missing"),
        ({"client_id": None}, "client_id is missing"),
        ({"client_secret": ""}, "client_secret is missing"),
        ({"private_key": "x"}, "username is missing"),
        ({"refresh_token": ""}, "refresh_token is missing"),
        ({"quota_reserve": 0.95}, "quota_reserve must be"),
        ({"quota_reserve": "half"}, "quota_reserve must be"),
        ({"quota_reserve": True}, "quota_reserve must be"),
        ({"private_key": "x", "username": "hub@corp.example"}, "not an unencrypted PEM key"),
        ({"base_url": "http://corp.my.salesforce.com"}, "must start with https://"),
        ({"base_url": "corp.my.salesforce.com"}, "must start with https://"),
    ],
)
async def test_a_config_that_cannot_work_is_named(change: dict[str, Any], complaint: str):
    with pytest.raises(ConfigurationError, match=complaint):
        async with org_opened({**CONFIG, **change}):
            pass


async def test_on_this_machine_plain_http_will_do():
    config = {**CONFIG, "base_url": "http://127.0.0.1:8001"}
    async with org_opened(config, transport=httpx.MockTransport(answer)) as org:
        assert (await org.rows("SELECT COUNT() FROM Account")).total_size == 3


async def test_an_org_that_lacks_our_version_is_named():
    def outdated(request: httpx.Request) -> httpx.Response:
        is_old = request.method == "GET" and request.url.host != "login.salesforce.com"
        return httpx.Response(200, json=[{"version": "66.0"}]) if is_old else answer(request)

    with pytest.raises(ConfigurationError, match=r"nordlicht\.my\.salesforce\.com does not speak version 67\.0"):
        async with opened(outdated):
            pass
