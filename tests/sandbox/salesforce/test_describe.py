import json
from pathlib import Path

import pytest

from hub.sandbox.salesforce import salesforce_app
from tests.sandbox.salesforce.builders import a_client

RECORDED = Path(__file__).parents[1] / "fixtures" / "salesforce"
SOBJECTS = "/services/data/v67.0/sobjects"


async def fields(client, sobject: str) -> dict[str, dict]:
    described = (await client.get(f"{SOBJECTS}/{sobject}/describe")).json()
    return {field["name"]: field for field in described["fields"]}


def recorded_account() -> dict:
    return json.loads((RECORDED / "describe-account-sampled.json").read_text())["compositeResponse"][0]["body"]


async def test_describe_has_every_key_of_a_recorded_one(client):
    described = (await client.get(f"{SOBJECTS}/Account/describe")).json()
    recorded = recorded_account()
    assert recorded.keys() - described.keys() == set()
    assert {frozenset(field) for field in described["fields"]} == {frozenset(recorded["fields"][0])}


async def test_accounts_can_do_what_recorded_ones_can(client):
    described, recorded = (await client.get(f"{SOBJECTS}/Account/describe")).json(), recorded_account()
    # Empty in the sampled recording.
    sampled = {"fields", "urls", "childRelationships", "supportedScopes"}
    assert {key: described[key] for key in recorded.keys() - sampled} == {
        key: recorded[key] for key in recorded.keys() - sampled
    }


async def test_fields_are_described_as_recorded(client):
    here = await fields(client, "Account")
    # What orgs set up for themselves, and the odd mark of person accounts.
    free = {"extraTypeInfo", "compoundFieldName", "label", "picklistValues"}
    compared = [field for field in recorded_account()["fields"] if field["name"] in here]
    assert len(compared) >= 2
    for field in compared:
        assert {key: here[field["name"]][key] for key in field.keys() - free} == {
            key: field[key] for key in field.keys() - free
        }


async def test_the_list_of_objects_tells_what_can_be_done_with_each(client):
    listed = {one["name"]: one for one in (await client.get(SOBJECTS)).json()["sobjects"]}
    assert {"Account", "Contact", "Opportunity", "Lead", "Campaign", "Partner", "User", "Organization"} <= listed.keys()
    assert not listed["OpportunityPartner"]["replicateable"]
    assert not listed["OpportunityStage"]["replicateable"]
    assert listed["Partner"]["replicateable"]
    assert listed["Account"]["keyPrefix"] == "001"
    assert not listed["User"]["createable"]
    assert "ChannelProgram" not in listed


async def test_references_name_what_they_lead_to(client):
    account = await fields(client, "Account")
    assert (account["OwnerId"]["referenceTo"], account["OwnerId"]["relationshipName"]) == (["User"], "Owner")
    lead = await fields(client, "Lead")
    assert lead["OwnerId"]["polymorphicForeignKey"]
    described = (await client.get(f"{SOBJECTS}/Account/describe")).json()
    assert {"childSObject": "Contact", "field": "AccountId", "relationshipName": "Contacts"}.items() <= {
        key: value
        for child in described["childRelationships"]
        if child["relationshipName"] == "Contacts"
        for key, value in child.items()
    }.items()


async def test_custom_fields_are_ours_a_formula_and_those_that_rows_use(client):
    account = await fields(client, "Account")
    custom = {name: field["type"] for name, field in account.items() if field["custom"]}
    assert custom == {
        "Hub_Account_Id__c": "string",
        "Hub_Overlapping_Partners__c": "textarea",
        "Revenue_In_USD__c": "double",
        "Region_Team__c": "string",
        "Score__c": "double",
        "Is_Key__c": "boolean",
        "Mixed__c": "string",
        "Renewal__c": "date",
        "Unset__c": "string",
    }
    assert account["Region_Team__c"]["label"] == "Region Team"


async def test_stages_are_a_restricted_picklist(client):
    stage = (await fields(client, "Opportunity"))["StageName"]
    assert stage["restrictedPicklist"]
    assert [value["value"] for value in stage["picklistValues"]][-1] == "Closed Lost"


async def test_only_partner_licences_bring_partner_fields(app, world, clock):
    async with a_client(app) as plain, a_client(salesforce_app(world, clock, partner_licences=True)) as licensed:
        assert "IsPartner" not in await fields(plain, "Account")
        assert "IsPartner" in await fields(licensed, "Account")
        soql = {"q": "SELECT PartnerAccount.Name FROM Opportunity ORDER BY Name"}
        assert "PartnerAccountId" not in await fields(plain, "Lead")
        assert "PartnerAccountId" in await fields(licensed, "Lead")
        rows = (await licensed.get("/services/data/v67.0/query", params=soql)).json()["records"]
        assert [row["PartnerAccount"] and row["PartnerAccount"]["Name"] for row in rows] == ["Initech O'Neil", None]


async def test_a_field_that_was_taken_away_is_neither_described_nor_answered(app, client):
    app.state.salesforce.org.hide("Account", "DunsNumber")
    assert "DunsNumber" not in await fields(client, "Account")
    soql = {"q": "SELECT DunsNumber FROM Account"}
    response = await client.get("/services/data/v67.0/query", params=soql)
    assert response.json()[0]["errorCode"] == "INVALID_FIELD"


@pytest.mark.parametrize("path", [SOBJECTS, f"{SOBJECTS}/Account/describe"])
async def test_who_has_a_description_is_not_sent_it_again(client, path):
    known = (await client.get(path)).headers["Last-Modified"]
    again = await client.get(path, headers={"If-Modified-Since": known})
    assert (again.status_code, again.content) == (304, b"")
    older = await client.get(path, headers={"If-Modified-Since": "Sat, 31 Oct 2026 12:00:00 GMT"})
    assert older.status_code == 200


async def test_an_object_is_summed_up(client):
    assert (await client.get(f"{SOBJECTS}/account")).json()["objectDescribe"]["labelPlural"] == "Accounts"


async def test_versions_are_told_to_anyone(client):
    del client.headers["Authorization"]
    versions = (await client.get("/services/data")).json()
    labels = {one["version"]: one["label"] for one in versions}
    assert labels["59.0"] == "Winter '24"
    assert labels["66.0"] == "Spring '26"
    assert labels["67.0"] == "Summer '26"
    assert [one["version"] for one in versions] == sorted(labels)


async def test_a_version_lists_what_it_offers(client):
    assert (await client.get("/services/data/v62.0")).json()["query"] == "/services/data/v62.0/query"
