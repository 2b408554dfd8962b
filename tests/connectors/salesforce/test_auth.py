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
from hub.connectors.http import Rate, opened
from hub.connectors.salesforce.auth import salesforce_auth, token_refusal
from hub.errors import AuthError, ConfigurationError, SourceError, Unavailable

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
