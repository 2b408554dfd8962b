from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.sandbox.hubspot import Quirks
from hub.sandbox.hubspot.filters import Filter, predicate
from hub.sandbox.hubspot.object_types import COMPANIES
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.world import Fate, World
from tests.sandbox.hubspot.conftest import CHANGED, NOW, Asker, StoppedClock, a_contact, a_world, an_account, asking


def where(name: str, operator: str, value: object = None, **more: object) -> dict[str, Any]:
    given = {"propertyName": name, "operator": operator, **more}
    return given if value is None else {**given, "value": value}


async def test_search_shows_ten_live_rows_in_the_order_of_ids(hubspot: Asker) -> None:
    answer = (await hubspot.search("companies")).json()
    assert [each["id"] for each in answer["results"]] == ["901", "902", "903", "20008"]
    assert answer["total"] == 4
    assert "paging" not in answer


async def test_search_sends_more_of_a_contact_by_itself_than_a_list_does(hubspot: Asker) -> None:
    (row,) = (await hubspot.search("contacts", where("hs_object_id", "EQ", "501"))).json()["results"]
    assert {"company", "phone", "website", "email", "firstname", "lastname"} <= row["properties"].keys()
    (row,) = (await hubspot.search("contacts", where("hs_object_id", "EQ", "501"), properties=["email"])).json()[
        "results"
    ]
    assert row["properties"].keys() == {"createdate", "email", "hs_object_id", "lastmodifieddate"}


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (where("name", "EQ", "ACME gmbh"), ["901"]),
        (where("name", "NEQ", "Acme GmbH"), ["902", "903"]),
        (where("name", "HAS_PROPERTY"), ["901", "902", "903"]),
        (where("name", "NOT_HAS_PROPERTY"), ["20008"]),
        (where("name", "CONTAINS_TOKEN", "acme"), ["901", "902"]),
        (where("name", "CONTAINS_TOKEN", "*ochte*"), ["902"]),
        (where("name", "CONTAINS_TOKEN", "res*"), ["903"]),
        (where("name", "CONTAINS_TOKEN", "*eller"), ["903"]),
        (where("name", "NOT_CONTAINS_TOKEN", "acme"), ["903"]),
        (where("name", "IN", values=["acme gmbh", "reseller ag"]), ["901", "903"]),
        (where("name", "IN", values=["Acme GmbH"]), []),
        (where("name", "NOT_IN", values=["acme gmbh"]), ["902", "903"]),
        (where("type", "EQ", "CUSTOMER"), ["901"]),
        (where("type", "EQ", "customer"), []),
        (where("type", "IN", values=["CUSTOMER", "PARTNER"]), ["901", "903"]),
        (where("annualrevenue", "GT", "14999999.5"), ["901"]),
        (where("annualrevenue", "EQ", 15_000_000), ["901"]),
        (where("numberofemployees", "GT", "1"), []),
        (where("renewal_date", "LTE", "2027-01-02"), ["901"]),
        (where("is_reference", "EQ", "false"), ["902"]),
        (where("hs_object_id", "GT", "903"), ["20008"]),
        (where("hs_object_id", "GTE", "903"), ["903", "20008"]),
        (where("hs_object_id", "LT", "903"), ["901", "902"]),
        (where("hs_object_id", "LTE", 903), ["901", "902", "903"]),
        (where("hs_object_id", "BETWEEN", "902", highValue="20000"), ["902", "903"]),
        (where("hs_object_id", "IN", values=["903", "20008", "1004"]), ["903", "20008"]),
        (where("hs_lastmodifieddate", "GTE", "2026-05-01T07:40:39.456Z"), ["902", "903"]),
        (where("hs_lastmodifieddate", "GT", "2026-05-01T09:40:39.456+02:00"), ["903"]),
        (where("hs_lastmodifieddate", "LT", "2026-05-01T07:40:38.456"), ["20008"]),
        (where("hs_lastmodifieddate", "LTE", "2026-05-01T07:40:38.456Z"), ["901", "20008"]),
        (where("hs_lastmodifieddate", "EQ", "1777621238456"), ["901"]),
        (where("hs_lastmodifieddate", "BETWEEN", "1777621238456", highValue=1777621239456), ["901", "902"]),
        (where("lastmodifieddate", "GTE", "0"), []),
    ],
)
async def test_each_operator_finds_what_it_should(hubspot: Asker, given: dict[str, Any], ids: list[str]) -> None:
    assert await hubspot.found("companies", given) == ids


async def test_contacts_searched_by_the_modified_date_of_the_others_are_none_without_an_error(hubspot: Asker) -> None:
    assert await hubspot.found("contacts", where("hs_lastmodifieddate", "GTE", "0")) == []
    assert await hubspot.found("contacts", where("lastmodifieddate", "GTE", "0")) == ["501", "502", "503"]


async def test_filters_of_a_group_must_all_hold_and_of_groups_one_must(hubspot: Asker) -> None:
    both = (where("name", "CONTAINS_TOKEN", "acme"), where("type", "EQ", "PROSPECT"))
    assert await hubspot.found("companies", *both) == ["902"]
    groups = [{"filters": list(both)}, {"filters": [where("hs_object_id", "GTE", "903")]}]
    answer = await hubspot.post("/crm/objects/2026-03/companies/search", {"filterGroups": groups})
    assert [each["id"] for each in answer.json()["results"]] == ["902", "903", "20008"]


async def test_free_text_is_looked_for_in_the_chief_properties(hubspot: Asker) -> None:
    assert await hubspot.found("companies", query="acme") == ["901", "902"]
    assert await hubspot.found("companies", where("type", "EQ", "CUSTOMER"), query="acme") == ["901"]


async def test_rows_are_sorted_by_one_property_with_the_empty_last(hubspot: Asker) -> None:
    async def by(name: str, direction: str) -> list[str]:
        return await hubspot.found("companies", sorts=[{"propertyName": name, "direction": direction}])

    assert await by("name", "ASCENDING") == ["901", "902", "903", "20008"]
    assert await by("name", "DESCENDING") == ["903", "902", "901", "20008"]
    assert await by("hs_lastmodifieddate", "ASCENDING") == ["20008", "901", "902", "903"]
    assert await by("hs_object_id", "DESCENDING") == ["20008", "903", "902", "901"]
    assert await hubspot.found("companies", sorts=["hs_lastmodifieddate"]) == ["20008", "901", "902", "903"]


async def test_pages_go_by_offset_and_the_last_has_no_next(hubspot: Asker) -> None:
    first = (await hubspot.search("companies", limit=3)).json()
    assert first["paging"] == {"next": {"after": "3"}}
    last = (await hubspot.search("companies", limit="3", after="3")).json()
    assert [each["id"] for each in last["results"]] == ["20008"]
    assert last["total"] == 4


@pytest.mark.parametrize(
    "body",
    [
        {"limit": 201},
        {"after": "x"},
        {"sorts": ["name", "city"]},
        {"sorts": ["nonsense"]},
        {"filterGroups": [{"filters": []}] * 6},
        {"filterGroups": [{"filters": [where("name", "EQ", "x")] * 7}]},
        {"filterGroups": [{"filters": [where("name", "EQ", "x")] * 5}] * 4},
        {"filterGroups": [{"filters": [where("nonsense", "EQ", "x")]}]},
        {"filterGroups": [{"filters": [where("name", "LIKE", "x")]}]},
        {"filterGroups": [{"filters": [where("name", "EQ")]}]},
        {"filterGroups": [{"filters": [where("name", "IN")]}]},
        {"filterGroups": [{"filters": [{"operator": "EQ"}]}]},
        {"filterGroups": [{"filters": [where("annualrevenue", "GT", "much")]}]},
        {"filterGroups": [{"filters": [where("createdate", "GT", "yesterday")]}]},
        {"properties": ["a" * 3_000]},
    ],
)
async def test_what_breaks_a_rule_of_search_is_refused(hubspot: Asker, body: dict[str, Any]) -> None:
    response = await hubspot.post("/crm/objects/2026-03/companies/search", body)
    assert (response.status_code, response.json()["category"]) == (400, "VALIDATION_ERROR")


async def test_nothing_is_reached_beyond_ten_thousand_rows_but_all_are_counted() -> None:
    world = a_world(contacts=[a_contact(number) for number in range(1, 10_102)])
    async with asking(world) as hubspot:
        last = (await hubspot.search("contacts", limit=200, after="9800")).json()
        assert (last["total"], last["paging"]["next"]["after"]) == (10_101, "10000")
        assert (await hubspot.search("contacts", limit=200, after="10000")).status_code == 400
        rest = await hubspot.found("contacts", where("hs_object_id", "GT", "10000"), limit=200)
        assert len(rest) == 101


async def test_a_walk_through_the_ids_of_a_window_meets_every_row_once() -> None:
    rows = [an_account(number, modified_at=CHANGED + timedelta(seconds=number % 97)) for number in range(1, 700)]
    rows[10].fate = Fate.DELETED
    low, high = CHANGED + timedelta(seconds=10), CHANGED + timedelta(seconds=60)
    window = where("hs_lastmodifieddate", "BETWEEN", low.isoformat(), highValue=high.isoformat())
    seen: list[str] = []
    async with asking(a_world(accounts=rows)) as hubspot:
        while page := await hubspot.found(
            "companies", window, where("hs_object_id", "GT", (seen or ["0"])[-1]), limit=50
        ):
            seen += page
    assert seen == [row.id for row in rows if row.fate is Fate.LIVE and low <= row.modified_at <= high]


async def test_what_changed_just_now_is_invisible_until_the_index_caught_up(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock, index_lag=timedelta(seconds=30)) as hubspot:
        changed = await hubspot.http.patch("/crm/objects/2026-03/companies/902", json={"properties": {"city": "Bonn"}})
        assert changed.json()["properties"]["city"] == "Bonn"
        assert await hubspot.found("companies") == ["901", "903", "20008"]
        clock.advance(31)
        assert await hubspot.found("companies") == ["901", "902", "903", "20008"]


async def test_search_keeps_up_with_writes(hubspot: Asker, clock: StoppedClock) -> None:
    since = where("hs_lastmodifieddate", "GTE", NOW.isoformat())
    assert await hubspot.found("companies", since) == []
    await hubspot.http.patch("/crm/objects/2026-03/companies/903", json={"properties": {"city": "Bonn"}})
    assert await hubspot.found("companies", since) == ["903"]


async def test_only_the_latest_searches_are_remembered(hubspot: Asker) -> None:
    for number in range(70):
        assert await hubspot.found("companies", where("name", "EQ", f"no {number}")) == []
    assert await hubspot.found("companies", where("name", "EQ", "Acme GmbH")) == ["901"]


def test_an_instant_without_a_zone_is_taken_as_utc(world: World, clock: StoppedClock) -> None:
    portal = Portal(world, clock)
    row = an_account(1, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    given = Filter.of(where("createdate", "EQ", "2026-01-01"))
    assert predicate(portal, COMPANIES, given)(row)


async def walked(hubspot: Asker, *filters: dict[str, Any], limit: int) -> tuple[list[str], list[int]]:
    """All ids by following `paging.next` to its end, and how long the pages were."""
    ids, lengths, after = [], [], "0"
    while after:
        sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        page = (await hubspot.search("companies", *filters, sorts=sorts, limit=limit, after=after)).json()
        ids += [each["id"] for each in page["results"]]
        lengths.append(len(page["results"]))
        after = page.get("paging", {}).get("next", {}).get("after")
    return ids, lengths


@pytest.mark.parametrize("seed", range(6))
async def test_pages_may_be_short_or_empty_while_more_follow(seed: int) -> None:
    world = a_world(accounts=[an_account(number) for number in range(100, 160)])
    async with asking(world, quirks=Quirks(search_gaps=seed)) as hubspot:
        ids, lengths = await walked(hubspot, limit=10)
        assert ids == [str(number) for number in range(100, 160)]
        assert len(lengths) > 6
        assert (await hubspot.search("companies", limit=10)).json()["total"] == 60


async def test_ids_may_be_compared_letter_by_letter(world: World) -> None:
    after = {"propertyName": "hs_object_id", "operator": "GT", "value": "20008"}
    async with asking(world) as hubspot:
        assert await hubspot.found("companies", after) == []
        hubspot.app.state.portal.quirks.ids_compare_as_text = True
        assert await walked(hubspot, after, limit=10) == (["901", "902", "903"], [3])
        assert (await walked(hubspot, limit=10))[0] == ["20008", "901", "902", "903"]


async def test_a_window_is_searched_right_after_each_write(hubspot: Asker, clock: StoppedClock) -> None:
    for second, company in ((1, "903"), (1, "901"), (1, "903")):
        clock.advance(second)
        hubspot.app.state.staff.update("companies", company, {"city": f"City {clock.now().second}"})
    stamps = [int(clock.now().timestamp() * 1000) - back for back in (1_000, 0)]
    window = {"propertyName": "hs_lastmodifieddate", "operator": "BETWEEN", "value": stamps[0], "highValue": stamps[1]}
    assert await hubspot.found("companies", window) == ["901", "903"]
    exact = {"propertyName": "hs_lastmodifieddate", "operator": "EQ", "value": stamps[0]}
    assert await hubspot.found("companies", exact) == ["901"]
