import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub.connectors.base import Grant, Held
from hub.connectors.http import opened
from hub.connectors.rate import Rate
from hub.connectors.salesforce.auth import salesforce_auth, token_refusal
from hub.connectors.salesforce.org import opened as org_opened
from hub.errors import AuthError, ConfigurationError, SourceError, Spent, Unavailable

CONFIG = {"base_url": "https://corp.my.salesforce.com/", "client_id": "hub", "client_secret": "s3cret"}
INSTANCE = "https://corp.my.salesforce.com"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: Any) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Login:
    """Gives out numbered tokens, of which those below `valid_from` have expired."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.valid_from = 1

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/oauth2/token":
            self.forms.append({name: value for name, (value,) in parse_qs(request.content.decode()).items()})
            token = f"token {len(self.forms)}"
            return httpx.Response(200, json={"access_token": token, "instance_url": f"{INSTANCE}/"})
        number = int(request.headers["Authorization"].removeprefix("Bearer token "))
        return httpx.Response(200 if number >= self.valid_from else 401)


@asynccontextmanager
async def client(
    answer: Any, config: dict[str, str] | None = None, grant: Grant | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    transport, config = httpx.MockTransport(answer), config or CONFIG
    rate = Rate(1000, 1000)
    async with opened(config["base_url"], rate=rate, refusal=token_refusal, transport=transport) as tokens:
        auth = salesforce_auth(config, grant or Held(config), tokens)
        async with httpx.AsyncClient(base_url=INSTANCE, transport=transport, auth=auth) as http:
            yield http


async def test_a_token_is_fetched_once_and_used_for_all():
    login = Login()
    async with client(login) as http:
        answers = await asyncio.gather(*(http.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert login.forms == [{"grant_type": "client_credentials", "client_id": "hub", "client_secret": "s3cret"}]


async def test_an_expired_token_is_replaced_once_by_all_who_hold_it():
    login = Login()
    async with client(login) as http:
        await http.get("/")
        login.valid_from = 2
        answers = await asyncio.gather(*(http.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert len(login.forms) == 2


async def test_a_new_token_that_is_refused_is_not_replaced_again():
    login = Login()
    login.valid_from = 99
    async with client(login) as http:
        assert (await http.get("/")).status_code == 401
    assert len(login.forms) == 2


async def test_the_org_lives_where_the_token_says():
    async with client(Login()) as http:
        auth = http.auth
        with pytest.raises(AuthError):
            _ = auth.instance_url
        await http.get("/")
        assert auth.instance_url == INSTANCE


@pytest.mark.parametrize(
    ("base_url", "audience"),
    [
        ("https://corp.my.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://corp--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
    ],
)
async def test_a_user_is_vouched_for_by_a_short_lived_signature(base_url: str, audience: str):
    login = Login()
    config = {"base_url": base_url, "client_id": "hub", "username": "sync@corp.example", "private_key": pem(RSA_KEY)}
    async with client(login, config) as http:
        await http.get("/")
    (form,) = login.forms
    assert form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
    claims = jwt.decode(form["assertion"], RSA_KEY.public_key(), algorithms=["RS256"], audience=audience)
    assert (claims["iss"], claims["sub"]) == ("hub", "sync@corp.example")
    assert 0 < claims["exp"] - time.time() <= 180


@pytest.mark.parametrize("key", ["no key", pem(ec.generate_private_key(ec.SECP256R1()))])
async def test_a_key_that_cannot_sign_is_refused_at_once(key: str):
    with pytest.raises(ConfigurationError, match="private_key"):
        async with client(Login(), {**CONFIG, "username": "sync@corp.example", "private_key": key}):
            pass


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(400, json={"error": "invalid_grant", "error_description": "expired"}), AuthError),
        (httpx.Response(400, json={"error": "invalid_client_id"}), AuthError),
        (
            httpx.Response(
                400,
                json={"error": "invalid_grant", "error_description": "token request is already being processed"},
            ),
            Unavailable,
        ),
        (httpx.Response(403, json={"error": "rate_limit_exceeded"}), Unavailable),
        (httpx.Response(500, json={"error": "server_error"}), Unavailable),
        (httpx.Response(503, html="<h1>Maintenance</h1>"), Unavailable),
        (httpx.Response(200, json={"access_token": "x"}), AuthError),
    ],
)
async def test_a_refused_sign_in_is_an_error_by_its_consequence(response: httpx.Response, error: type[SourceError]):
    async with client(lambda _: response) as http:
        with pytest.raises(error, match="/services/oauth2/token"):
            await http.get("/")


REFRESHING = {"base_url": INSTANCE, "client_id": "hub", "client_secret": "s3cret", "refresh_token": "refresh 0"}


class Rotating:
    """Trades each refresh token once; one shown again ends the grant. Two at once are refused for now."""

    def __init__(self) -> None:
        self.issued = 0
        self.is_over = False
        self.busy = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/services/oauth2/token":
            return httpx.Response(200 if request.headers["Authorization"] == f"Bearer token {self.issued}" else 401)
        if self.busy:
            self.busy -= 1
            return self._refused("token request is already being processed")
        form = parse_qs(request.content.decode())
        self.is_over = self.is_over or form["refresh_token"] != [f"refresh {self.issued}"]
        if self.is_over or form["client_secret"] != ["s3cret"]:
            return self._refused("expired access/refresh token")
        self.issued += 1
        fresh = {"access_token": f"token {self.issued}", "refresh_token": f"refresh {self.issued}"}
        return httpx.Response(200, json={**fresh, "instance_url": INSTANCE, "id": f"{INSTANCE}/id/00D/005"})

    @staticmethod
    def _refused(description: str) -> httpx.Response:
        return httpx.Response(400, json={"error": "invalid_grant", "error_description": description})


def secrets_of(number: int) -> dict[str, str]:
    return {"client_secret": "s3cret", "refresh_token": f"refresh {number}"}


async def test_a_refresh_token_is_replaced_before_its_access_token_is_used():
    grant = Held(secrets_of(0))
    async with client(Rotating(), REFRESHING, grant) as http:
        answers = await asyncio.gather(*(http.get("/") for _ in range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    assert grant.secrets == secrets_of(1)


async def test_processes_that_share_a_refresh_token_never_show_an_old_one():
    vendor, grant = Rotating(), Held(secrets_of(0))
    async with client(vendor, REFRESHING, grant) as one, client(vendor, REFRESHING, grant) as other:
        for _ in range(3):
            assert (await one.get("/")).status_code == 200
            assert (await other.get("/")).status_code == 200
    assert not vendor.is_over
    assert grant.secrets == secrets_of(vendor.issued)


async def test_a_refresh_token_that_is_not_replaced_is_used_again():
    login = Login()
    grant = Held({"refresh_token": "forever"})
    config = {"base_url": INSTANCE, "client_id": "hub", "refresh_token": "forever"}
    async with client(login, config, grant) as http:
        await http.get("/")
        login.valid_from = 2
        assert (await http.get("/")).status_code == 200
    assert [form["refresh_token"] for form in login.forms] == ["forever"] * 2
    assert grant.secrets == {"refresh_token": "forever"}


async def test_a_refresh_token_that_is_over_means_reconnect_and_is_shown_once():
    vendor = Rotating()
    vendor.issued = 7
    async with client(vendor, REFRESHING, Held(secrets_of(0))) as http:
        with pytest.raises(AuthError, match="invalid_grant"):
            await http.get("/")
    assert vendor.issued == 7


async def test_a_refresh_that_another_request_is_in_is_waited_out():
    vendor, waits = Rotating(), []
    vendor.busy = 2

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/data":
            return httpx.Response(200, json=[{"version": "67.0"}])
        return vendor(request)

    async with org_opened(REFRESHING, Held(secrets_of(0)), transport=httpx.MockTransport(answer), sleep=noted) as org:
        assert org.user_id == "005"
    assert len(waits) == 2


class Deaf:
    """An org whose first answers to requests for a token are lost."""

    def __init__(self, lost: int) -> None:
        self.lost = lost
        self.posted: list[str] = []
        self.written = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/services/oauth2/token":
            self.posted.append(request.content.decode())
            if len(self.posted) <= self.lost:
                raise httpx.ReadTimeout("silence", request=request)
            return httpx.Response(200, json={"access_token": f"{len(self.posted)}", "instance_url": INSTANCE})
        if request.url.path == "/services/data":
            return httpx.Response(200, json=[{"version": "67.0"}])
        # The session ends with the first request that writes.
        self.written += request.headers["Authorization"] != "Bearer 1"
        return httpx.Response(200 if request.headers["Authorization"] != "Bearer 1" else 401, json=[])


async def at_once(_: float) -> None:
    """Waiting, without the wait."""


async def test_a_refresh_token_that_may_be_spent_is_not_shown_again():
    vendor = Deaf(lost=9)
    with pytest.raises(Spent, match="ReadTimeout"):
        async with org_opened(REFRESHING, Held(secrets_of(0)), transport=httpx.MockTransport(vendor), sleep=at_once):
            pass
    assert len(vendor.posted) == 1


async def test_proofs_that_can_be_shown_again_are():
    vendor = Deaf(lost=2)
    async with org_opened(CONFIG, transport=httpx.MockTransport(vendor), sleep=at_once):
        pass
    assert len(vendor.posted) == 3


async def test_a_write_whose_sign_in_was_lost_was_not_sent_and_is_sent():
    vendor = Deaf(lost=0)
    async with org_opened(CONFIG, transport=httpx.MockTransport(vendor), sleep=at_once) as org:
        vendor.lost = 2
        assert (await org.write("PATCH", "/composite/sobjects", {})).status_code == 200
    assert (len(vendor.posted), vendor.written) == (3, 1)
