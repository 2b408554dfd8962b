"""OAuth: codes, refresh tokens, access tokens, their scopes and their limits."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hub.sandbox.hubspot import LEADS_SCOPE, SCOPES, Limits, Quirks, credentials
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, asking

COMPANIES = "/crm/objects/2026-03/companies"
REDIRECT = "https://hub.example/oauth?from=hubspot"
CLIENT = {"client_id": credentials().client_id, "client_secret": credentials().client_secret}


async def posted(hubspot: Asker, path: str, **form: str) -> httpx.Response:
    return await hubspot.http.post(f"/oauth/2026-03/token{path}", data={**CLIENT, **form})


async def bought(hubspot: Asker, **form: str) -> dict[str, Any]:
    refresh = {"grant_type": "refresh_token", "refresh_token": credentials().refresh_token}
    answer: dict[str, Any] = (await posted(hubspot, "", **(form or refresh))).json()
    return answer


async def code(hubspot: Asker, scope: str = "") -> str:
    query = {"client_id": CLIENT["client_id"], "redirect_uri": REDIRECT, "state": "s1", "scope": scope}
    response = await hubspot.get("/oauth/authorize", **query)
    assert response.status_code == 302
    told = parse_qs(urlsplit(response.headers["location"]).query)
    assert (told["from"], told["state"]) == (["hubspot"], ["s1"])
    return told["code"][0]


def exchange(given: str, **more: str) -> dict[str, str]:
    return {"grant_type": "authorization_code", "code": given, "redirect_uri": REDIRECT, **more}


def bearer(token: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {token['access_token']}"}


async def test_a_code_buys_a_refresh_token_once(hubspot: Asker) -> None:
    given = await code(hubspot)
    first = await bought(hubspot, **exchange(given))
    assert (first["expires_in"], first["token_type"]) == (1_800, "bearer")
    again = await bought(hubspot, **exchange(given))
    assert (again["error"], again["status"]) == ("invalid_grant", "BAD_AUTH_CODE")
    second = await bought(hubspot, grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert second["refresh_token"] == first["refresh_token"]
    assert (await hubspot.http.get(COMPANIES, headers=bearer(second))).is_success


async def test_a_code_is_bound_to_its_redirect_uri(hubspot: Asker) -> None:
    wrong = await bought(hubspot, **exchange(await code(hubspot), redirect_uri="https://other.example"))
    assert wrong["status"] == "BAD_REDIRECT_URI"
    response = await hubspot.get("/oauth/authorize", client_id="other", redirect_uri=REDIRECT)
    assert response.status_code == 400


async def test_parameters_in_the_query_string_are_not_read(hubspot: Asker) -> None:
    response = await hubspot.http.post("/oauth/2026-03/token", params={**CLIENT, **exchange("x")})
    assert response.json()["error"] == "invalid_client"


async def test_a_token_does_what_its_scopes_allow_and_no_more(hubspot: Asker) -> None:
    token = await bought(hubspot, **exchange(await code(hubspot, "oauth crm.objects.companies.read never.heard.of")))
    assert token["scopes"] == ["oauth", "crm.objects.companies.read"]
    headers = bearer(token)
    assert (await hubspot.http.get(COMPANIES, headers=headers)).is_success
    assert (await hubspot.http.get("/crm/properties/2026-03/companies", headers=headers)).is_success
    for method, path, scope in (
        ("POST", COMPANIES, "crm.objects.companies.write"),
        ("POST", f"{COMPANIES}/batch/upsert", "crm.objects.companies.write"),
        ("GET", "/crm/objects/2026-03/tickets", "tickets"),
        ("GET", "/crm/owners/2026-03", "crm.objects.owners.read"),
        ("POST", "/crm/associations/2026-03/companies/deals/batch/read", "crm.objects.deals.read"),
        ("POST", "/crm/properties/2026-03/companies", "crm.schemas.companies.write"),
        ("GET", "/crm/objects/2026-03/leads", LEADS_SCOPE),
    ):
        response = await hubspot.http.request(method, path, headers=headers)
        assert (response.status_code, response.json()["category"]) == (403, "MISSING_SCOPES"), path
        assert response.json()["context"]["requiredGranularScopes"] == [scope]


async def test_a_revoked_refresh_token_takes_its_access_tokens_along(hubspot: Asker) -> None:
    token = await bought(hubspot)
    assert (await posted(hubspot, "/revoke", token=token["refresh_token"])).status_code == 204
    assert (await hubspot.http.get(COMPANIES, headers=bearer(token))).status_code == 401
    assert (await bought(hubspot))["status"] == "BAD_REFRESH_TOKEN"
    assert (await posted(hubspot, "/revoke", token="unknown")).status_code == 204


async def test_tokens_can_be_made_to_last_shorter_or_to_end_now(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock, quirks=Quirks(token_lifetime=timedelta(seconds=20))) as hubspot:
        token = await bought(hubspot)
        assert token["expires_in"] == 20
        hubspot.app.state.tokens.expire()
        response = await hubspot.http.get(COMPANIES, headers=bearer(token))
        assert response.json()["category"] == "EXPIRED_AUTHENTICATION"


async def test_an_oauth_app_has_a_burst_of_its_own_and_no_day(world: World) -> None:
    async with asking(world, limits=Limits(daily=5, monotonic=lambda: 0.0)) as hubspot:
        headers = bearer(await bought(hubspot))
        for _ in range(6):
            response = await hubspot.http.get(COMPANIES, headers=headers)
        assert response.headers["x-hubspot-ratelimit-max"] == "110"
        assert response.headers["x-hubspot-ratelimit-remaining"] == "104"
        assert not [name for name in response.headers if "daily" in name]
        told = (await hubspot.get(COMPANIES)).headers
        assert (told["x-hubspot-ratelimit-max"], told["x-hubspot-ratelimit-daily-remaining"]) == ("190", "4")


@pytest.mark.parametrize("token", ["Bearer two words", "Bearer {token}", "Bearer "])
async def test_a_malformed_token_is_a_530(hubspot: Asker, token: str) -> None:
    assert (await hubspot.http.get(COMPANIES, headers={"Authorization": token})).status_code == 530


async def test_the_default_grant_has_all_scopes_of_the_app(hubspot: Asker) -> None:
    assert (await bought(hubspot))["scopes"] == list(SCOPES)
