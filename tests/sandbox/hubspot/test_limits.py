"""What the portal refuses, and when it lets one in again."""

from datetime import timedelta

import pytest

from hub.sandbox.hubspot import Limits, Quirks, RetryAfter
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import StoppedClock, asking

COMPANIES = "/crm/objects/2026-03/companies"


@pytest.mark.parametrize(
    ("retry_after", "burst", "day"),
    [
        (RetryAfter.SECONDS, "10", "61200"),
        (RetryAfter.MILLISECONDS, "10000", "61200000"),
        (RetryAfter.ABSENT, None, None),
    ],
)
async def test_a_refusal_may_say_when_to_come_again(
    world: World, retry_after: RetryAfter, burst: str | None, day: str | None
) -> None:
    limits = Limits(burst=1, daily=2, searches=10, retry_after=retry_after, monotonic=lambda: 0.0)
    async with asking(world, limits=limits) as hubspot:
        await hubspot.get(COMPANIES)
        refused = await hubspot.get(COMPANIES)
        assert (refused.json()["policyName"], refused.headers.get("retry-after")) == ("TEN_SECONDLY_ROLLING", burst)
        refused = await hubspot.get(COMPANIES)
        # It is noon UTC, seven in the morning in the portal's time zone.
        assert (refused.json()["policyName"], refused.headers.get("retry-after")) == ("DAILY", day)


async def test_the_day_begins_anew_at_midnight_where_the_portal_lies(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock, limits=Limits(daily=1)) as hubspot:
        assert (await hubspot.get(COMPANIES)).is_success
        clock.advance(13 * 3600)
        assert (await hubspot.get(COMPANIES)).json()["policyName"] == "DAILY"
        clock.advance(4 * 3600)
        assert (await hubspot.get(COMPANIES)).is_success


async def test_a_portal_that_moves_says_for_how_long_in_seconds(world: World) -> None:
    async with asking(world, quirks=Quirks(migrates_for=timedelta(hours=2))) as hubspot:
        response = await hubspot.get(COMPANIES)
        assert (response.status_code, response.headers["retry-after"]) == (477, "7200")
        hubspot.app.state.portal.quirks.migrates_for = None
        assert (await hubspot.get(COMPANIES)).is_success


async def test_a_locked_portal_can_be_read(world: World) -> None:
    async with asking(world, quirks=Quirks(locked=True)) as hubspot:
        assert (await hubspot.post(COMPANIES, {"properties": {}})).status_code == 423
        assert (await hubspot.search("companies")).is_success
        assert (await hubspot.post(f"{COMPANIES}/batch/read", {"inputs": []})).is_success


@pytest.mark.parametrize("path", ["/crm/v3/objects/companies", "/crm/v4/associations/a/b/labels", "/oauth/v1/token"])
async def test_the_versions_before_the_dated_ones_are_gone(world: World, path: str) -> None:
    async with asking(world) as hubspot:
        assert (await hubspot.get(path)).status_code == 404
        hubspot.app.state.portal.quirks.legacy_status = 410
        assert (await hubspot.get(path)).status_code == 410


async def test_a_url_holds_some_hundreds_of_property_names(world: World) -> None:
    async with asking(world) as hubspot:
        names = ",".join(f"a_rather_long_property_name_{number}" for number in range(400))
        assert (await hubspot.get(COMPANIES, properties=names)).is_success
        assert (await hubspot.get(COMPANIES, properties=f"{names},{names}")).status_code == 414
