"""Who may ask, and how often."""

import pytest

from hub.sandbox.hubspot import LEADS_SCOPE, SCOPES, Limits, credentials
from hub.sandbox.hubspot.permissions import OBJECT_SCOPES
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, asking

COMPANIES = "/crm/objects/2026-03/companies"


class Ticker:
    """A monotonic time that only moves when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def token(hubspot: Asker, **more: str) -> dict[str, object]:
    known = credentials()
    form = {
        "grant_type": "refresh_token",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
        "refresh_token": known.refresh_token,
    }
    response = await hubspot.http.post("/oauth/2026-03/token", data={**form, **more})
    return {"code": response.status_code, **response.json()}


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic pat", "", f"Token {credentials().service_key}"])
async def test_a_wrong_key_is_unauthorized(hubspot: Asker, header: str) -> None:
    response = await hubspot.http.get(COMPANIES, headers={"Authorization": header})
    assert response.status_code == 401
    body = response.json()
    assert (body["status"], body["category"]) == ("error", "INVALID_AUTHENTICATION")
    assert body["correlationId"] == response.headers["x-hubspot-correlation-id"]


async def test_a_refresh_token_buys_half_an_hour(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock) as hubspot:
        bought = await token(hubspot)
    assert (bought["code"], bought["expires_in"], bought["hub_id"]) == (200, 1_800, credentials().portal_id)


async def test_an_expired_token_says_when_it_expired(hubspot: Asker, clock: StoppedClock) -> None:
    headers = {"Authorization": f"Bearer {(await token(hubspot))['access_token']}"}
    assert (await hubspot.http.get(COMPANIES, headers=headers)).status_code == 200
    clock.advance(1_803)
    response = await hubspot.http.get(COMPANIES, headers=headers)
    assert response.status_code == 401
    assert response.json()["category"] == "EXPIRED_AUTHENTICATION"
    assert response.json()["message"] == "The OAuth token used to make this call expired 3 second(s) ago."
    assert response.json()["context"] == {"expire time": ["2026-11-01T12:30:00.000Z"]}


@pytest.mark.parametrize(
    ("wrong", "error", "status"),
    [
        ({"refresh_token": "old"}, "invalid_grant", "BAD_REFRESH_TOKEN"),
        ({"client_secret": "x"}, "invalid_client", "BAD_CLIENT_ID"),
        ({"grant_type": "password"}, "unsupported_grant_type", "BAD_GRANT_TYPE"),
    ],
)
async def test_oauth_errors_speak_both_languages(
    hubspot: Asker, wrong: dict[str, str], error: str, status: str
) -> None:
    answer = await token(hubspot, **wrong)
    assert (answer["code"], answer["error"], answer["status"]) == (400, error, status)
    assert answer["error_description"] == answer["message"]


async def test_a_token_can_be_looked_into(hubspot: Asker, clock: StoppedClock) -> None:
    known = credentials()
    bought = str((await token(hubspot))["access_token"])
    clock.advance(800)

    async def introspected(subject: str) -> dict[str, object]:
        form = {"client_id": known.client_id, "client_secret": known.client_secret, "token": subject}
        answer: dict[str, object] = (await hubspot.http.post("/oauth/2026-09/token/introspect", data=form)).json()
        return answer

    access = await introspected(bought)
    assert (access["active"], access["expires_in"], access["token_use"]) == (True, 1_000, "access_token")
    assert (await introspected(known.refresh_token))["token_use"] == "refresh_token"
    assert (await introspected("other"))["active"] is False


async def test_leads_need_a_scope_that_only_a_switch_grants(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock) as hubspot:
        for response in (
            await hubspot.get("/crm/objects/2026-03/0-136"),
            await hubspot.search("leads"),
            await hubspot.get("/crm/associations/2026-03/leads/contacts/labels"),
        ):
            assert response.status_code == 403
            assert response.json()["category"] == "MISSING_SCOPES"
            assert response.json()["context"]["requiredGranularScopes"] == [LEADS_SCOPE]
    async with asking(world, clock, scopes=(*SCOPES, LEADS_SCOPE)) as hubspot:
        records = (await hubspot.get("/crm/objects/2026-03/leads")).json()["results"]
        assert [each["properties"]["hs_lead_name"] for each in records] == ["Lea Lead - Acme", "Lead - Acme"]
        assert "hs_createdate" in records[0]["properties"]
        assert (await hubspot.post("/crm/objects/2026-03/leads", {"properties": {}})).status_code == 403
    granted = (*SCOPES, LEADS_SCOPE, OBJECT_SCOPES["leads", "write"])
    async with asking(world, clock, scopes=granted) as hubspot:
        made = await hubspot.post("/crm/objects/2026-03/leads", {"properties": {"lead_source": "Fair"}})
        gone = await hubspot.http.delete(f"/crm/objects/2026-03/leads/{made.json()['id']}")
        assert (made.status_code, gone.status_code) == (201, 204)


async def test_a_burst_is_stopped_and_forgotten_after_ten_seconds(world: World) -> None:
    ticker = Ticker()
    async with asking(world, limits=Limits(burst=30, monotonic=ticker)) as hubspot:
        first = await hubspot.get(COMPANIES)
        limits = {name: value for name, value in first.headers.items() if name.startswith("x-hubspot-ratelimit")}
        assert limits == {
            "x-hubspot-ratelimit-max": "30",
            "x-hubspot-ratelimit-remaining": "29",
            "x-hubspot-ratelimit-interval-milliseconds": "10000",
            "x-hubspot-ratelimit-secondly": "3",
            "x-hubspot-ratelimit-secondly-remaining": "2",
            "x-hubspot-ratelimit-daily": "650000",
            "x-hubspot-ratelimit-daily-remaining": "649999",
        }
        ticker.seconds = 5.0
        for _ in range(29):
            last = await hubspot.get(COMPANIES)
        assert last.headers["x-hubspot-ratelimit-remaining"] == "0"
        assert last.headers["x-hubspot-ratelimit-secondly-remaining"] == "0"
        refused = await hubspot.get(COMPANIES)
        assert refused.status_code == 429
        body = refused.json()
        assert (body["errorType"], body["policyName"]) == ("RATE_LIMIT", "TEN_SECONDLY_ROLLING")
        assert body["message"] == "You have reached your ten_secondly_rolling limit."
        ticker.seconds = 10.0
        assert (await hubspot.get(COMPANIES)).status_code == 200
        assert (await hubspot.get(COMPANIES)).status_code == 429


async def test_searches_share_five_a_second_and_tell_nothing_of_limits(world: World) -> None:
    ticker = Ticker()
    async with asking(world, limits=Limits(monotonic=ticker)) as hubspot:
        for kind in ("companies", "contacts", "deals", "companies", "products"):
            response = await hubspot.search(kind)
            assert response.status_code == 200
            assert not [name for name in response.headers if name.startswith("x-hubspot-ratelimit")]
        refused = await hubspot.search("companies")
        assert (refused.status_code, refused.json()["policyName"]) == (429, "SECONDLY")
        assert (await hubspot.get(COMPANIES)).status_code == 200
        ticker.seconds = 1.0
        assert (await hubspot.search("companies")).status_code == 200


async def test_a_day_has_an_end(world: World) -> None:
    async with asking(world, limits=Limits(daily=2)) as hubspot:
        assert (await hubspot.get(COMPANIES)).status_code == 200
        assert (await hubspot.search("companies")).status_code == 200
        refused = await hubspot.get(COMPANIES)
        assert (refused.status_code, refused.json()["policyName"]) == (429, "DAILY")
