import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, ANN, BOB, DEAL, GLOBEX, HOOLI, JANE, SMALL_DEAL, STAGES

RECORDED = Path(__file__).parents[1] / "fixtures" / "salesforce"
SOBJECTS = "/services/data/v67.0/sobjects"


async def row(client, sobject: str, external_id: str) -> dict:
    return (await client.get(f"{SOBJECTS}/{sobject}/{external_id}")).json()


async def test_a_new_account_is_answered_as_recorded_and_found(client, clock):
    clock.time += timedelta(minutes=5, microseconds=7)
    facts = {"Name": "Newco", "AnnualRevenue": 1234.56, "NumberOfEmployees": 7, "Score__c": 3, "OwnerId": BOB[:15]}
    response = await client.post(f"{SOBJECTS}/Account", json=facts | {"attributes": {"type": "Account"}})
    recorded = json.loads((RECORDED / "create-ok.json").read_text())
    assert response.status_code == 201
    assert response.json() | {"id": recorded["id"]} == recorded
    made = await row(client, "Account", response.json()["id"])
    assert facts | {"OwnerId": BOB} == {name: made[name] for name in facts}
    assert made["CreatedDate"] == made["SystemModstamp"] == "2026-11-01T12:05:00.000+0000"


async def test_a_row_without_owner_belongs_to_the_integration_user(client):
    made = (await client.post(f"{SOBJECTS}/Contact", json={"LastName": "Poe"})).json()["id"]
    assert (await row(client, "Contact", made))["OwnerId"] == ANN


async def test_a_change_moves_the_stamp_to_the_second(client, clock, world):
    clock.time += timedelta(seconds=90, microseconds=5)
    response = await client.patch(f"{SOBJECTS}/Account/{ACME[:15]}", json={"name": "Acme SE", "Website": None})
    assert (response.status_code, response.content) == (204, b"")
    changed = await row(client, "Account", ACME)
    assert (changed["Name"], changed["Website"]) == ("Acme SE", None)
    assert changed["LastModifiedDate"] == "2026-11-01T12:01:30.000+0000"
    assert changed["CreatedDate"] == "2026-05-01T07:25:37.000+0000"
    assert world.salesforce.accounts[0].name == "Acme SE"


async def test_money_is_kept_to_the_last_digit(client, world):
    body = b'{"AnnualRevenue": 0.1000000000000000001, "CurrencyIsoCode": "GBP", "NumberOfEmployees": null}'
    assert (await client.patch(f"{SOBJECTS}/Account/{ACME}", content=body)).status_code == 204
    acme = world.salesforce.accounts[0]
    assert (acme.revenue, acme.currency, acme.employees) == (Decimal("0.1000000000000000001"), "GBP", None)


async def test_a_deal_that_changes_its_stage_has_another_step(client, world):
    facts = {"StageName": "Closed Won", "CloseDate": "2026-11-02", "Amount": 7}
    assert (await client.patch(f"{SOBJECTS}/Opportunity/{DEAL}", json=facts)).status_code == 204
    assert (await client.patch(f"{SOBJECTS}/Opportunity/{DEAL}", json={"Amount": 8})).status_code == 204
    assert [step.stage for step in world.salesforce.opportunities[0].steps] == [
        "Prospecting",
        "Negotiation",
        "Closed Won",
    ]
    deal = await row(client, "Opportunity", DEAL)
    assert (deal["IsWon"], deal["Probability"], deal["Fiscal"], deal["Amount"]) == (True, 100, "2026 4", 8)


async def test_a_new_deal_begins_its_history(client):
    facts = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2027-01-31", "AccountId": GLOBEX}
    made = (await client.post(f"{SOBJECTS}/Opportunity", json=facts)).json()["id"]
    soql = {"q": f"SELECT StageName FROM OpportunityHistory WHERE OpportunityId = '{made}'"}
    found = (await client.get("/services/data/v67.0/query", params=soql)).json()
    assert [step["StageName"] for step in found["records"]] == [STAGES[0].name]


async def test_a_deleted_account_takes_its_people_and_deals_along(client, world):
    response = await client.delete(f"{SOBJECTS}/Account/{ACME}")
    assert (response.status_code, response.content) == (204, b"")
    gone = await client.get(f"{SOBJECTS}/Account/{ACME}")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (404, "ENTITY_IS_DELETED")
    copy = world.salesforce
    assert {entry.id for entry in (*copy.contacts, *copy.opportunities) if entry.fate is Fate.DELETED} == {JANE, DEAL}
    assert copy.accounts[0].modified_at == copy.accounts[0].removed_at


async def test_a_deleted_deal_goes_alone(client, world):
    await client.delete(f"{SOBJECTS}/Opportunity/{SMALL_DEAL}")
    assert all(entry.fate is Fate.LIVE for entry in world.salesforce.contacts)


@pytest.mark.parametrize("external_id", [HOOLI, record_id("001", 6), record_id("001", 99)])
async def test_a_row_that_went_cannot_be_changed(client, external_id):
    response = await client.patch(f"{SOBJECTS}/Account/{external_id}", json={"Name": "x"})
    assert response.status_code == 404


async def test_a_row_is_read_with_the_fields_asked_for(client):
    found = (await client.get(f"{SOBJECTS}/Account/{ACME}", params={"fields": "Name,Website"})).json()
    assert found.keys() == {"attributes", "Name", "Website"}


WRONG = [
    ("Account", {"Website": "x"}, "REQUIRED_FIELD_MISSING", ["Name"]),
    ("Account", {"Name": ""}, "REQUIRED_FIELD_MISSING", ["Name"]),
    ("Opportunity", {"Name": "x"}, "REQUIRED_FIELD_MISSING", ["StageName", "CloseDate"]),
    ("Account", {"Name": "x" * 256}, "STRING_TOO_LONG", ["Name"]),
    ("Account", {"Name": 7}, "JSON_PARSER_ERROR", None),
    ("Account", {"Name": "x", "AnnualRevenue": "much"}, "JSON_PARSER_ERROR", None),
    ("Account", {"Name": "x", "Is_Key__c": "yes"}, "JSON_PARSER_ERROR", None),
    ("Opportunity", {"CloseDate": "tomorrow"}, "JSON_PARSER_ERROR", None),
    ("Opportunity", {"StageName": "Dreaming"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["StageName"]),
    ("Account", {"Name": "x", "ParentId": "acme"}, "MALFORMED_ID", ["ParentId"]),
    ("Account", {"Name": "x", "ParentId": DEAL}, "INVALID_CROSS_REFERENCE_KEY", []),
    ("User", {"LastName": "x"}, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", None),
]


@pytest.mark.parametrize(("sobject", "facts", "code", "wrong"), WRONG)
async def test_wrong_values_are_refused(client, sobject, facts, code, wrong):
    response = await client.post(f"{SOBJECTS}/{sobject}", json=facts)
    [error] = response.json()
    assert (response.status_code, error["errorCode"], error.get("fields")) == (400, code, wrong)


@pytest.mark.parametrize("body", [b"{", b"[]"])
async def test_a_body_that_is_no_object_is_refused(client, body):
    response = await client.post(f"{SOBJECTS}/Account", content=body)
    assert (response.status_code, response.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


async def test_users_are_not_deleted(client):
    response = await client.delete(f"{SOBJECTS}/User/{ANN}")
    assert response.json()[0]["errorCode"] == "INVALID_TYPE_FOR_OPERATION"
