from typing import Any

import pytest

from tests.sandbox.hubspot.conftest import Asker

DEALS = "/crm/properties/2026-03/deals"
OBJECTS = "/crm/objects/2026-03/deals"
REGION = {"name": "region", "label": "Region", "type": "enumeration", "fieldType": "checkbox", "groupName": "dealinfo"}
OPTIONS = {"options": [{"label": each, "value": each, "displayOrder": 0, "hidden": False} for each in ("EU", "US")]}


async def patch(hubspot: Asker, **values: str) -> Any:
    return await hubspot.http.patch(f"{OBJECTS}/71", json={"properties": values})


async def test_a_property_is_made_written_and_searched(hubspot: Asker) -> None:
    made = await hubspot.post(DEALS, {**REGION, **OPTIONS})
    assert (made.status_code, [each["value"] for each in made.json()["options"]]) == (201, ["EU", "US"])
    assert (made.json()["createdAt"], made.json()["archived"]) == ("2026-11-01T12:00:00.000Z", False)
    assert (await patch(hubspot, region="EU;US")).json()["properties"]["region"] == "EU;US"
    assert (await patch(hubspot, region="EU;Mars")).status_code == 400
    assert await hubspot.found("deals", {"propertyName": "region", "operator": "HAS_PROPERTY"}) == ["71"]


async def test_a_unique_property_names_records(hubspot: Asker) -> None:
    await hubspot.post(DEALS, {**REGION, "name": "erp_id", "type": "string", "hasUniqueValue": True})
    await patch(hubspot, erp_id="E-1")
    assert (await hubspot.get(f"{OBJECTS}/e-1", idProperty="erp_id")).json()["id"] == "71"
    assert (await hubspot.get(f"{OBJECTS}/E-1", idProperty="dealname")).status_code == 400


async def test_a_retyped_property_keeps_what_records_hold(hubspot: Asker) -> None:
    await hubspot.post(DEALS, {**REGION, "type": "string"})
    await patch(hubspot, region="12;34")
    changed = await hubspot.http.patch(f"{DEALS}/region", json={"type": "number", "label": "Place"})
    assert (changed.json()["type"], changed.json()["label"]) == ("number", "Place")
    assert (await hubspot.get(f"{OBJECTS}/71", properties="region")).json()["properties"]["region"] == "12;34"


async def test_an_archived_property_is_not_sent_and_comes_back_with_its_values(hubspot: Asker) -> None:
    await hubspot.post(DEALS, {**REGION, **OPTIONS})
    await patch(hubspot, region="EU")
    assert (await hubspot.http.delete(f"{DEALS}/region")).status_code == 204
    assert (await hubspot.get(f"{DEALS}/region")).status_code == 404
    assert "region" not in (await hubspot.get(f"{OBJECTS}/71", properties="region")).json()["properties"]
    assert (await patch(hubspot, region="US")).json()["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"
    (archived,) = (await hubspot.get(DEALS, archived="true")).json()["results"]
    assert (archived["name"], archived["archived"]) == ("region", True)
    await hubspot.post(DEALS, {**REGION, **OPTIONS})
    assert (await hubspot.get(f"{OBJECTS}/71", properties="region")).json()["properties"]["region"] == "EU"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"label": ""}, 400),
        ({"type": "poem"}, 400),
        ({"name": "Not a name"}, 400),
        ({"name": "dealname"}, 409),
    ],
)
async def test_a_definition_that_does_not_fit_is_refused(hubspot: Asker, wrong: dict[str, str], status: int) -> None:
    assert (await hubspot.post(DEALS, {**REGION, **wrong})).status_code == status


async def test_hubspots_own_properties_stay_as_they_are(hubspot: Asker) -> None:
    assert (await hubspot.http.delete(f"{DEALS}/dealname")).status_code == 400
    assert (await hubspot.http.patch(f"{DEALS}/dealname", json={"type": "number"})).status_code == 400
    assert (await hubspot.http.patch(f"{DEALS}/nothing", json={})).status_code == 404
    assert (await hubspot.http.delete(f"{DEALS}/nothing")).status_code == 404
