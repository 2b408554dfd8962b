import asyncio
import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from hub.sandbox.salesforce import credentials
from tests.sandbox.salesforce.builders import client_of

KNOWN = credentials()
CALLBACK = "http://127.0.0.1:9000/callback?from=salesforce"
LIMITS = "/services/data/v67.0/limits"


async def token(app, **form) -> tuple[int, dict]:
    async with client_of(app) as stranger:
        response = await stranger.post("/services/oauth2/token", data={"client_id": KNOWN.client_id} | form)
        return response.status_code, response.json()


async def refresh(app, refresh_token: str, **form) -> tuple[int, dict]:
    return await token(app, grant_type="refresh_token", refresh_token=refresh_token, **form)


async def opens(app, access_token: str) -> bool:
    async with client_of(app) as stranger:
        return (await stranger.get(LIMITS, headers={"Authorization": f"Bearer {access_token}"})).status_code == 200


EXPIRED = (400, {"error": "invalid_grant", "error_description": "expired access/refresh token"})


async def test_each_use_gives_another_refresh_token(app):
    status, first = await refresh(app, KNOWN.refresh_token, client_secret=KNOWN.client_secret)
    assert (status, await opens(app, first["access_token"])) == (200, True)
    _, second = await refresh(app, first["refresh_token"])
    assert len({KNOWN.refresh_token, first["refresh_token"], second["refresh_token"]}) == 3
    assert await opens(app, second["access_token"])
    assert "expires_in" not in second


async def test_an_old_refresh_token_ends_it_all(app):
    _, granted = await refresh(app, KNOWN.refresh_token)
    assert await refresh(app, KNOWN.refresh_token) == EXPIRED
    assert not await opens(app, granted["access_token"])
    assert await refresh(app, granted["refresh_token"]) == EXPIRED


async def test_without_rotation_it_stays_the_same(app):
    app.state.salesforce.grants.rotates = False
    for _ in range(2):
        status, granted = await refresh(app, KNOWN.refresh_token)
        assert (status, "refresh_token" in granted) == (200, False)


async def test_two_at_once_are_one_too_many(app):
    app.state.salesforce.grants.hold = asyncio.Event()
    both = [asyncio.create_task(refresh(app, KNOWN.refresh_token)) for _ in range(2)]
    [refused], [held] = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    busy = {"error": "invalid_grant", "error_description": "token request is already being processed"}
    assert refused.result() == (400, busy)
    app.state.salesforce.grants.hold.set()
    status, granted = await held
    assert (status, await opens(app, granted["access_token"])) == (200, True)


@pytest.mark.parametrize(
    ("form", "error"), [({"client_id": "x"}, "invalid_client_id"), ({"client_secret": "x"}, "invalid_client")]
)
async def test_another_client_is_not_refreshed(app, form, error):
    assert (await refresh(app, KNOWN.refresh_token, **form))[1]["error"] == error


async def test_an_unknown_refresh_token_is_refused(app):
    assert await refresh(app, "5Aep861unknown") == EXPIRED


async def test_a_revoked_consent_takes_its_sessions_along(app):
    granted = (await refresh(app, app.state.salesforce.grants.refresh_token()))[1]
    async with client_of(app) as stranger:
        form = {"token": granted["refresh_token"]}
        assert (await stranger.post("/services/oauth2/revoke", data=form)).status_code == 200
    assert not await opens(app, granted["access_token"])


async def consented(app, **asked) -> str:
    """The code that the browser brings back."""
    params = {"response_type": "code", "client_id": KNOWN.client_id, "redirect_uri": CALLBACK, "state": "s1"}
    async with client_of(app) as browser:
        response = await browser.get("/services/oauth2/authorize", params=params | asked)
    assert response.status_code == 302, response.text
    told = parse_qs(urlsplit(response.headers["Location"]).query)
    assert (told["from"], told["state"]) == (["salesforce"], ["s1"])
    return told["code"][0]


async def redeem(app, code: str, **form) -> tuple[int, dict]:
    return await token(app, **{"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK} | form)


async def test_a_consent_is_fetched_with_a_code_once(app):
    verifier = "a-verifier-that-only-the-client-knows"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    code = await consented(app, code_challenge=challenge, code_challenge_method="S256")
    status, granted = await redeem(app, code, code_verifier=verifier)
    assert (status, await opens(app, granted["access_token"])) == (200, True)
    assert (await refresh(app, granted["refresh_token"]))[0] == 200
    assert (await redeem(app, code, code_verifier=verifier))[1]["error_description"] == "expired authorization code"


async def test_a_code_is_of_no_use_to_others(app):
    code = await consented(app, code_challenge="of-somebody-else")
    assert (await redeem(app, code, code_verifier="guess"))[1]["error_description"] == "invalid code verifier"
    code = await consented(app)
    assert (await redeem(app, code, redirect_uri="http://localhost"))[1]["error"] == "redirect_uri_mismatch"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"client_id": "x"}, "invalid_client_id"),
        ({"redirect_uri": "https://elsewhere.example"}, "redirect_uri_mismatch"),
    ],
)
async def test_not_everybody_is_consented_to(app, asked, error):
    params = {"response_type": "code", "client_id": KNOWN.client_id, "redirect_uri": CALLBACK} | asked
    async with client_of(app) as browser:
        response = await browser.get("/services/oauth2/authorize", params=params)
    assert (response.status_code, response.json()["error"]) == (400, error)
