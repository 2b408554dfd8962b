import json
from pathlib import Path

import httpx
import pytest

from hub.sandbox.salesforce.custom_fields import OURS
from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, BOB, DEAL, GLOBEX, HOOLI, INITECH, JANE, JOHN, SMALL_DEAL, UMBRELLA

RECORDED = Path(__file__).parents[1] / "fixtures" / "salesforce"
LIVE = [ACME, GLOBEX, INITECH]
AFTER_ACME = (
    f"SELECT Id FROM Account WHERE SystemModstamp > 2026-05-03T07:25:37Z OR "
    f"(SystemModstamp = 2026-05-03T07:25:37Z AND Id > '{ACME}') ORDER BY SystemModstamp, Id"
)

FOUND = [
    ("SELECT Id FROM Account", LIVE),
    ("select id from account where name = 'ACME GMBH'", [ACME]),
    ("SELECT Id FROM Account WHERE Name != 'Acme GmbH'", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Name <> 'Acme GmbH'", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Website != 'https://acme.example'", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Website = null", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Website = ''", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Website != NULL", [ACME]),
    ("SELECT Id FROM Account WHERE Website > null", []),
    ("SELECT Id FROM Account WHERE Name = 'initech o\\'neil'", [INITECH]),
    ("SELECT Id FROM Account WHERE Name = 'globex 100\\% Ltd'", [GLOBEX]),
    ("SELECT Id FROM Account WHERE Name LIKE 'ACME%'", [ACME]),
    ("SELECT Id FROM Account WHERE Name LIKE '%100\\%%'", [GLOBEX]),
    ("SELECT Id FROM Account WHERE Name LIKE 'Acme_GmbH'", [ACME]),
    ("SELECT Id FROM Account WHERE Website LIKE '%.example'", [ACME]),
    ("SELECT Id FROM Account WHERE Name LIKE 'a\\\\b'", []),
    ("SELECT Id FROM Account WHERE NOT Name LIKE 'acme%'", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE AnnualRevenue > 50000.4 AND AnnualRevenue <= 1.39E8", [ACME, GLOBEX]),
    ("SELECT Id FROM Account WHERE AnnualRevenue < 60000", [GLOBEX]),
    ("SELECT Id FROM Account WHERE NumberOfEmployees >= 250", [ACME]),
    ("SELECT Id FROM Account WHERE NumberOfEmployees = null", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE Type IN ('customer', 'Partner')", [ACME, INITECH]),
    ("SELECT Id FROM Account WHERE Type NOT IN ('Customer', 'Partner')", [GLOBEX]),
    ("SELECT Id FROM Account WHERE Website IN (null, 'x')", [GLOBEX, INITECH]),
    (f"SELECT Id FROM Account WHERE Id = '{ACME[:15]}'", [ACME]),
    (f"SELECT Id FROM Account WHERE Id IN ('{ACME}', '{GLOBEX[:15]}')", [ACME, GLOBEX]),
    (f"SELECT Id FROM Account WHERE Id > '{ACME}'", [GLOBEX, INITECH]),
    (f"SELECT Id FROM Account WHERE OwnerId = '{BOB}'", [ACME]),
    ("SELECT Id FROM Account WHERE Owner.Name = 'Bob Baker'", [ACME]),
    ("SELECT Id FROM Account WHERE Account.Name = 'Acme GmbH'", [ACME]),
    ("SELECT Id FROM Account WHERE Parent.Owner.Name = 'Bob Baker'", [GLOBEX]),
    ("SELECT Id FROM Account WHERE Is_Key__c = true", [ACME]),
    ("SELECT Id FROM Account WHERE Score__c = 7.5", [ACME]),
    ("SELECT Id FROM Account WHERE Renewal__c = 2027-01-31", [GLOBEX]),
    ("SELECT Id FROM Account WHERE Mixed__c = '3'", [GLOBEX]),
    ("SELECT Id FROM Account WHERE IsDeleted = true", []),
    ("SELECT Id FROM Account WHERE IsDeleted = FALSE", LIVE),
    ("SELECT Id FROM Account WHERE (Type = 'Customer' OR Type = 'Partner') AND Website != null", [ACME]),
    ("SELECT Id FROM Account WHERE NOT (Type = 'Customer' OR Type = 'Partner')", [GLOBEX]),
    ("SELECT Id FROM Account WHERE SystemModstamp >= 2026-05-03T07:25:37Z", [GLOBEX, INITECH]),
    ("SELECT Id FROM Account WHERE SystemModstamp > 2026-05-03T07:25:37.000Z", [INITECH]),
    ("SELECT Id FROM Account WHERE SystemModstamp = 2026-05-03T09:25:37+02:00", [GLOBEX]),
    ("SELECT Id FROM Account WHERE SystemModstamp < 2026-05-03T07:25:37+0000", [ACME]),
    ("SELECT Id FROM Account WHERE SystemModstamp = LAST_N_DAYS:3", [INITECH]),
    ("SELECT Id FROM Account WHERE SystemModstamp >= LAST_N_DAYS:2", []),
    ("SELECT Id FROM Account WHERE SystemModstamp < TODAY", LIVE),
    ("SELECT Id FROM Account WHERE SystemModstamp > THIS_YEAR", []),
    ("SELECT Id FROM Account WHERE SystemModstamp != LAST_WEEK", [ACME, GLOBEX]),
    ("SELECT Id FROM Opportunity WHERE CloseDate = 2026-12-24", [DEAL]),
    ("SELECT Id FROM Opportunity WHERE CloseDate > TODAY", [DEAL]),
    ("SELECT Id FROM Opportunity WHERE CloseDate <= LAST_MONTH", [SMALL_DEAL]),
    ("SELECT Id FROM Opportunity WHERE CloseDate = NEXT_MONTH", [DEAL]),
    ("SELECT Id FROM Opportunity WHERE Account.Name = null", [SMALL_DEAL]),
    ("SELECT Id FROM Contact WHERE FirstName = null", [JOHN]),
    ("SELECT Id FROM Account ORDER BY Name", [ACME, GLOBEX, INITECH]),
    ("SELECT Id FROM Account ORDER BY Name DESC", [INITECH, GLOBEX, ACME]),
    ("SELECT Id FROM Account ORDER BY AnnualRevenue", [INITECH, GLOBEX, ACME]),
    ("SELECT Id FROM Account ORDER BY AnnualRevenue ASC NULLS LAST", [GLOBEX, ACME, INITECH]),
    ("SELECT Id FROM Account ORDER BY AnnualRevenue DESC NULLS FIRST", [INITECH, ACME, GLOBEX]),
    ("SELECT Id FROM Account ORDER BY SystemModstamp DESC, Id DESC LIMIT 2", [INITECH, GLOBEX]),
    ("SELECT Id FROM Account ORDER BY Website, Id DESC", [INITECH, GLOBEX, ACME]),
    ("SELECT Id FROM Account ORDER BY Owner.Name, Name LIMIT 1 OFFSET 1", [INITECH]),
    (AFTER_ACME, [GLOBEX, INITECH]),
    ("SELECT Id FROM Contact WHERE Email = 'jane@acme.example'", [JANE]),
]


async def answer(client: httpx.AsyncClient, soql: str, resource: str = "query") -> dict:
    response = await client.get(f"/services/data/v67.0/{resource}", params={"q": soql})
    assert response.status_code == 200, response.text
    return response.json()


async def ids(client: httpx.AsyncClient, soql: str, resource: str = "query") -> list[str]:
    return [row["Id"] for row in (await answer(client, soql, resource))["records"]]


@pytest.mark.parametrize(("soql", "expected"), FOUND)
async def test_a_query_finds_these_rows(client, soql, expected):
    assert await ids(client, soql) == expected


async def test_query_all_sees_the_recycle_bin_and_merged_rows_but_not_purged_ones(client):
    assert await ids(client, "SELECT Id FROM Account", "queryAll") == [*LIVE, UMBRELLA, HOOLI]
    assert await ids(client, "SELECT Id FROM Account WHERE IsDeleted = true", "queryAll") == [UMBRELLA, HOOLI]
    assert await ids(client, f"SELECT Id FROM Account WHERE MasterRecordId = '{ACME}'", "queryAll") == [HOOLI]


async def test_names_come_back_as_describe_spells_them(client):
    row = (await answer(client, "SELECT iD, owner.NAME, rEGION_tEAM__C FROM aCCOUNT LIMIT 1"))["records"][0]
    assert row == {
        "attributes": {"type": "Account", "url": f"/services/data/v67.0/sobjects/Account/{ACME}"},
        "Id": ACME,
        "Owner": {
            "attributes": {"type": "User", "url": f"/services/data/v67.0/sobjects/User/{BOB}"},
            "Name": "Bob Baker",
        },
        "Region_Team__c": "DACH",
    }


async def test_a_missing_parent_is_null(client):
    rows = (await answer(client, "SELECT Parent.Name, Parent.Owner.Name FROM Account"))["records"]
    assert [row["Parent"] and row["Parent"]["Name"] for row in rows] == [None, "Acme GmbH", None]
    assert rows[1]["Parent"]["Owner"]["Name"] == "Bob Baker"


async def test_a_parent_that_is_gone_for_good_is_null(client, world):
    world.salesforce.accounts[0].fate = Fate.PURGED
    rows = (await answer(client, "SELECT AccountId, Account.Name FROM Contact WHERE AccountId != null"))["records"]
    assert [(row["AccountId"], row["Account"]) for row in rows] == [(ACME, None)]
    assert await ids(client, "SELECT Id FROM Contact WHERE Account.Name = null") == [JANE, JOHN]


async def test_a_path_may_begin_with_the_object_itself(client):
    row = (await answer(client, "SELECT Account.Id, Account.Owner.Name FROM Account LIMIT 1"))["records"][0]
    assert (row["Id"], row["Owner"]["Name"]) == (ACME, "Bob Baker")


async def test_record_types_are_reached_from_rows(client):
    rows = (await answer(client, "SELECT RecordType.DeveloperName FROM Lead"))["records"]
    assert [row["RecordType"]["DeveloperName"] for row in rows] == ["Deal_Registration"]


async def test_amounts_are_exact_and_written_as_salesforce_does(client):
    response = await client.get(
        "/services/data/v67.0/query", params={"q": "SELECT AnnualRevenue FROM Account ORDER BY AnnualRevenue"}
    )
    assert '"AnnualRevenue":null' in response.text
    assert '"AnnualRevenue":50000.5}' in response.text
    assert '"AnnualRevenue":1.39E8}' in response.text


async def test_an_address_is_an_object_or_null(client):
    rows = (await answer(client, "SELECT BillingAddress, BillingCity FROM Account"))["records"]
    assert rows[0]["BillingAddress"] == {
        "city": "Bonn",
        "country": "Germany",
        "geocodeAccuracy": None,
        "latitude": None,
        "longitude": None,
        "postalCode": "53111",
        "state": None,
        "street": "Main Street 1",
    }
    assert rows[1]["BillingAddress"] is None


async def test_counting_without_a_field_sends_no_rows(client):
    assert await answer(client, "SELECT COUNT() FROM Account WHERE Website = null") == {
        "totalSize": 2,
        "done": True,
        "records": [],
    }


async def test_counting_a_field_leaves_out_nulls(client):
    found = await answer(client, "SELECT COUNT(Id), COUNT(Website) known, COUNT_DISTINCT(CreatedDate) FROM Account")
    assert found["totalSize"] == 1
    assert found["records"] == [{"attributes": {"type": "AggregateResult"}, "expr0": 3, "known": 1, "expr1": 2}]


async def test_groups_are_added_up(client):
    soql = "SELECT StageName, COUNT(Id) deals, SUM(Amount) total, AVG(Amount) FROM Opportunity GROUP BY StageName"
    attributes = {"type": "AggregateResult"}
    assert (await answer(client, soql))["records"] == [
        {"attributes": attributes, "StageName": "Negotiation", "deals": 1, "total": 1.25e7, "expr0": 1.25e7},
        {"attributes": attributes, "StageName": "Closed Lost", "deals": 1, "total": None, "expr0": None},
    ]


async def test_the_first_and_the_last_stamp_are_told(client):
    row = (await answer(client, "SELECT MIN(SystemModstamp), MAX(SystemModstamp) last FROM Account"))["records"][0]
    assert (row["expr0"], row["last"]) == ("2026-05-01T07:25:37.000+0000", "2026-10-29T12:00:00.000+0000")


async def test_children_are_nested_and_null_where_there_are_none(client):
    soql = "SELECT Id, (SELECT LastName FROM Contacts ORDER BY LastName LIMIT 5) FROM Account"
    rows = (await answer(client, soql))["records"]
    assert [row["Contacts"] and row["Contacts"]["totalSize"] for row in rows] == [1, None, None]
    assert rows[0]["Contacts"]["records"][0]["LastName"] == "Doe"
    assert rows[0]["Contacts"]["done"] is True


async def test_all_fields_need_a_limit_and_standard_ones_do_not(client):
    row = (await answer(client, "SELECT FIELDS(ALL) FROM Account LIMIT 1"))["records"][0]
    assert {"Id", "BillingAddress", "Region_Team__c"} <= row.keys()
    custom = (await answer(client, "SELECT Id, FIELDS(CUSTOM) FROM Account LIMIT 200"))["records"][0]
    assert custom.keys() == {
        "attributes",
        "Id",
        "Region_Team__c",
        "Score__c",
        "Is_Key__c",
        "Mixed__c",
        "Renewal__c",
        "Unset__c",
        *OURS,
        "Revenue_In_USD__c",
    }
    standard = (await answer(client, "SELECT FIELDS(STANDARD) FROM Account"))["records"]
    assert len(standard) == 3
    assert "Region_Team__c" not in standard[0]


async def test_a_plus_sign_must_be_encoded_to_survive(client):
    soql = "SELECT+Id+FROM+Account+WHERE+SystemModstamp=2026-05-03T07:25:37"
    good = await client.get(f"/services/data/v67.0/query?q={soql}%2B00:00")
    bad = await client.get(f"/services/data/v67.0/query?q={soql}+00:00")
    assert [row["Id"] for row in good.json()["records"]] == [GLOBEX]
    assert bad.json()[0]["errorCode"] == "MALFORMED_QUERY"


def shape_of(value):
    """The keys of a body and the types of its values, whatever they say."""
    if isinstance(value, dict):
        return {key: shape_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return shape_of(value[0]) if value else []
    return type(value).__name__


def recorded(name: str) -> dict:
    return json.loads((RECORDED / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "soql"),
    [
        ("read-opportunity-with-account", "SELECT Id, Name, AccountId, Amount, StageName FROM Opportunity"),
        (
            "read-opportunity-with-contacts",
            "SELECT Id,Name,Amount,StageName,(SELECT Id,ContactId,Role FROM OpportunityContactRoles) FROM Opportunity",
        ),
    ],
)
async def test_an_answer_has_the_shape_of_a_recorded_one(client, name, soql):
    assert shape_of(await answer(client, soql)) == shape_of(recorded(name))


async def test_an_address_has_the_shape_of_a_recorded_one(client):
    row = (await answer(client, "SELECT Address FROM Lead"))["records"][0]
    assert row["Address"].keys() == recorded("read-list-leads")["records"][0]["Address"].keys()
