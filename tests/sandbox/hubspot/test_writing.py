from decimal import Decimal

import pytest

from hub.sandbox.world import Fate, World
from tests.sandbox.hubspot.conftest import NOW, Asker, StoppedClock, asking

OBJECTS = "/crm/objects/2026-03"


async def patch(hubspot: Asker, path: str, **values: str):
    return await hubspot.http.patch(f"{OBJECTS}/{path}", json={"properties": values})


async def test_a_new_record_gets_the_next_id_and_stands_in_the_world(hubspot: Asker, world: World) -> None:
    body = {"properties": {"name": "New", "annualrevenue": "12.50", "segment": "SMB", "type": "CUSTOMER"}}
    response = await hubspot.post(f"{OBJECTS}/companies", body)
    assert (response.status_code, response.json()["id"]) == (201, "20009")
    entry = world.hubspot.accounts[-1]
    assert (entry.name, entry.revenue, entry.custom, entry.kind) == (
        "New",
        Decimal("12.50"),
        {"segment": "SMB"},
        "CUSTOMER",
    )
    assert (await hubspot.get(f"{OBJECTS}/companies/20009")).json()["properties"]["name"] == "New"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("deals", {"dealname": "New", "dealstage": "closedwon", "closedate": "2027-01-31"}),
        ("products", {"name": "New"}),
    ],
)
async def test_deals_and_products_can_be_created_too(hubspot: Asker, kind: str, values: dict[str, str]) -> None:
    created = (await hubspot.post(f"{OBJECTS}/{kind}", {"properties": values})).json()
    assert (
        created["properties"].items()
        >= {**values, **({"closedate": "2027-01-31T00:00:00Z"} if kind == "deals" else {})}.items()
    )


async def test_the_first_record_of_a_type_gets_an_id(clock: StoppedClock, world: World) -> None:
    world.hubspot.contacts.clear()
    async with asking(world, clock) as hubspot:
        assert (await hubspot.post(f"{OBJECTS}/contacts", {"properties": {}})).json()["id"] == "1"


async def test_a_change_is_stamped_with_the_sandboxes_time(hubspot: Asker, clock: StoppedClock) -> None:
    clock.advance(0.0125)
    record = (await patch(hubspot, "companies/901", city="Bonn", industry="BANKING")).json()
    assert record["updatedAt"] == "2026-11-01T12:00:00.012Z"
    assert (record["properties"]["city"], record["properties"]["industry"]) == ("Bonn", "BANKING")


async def test_an_empty_value_clears(hubspot: Asker, world: World) -> None:
    record = (await patch(hubspot, "companies/901", city="", annualrevenue="", type="", segment="")).json()
    values = record["properties"]
    assert [values[name] for name in ("city", "annualrevenue", "type", "segment")] == [None] * 4


@pytest.mark.parametrize(
    ("path", "values", "code"),
    [
        ("companies/901", {"nonsense": "x"}, "PROPERTY_DOESNT_EXIST"),
        ("companies/901", {"hs_object_id": "7"}, "READ_ONLY_VALUE"),
        ("companies/901", {"annualrevenue": "much"}, "INVALID_OPTION"),
        ("deals/71", {"dealstage": "nowhere"}, "INVALID_OPTION"),
        ("deals/71", {"closedate": "soon"}, "INVALID_OPTION"),
    ],
)
async def test_a_value_that_does_not_fit_is_refused(
    hubspot: Asker, path: str, values: dict[str, str], code: str
) -> None:
    response = await patch(hubspot, path, **values)
    assert response.status_code == 400
    assert response.json()["errors"][0]["code"] == code


async def test_a_refused_change_changes_nothing(hubspot: Asker) -> None:
    assert (await patch(hubspot, "deals/71", dealname="Other", dealstage="nowhere")).status_code == 400
    record = (await hubspot.get(f"{OBJECTS}/deals/71")).json()
    assert (record["properties"]["dealname"], record["updatedAt"]) == ("Deal 71", "2026-05-01T07:25:37.456Z")


async def test_only_what_is_there_can_be_changed(hubspot: Asker) -> None:
    assert (await patch(hubspot, "companies/7", city="Bonn")).status_code == 404


async def test_line_items_cannot_be_written_with_this_key(hubspot: Asker) -> None:
    response = await patch(hubspot, "line_items/41", quantity="3")
    assert response.status_code == 403
    assert response.json()["context"]["requiredGranularScopes"] == ["crm.objects.line_items.write"]


async def test_deleting_archives_without_touching_the_modified_date(hubspot: Asker, world: World) -> None:
    before = world.hubspot.accounts[2].modified_at
    response = await hubspot.http.delete(f"{OBJECTS}/companies/903")
    assert (response.status_code, response.content) == (204, b"")
    entry = world.hubspot.accounts[2]
    assert (entry.fate, entry.removed_at, entry.modified_at) == (Fate.DELETED, NOW, before)
    listed = (await hubspot.get(f"{OBJECTS}/companies", archived="true")).json()["results"]
    assert [each["id"] for each in listed] == ["903", "1004"]
    assert (await hubspot.http.delete(f"{OBJECTS}/companies/903")).status_code == 204


async def test_the_lines_of_an_archived_deal_are_archived_with_it(hubspot: Asker) -> None:
    assert len((await hubspot.get(f"{OBJECTS}/line_items")).json()["results"]) == 1
    await hubspot.http.delete(f"{OBJECTS}/deals/71")
    assert (await hubspot.get(f"{OBJECTS}/line_items")).json()["results"] == []


async def test_a_merge_makes_a_new_record_and_both_old_ids_lead_there(hubspot: Asker) -> None:
    response = await hubspot.post(f"{OBJECTS}/companies/merge", {"primaryObjectId": "901", "objectIdToMerge": "903"})
    survivor = response.json()
    assert (response.status_code, survivor["id"]) == (200, "20009")
    assert survivor["properties"]["name"] == "Acme GmbH"
    assert survivor["properties"]["hs_merged_object_ids"] == "901;903;1005;1006"
    for old in ("901", "903", "1005"):
        assert (await hubspot.get(f"{OBJECTS}/companies/{old}")).json()["id"] == "20009"
    listed = (await hubspot.get(f"{OBJECTS}/companies")).json()["results"]
    assert [each["id"] for each in listed] == ["902", "20008", "20009"]


@pytest.mark.parametrize(
    ("path", "ids", "status"),
    [("companies", ("901", "7"), 404), ("companies", ("901", "1005"), 400), ("products", ("31", "32"), 400)],
)
async def test_a_merge_that_makes_no_sense_is_refused(
    hubspot: Asker, path: str, ids: tuple[str, str], status: int
) -> None:
    body = {"primaryObjectId": ids[0], "objectIdToMerge": ids[1]}
    assert (await hubspot.post(f"{OBJECTS}/{path}/merge", body)).status_code == status


async def test_an_email_belongs_to_one_contact(hubspot: Asker) -> None:
    response = await hubspot.post(f"{OBJECTS}/contacts", {"properties": {"email": "ADA501@acme.example"}})
    assert response.status_code == 409
    assert response.json()["message"] == "Contact already exists. Existing ID: 501"
    assert response.json()["category"] == "CONFLICT"
    assert (await hubspot.post(f"{OBJECTS}/contacts", {"properties": {"email": "new@acme.example"}})).is_success


async def test_a_batch_creates_what_it_can_where_inputs_carry_trace_ids(hubspot: Asker) -> None:
    taken, free = {"email": "ada501@acme.example"}, {"email": "free@acme.example"}
    body = {
        "inputs": [{"properties": taken, "objectWriteTraceId": "a"}, {"properties": free, "objectWriteTraceId": "b"}]
    }
    response = await hubspot.post(f"{OBJECTS}/contacts/batch/create", body)
    answer = response.json()
    assert (response.status_code, len(answer["results"]), answer["numErrors"]) == (207, 1, 1)
    assert answer["errors"][0]["context"]["objectWriteTraceId"] == ["a"]
    whole = await hubspot.post(f"{OBJECTS}/contacts/batch/create", {"inputs": [{"properties": taken}]})
    assert whole.status_code == 409


async def test_a_batch_updates_what_is_there(hubspot: Asker) -> None:
    inputs = [{"id": each, "properties": {"city": f"City of {each}"}} for each in ("902", "1005", "7")]
    response = await hubspot.post(f"{OBJECTS}/companies/batch/update", {"inputs": inputs})
    answer = response.json()
    assert response.status_code == 207
    assert {each["id"]: each["properties"]["city"] for each in answer["results"]} == {
        "902": "City of 902",
        "901": "City of 1005",
    }
    assert answer["errors"][0]["context"] == {"ids": ["7"]}


async def test_a_batch_update_names_each_record_once(hubspot: Asker) -> None:
    inputs = [{"id": "902", "properties": {"city": "Bonn"}}] * 2
    response = await hubspot.post(f"{OBJECTS}/companies/batch/update", {"inputs": inputs})
    assert response.status_code == 400
    assert response.json()["context"] == {"ids": ["902"]}


async def test_a_batch_archives_what_is_there(hubspot: Asker) -> None:
    body = {"inputs": [{"id": "902"}, {"id": "7"}]}
    assert (await hubspot.post(f"{OBJECTS}/companies/batch/archive", body)).status_code == 204
    assert (await hubspot.get(f"{OBJECTS}/companies/902")).status_code == 404


async def test_rows_changed_from_outside_are_seen_once_it_is_told(hubspot: Asker, world: World) -> None:
    assert (await hubspot.get(f"{OBJECTS}/companies/902")).is_success
    world.hubspot.accounts[1].fate = Fate.PURGED
    hubspot.app.state.portal.changed()
    assert (await hubspot.get(f"{OBJECTS}/companies/902")).status_code == 404
