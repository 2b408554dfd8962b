"""Answers have the keys and types of those that a real portal once sent.

The recordings were collected by amp-labs/connectors (MIT, licence beside them); their people were replaced.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.hubspot.conftest import Asker

RECORDED = Path(__file__).parents[1] / "fixtures" / "hubspot"
OBJECTS = "/crm/objects/2026-03"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def shape(value: Any) -> Any:
    """Keys and types; the first of a list stands for the rest; a map of values by name only says that it is one."""
    if isinstance(value, dict):
        return {
            key: "values by name" if key == "properties" and isinstance(inner, dict) else shape(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def same_shape(ours: Any, name: str) -> bool:
    return bool(shape(ours) == shape(recorded(name)))


async def test_a_page_of_a_search(hubspot: Asker) -> None:
    ours = (await hubspot.search("contacts", limit=1)).json()
    theirs = recorded("search-contacts-1-first-page")
    assert shape(ours) == shape(theirs)
    assert ours["results"][0]["properties"].keys() == theirs["results"][0]["properties"].keys()


async def test_the_last_page_of_a_search(hubspot: Asker) -> None:
    # The recorded contact has a phone number, and ours has none: a map of values is not a shape.
    ours = (await hubspot.search("contacts", limit=1, after="2")).json()
    assert same_shape(ours, "search-contacts-2-second-page")


async def test_a_recorded_request_is_understood(hubspot: Asker) -> None:
    body = recorded("read-objects-api-contacts-req-payload-since-until")
    assert (await hubspot.post(f"{OBJECTS}/contacts/search", body)).json()["total"] == 0
    body["filterGroups"][0]["filters"][1]["value"] = "2026-06-01T00:00:00-08:00"
    assert (await hubspot.post(f"{OBJECTS}/contacts/search", body)).json()["total"] == 3


async def test_a_batch_read_of_contacts(hubspot: Asker) -> None:
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/read", {"inputs": [{"id": "501"}]})).json()
    theirs = recorded("read-objects-api-contacts-batch")
    assert shape(ours) == shape(theirs)
    assert ours["results"][0]["properties"].keys() == theirs["results"][0]["properties"].keys()


async def test_associations_of_which_some_are_missing(hubspot: Asker) -> None:
    body = {"inputs": [{"id": "501"}, {"id": "503"}]}
    ours = (await hubspot.post("/crm/associations/2026-03/contacts/companies/batch/read", body)).json()
    theirs = recorded("search-contacts-contacts-to-companies")
    assert shape(ours) == shape(theirs)
    ours_types, theirs_types = (each["results"][0]["to"][0]["associationTypes"] for each in (ours, theirs))
    assert ours_types == theirs_types
    assert ours["errors"][0] | {"message": ""} == theirs["errors"][0] | {
        "message": "",
        "context": {"fromObjectId": ["503"], "fromObjectType": ["contact"], "toObjectType": ["company"]},
    }


async def test_an_object_type_nobody_knows(hubspot: Asker) -> None:
    ours = (await hubspot.get(f"{OBJECTS}/butterflies")).json()
    theirs = recorded("search-error-invalid-object")
    assert shape(ours) == shape(theirs)
    assert ours["message"] == theirs["message"]


async def test_a_missing_scope(hubspot: Asker) -> None:
    assert same_shape((await hubspot.get(f"{OBJECTS}/leads")).json(), "metadata-err-schemas-scope")


@pytest.mark.parametrize("kind", ["contacts", "deals"])
async def test_property_definitions(hubspot: Asker, kind: str) -> None:
    ours = (await hubspot.get(f"/crm/properties/2026-03/{kind}")).json()["results"]
    theirs = recorded(f"metadata-{kind}-properties-sampled")["results"]
    optional = {"referencedObjectType", "showCurrencySymbol"}
    for own in (False, True):
        shapes = [
            {key: value for key, value in shape(each).items() if key not in optional | {"options"}}
            for each in theirs
            if ("hubspotDefined" not in each) is own
        ]
        if not shapes:
            continue
        companies = (await hubspot.get("/crm/properties/2026-03/companies")).json()["results"]
        for each in ours if not own else companies:
            if ("hubspotDefined" not in each) is own:
                assert {key: value for key, value in shape(each).items() if key != "options"} in shapes


async def test_deal_pipelines(hubspot: Asker) -> None:
    assert same_shape((await hubspot.get("/crm/pipelines/2026-03/deals")).json(), "metadata-deals-external-pipelines")


async def test_account_details(hubspot: Asker) -> None:
    ours = (await hubspot.get("/account-info/2026-03/details")).json()
    assert shape(ours | {"additionalCurrencies": []}) == shape(recorded("post-auth-account-info"))


async def test_a_conflict(hubspot: Asker) -> None:
    body = {"inputs": [{"properties": {"email": "ada501@acme.example"}}]}
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/create", body)).json()
    assert same_shape(ours, "batch-create-contacts-err-conflict")


async def test_a_batch_create_that_half_succeeds(hubspot: Asker) -> None:
    inputs = [
        {"objectWriteTraceId": "0", "properties": {"email": "ada501@acme.example"}},
        {"objectWriteTraceId": "1", "properties": {"email": "new@acme.example"}},
    ]
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/create", {"inputs": inputs})).json()
    assert same_shape(ours, "batch-create-contacts-err-partial-success")


async def test_properties_that_do_not_exist(hubspot: Asker) -> None:
    inputs = [{"properties": {"first000name": "Ada", "last000name": "B"}}]
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/create", {"inputs": inputs})).json()
    theirs = recorded("batch-create-contacts-err-many-invalid-properties")
    assert shape(ours) == shape(theirs)
    assert ours["errors"][:2] == theirs["errors"][:2]
    assert theirs["message"].startswith(ours["message"].removesuffix("]"))


async def test_all_inputs_of_an_update_are_checked_before_one_is_written(hubspot: Asker) -> None:
    wrong = {"first000name": "Ada", "last000name": "B"}
    inputs = [{"id": each, "properties": wrong} for each in ("501", "502")]
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/update", {"inputs": inputs})).json()
    theirs = recorded("batch-update-contacts-err-many-invalid-properties")
    assert shape(ours) == shape(theirs)
    assert (ours["message"], ours["errors"][:3]) == (theirs["message"], theirs["errors"])


async def test_a_batch_update(hubspot: Asker) -> None:
    inputs = [{"id": "501", "properties": {"firstname": "Markus (updated)"}}]
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/update", {"inputs": inputs})).json()
    assert same_shape(ours, "batch-update-contacts-success")
    inputs.append({"id": "888", "properties": {"firstname": "Nobody"}})
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/update", {"inputs": inputs})).json()
    theirs = recorded("batch-update-contacts-err-partial-success")
    assert shape(ours) == shape(theirs)
    assert ours["errors"][0]["message"] == theirs["errors"][0]["message"]


async def test_a_batch_update_that_names_a_record_twice(hubspot: Asker) -> None:
    inputs = [{"id": "123456", "properties": {}}] * 2
    ours = (await hubspot.post(f"{OBJECTS}/contacts/batch/update", {"inputs": inputs})).json()
    theirs = recorded("batch-update-contacts-err-duplicate-ids")
    assert ours | {"correlationId": ""} == theirs | {"correlationId": ""}
