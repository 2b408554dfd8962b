from typing import Any

from hub.sandbox.hubspot import LEADS_SCOPE, SCOPES
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, a_contact, a_world, an_account, asking

TIES = "/crm/associations/2026-03"


async def read(hubspot: Asker, pair: str, *ids: str) -> dict[str, Any]:
    response = await hubspot.post(f"{TIES}/{pair}/batch/read", {"inputs": [{"id": each} for each in ids]})
    assert response.status_code in (200, 207)
    answer: dict[str, Any] = response.json()
    return answer


def types(answer: dict[str, Any]) -> dict[tuple[str, int], list[tuple[int, str | None]]]:
    return {
        (row["from"]["id"], to["toObjectId"]): [(each["typeId"], each["label"]) for each in to["associationTypes"]]
        for row in answer["results"]
        for to in row["to"]
    }


async def test_a_contact_has_its_company_twice_as_primary_and_unlabeled(hubspot: Asker) -> None:
    assert types(await read(hubspot, "contacts/companies", "501")) == {("501", 901): [(1, "Primary"), (279, None)]}


async def test_ties_of_merged_away_records_are_their_survivors(hubspot: Asker) -> None:
    answer = await read(hubspot, "companies/contacts", "901")
    assert types(answer) == {
        ("901", 501): [(2, "Primary"), (280, None)],
        ("901", 502): [(2, "Primary"), (280, None)],
    }


async def test_a_deal_has_its_company_and_its_partner_under_the_portals_own_label(hubspot: Asker) -> None:
    answer = await read(hubspot, "deals/companies", "71")
    assert types(answer) == {
        ("71", 901): [(5, "Primary"), (341, None)],
        ("71", 903): [(341, None), (501, "Reseller")],
    }
    assert answer["results"][0]["to"][1]["associationTypes"][1]["category"] == "USER_DEFINED"
    assert types(await read(hubspot, "companies/deals", "903")) == {
        ("903", 71): [(342, None), (502, "Deal as Reseller")]
    }


async def test_a_persons_role_in_a_deal_is_a_label(hubspot: Asker) -> None:
    assert types(await read(hubspot, "deals/contacts", "71")) == {("71", 501): [(3, None), (101, "Decision maker")]}


async def test_parent_and_child_see_each_other_by_different_types(hubspot: Asker) -> None:
    answer = await read(hubspot, "companies/companies", "901", "902")
    assert types(answer) == {("901", 902): [(13, "Child Company")], ("902", 901): [(14, "Parent Company")]}


async def test_a_deal_has_line_items(hubspot: Asker) -> None:
    assert types(await read(hubspot, "deals/line_items", "71")) == {("71", 41): [(19, None)]}


async def test_records_without_ties_are_among_the_errors(hubspot: Asker) -> None:
    answer = await read(hubspot, "contacts/companies", "501", "503", "73")
    assert answer["numErrors"] == 2
    assert answer["errors"][0] == {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": "No company is associated with contact 503.",
        "context": {"fromObjectId": ["503"], "fromObjectType": ["contact"], "toObjectType": ["company"]},
    }


async def test_types_that_nothing_ties_together_have_no_ties(hubspot: Asker) -> None:
    assert (await read(hubspot, "products/contacts", "31"))["numErrors"] == 1


async def test_many_ties_come_in_pages_of_their_own() -> None:
    world = a_world(accounts=[an_account(1)], contacts=[a_contact(number, account="1") for number in range(10, 700)])
    async with asking(world) as hubspot:
        (row,) = (await read(hubspot, "companies/contacts", "1"))["results"]
        assert len(row["to"]) == 500
        assert row["paging"]["next"]["after"] == "509"
        body = {"inputs": [{"id": "1", "after": "509"}]}
        (rest,) = (await hubspot.post(f"{TIES}/companies/contacts/batch/read", body)).json()["results"]
        assert [to["toObjectId"] for to in rest["to"]] == list(range(510, 700))
        assert "paging" not in rest
        listed = (await hubspot.get("/crm/objects/2026-03/companies", associations="contacts")).json()
        inlined = listed["results"][0]["associations"]["contacts"]
        assert (len(inlined["results"]), inlined["paging"]["next"]["after"]) == (200, "109")


async def test_at_most_a_thousand_records_are_asked_about_at_once(hubspot: Asker) -> None:
    body = {"inputs": [{"id": "501"}] * 1_001}
    assert (await hubspot.post(f"{TIES}/contacts/companies/batch/read", body)).status_code == 400


async def test_labels_are_listed_from_either_side(hubspot: Asker) -> None:
    async def labels(pair: str) -> list[tuple[str, int, str | None]]:
        results = (await hubspot.get(f"{TIES}/{pair}/labels")).json()["results"]
        return [(each["category"], each["typeId"], each["label"]) for each in results]

    assert await labels("deals/companies") == [
        ("HUBSPOT_DEFINED", 5, "Primary"),
        ("HUBSPOT_DEFINED", 341, None),
        ("USER_DEFINED", 501, "Reseller"),
    ]
    assert await labels("0-1/0-3") == [("HUBSPOT_DEFINED", 4, None), ("USER_DEFINED", 102, "Decision maker")]
    assert [each[1] for each in await labels("companies/companies")] == [14, 13]


async def test_ties_of_one_record_are_read_alone_in_the_older_version_only(hubspot: Asker) -> None:
    answer = (await hubspot.get("/crm/objects/2026-03/companies/901/associations/contacts", limit=1)).json()
    assert [each["toObjectId"] for each in answer["results"]] == [501]
    assert answer["paging"]["next"]["after"] == "501"
    assert (await hubspot.get("/crm/objects/2026-03/companies/7/associations/contacts")).status_code == 404
    assert (await hubspot.get("/crm/objects/2026-09/companies/901/associations/contacts")).status_code == 404


async def test_ties_come_within_a_record_where_asked_for(hubspot: Asker) -> None:
    record = (await hubspot.get("/crm/objects/2026-03/contacts/501", associations="companies,deals")).json()
    assert record["associations"]["companies"]["results"] == [
        {"id": "901", "type": "contact_to_company"},
        {"id": "901", "type": "contact_to_company_unlabeled"},
    ]
    assert record["associations"]["deals"]["results"] == [{"id": "71", "type": "contact_to_deal_unlabeled"}]
    alone = (await hubspot.get("/crm/objects/2026-03/contacts/503", associations="companies")).json()
    assert "associations" not in alone


async def test_a_tie_does_not_touch_the_modified_date_of_the_other_end(hubspot: Asker) -> None:
    before = (await hubspot.get("/crm/objects/2026-03/companies/902")).json()["updatedAt"]
    tie = {"to": {"id": "902"}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]}
    body = {"properties": {"lastname": "New"}, "associations": [tie]}
    created = await hubspot.post("/crm/objects/2026-03/contacts", body)
    assert created.status_code == 201
    assert types(await read(hubspot, "contacts/companies", created.json()["id"])) == {
        (created.json()["id"], 902): [(1, "Primary"), (279, None)]
    }
    assert (await hubspot.get("/crm/objects/2026-03/companies/902")).json()["updatedAt"] == before


async def test_a_tie_that_is_not_offered_is_refused(hubspot: Asker) -> None:
    for to, type_id in (("902", 5), ("7", 279)):
        tie = {"to": {"id": to}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}]}
        body = {"properties": {"lastname": "New"}, "associations": [tie]}
        assert (await hubspot.post("/crm/objects/2026-03/contacts", body)).status_code == 400


async def test_a_converted_lead_is_tied_to_its_contact(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock, scopes=(*SCOPES, LEADS_SCOPE)) as hubspot:
        assert types(await read(hubspot, "leads/contacts", "81")) == {("81", 501): [(578, "Primary"), (608, None)]}
