"""What becomes of records: archived, restored, erased and merged, by people and through the API."""

from datetime import timedelta

import pytest

from hub.sandbox.hubspot import Quirks
from hub.sandbox.hubspot.property import Kind
from hub.sandbox.hubspot.refusal import Refusal
from hub.sandbox.world import Fate, World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, asking

OBJECTS = "/crm/objects/2026-03"


async def ids(hubspot: Asker, kind: str, **query: str) -> list[str]:
    return [each["id"] for each in (await hubspot.get(f"{OBJECTS}/{kind}", **query)).json()["results"]]


async def links(hubspot: Asker, pair: str, one: str) -> dict[int, list[int]]:
    body = {"inputs": [{"id": one}]}
    results = (await hubspot.post(f"/crm/associations/2026-03/{pair}/batch/read", body)).json()["results"]
    return {
        to["toObjectId"]: [each["typeId"] for each in to["associationTypes"]] for each in results for to in each["to"]
    }


async def test_a_restored_record_has_its_old_date_and_its_links(hubspot: Asker, clock: StoppedClock) -> None:
    before = (await hubspot.get(f"{OBJECTS}/contacts/501")).json()
    hubspot.app.state.staff.archive("contacts", "501")
    assert await ids(hubspot, "contacts", archived="true") == ["501"]
    assert await links(hubspot, "companies/contacts", "901") == {502: [2, 280]}
    clock.advance(60)
    hubspot.app.state.staff.restore("contacts", "501")
    assert (await hubspot.get(f"{OBJECTS}/contacts/501")).json() == before
    assert await links(hubspot, "companies/contacts", "901") == {501: [2, 280], 502: [2, 280]}
    assert await ids(hubspot, "contacts", archived="true") == []


@pytest.mark.parametrize("named", [{"objectId": "501"}, {"objectId": "ada501@acme.example", "idProperty": "email"}])
async def test_a_forgotten_contact_is_nowhere(hubspot: Asker, world: World, named: dict[str, str]) -> None:
    response = await hubspot.post(f"{OBJECTS}/contacts/gdpr-delete", named)
    assert response.status_code == 204
    assert world.hubspot.contacts[0].fate is Fate.PURGED
    assert "501" not in await ids(hubspot, "contacts") + await ids(hubspot, "contacts", archived="true")
    assert (await hubspot.get(f"{OBJECTS}/contacts/501", archived="true")).status_code == 404
    assert await links(hubspot, "deals/contacts", "71") == {}


async def test_records_are_erased_out_of_the_archive_too(hubspot: Asker) -> None:
    hubspot.app.state.staff.erase("companies", "1004")
    hubspot.app.state.staff.erase("companies", "903")
    assert await ids(hubspot, "companies", archived="true") == []
    assert await ids(hubspot, "companies") == ["901", "902", "20008"]


async def test_the_truth_is_what_a_complete_reading_finds(hubspot: Asker) -> None:
    staff, truth = hubspot.app.state.staff, hubspot.app.state.truth
    survivor = staff.merge("companies", "902", "901")
    staff.erase("contacts", "503")
    staff.archive("deals", "71")
    assert list(truth.live("contacts")) == ["501", "502"] == await ids(hubspot, "contacts")
    assert truth.live("contacts")["501"]["associatedcompanyid"] == survivor
    assert truth.archived("deals") == {"71", "73"}
    assert truth.merged("companies") == dict.fromkeys(("901", "902", "1005", "1006"), survivor)
    assert truth.associations("companies", "contacts") == {
        (survivor, contact, "HUBSPOT_DEFINED", number) for contact in ("501", "502") for number in (2, 280)
    }
    assert truth.associations("deals", "companies") == set()


async def test_a_merge_hands_the_losers_links_to_the_survivor(hubspot: Asker) -> None:
    survivor = hubspot.app.state.staff.merge("companies", "902", "901")
    assert survivor == "20009"
    assert await links(hubspot, "contacts/companies", "501") == {20009: [1, 279]}
    assert await links(hubspot, "deals/companies", "71") == {903: [341, 501], 20009: [5, 341]}
    assert await links(hubspot, "companies/companies", survivor) == {}
    contact = (await hubspot.get(f"{OBJECTS}/contacts/501", properties="associatedcompanyid")).json()
    assert contact["properties"]["associatedcompanyid"] == survivor


async def test_a_merged_contact_keeps_one_primary_company(hubspot: Asker) -> None:
    hubspot.app.state.staff.associate(("contacts", "503"), ("companies", "903"))
    survivor = hubspot.app.state.staff.merge("contacts", "503", "501")
    assert await links(hubspot, "contacts/companies", survivor) == {901: [279], 903: [1, 279]}


async def test_a_merge_fills_gaps_and_keeps_the_other_addresses(hubspot: Asker) -> None:
    staff, truth = hubspot.app.state.staff, hubspot.app.state.truth
    staff.update("contacts", "503", {"phone": "+49 1", "email": "Ada@other.example"})
    merged = staff.merge("contacts", "501", "503")
    survivor = truth.live("contacts")[merged]
    assert (survivor["email"], survivor["phone"]) == ("ada501@acme.example", "+49 1")
    assert survivor["hs_additional_emails"] == "Ada@other.example"
    merged = staff.merge("companies", "902", "901")
    company = truth.live("companies")[merged]
    assert (company["name"], company["domain"], company["duns_number"]) == ("Acme Tochter", "acme.example", "123456789")


async def test_a_deal_remembers_when_it_entered_a_stage(hubspot: Asker, clock: StoppedClock) -> None:
    clock.advance(5)
    hubspot.app.state.staff.update("deals", "71", {"dealstage": "closedwon", "dealname": "Won"})
    deal = hubspot.app.state.truth.live("deals")["71"]
    assert (deal["hs_v2_date_entered_closedwon"], deal["hs_is_closed_won"]) == ("2026-11-01T12:00:05.000Z", "true")


async def test_a_portal_may_keep_the_first_id_in_a_merge(world: World, clock: StoppedClock) -> None:
    async with asking(world, clock, quirks=Quirks(merges_keep_id=True)) as hubspot:
        clock.advance(5)
        body = {"primaryObjectId": "902", "objectIdToMerge": "903"}
        merged = (await hubspot.post(f"{OBJECTS}/companies/merge", body)).json()
        assert (merged["id"], merged["properties"]["hs_merged_object_ids"]) == ("902", "903")
        assert merged["updatedAt"] == "2026-11-01T12:00:05.000Z"
        assert (await hubspot.get(f"{OBJECTS}/companies/903")).json()["id"] == "902"
        assert await ids(hubspot, "companies") == ["901", "902", "20008"]


async def test_a_merged_deal_has_the_lines_of_both(hubspot: Asker) -> None:
    survivor = hubspot.app.state.staff.merge("deals", "72", "71")
    assert await links(hubspot, "deals/line_items", survivor) == {41: [19]}
    assert await ids(hubspot, "line_items") == ["41"]


async def test_hubspot_fills_in_a_new_record_seconds_later(hubspot: Asker, clock: StoppedClock) -> None:
    made = hubspot.app.state.staff.create("companies", {"name": "New"})
    clock.advance(6)
    assert (await hubspot.get(f"{OBJECTS}/companies/{made}")).json()["updatedAt"] == "2026-11-01T12:00:00.000Z"
    clock.advance(1)
    assert (await hubspot.get(f"{OBJECTS}/companies/{made}")).json()["updatedAt"] == "2026-11-01T12:00:06.696Z"


async def test_people_make_retype_and_archive_properties(hubspot: Asker) -> None:
    staff = hubspot.app.state.staff
    staff.define_property("deals", "margin", Kind.NUMBER)
    staff.update("deals", "71", {"margin": "12.5"})
    with pytest.raises(Refusal):
        staff.update("deals", "71", {"margin": "some"})
    staff.retype_property("deals", "margin", Kind.STRING)
    found = (await hubspot.get("/crm/properties/2026-03/deals/margin")).json()
    assert (found["type"], found["hasUniqueValue"]) == ("string", False)
    staff.archive_property("deals", "margin")
    assert "margin" not in (await hubspot.get(f"{OBJECTS}/deals/71", properties="margin")).json()["properties"]
    archived = (await hubspot.get("/crm/properties/2026-03/deals", archived="true")).json()["results"]
    assert [each["name"] for each in archived] == ["margin"]


async def test_what_is_not_there_cannot_be_changed(hubspot: Asker) -> None:
    staff = hubspot.app.state.staff
    for change in (
        lambda: staff.archive("companies", "1004"),
        lambda: staff.restore("companies", "901"),
        lambda: staff.merge("companies", "901", "1005"),
        lambda: staff.associate(("contacts", "501"), ("companies", "901"), 77),
    ):
        with pytest.raises(Refusal):
            change()


async def test_search_sees_a_restored_record_where_its_old_date_lies(hubspot: Asker, clock: StoppedClock) -> None:
    staff = hubspot.app.state.staff
    staff.archive("companies", "903")
    clock.advance(timedelta(days=1).total_seconds())
    staff.restore("companies", "903")
    since = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "1793500000000"}
    assert await hubspot.found("companies", since) == []
    assert "903" in await hubspot.found("companies")
