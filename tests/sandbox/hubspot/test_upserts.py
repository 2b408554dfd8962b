"""Batches that write: which input succeeded, which failed, and that an untraced failure writes nothing."""

from typing import Any

import pytest

from hub.sandbox.hubspot import Quirks
from hub.sandbox.hubspot.portal import PORTAL_ID
from hub.sandbox.world import World
from tests.sandbox.hubspot.conftest import Asker, StoppedClock, asking

COMPANIES = "/crm/objects/2026-03/companies"


def wish(value: str, trace: str | None = None, by: str = "hub_account_id", **values: str) -> dict[str, Any]:
    traced = {} if trace is None else {"objectWriteTraceId": trace}
    return {"id": value, "idProperty": by, "properties": values, **traced}


async def upsert(hubspot: Asker, *inputs: dict[str, Any], kind: str = "companies") -> tuple[int, dict[str, Any]]:
    response = await hubspot.post(f"/crm/objects/2026-09/{kind}/batch/upsert", {"inputs": list(inputs)})
    return response.status_code, response.json()


async def test_an_upsert_creates_what_is_not_there_and_changes_what_is(hubspot: Asker) -> None:
    status, first = await upsert(hubspot, wish("acc-1", name="One"), wish("acc-2", name="Two"))
    assert (status, [each["new"] for each in first["results"]]) == (200, [True, True])
    status, second = await upsert(hubspot, wish("ACC-2", hub_overlapping_partners="Acme"), wish("acc-3", name="Three"))
    assert [(each["id"], each["new"]) for each in second["results"]] == [("20010", False), ("20011", True)]
    changed = second["results"][0]["properties"]
    assert (changed["name"], changed["hub_overlapping_partners"]) == ("Two", "Acme")
    read = {"idProperty": "hub_account_id", "inputs": [{"id": "acc-3"}, {"id": "acc-9"}]}
    response = await hubspot.post(f"{COMPANIES}/batch/read", read)
    assert ([each["id"] for each in response.json()["results"]], response.status_code) == (["20011"], 207)


async def test_an_upsert_by_what_is_not_unique_is_refused(hubspot: Asker) -> None:
    status, body = await upsert(hubspot, wish("902", by="hs_object_id"))
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    assert body["message"] == (
        f"Unable to perform update/upsert by non-unique 0-2 property hs_object_id in portal ID {PORTAL_ID}"
    )
    assert (await upsert(hubspot, {"id": "902", "properties": {}}))[0] == 400
    assert (await upsert(hubspot, wish("a"), wish("a")))[1]["context"] == {"ids": ["a"]}


async def test_a_value_that_must_be_unique_is(hubspot: Asker) -> None:
    await upsert(hubspot, wish("acc-1"))
    inputs = [{"id": "902", "properties": {"hub_account_id": "acc-1"}}]
    response = await hubspot.post(f"{COMPANIES}/batch/update", {"inputs": inputs})
    kind = f"portalId={PORTAL_ID}, objectTypeId=ObjectTypeId{{legacyObjectType=COMPANY}}"
    place = f"PropertyValueCoordinates{{{kind}, propertyName=hub_account_id, value=acc-1}}"
    assert response.status_code == 400
    assert response.json()["message"] == f"Cannot set {place} on 902. 20009 already has that value."
    inputs = [{"id": "902", "properties": {"hub_account_id": "acc-2"}}]
    assert (await hubspot.post(f"{COMPANIES}/batch/update", {"inputs": inputs})).is_success
    assert (await hubspot.http.delete(f"{COMPANIES}/902")).is_success
    assert (await upsert(hubspot, wish("acc-2")))[1]["results"][0]["new"] is True


async def test_traced_inputs_fail_one_by_one(hubspot: Asker) -> None:
    status, body = await upsert(
        hubspot,
        wish("acc-1", "a", nonsense="x"),
        wish("acc-2", "b", name="Two"),
        wish("acc-3", "c", annualrevenue="much"),
    )
    assert (status, body["numErrors"], len(body["results"])) == (207, 2, 1)
    assert {each["context"]["objectWriteTraceId"][0]: each["category"] for each in body["errors"]} == {
        "a": "VALIDATION_ERROR",
        "c": "VALIDATION_ERROR",
    }
    inputs = [{"id": "7", "objectWriteTraceId": "z", "properties": {}}, {"id": "902", "properties": {"city": "Ulm"}}]
    response = await hubspot.post(f"{COMPANIES}/batch/update", {"inputs": inputs})
    assert response.json()["errors"][0]["context"] == {"ids": ["7"], "objectWriteTraceId": ["z"]}
    assert [each["id"] for each in response.json()["results"]] == ["902"]


async def test_an_untraced_failure_writes_nothing_and_names_all_that_is_wrong(hubspot: Asker) -> None:
    status, body = await upsert(hubspot, wish("acc-1", name="One"), wish("acc-2", nonsense="x", other="y"))
    assert (status, [each["code"] for each in body["errors"]]) == (400, ["PROPERTY_DOESNT_EXIST"] * 2)
    assert await hubspot.found("companies", {"propertyName": "hub_account_id", "operator": "HAS_PROPERTY"}) == []


async def test_a_portal_may_refuse_a_whole_batch_though_its_inputs_are_traced(world: World) -> None:
    async with asking(world, quirks=Quirks(spoils_batches=True)) as hubspot:
        status, body = await upsert(hubspot, wish("acc-1", "a", nonsense="x"), wish("acc-2", "b", name="Two"))
        assert (status, body["errors"][0]["context"]) == (400, {"propertyName": ["nonsense"]})
        assert await hubspot.found("companies", {"propertyName": "hub_account_id", "operator": "HAS_PROPERTY"}) == []


async def test_two_inputs_cannot_take_the_same_email(hubspot: Asker) -> None:
    body = {
        "inputs": [{"objectWriteTraceId": str(place), "properties": {"email": "a@new.example"}} for place in range(2)]
    }
    response = await hubspot.post("/crm/objects/2026-03/contacts/batch/create", body)
    assert (response.status_code, len(response.json()["results"])) == (207, 1)
    assert response.json()["errors"][0]["category"] == "CONFLICT"


@pytest.mark.parametrize("echoes", [True, False])
async def test_results_repeat_trace_ids_where_the_portal_does_so(world: World, *, echoes: bool) -> None:
    async with asking(world, quirks=Quirks(traces_results=echoes)) as hubspot:
        _, body = await upsert(hubspot, wish("acc-1", "a", name="One"))
    assert ("objectWriteTraceId" in body["results"][0]) is echoes


async def test_an_email_that_a_history_holds_twice_stays_taken_when_one_holder_goes(
    world: World, clock: StoppedClock
) -> None:
    world.hubspot.contacts[2].email = "ADA501@acme.example"
    async with asking(world, clock) as hubspot:
        path, by = "/crm/objects/2026-03/contacts/ada501@acme.example", {"idProperty": "email"}
        assert (await hubspot.get(path, **by)).json()["id"] == "501"
        hubspot.app.state.staff.archive("contacts", "501")
        assert (await hubspot.get(path, **by)).json()["id"] == "503"
        assert (await hubspot.get(path, archived="true", **by)).json()["id"] == "501"
        survivor = hubspot.app.state.staff.merge("contacts", "503", "502")
        assert (await hubspot.get(path, **by)).json()["id"] == survivor
