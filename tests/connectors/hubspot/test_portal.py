"""How an account is opened, and what its refusals mean."""

import json

import httpx
import pytest

from hub.connectors.base import Quota
from hub.connectors.hubspot.portal import portal
from hub.connectors.hubspot.refusal import refusal
from hub.errors import (
    AuthError,
    ConfigurationError,
    Forbidden,
    QuotaExhausted,
    Unavailable,
    UnexpectedPayload,
)

from .wire import CONFIG, answer, at_once, opened, recorded


def refused(status, body=None, **headers):
    content = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    request = httpx.Request("POST", "https://api.hubapi.com/crm/objects/2026-03/contacts/search")
    return refusal(httpx.Response(status, content=content, headers=headers, request=request))


def throttled(policy, **headers):
    return refused(429, {"status": "error", "errorType": "RATE_LIMIT", "policyName": policy}, **headers)


def test_missing_scopes_are_named_with_the_correlation_id():
    error = refused(403, recorded("missing-scopes"))
    assert type(error) is Forbidden
    assert str(error) == (
        "POST api.hubapi.com/crm/objects/2026-03/contacts/search answered 403: MISSING_SCOPES: "
        "needs the scopes custom-object-read (correlation id e06d5f4a-fcde-4985-bc2b-2b89d29568b0)"
    )


def test_an_error_without_a_category_is_understood():
    error = refused(400, recorded("unknown-object"))
    assert type(error) is UnexpectedPayload
    assert "Unable to infer object type from: butterflies" in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (530, AuthError),
        (403, Forbidden),
        (404, Forbidden),
        (414, UnexpectedPayload),
        (423, Unavailable),
        (477, QuotaExhausted),
        (502, Unavailable),
        (524, Unavailable),
        (302, Unavailable),
    ],
)
@pytest.mark.parametrize("body", [None, b"<html>", b"[]", {"context": {"requiredScopes": "x"}}])
def test_a_status_means_what_the_caller_should_do_whatever_the_body_holds(status, kind, body):
    assert type(refused(status, body)) is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (None, Unavailable),
        (b"<html>", Unavailable),
        (b'{"category": "INVALID_AUTH', Unavailable),
        ({"category": "INVALID_AUTHENTICATION"}, AuthError),
        ({"message": "This key does not exist"}, AuthError),
    ],
)
def test_only_in_hubspots_own_words_do_secrets_count_as_refused(body, kind):
    assert type(refused(401, body)) is kind


@pytest.mark.parametrize(("policy", "wait"), [("TEN_SECONDLY_ROLLING", 10), ("SECONDLY", 1), ("NEW_ONE", None)])
def test_each_rate_limit_has_its_own_wait(policy, wait):
    error = throttled(policy)
    assert type(error) is Unavailable
    assert error.retry_after == wait
    assert policy in str(error)


def test_the_daily_limit_is_not_waited_for():
    assert type(throttled("DAILY")) is QuotaExhausted


@pytest.mark.parametrize(("told", "wait"), [("3", 3), ("0", 1), ("120", 60), ("2500", 2.5), ("900000", 60)])
def test_retry_after_counts_in_seconds_or_milliseconds(told, wait):
    assert throttled("SECONDLY", **{"Retry-After": told}).retry_after == wait
    assert refused(503, None, **{"Retry-After": told}).retry_after == wait


def test_an_account_that_is_being_moved_may_take_hours():
    assert refused(477, None, **{"Retry-After": "7200"}).retry_after == 7200


@pytest.mark.parametrize(
    "wrong",
    [
        {"access_token": None},
        {"access_token": " "},
        {"access_token": "two\nlines"},
        {"access_token": "schlüssel"},
        {"version": "v3"},
        {"base_url": "http://api.hubapi.com"},
        {"base_url": "api.hubapi.com"},
        {"base_url": "ftp://localhost"},
        {"partner_labels": "Partner"},
        {"partner_labels": [""]},
        {"portal_id": "7"},
        {"portal_id": True},
        {"quota_reserve": 1},
        {"quota_reserve": "much"},
        {"refresh_token": ""},
        {"client_secret": None, "refresh_token": "r"},
        {"client_id": 5, "client_secret": "s", "refresh_token": "r"},
    ],
)
async def test_a_config_that_cannot_work_is_told_before_anything_is_sent(wrong):
    with pytest.raises(ConfigurationError, match=next(iter(wrong))):
        await anext(aiter_of(opened(never, **wrong)))


@pytest.mark.parametrize(
    "base_url", ["http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "https://x.example"]
)
async def test_the_base_url_may_be_another_one(base_url):
    async with opened(answer, base_url=base_url) as source:
        assert (source.version, source.partner_labels) == ("2026-03", None)


async def test_the_key_and_the_version_go_with_every_request():
    requests = []

    def noted(request):
        requests.append(request)
        return httpx.Response(200, json=recorded("account-info"))

    async with portal(
        {"access_token": " pat-1 ", "version": "2026-09", "partner_labels": ["Ally"]},
        transport=httpx.MockTransport(noted),
        sleep=at_once,
    ) as source:
        await source.http.send("GET", "/x")
        assert source.partner_labels == ("Ally",)
    assert [str(each.url) for each in requests] == [
        "https://api.hubapi.com/account-info/2026-09/details",
        "https://api.hubapi.com/x",
    ]
    assert {each.headers["Authorization"] for each in requests} == {"Bearer pat-1"}


class Time:
    """A clock that sleeping moves."""

    def __init__(self):
        self.now = 0.0
        self.waits = []

    async def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds

    def opened(self, headers, status=200, **config):
        def answered(request):
            known = status if "account" in request.url.path else 200
            return httpx.Response(known, json={}, headers=headers() if callable(headers) else headers)

        transport = httpx.MockTransport(answered)
        return portal(CONFIG | config, transport=transport, sleep=self.sleep, clock=lambda: self.now)


def interval(most, left=None):
    told = {"X-HubSpot-RateLimit-Max": most, "X-HubSpot-RateLimit-Interval-Milliseconds": "10000"}
    return told if left is None else told | {"X-HubSpot-RateLimit-Remaining": left}


@pytest.mark.parametrize(
    ("headers", "status", "seconds"),
    [
        (interval("190"), 200, 9.9),
        (interval("110"), 200, 17),
        ({"X-HubSpot-RateLimit-Max": "much"}, 200, 18.7),
        ({}, 403, 18.7),
    ],
)
async def test_the_pace_is_what_the_account_allows_less_a_reserve(headers, status, seconds):
    time = Time()
    async with time.opened(headers, status) as source:
        for _ in range(169):
            await source.asked("GET", "/x")
    assert time.now == pytest.approx(seconds, abs=0.7)


async def test_an_allowance_that_others_spend_is_left_alone_until_its_interval_is_over():
    time = Time()
    left = iter(["180", "100", "5", "180", "180"])
    async with time.opened(lambda: interval("190", next(left))) as source:
        for _ in range(4):
            await source.asked("GET", "/x")
    assert max(time.waits) == pytest.approx(10, abs=0.2)
    assert sum(wait > 1 for wait in time.waits) == 1


def day(left):
    return {
        "X-HubSpot-RateLimit-Daily": "1000",
        "X-HubSpot-RateLimit-Daily-Remaining": str(left),
        "Date": "Sun, 01 Nov 2026 12:00:00 GMT",
    }


async def test_the_requests_of_the_day_are_told_and_a_reserve_of_them_is_left():
    left = iter([500, 101, 100])
    async with Time().opened(lambda: day(next(left))) as source:
        assert source.quota() == Quota(used=500, limit=1000)
        await source.asked("GET", "/x")
        await source.asked("GET", "/x")
        with pytest.raises(QuotaExhausted, match="900 of the account's 1000") as stopped:
            await source.asked("GET", "/x")
    assert stopped.value.retry_after == 12 * 3600


async def test_the_reserve_may_be_nothing():
    async with Time().opened(day(1), quota_reserve=0) as source:
        await source.asked("GET", "/x")


async def test_a_day_ends_at_the_accounts_own_midnight():
    def answered(request):
        if "account" in request.url.path:
            return httpx.Response(200, json=recorded("account-info"), headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"})
        if request.url.path == "/first":
            return httpx.Response(200, json={}, headers={"Date": "Sun, 01 Nov 2026 12:00:00 GMT"})
        return httpx.Response(429, json={"policyName": "DAILY"})

    async with opened(answered) as source:
        await source.asked("GET", "/first")
        with pytest.raises(QuotaExhausted) as stopped:
            await source.asked("GET", "/x")
    assert stopped.value.retry_after == 16 * 3600


async def test_credentials_of_another_account_are_not_used():
    with pytest.raises(ConfigurationError, match="12345678, and the connection is of 7"):
        await anext(aiter_of(opened(answer, portal_id=7)))


async def test_searches_wait_for_each_other():
    waits = []

    async def noted(seconds):
        waits.append(seconds)

    async with opened(answer, noted) as source:
        for _ in range(3):
            await source.searches.turn()
    assert waits == [pytest.approx(0.25), pytest.approx(0.5)]


def never(request):
    raise AssertionError(f"{request.url} was asked")


async def aiter_of(manager):
    async with manager as inner:
        yield inner
