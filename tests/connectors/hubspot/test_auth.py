"""Access tokens: bought in time, once, under the lock of the grant, and never again and again."""

import asyncio
import traceback
from urllib.parse import parse_qsl

import httpx
import pytest

from hub.connectors.base import Held
from hub.connectors.hubspot import CONNECTOR
from hub.connectors.hubspot.auth import Token, _Access
from hub.connectors.hubspot.portal import portal
from hub.connectors.salesforce import auth as salesforce_auth
from hub.errors import AuthError, Forbidden, Unavailable

from .wire import answer, at_once, recorded

SECRETS = {"client_secret": "the-secret", "refresh_token": "refresh-1"}
CONFIG = {"client_id": "the-app", **SECRETS}
EXPIRED = {"category": "EXPIRED_AUTHENTICATION", "message": "The OAuth token used to make this call expired."}


class Wire:
    """HubSpot, with tokens that count up, and a clock that is moved by hand."""

    def __init__(self, *, rotates=False):
        self.rotates = rotates
        self.now = 0.0
        self.forms = []
        self.seen = []
        self.good = set()
        self.refuses = lambda: None
        self.instead = None
        self.hiccups = 0
        self.torn = []

    def answer(self, request):
        if request.url.path.startswith("/oauth/"):
            return self.token(request)
        if self.instead is not None:
            return self.instead
        if self.torn:
            return self.torn.pop()
        self.seen.append(request.headers["Authorization"].removeprefix("Bearer "))
        if self.hiccups or self.seen[-1] not in self.good:
            self.hiccups = max(0, self.hiccups - 1)
            return httpx.Response(401, json=EXPIRED)
        return answer(request)

    def token(self, request):
        assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
        assert not request.url.query
        self.forms.append(dict(parse_qsl(request.content.decode())))
        refused = self.refuses()
        if refused is not None:
            return refused
        number = len(self.forms)
        self.good = {f"access-{number}"}
        new = f"refresh-{number + 1}" if self.rotates else "refresh-1"
        return httpx.Response(200, json={"access_token": f"access-{number}", "refresh_token": new, "expires_in": 1800})

    def opened(self, grant=None, version="2026-03"):
        return portal(
            CONFIG | {"version": version},
            grant,
            transport=httpx.MockTransport(self.answer),
            sleep=at_once,
            clock=lambda: self.now,
        )


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
async def test_a_refresh_token_buys_access_with_all_four_in_the_body(version):
    wire = Wire()
    async with wire.opened(version=version):
        pass
    form = {"grant_type": "refresh_token", "client_id": "the-app", **SECRETS}
    assert (wire.forms, wire.seen) == ([form], ["access-1"])


async def test_a_token_is_replaced_two_minutes_before_it_expires():
    wire = Wire()
    async with wire.opened() as source:
        for wire.now in (1_679, 1_681):
            await source.asked("GET", "/crm/owners/2026-03")
    assert wire.seen == ["access-1", "access-1", "access-2"]


async def test_a_token_that_expires_in_the_middle_is_replaced_once_for_all_who_need_it():
    wire = Wire()
    async with wire.opened() as source:
        wire.good = set()
        await asyncio.gather(*(source.asked("GET", "/crm/owners/2026-03") for _ in range(4)))
    assert len(wire.forms) == 2
    assert wire.seen.count("access-2") == 4


async def test_new_tokens_that_are_said_to_have_expired_too_mean_reconnect_in_the_end():
    wire = Wire()
    async with wire.opened() as source:
        wire.token, buy = lambda request: _never_good(wire, buy(request)), wire.token
        wire.good = set()
        with pytest.raises(AuthError, match="expired, too"):
            await source.asked("GET", "/crm/owners/2026-03")
    assert len(wire.forms) == 4


async def test_tokens_refused_now_and_then_are_not_refused_in_a_row():
    wire = Wire()
    async with wire.opened() as source:
        for times in range(1, 5):
            wire.hiccups = 2
            await source.asked("GET", "/crm/owners/2026-03")
            assert len(wire.seen) == 1 + 3 * times


def _never_good(wire, response):
    wire.good = set()
    return response


async def test_another_401_is_no_reason_to_buy_a_token():
    wire = Wire()
    async with wire.opened() as source:
        wire.instead = httpx.Response(401, json={"category": "INVALID_AUTHENTICATION"})
        with pytest.raises(AuthError, match="INVALID_AUTHENTICATION"):
            await source.asked("GET", "/x")
    assert len(wire.forms) == 1


async def test_a_401_that_was_torn_on_its_way_asks_nobody_to_reconnect():
    wire = Wire()
    async with wire.opened() as source:
        wire.torn = [httpx.Response(401, content=b'{"category": "EXPIRED_AU')]
        await source.asked("GET", "/crm/owners/2026-03")
    assert wire.seen == ["access-1", "access-1"]


async def test_a_new_refresh_token_is_stored_before_its_access_token_is_used():
    wire, stored = Wire(rotates=True), []

    class Noted(Held):
        async def renewed(self, refused, renew):
            found = await super().renewed(refused, renew)
            stored.append((found["refresh_token"], list(wire.seen)))
            return found

    grant = Noted(dict(SECRETS))
    async with wire.opened(grant) as source:
        wire.now = 5_000
        await source.asked("GET", "/crm/owners/2026-03")
    assert stored == [("refresh-2", []), ("refresh-3", ["access-1"])]
    assert grant.secrets == {**SECRETS, "refresh_token": "refresh-3"}
    assert wire.forms[1]["refresh_token"] == "refresh-2"


async def test_a_refresh_token_that_others_replaced_meanwhile_is_used_instead():
    wire = Wire()
    async with wire.opened(Held({**SECRETS, "refresh_token": "refresh-by-others"})):
        pass
    assert [form["refresh_token"] for form in wire.forms] == ["refresh-by-others"]


async def test_refresh_tokens_that_others_replace_again_and_again_are_tried_later():
    class Restless(Held):
        async def renewed(self, refused, renew):
            return {**refused, "refresh_token": refused["refresh_token"] + "'"}

    with pytest.raises(Unavailable, match="again and again"):
        async with Wire().opened(Restless(dict(SECRETS))):
            pass


BOTH = {
    "error": "invalid_grant",
    "error_description": "refresh-1 is bad",
    "status": "BAD_REFRESH_TOKEN",
    "message": "x",
}
OLD = {"status": "BAD_REFRESH_TOKEN", "message": "refresh-1 is bad", "correlationId": "c"}


@pytest.mark.parametrize("body", [BOTH, OLD])
async def test_a_bad_refresh_token_means_reconnect_at_once_in_either_shape_of_the_refusal(body):
    wire = Wire()
    wire.refuses = lambda: httpx.Response(400, json=body)
    with pytest.raises(AuthError, match=r"400: .*BAD_REFRESH_TOKEN; install") as refused:
        async with wire.opened():
            pass
    assert len(wire.forms) == 1
    assert "refresh-1" not in str(refused.value)


@pytest.mark.parametrize("status", [400, 403, 423, 429, 477, 500, 503, 530])
async def test_what_the_token_endpoint_repeats_is_told_by_no_error(status):
    def repeating(request):
        said = request.content.decode()
        return httpx.Response(status, json={"message": said, "policyName": "DAILY", "correlationId": said})

    with pytest.raises((AuthError, Unavailable), match=f"/oauth/2026-03/token answered {status}") as refused:
        async with portal(CONFIG, transport=httpx.MockTransport(repeating), sleep=at_once):
            pass
    told = "".join(traceback.format_exception(refused.value))
    assert [secret for secret in SECRETS.values() if secret in told] == []


async def test_a_refusal_that_repeats_the_access_token_is_told_without_that_sentence():
    wire = Wire()
    async with wire.opened() as source:
        wire.instead = httpx.Response(
            403, json={"category": "NOPE", "message": "access-1 may not", "correlationId": "7"}
        )
        with pytest.raises(Forbidden, match=r"403: NOPE \(correlation id 7\)$"):
            await source.asked("GET", "/x")


def test_no_token_shows_in_the_text_of_what_holds_it():
    held = (
        Token(access_token="hush", expires_in=1, refresh_token="hush"),
        salesforce_auth.Token(access_token="hush", instance_url="https://acme", refresh_token="hush"),
        Held({"refresh_token": "hush"}),
        _Access("hush", 1.0),
    )
    assert "hush" not in repr(held)


@pytest.mark.parametrize("refusal", [httpx.Response(503), httpx.Response(429), httpx.Response(200, text="<html>")])
async def test_a_token_endpoint_that_fails_for_now_is_asked_again(refusal):
    wire, refusals = Wire(), iter([refusal])
    wire.refuses = lambda: next(refusals, None)
    async with wire.opened():
        pass
    assert len(wire.forms) == 2


async def test_a_token_endpoint_that_cannot_be_reached_is_unavailable():
    def gone(request):
        raise httpx.ConnectError("no")

    with pytest.raises(Unavailable, match="no answer"):
        async with portal(CONFIG, transport=httpx.MockTransport(gone), sleep=at_once):
            pass


async def test_scopes_that_the_app_lacks_are_named():
    wire = Wire()
    async with wire.opened() as source:
        wire.instead = httpx.Response(403, json=recorded("missing-scopes"))
        with pytest.raises(Forbidden, match="custom-object-read"):
            await source.asked("GET", "/crm/objects/2026-03/leads")


def test_all_that_opens_an_account_is_encrypted():
    assert CONNECTOR.secrets == {"access_token", "refresh_token", "client_secret"}
