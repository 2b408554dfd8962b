"""Associations made and taken back: who is tied to whom afterwards, and that no date moves."""

from typing import Any

import pytest

from tests.sandbox.hubspot.conftest import Asker

TIES = "/crm/associations/2026-03"
OBJECTS = "/crm/objects/2026-09"


def pair(one: str, other: str, *type_ids: int) -> dict[str, Any]:
    types = [{"associationCategory": "USER_DEFINED", "associationTypeId": number} for number in type_ids]
    return {"from": {"id": one}, "to": {"id": other}, "types": types}


async def write(hubspot: Asker, path: str, *inputs: dict[str, Any]) -> Any:
    return await hubspot.post(f"{TIES}/{path}", {"inputs": list(inputs)})


async def types(hubspot: Asker, kinds: str, one: str) -> dict[int, list[int]]:
    results = (await write(hubspot, f"{kinds}/batch/read", {"id": one})).json()["results"]
    return {
        to["toObjectId"]: [each["typeId"] for each in to["associationTypes"]] for row in results for to in row["to"]
    }


async def modified(hubspot: Asker, path: str) -> str:
    return str((await hubspot.get(f"{OBJECTS}/{path}")).json()["updatedAt"])


async def test_a_label_brings_the_unlabeled_tie_along_and_moves_no_date(hubspot: Asker) -> None:
    before = await modified(hubspot, "deals/72"), await modified(hubspot, "companies/903")
    response = await write(hubspot, "deals/companies/batch/create", pair("72", "903", 501))
    assert response.status_code == 201
    assert response.json()["results"] == [
        {
            "fromObjectTypeId": "0-3",
            "fromObjectId": "72",
            "toObjectTypeId": "0-2",
            "toObjectId": "903",
            "labels": ["Reseller", "Primary"],
        }
    ]
    assert await types(hubspot, "deals/companies", "72") == {903: [5, 341, 501]}
    assert (await types(hubspot, "companies/deals", "903"))[72] == [6, 342, 502]
    assert (await modified(hubspot, "deals/72"), await modified(hubspot, "companies/903")) == before


async def test_a_new_primary_company_takes_the_place_of_the_old_one(hubspot: Asker) -> None:
    await write(hubspot, "contacts/companies/batch/create", pair("501", "903", 1))
    assert await types(hubspot, "contacts/companies", "501") == {901: [279], 903: [1, 279]}
    await write(hubspot, "companies/contacts/batch/create", pair("902", "501", 2))
    assert await types(hubspot, "contacts/companies", "501") == {901: [279], 902: [1, 279], 903: [279]}


async def test_a_child_company_has_one_parent(hubspot: Asker) -> None:
    await write(hubspot, "companies/companies/batch/create", pair("903", "902", 13))
    assert await types(hubspot, "companies/companies", "902") == {903: [14]}
    child = (await hubspot.get(f"{OBJECTS}/companies/902", properties="hs_parent_company_id")).json()
    assert child["properties"]["hs_parent_company_id"] == "903"


async def test_ties_by_default_are_told_from_both_ends(hubspot: Asker) -> None:
    inputs = {"from": {"id": "61"}, "to": {"id": "503"}}
    response = await write(hubspot, "tickets/contacts/batch/associate/default", inputs)
    assert [each["associationSpec"]["associationTypeId"] for each in response.json()["results"]] == [16, 15]
    assert await types(hubspot, "contacts/tickets", "503") == {61: [15]}
    assert (await write(hubspot, "products/contacts/batch/associate/default", pair("31", "501"))).status_code == 400


async def test_ties_are_taken_back_whole_or_label_by_label(hubspot: Asker) -> None:
    assert (await write(hubspot, "deals/companies/batch/labels/archive", pair("71", "903", 501))).status_code == 204
    assert await types(hubspot, "deals/companies", "71") == {901: [5, 341], 903: [341]}
    inputs = {"from": {"id": "71"}, "to": [{"id": "901"}, {"id": "902"}]}
    assert (await write(hubspot, "deals/companies/batch/archive", inputs)).status_code == 204
    assert await types(hubspot, "deals/companies", "71") == {903: [341]}
    assert await types(hubspot, "companies/deals", "901") == {}


async def test_one_pair_is_tied_and_untied_in_the_newer_version_too(hubspot: Asker) -> None:
    path = f"{OBJECTS}/deals/72/associations"
    assert (await hubspot.http.put(f"{path}/default/companies/901")).status_code == 200
    assert await types(hubspot, "deals/companies", "72") == {901: [5, 341]}
    labeled = await hubspot.http.put(f"{path}/companies/901", json=pair("", "", 501)["types"])
    assert (labeled.status_code, labeled.json()["labels"]) == (201, ["Primary", "Reseller"])
    assert (await hubspot.http.delete(f"{path}/companies/901")).status_code == 204
    assert await types(hubspot, "deals/companies", "72") == {}
    assert (await hubspot.http.put(f"{path}/companies/7", json=[])).status_code == 404
    assert (await hubspot.http.put(f"{path}/companies/901", json={})).status_code == 400


async def test_a_record_that_is_not_there_fails_alone(hubspot: Asker) -> None:
    inputs = pair("72", "901", 341), pair("72", "1004", 341)
    for path in ("batch/create", "batch/associate/default"):
        response = await write(hubspot, f"deals/companies/{path}", *inputs)
        assert (response.status_code, response.json()["numErrors"]) == (207, 1)
        assert response.json()["errors"][0]["context"] == {"objectType": ["companies"], "id": ["1004"]}


@pytest.mark.parametrize("wrong", [pair("72", "901", 279), {"from": {"id": "72"}, "types": []}])
async def test_what_makes_no_sense_is_refused(hubspot: Asker, wrong: dict[str, Any]) -> None:
    assert (await write(hubspot, "deals/companies/batch/create", wrong)).status_code == 400


async def test_records_are_tied_as_they_are_created_or_not_created_at_all(hubspot: Asker) -> None:
    body = {"properties": {"subject": "Help"}, "associations": [pair("", "71", 28), pair("", "903", 339)]}
    made = (await hubspot.post(f"{OBJECTS}/tickets", body)).json()["id"]
    assert await types(hubspot, "tickets/deals", made) == {71: [28]}
    assert await types(hubspot, "tickets/companies", made) == {903: [26, 339]}
    body["associations"] = [pair("", "999", 28)]
    assert (await hubspot.post(f"{OBJECTS}/tickets", body)).status_code == 400
    assert len((await hubspot.get(f"{OBJECTS}/tickets")).json()["results"]) == 3
