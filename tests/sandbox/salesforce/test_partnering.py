from datetime import timedelta

import pytest

from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.salesforce import salesforce_app
from hub.sandbox.world import Fate
from tests.sandbox.salesforce.builders import ACME, DEAL, GLOBEX, INITECH, JANE, SMALL_DEAL, a_client

DATA = "/services/data/v67.0"
NOW = "2026-11-01T12:00:00.000+0000"


async def found(client, soql: str) -> list[dict]:
    response = await client.get(f"{DATA}/query", params={"q": soql})
    assert response.status_code == 200, response.text
    return response.json()["records"]


async def partner(client, **facts) -> str:
    response = await client.post(f"{DATA}/sobjects/Partner", json=facts)
    assert response.status_code == 201, response.text
    return response.json()["id"]


async def test_a_partner_is_seen_from_both_sides(client):
    made = await partner(client, AccountFromId=ACME, AccountToId=GLOBEX, Role="Reseller", IsPrimary=True)
    soql = "SELECT Id, AccountFromId, AccountToId, Role, IsPrimary, ReversePartnerId FROM {} WHERE CreatedDate >= TODAY"
    for sobject in ("AccountPartner", "Partner"):
        there, back = await found(client, soql.format(sobject))
        assert (there["Id"], there["AccountFromId"], there["AccountToId"]) == (made, ACME, GLOBEX)
        assert (back["AccountFromId"], back["AccountToId"], back["Role"]) == (GLOBEX, ACME, "Customer")
        assert (there["ReversePartnerId"], back["ReversePartnerId"]) == (back["Id"], there["Id"])
        assert (there["IsPrimary"], back["IsPrimary"]) == (True, False)


async def test_there_is_one_primary_partner(client, clock):
    first = await partner(client, AccountFromId=ACME, AccountToId=GLOBEX, IsPrimary=True)
    clock.time += timedelta(minutes=1)
    second = await partner(client, AccountFromId=ACME, AccountToId=INITECH, IsPrimary=True)
    rows = await found(client, "SELECT Id, SystemModstamp FROM Partner WHERE IsPrimary = TRUE AND OpportunityId = NULL")
    assert [row["Id"] for row in rows] == [second]
    [row] = await found(client, f"SELECT SystemModstamp FROM Partner WHERE Id = '{first}'")
    assert row["SystemModstamp"] == "2026-11-01T12:01:00.000+0000"


async def test_a_partner_in_a_deal_is_one_of_the_account_too(client):
    made = await partner(client, OpportunityId=DEAL, AccountToId=GLOBEX, Role="Distributor", IsPrimary=True)
    roles = await found(client, "SELECT Id, AccountToId, IsPrimary, SystemModstamp FROM OpportunityPartner ORDER BY Id")
    assert {(row["AccountToId"], row["IsPrimary"]) for row in roles} == {(INITECH, False), (GLOBEX, True)}
    assert [row["SystemModstamp"] for row in roles if row["Id"] == made] == [NOW]
    of_account = await found(
        client, f"SELECT AccountFromId, AccountToId FROM AccountPartner WHERE OpportunityId = '{DEAL}'"
    )
    assert {(row["AccountFromId"], row["AccountToId"]) for row in of_account} == {(ACME, INITECH), (ACME, GLOBEX)}
    await partner(client, OpportunityId=SMALL_DEAL, AccountToId=GLOBEX)
    assert not await found(client, f"SELECT Id FROM AccountPartner WHERE OpportunityId = '{SMALL_DEAL}'")


async def test_both_sides_of_a_partner_go_together(client):
    made = await partner(client, AccountFromId=ACME, AccountToId=GLOBEX)
    assert (await client.patch(f"{DATA}/sobjects/Partner/{made}", json={"Role": "x"})).status_code == 400
    assert (await client.delete(f"{DATA}/sobjects/Partner/{made}")).status_code == 204
    assert not await found(client, "SELECT Id FROM Partner WHERE OpportunityId = NULL")


async def test_partners_go_with_the_account(app, client):
    await partner(client, AccountFromId=ACME, AccountToId=GLOBEX)
    app.state.salesforce.remove("Account", GLOBEX)
    assert not await found(client, "SELECT Id FROM Partner WHERE OpportunityId = NULL")


@pytest.mark.parametrize(("facts", "missing"), [({}, "AccountToId"), ({"AccountToId": ACME}, "AccountFromId")])
async def test_a_partner_has_two_sides(client, facts, missing):
    response = await client.post(f"{DATA}/sobjects/Partner", json=facts)
    assert (response.status_code, response.json()[0]["fields"]) == (400, [missing])


async def test_roles_name_the_other_side(client):
    rows = await found(client, "SELECT MasterLabel, ApiName, ReverseRole FROM PartnerRole ORDER BY SortOrder")
    assert {row["MasterLabel"]: row["ReverseRole"] for row in rows}["Reseller"] == "Customer"


async def test_people_have_to_do_with_other_accounts_too(app, client):
    made = app.state.salesforce.create(
        "AccountContactRelation", {"AccountId": GLOBEX, "ContactId": JANE, "Roles": "A;B"}
    )
    soql = f"SELECT Id, AccountId, IsDirect, Roles FROM AccountContactRelation WHERE ContactId = '{JANE}'"
    direct, other = await found(client, soql)
    assert (direct["AccountId"], direct["IsDirect"]) == (ACME, True)
    assert (other["Id"], other["AccountId"], other["IsDirect"], other["Roles"]) == (made, GLOBEX, False, "A;B")
    gone = await client.delete(f"{DATA}/sobjects/AccountContactRelation/{direct['Id']}")
    assert (gone.status_code, gone.json()[0]["errorCode"]) == (400, "DELETE_FAILED")
    app.state.salesforce.merge("Account", INITECH, [GLOBEX])
    assert [row["AccountId"] for row in await found(client, soql)] == [ACME, INITECH]
    app.state.salesforce.remove("Contact", JANE)
    assert not await found(client, soql)


async def test_only_partner_licences_bring_the_program(ecosystem, clock, client):
    programs = ("ChannelProgram", "ChannelProgramLevel", "ChannelProgramMember", "PartnerFundClaim")
    for sobject in programs:
        assert (await client.get(f"{DATA}/sobjects/{sobject}/describe")).status_code == 404
    async with a_client(salesforce_app(ecosystem, clock, partner_licences=True)) as licensed:
        members = await found(
            licensed, "SELECT PartnerId, Level.Name, Level.Rank, Program.Name FROM ChannelProgramMember"
        )
        soql = "SELECT Id, ChannelProgramName, ChannelProgramLevelName FROM Account WHERE IsPartner = TRUE"
        accounts = await found(licensed, soql)
        levels = {row["PartnerId"]: row["Level"]["Name"] for row in members}
        assert {row["Id"]: row["ChannelProgramLevelName"] for row in accounts} == levels
        assert sorted(levels.values()) == sorted(partner.tier for partner in ecosystem.partners)
        programs = {row["ChannelProgramName"] for row in accounts}
        assert {row["Program"]["Name"] for row in members} == programs == {ecosystem.program}


async def test_the_program_is_read_with_every_field(ecosystem, clock):
    async with a_client(salesforce_app(ecosystem, clock, partner_licences=True)) as client:
        listed = (await client.get(f"{DATA}/sobjects")).json()["sobjects"]
        names = [
            each["name"] for each in listed if each["name"].startswith(("Channel", "PartnerFund", "PartnerMarket"))
        ]
        assert len(names) == 7
        for name in names:
            fields = (await client.get(f"{DATA}/sobjects/{name}/describe")).json()["fields"]
            assert await found(client, f"SELECT {', '.join(field['name'] for field in fields)} FROM {name}"), name


async def test_a_partner_is_promoted_and_leaves_the_program_with_its_account(clock):
    ecosystem = made_up_ecosystem(60)  # that of all tests is read only
    async with a_client(salesforce_app(ecosystem, clock, partner_licences=True)) as client:
        (level,) = await found(client, "SELECT Id, ProgramId FROM ChannelProgramLevel WHERE Rank = 1")
        account = ecosystem.salesforce.accounts[-1].id
        joined = {"Name": "New", "ProgramId": level["ProgramId"], "PartnerId": account}
        made = (await client.post(f"{DATA}/sobjects/ChannelProgramMember", json=joined)).json()["id"]
        soql = f"SELECT ChannelProgramName, ChannelProgramLevelName FROM Account WHERE Id = '{account}'"
        (before,) = await found(client, soql)
        await client.patch(f"{DATA}/sobjects/ChannelProgramMember/{made}", json={"LevelId": level["Id"]})
        (after,) = await found(client, soql)
        await client.delete(f"{DATA}/sobjects/Account/{account}")

        assert (before["ChannelProgramName"], before["ChannelProgramLevelName"]) == (ecosystem.program, None)
        assert after["ChannelProgramLevelName"] == ecosystem.tiers[-1]
        assert not await found(client, f"SELECT Id FROM ChannelProgramMember WHERE Id = '{made}'")


async def test_funds_add_up_from_the_claim_to_the_budget(ecosystem, clock):
    app = salesforce_app(ecosystem, clock, partner_licences=True)
    held = app.state.salesforce.org.partnering
    async with a_client(app) as client:
        columns = "Id, TotalAllocatedAmount, TotalApprovedFrs, TotalApprovedFcs, TotalReimbursedFcs"
        for budget in await found(client, f"SELECT {columns} FROM PartnerMarketingBudget"):
            asked = [each for each in held.requests if each.budget == budget["Id"] and each.status == "Approved"]
            claimed = [each for each in held.claims if each.budget == budget["Id"]]
            assert budget["TotalApprovedFrs"] == sum(each.amount for each in asked) > 0
            assert budget["TotalApprovedFcs"] == sum(each.amount for each in claimed)
            assert budget["TotalReimbursedFcs"] == sum(each.amount for each in claimed if each.status == "Paid") > 0
        held.claims[0].fate = Fate.DELETED
        claims = await found(client, "SELECT Id, Request.Title, Allocation.Budget.Title FROM PartnerFundClaim")
        assert len(claims) == len(held.claims) - 1
