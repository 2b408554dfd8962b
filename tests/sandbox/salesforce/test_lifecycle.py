from datetime import timedelta

import pytest

from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, DEAL, GLOBEX, INITECH, JANE, JOHN, LEAD, SMALL_DEAL, UMBRELLA

DATA = "/services/data/v67.0"


@pytest.fixture
def here(app, clock):
    clock.time += timedelta(minutes=1)
    return app.state.salesforce


async def everything(client, soql: str) -> list[dict]:
    return (await client.get(f"{DATA}/queryAll", params={"q": soql})).json()["records"]


async def stamp(client, sobject: str, external_id: str) -> str:
    [row] = await everything(client, f"SELECT SystemModstamp FROM {sobject} WHERE Id = '{external_id}'")
    return row["SystemModstamp"]


NOW = "2026-11-01T12:01:00.000+0000"


async def test_what_pointed_to_the_loser_points_to_the_winner(here, client):
    here.merge("Account", GLOBEX, [ACME])
    [loser] = await everything(client, f"SELECT IsDeleted, MasterRecordId FROM Account WHERE Id = '{ACME}'")
    assert (loser["IsDeleted"], loser["MasterRecordId"]) == (True, GLOBEX)
    [person] = await everything(client, f"SELECT AccountId, SystemModstamp FROM Contact WHERE Id = '{JANE}'")
    assert (person["AccountId"], person["SystemModstamp"]) == (GLOBEX, NOW)
    [deal] = await everything(client, f"SELECT AccountId, SystemModstamp FROM Opportunity WHERE Id = '{DEAL}'")
    assert (deal["AccountId"], deal["SystemModstamp"]) == (GLOBEX, NOW)
    [winner] = await everything(client, f"SELECT ParentId, SystemModstamp FROM Account WHERE Id = '{GLOBEX}'")
    assert (winner["ParentId"], winner["SystemModstamp"]) == (None, NOW)


async def test_what_hangs_on_a_row_follows_a_merge_and_is_stamped_alone(here, client):
    here.merge("Contact", JOHN, [JANE])
    roles = await everything(client, "SELECT ContactId, SystemModstamp FROM OpportunityContactRole ORDER BY Id")
    assert [role["ContactId"] for role in roles] == [JOHN, JOHN]
    assert [role["SystemModstamp"] == NOW for role in roles] == [True, False]
    assert await stamp(client, "Opportunity", DEAL) != NOW
    members = await everything(client, "SELECT ContactId FROM CampaignMember WHERE ContactId != NULL")
    assert {member["ContactId"] for member in members} == {JOHN}


@pytest.mark.parametrize(
    ("sobject", "winner", "losers"),
    [
        ("Opportunity", DEAL, [SMALL_DEAL]),
        ("Account", ACME, []),
        ("Account", ACME, [ACME]),
        ("Account", ACME, ["a"] * 3),
    ],
)
def test_not_everything_is_merged(here, sobject, winner, losers):
    with pytest.raises(Refusal):
        here.merge(sobject, winner, losers)


async def test_an_account_takes_along_what_cannot_be_without_it(here, client, world):
    here.remove("Account", ACME)
    copy = world.salesforce
    assert {row.id for row in (*copy.contacts, *copy.opportunities) if row.fate is Fate.DELETED} == {JANE, DEAL}
    member, role = copy.campaigns[0].members[0], copy.opportunities[0].contact_roles[0]
    assert (member.contact, member.fate, role.fate) == (JANE, Fate.DELETED, Fate.DELETED)
    gone = await everything(client, "SELECT Id FROM CampaignMember WHERE IsDeleted = TRUE")
    assert [row["Id"] for row in gone] == [member.id]
    [campaign] = await everything(client, "SELECT NumberOfContacts FROM Campaign")
    assert campaign["NumberOfContacts"] == 0


async def test_what_comes_back_brings_back_what_went_with_it(here, client, clock, world):
    here.remove("Opportunity", DEAL)
    clock.time += timedelta(minutes=1)
    here.remove("Account", ACME)
    clock.time += timedelta(minutes=1)
    here.undelete("Account", ACME)
    copy = world.salesforce
    assert (copy.accounts[0].fate, copy.contacts[0].fate) == (Fate.LIVE, Fate.LIVE)
    assert (copy.opportunities[0].fate, copy.campaigns[0].members[0].fate) == (Fate.DELETED, Fate.LIVE)
    assert await stamp(client, "Account", ACME) == "2026-11-01T12:03:00.000+0000"
    with pytest.raises(Refusal):
        here.undelete("Account", ACME)


async def test_what_went_for_good_only_the_log_knows(here, client):
    here.purge("Account", UMBRELLA)
    here.purge("Account", ACME)
    assert not await everything(client, f"SELECT Id FROM Account WHERE Id IN ('{UMBRELLA}', '{ACME}')")
    assert not await everything(client, f"SELECT Id FROM Contact WHERE Id = '{JANE}'")
    params = {"start": "2026-10-20T00:00:00Z", "end": "2026-11-01T12:02:00Z"}
    log = (await client.get(f"{DATA}/sobjects/Account/deleted", params=params)).json()["deletedRecords"]
    assert {UMBRELLA, ACME} <= {row["id"] for row in log}
    with pytest.raises(Refusal):
        here.purge("Account", ACME)


async def test_a_part_may_go_alone(here, client):
    [role] = await everything(client, f"SELECT Id FROM OpportunityContactRole WHERE ContactId = '{JANE}'")
    assert (await client.delete(f"{DATA}/sobjects/OpportunityContactRole/{role['Id']}")).status_code == 204
    [deal] = await everything(client, f"SELECT ContactId FROM Opportunity WHERE Id = '{DEAL}'")
    assert deal["ContactId"] is None
    here.undelete("OpportunityContactRole", role["Id"])
    [deal] = await everything(client, f"SELECT ContactId FROM Opportunity WHERE Id = '{DEAL}'")
    assert deal["ContactId"] == JANE


async def test_a_lead_is_converted_once(here, client, world):
    lead = world.salesforce.leads[0]
    lead.converted_on = lead.converted_account = None
    here.convert(LEAD, account=INITECH)
    [row] = await everything(
        client,
        "SELECT IsConverted, ConvertedDate, ConvertedAccountId, ConvertedContact.LastName,"
        " ConvertedOpportunity.AccountId, SystemModstamp FROM Lead",
    )
    assert (row["IsConverted"], row["ConvertedDate"], row["ConvertedAccountId"]) == (True, "2026-11-01", INITECH)
    assert (row["ConvertedContact"]["LastName"], row["ConvertedOpportunity"]["AccountId"]) == ("Lane", INITECH)
    assert row["SystemModstamp"] == NOW
    with pytest.raises(Refusal):
        here.convert(LEAD)


async def test_a_long_transaction_is_seen_late_and_stamped_early(here, client, clock):
    here.org.commit_delay = timedelta(minutes=10)
    made = here.create("Account", {"Name": "Late"})
    here.edit("Account", ACME, {"Name": "Acme SE"})
    here.org.commit_delay = timedelta()
    assert not await everything(client, f"SELECT Id FROM Account WHERE Id = '{made}'")
    clock.time += timedelta(minutes=10)
    assert await stamp(client, "Account", made) == NOW
    assert await stamp(client, "Account", ACME) == NOW


async def test_a_long_transaction_leaves_what_went_meanwhile(here, client, clock, world):
    here.org.commit_delay = timedelta(minutes=10)
    here.edit("Contact", JANE, {"Title": "Late"})
    here.org.commit_delay = timedelta()
    clock.time += timedelta(minutes=5)
    here.remove("Account", ACME)
    clock.time += timedelta(minutes=5)
    assert await stamp(client, "Contact", JANE) == "2026-11-01T12:06:00.000+0000"
    assert world.salesforce.contacts[0].title is None


async def test_a_formula_changes_without_a_stamp(here, client):
    soql = f"SELECT Revenue_In_USD__c, SystemModstamp FROM Account WHERE Id = '{ACME}'"
    [before] = await everything(client, soql)
    here.org.rates["EUR"] *= 2
    [after] = await everything(client, soql)
    assert after["Revenue_In_USD__c"] == pytest.approx(before["Revenue_In_USD__c"] / 2)
    assert after["SystemModstamp"] == before["SystemModstamp"]
    fields = (await client.get(f"{DATA}/sobjects/Account/describe")).json()["fields"]
    assert [field["name"] for field in fields if field["calculated"]] == ["Revenue_In_USD__c"]
