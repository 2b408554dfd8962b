import base64
import time
from datetime import timedelta

import httpx
import jwt
import pytest

from hub.sandbox.salesforce import SalesforceCredentials, credentials, salesforce_app
from hub.sandbox.salesforce.oauth import JWT_BEARER
from tests.sandbox.salesforce.builders import ANN, Copy, a_world, client_of

TOKEN = "/services/oauth2/token"
KNOWN = credentials()


def assertion(key: str = KNOWN.private_key_pem, **claims) -> str:
    expected = {"iss": KNOWN.client_id, "sub": KNOWN.username, "aud": KNOWN.audience, "exp": int(time.time()) + 170}
    claims = {name: value for name, value in (expected | claims).items() if value is not None}
    return jwt.encode(claims, key, algorithm="RS256")


async def ask(app, form: dict, **options) -> httpx.Response:
    async with client_of(app) as stranger:
        return await stranger.post(TOKEN, data=form, **options)


async def test_a_secret_opens_the_door(app):
    form = {"grant_type": "client_credentials", "client_id": KNOWN.client_id, "client_secret": KNOWN.client_secret}
    response = await ask(app, form)
    granted = response.json()
    assert response.status_code == 200
    assert granted.keys() == {
        "access_token",
        "signature",
        "scope",
        "instance_url",
        "id",
        "token_type",
        "issued_at",
    }
    assert granted["instance_url"] == "http://org.example"
    assert granted["id"].endswith(ANN)
    assert granted["issued_at"] == "1793534400000"


async def test_a_secret_may_come_as_basic_authorization(app):
    basic = httpx.BasicAuth(KNOWN.client_id, KNOWN.client_secret)
    assert (await ask(app, {"grant_type": "client_credentials"}, auth=basic)).status_code == 200


@pytest.mark.parametrize("audience", [KNOWN.audience, "https://test.salesforce.com", "http://org.example"])
async def test_a_signed_assertion_opens_the_door(app, audience):
    response = await ask(app, {"grant_type": JWT_BEARER, "assertion": assertion(aud=audience)})
    assert response.json()["token_type"] == "Bearer"


@pytest.mark.parametrize(
    ("token", "error", "description"),
    [
        (lambda: assertion(aud="https://elsewhere.example"), "invalid_grant", "audience is invalid"),
        (lambda: assertion(sub="nobody@home.example"), "invalid_grant", "user hasn't approved this consumer"),
        (lambda: assertion(iss="someone"), "invalid_client_id", "client identifier invalid"),
        (lambda: assertion(exp=int(time.time()) - 60), "invalid_grant", "invalid assertion"),
        (lambda: assertion(exp=int(time.time() * 1000)), "invalid_grant", "invalid assertion"),
        (lambda: assertion(exp=None), "invalid_grant", "invalid assertion"),
        (lambda: "nonsense", "invalid_grant", "invalid assertion"),
        (lambda: "", "invalid_grant", "invalid assertion"),
    ],
)
async def test_a_wrong_assertion_is_refused(app, token, error, description):
    response = await ask(app, {"grant_type": JWT_BEARER, "assertion": token()})
    assert response.status_code == 400
    assert response.json() == {"error": error, "error_description": description}


async def test_another_key_is_refused(app):
    strange: SalesforceCredentials = credentials.__wrapped__()
    response = await ask(app, {"grant_type": JWT_BEARER, "assertion": assertion(strange.private_key_pem)})
    assert response.json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_client_id"),
        ({"grant_type": "client_credentials", "client_id": KNOWN.client_id}, "invalid_client"),
    ],
)
async def test_a_wrong_request_for_a_token_is_refused(app, form, error):
    response = await ask(app, form)
    assert response.status_code == 400
    assert response.json().keys() == {"error", "error_description"}
    assert response.json()["error"] == error


async def test_basic_authorization_that_is_none_is_refused(app):
    for encoded in ("%%%", base64.b64encode(b"\xff\xfe").decode()):
        headers = {"Authorization": f"Basic {encoded}"}
        response = await ask(app, {"grant_type": "client_credentials"}, headers=headers)
        assert response.json()["error"] == "invalid_client"


async def test_client_credentials_need_the_domain_of_the_org(app):
    response = await ask(app, {"grant_type": "client_credentials"}, headers={"Host": "login.salesforce.com"})
    assert response.json() == {"error": "invalid_grant", "error_description": "request not supported on this domain"}


async def test_a_session_ends_unless_it_is_used(client, clock):
    for _ in range(2):
        clock.time += timedelta(minutes=119)
        assert (await client.get("/services/data/v67.0/limits")).status_code == 200
    clock.time += timedelta(minutes=120)
    assert (await client.get("/services/data/v67.0/limits")).json()[0]["errorCode"] == "INVALID_SESSION_ID"


async def test_sessions_can_be_ended_from_outside(app, client):
    app.state.salesforce.sessions.expire()
    assert (await client.get("/services/data/v67.0/limits")).status_code == 401


async def test_introspection_tells_how_long_a_token_is_good(client):
    form = {
        "token": client.headers["Authorization"].removeprefix("Bearer "),
        "client_id": KNOWN.client_id,
        "client_secret": KNOWN.client_secret,
    }
    told = (await client.post("/services/oauth2/introspect", data=form)).json()
    assert told["active"] is True
    assert told["exp"] - told["iat"] == 7200
    assert (await client.post("/services/oauth2/introspect", data=form | {"token": "x"})).json() == {"active": False}


async def test_a_token_can_be_revoked_once(client):
    form = {"token": client.headers["Authorization"].removeprefix("Bearer ")}
    assert (await client.post("/services/oauth2/revoke", data=form)).status_code == 200
    assert (await client.get("/services/data/v67.0/limits")).status_code == 401
    assert (await client.post("/services/oauth2/revoke", data=form)).json()["error"] == "invalid_token"


async def test_userinfo_says_who_the_token_acts_for(client):
    told = (await client.get("/services/oauth2/userinfo")).json()
    assert (told["user_id"], told["preferred_username"]) == (ANN, KNOWN.username)
    response = await client.get("/services/oauth2/userinfo", headers={"Authorization": "Bearer x"})
    assert (response.status_code, response.text) == (403, "Bad_OAuth_Token")


async def test_an_org_without_users_still_lets_its_integration_in(clock):
    app = salesforce_app(a_world(Copy()), clock)
    response = await ask(app, {"grant_type": JWT_BEARER, "assertion": assertion()})
    assert response.status_code == 200
