"""Rows that write-back makes of accounts that a source has none of, over the wire of the imitated vendors."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, func, select, text, update
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from hub.connectors.base import Write
from hub.connectors.salesforce.writing import WRITING
from hub.errors import InputError
from hub.jobs.mapping import map_accounts
from hub.model import (
    AccountProfile,
    AccountRecord,
    Connection,
    Match,
    Removal,
    RemovalEvidence,
    Verdict,
    WriteItem,
    WriteOutcome,
    WritePlan,
)
from hub.store import connections, write_plans
from hub.store.database import Database
from tests.builders import SEALER, saved

from .writer import Vendor, a_partners_list, a_portal, an_org

WRITTEN, SKIPPED, REFUSED = WriteOutcome.WRITTEN, WriteOutcome.SKIPPED, WriteOutcome.REFUSED
NAME, DOMAIN = "Quokka Robotics GmbH", "quokka-robotics.example"


async def mapped(vendor: Vendor, **facts: str | None) -> UUID:
    """The vendor's accounts are synced, a list of its owner's has one more, and all are mapped: that one's account."""
    await vendor.sync()
    async with vendor.database.session() as session:
        owner = (await connections.by_id(session, vendor.id)).owner_id
        about = {"connector": "file", "owner_id": owner, "subject_id": owner, "config": {}, "secrets": {}}
        other = await connections.connect(session, SEALER, name="old crm", **about)
        company = {"name": NAME, "website": f"https://www.{DOMAIN.title()}/de", **facts}
        await saved(session, other, "accounts", AccountRecord(external_id="Q", **company))
    await map_accounts(vendor.database)
    vendor.later(3600)
    return await account_of(vendor.database, "Q")


async def account_of(database: Database, external_id: str) -> UUID:
    async with database.session() as session:
        (account,) = await session.scalars(
            select(AccountRecord.account_id).where(AccountRecord.external_id == external_id)
        )
    return account


async def plan_of_new(vendor: Vendor) -> dict[str, WriteItem]:
    """A plan's lines of rows that are to be made, by field."""
    plan = await vendor.plan()
    assert plan.error is None
    return {field: item for (_, field), item in (await vendor.items(plan)).items() if item.key}


async def made(vendor: Vendor, plan: WritePlan) -> set[WriteOutcome]:
    """What became of a plan's new rows once it was applied."""
    await vendor.apply(plan)
    return {item.outcome for item in (await vendor.items(plan)).values() if item.key}


class Killed(BaseException):
    """The process ended."""


def cut_off(org: Vendor, *ends: tuple[bool, BaseException]) -> None:
    """The first upserts of accounts end so: whether they arrive, and what happens instead of an answer."""
    answered, left = org.world.handle_async_request, list(ends)

    async def answer(request: httpx.Request) -> httpx.Response:
        if not left or not request.url.path.endswith("/Account/Hub_Account_Id__c"):
            return await answered(request)
        arrives, instead = left.pop(0)
        if arrives:
            await answered(request)
        raise instead

    org.world.handle_async_request = answer


@pytest.fixture
async def org(database: Database) -> Vendor:
    return await an_org(database)


@pytest.fixture(params=[an_org, a_portal])
async def vendor(request: pytest.FixtureRequest, database: Database) -> Vendor:
    return await request.param(database)


async def test_a_missing_account_is_shown_made_comes_back_and_joins_its_account(vendor: Vendor, database: Database):
    ids, partners = vendor.fields
    account = await mapped(vendor)
    await a_partners_list(database, vendor.id, account, "Bolt, Inc.")
    await vendor.enable(ids, "account_id", creates_rows=True)
    await vendor.enable(partners, "overlapping_partners")
    known = set(await vendor.records())

    plan = await vendor.plan()

    name, domain = next(each.writing for each in vendor.connector.streams if each.writing).essentials
    key = f"account_{account}"
    new = {item.field: item for item in (await vendor.items(plan)).values() if item.key}
    assert {field: (item.external_id, item.key, item.before, item.after) for field, item in new.items()} == {
        field: (key, key, None, value)
        for field, value in ((ids, key), (partners, "Bolt, Inc."), (name, NAME), (domain, DOMAIN))
    }
    assert (plan.records, plan.records_to_create) == (len(known), 1)
    async with database.session() as session:
        fields = {each.field: (each.value, each.to_create) for each in await write_plans.fields(session, plan.id)}
    assert fields == {
        ids: ("account_id", 1), partners: ("overlapping_partners", 1), name: ("name", 1), domain: ("domain", 1)
    }  # fmt: skip

    assert await made(vendor, plan) == {WRITTEN}

    (row,) = {item.external_id for item in (await vendor.items(plan)).values() if item.key}
    assert row not in {key, *known}
    vendor.later(3600)
    assert await vendor.sync() == 1, "the new row; the others are echoes"
    (line,) = (await plan_of_new(vendor)).values()
    assert line.reason.startswith(f"The row {row} is known"), "it is not mapped yet, but keeps no other row waiting"
    await map_accounts(database)
    record = (await vendor.records())[row]
    assert (record.name, record.account_id) == (NAME, account)
    assert all(item.echoed_at for item in (await vendor.items(plan)).values() if item.outcome is WRITTEN)
    assert await plan_of_new(vendor) == {}


async def test_nothing_is_made_without_a_rule_that_says_so(org: Vendor):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id")
    assert await plan_of_new(org) == {}
    with pytest.raises(InputError, match="made by account_id"):
        await org.enable("Hub_Overlapping_Partners__c", "overlapping_partners", creates_rows=True)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    assert "Name" in await plan_of_new(org)
    with pytest.raises(InputError, match="made by another field already"):
        await org.enable("Description", "account_id", creates_rows=True)
    with pytest.raises(InputError, match="nothing of ours is written over it"):
        await org.enable("Name", "overlapping_partners")


async def test_only_the_owners_own_accounts_are_made_that_would_be_known_again(org: Vendor, database: Database):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    assert set(await plan_of_new(org)) == {"Hub_Account_Id__c", "Name", "Website"}

    async def told(website: str | None, name: str | None, domain: str | None = DOMAIN) -> str | None:
        """What is planned for the owner's record and the account's domain: the website, or why there is none."""
        async with database.session() as session:
            own = update(AccountRecord).where(AccountRecord.external_id == "Q")
            await session.execute(own.values(website=website, name=name))
            await session.execute(update(AccountProfile).where(AccountProfile.id == account).values(domain=domain))
        new = await plan_of_new(org)
        assert {line.name for line in new.values()} == {NAME}
        return new["Website"].after if "Website" in new else new["Hub_Account_Id__c"].reason

    without = f"No record of the owner's has both a name and the domain {DOMAIN}."
    assert await told(None, NAME) == without, "only a partner's list might name the domain"
    assert await told(f"https://not{DOMAIN}", NAME) == without
    assert await told(DOMAIN, None) == without
    assert await told(DOMAIN, NAME, None) == "No record names a domain that only this company uses."
    assert await told("https://www.Bücher.example/", NAME, "xn--bcher-kva.example") == "xn--bcher-kva.example"
    assert await told(DOMAIN, NAME) == DOMAIN
    async with database.session() as session:
        theirs = text("update connection set subject_id = :partner where name = 'old crm'")
        await a_partners_list(database, org.id, account, "Bolt")
        (partner,) = (await session.execute(text("select id from organization where name = 'Bolt'"))).scalars()
        await session.execute(theirs, {"partner": partner})
    assert await plan_of_new(org) == {}, "a partner's account is not ours"


async def test_what_was_deleted_at_the_source_is_not_made_anew(org: Vendor, database: Database):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    gone = {"removal": Removal.DELETED, "removal_evidence": RemovalEvidence.NOT_FOUND, "account_id": account}
    async with database.session() as session:
        one = select(AccountRecord.id).where(AccountRecord.connection_id == org.id).limit(1).scalar_subquery()
        await session.execute(update(AccountRecord).where(AccountRecord.id == one).values(gone))
    assert await plan_of_new(org) == {}


async def test_a_row_that_was_deleted_before_it_was_ever_read_is_not_made_anew(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    assert plan.records_to_create == 1
    async with org.open() as source:
        (row,) = await WRITING["accounts"].upsert(
            source, "Hub_Account_Id__c", [Write(key="theirs", values={"Name": "QUOKKA Robotics"})]
        )
    org.world.state.remove("Account", row.external_id)
    org.later(3600)
    await org.sync()

    assert await made(org, plan) == {WriteOutcome.CONFLICT}
    waits = f"The row {row.external_id}, which was removed, may be the same company."
    (line,) = (await plan_of_new(org)).values()
    assert (line.outcome, line.reason) == (SKIPPED, waits), "by its name"
    facts = update(AccountRecord).where(AccountRecord.external_id == row.external_id)
    for website, told in ((f"http://shop.{DOMAIN}", waits), ("other.example", None)):
        async with database.session() as session:
            await session.execute(facts.values(name="Other", website=website))
        assert {line.reason for line in (await plan_of_new(org)).values()} == {told}, website


async def test_a_row_that_came_to_say_something_else_is_mapped_first(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    (row,) = list(await org.records())[:1]
    await org.edit(row, Name=NAME, Website=DOMAIN)
    org.later(3600)
    await org.sync()

    assert await made(org, plan) == {WriteOutcome.CONFLICT}
    assert "run hub map" in (await obstacles(org))["Name"]

    await map_accounts(database)
    assert await plan_of_new(org) == {}
    assert (await org.records())[row].account_id == await account_of(database, "Q")


async def test_a_row_is_not_made_of_what_was_corrected_since_it_was_planned(org: Vendor, database: Database):
    await mapped(org, website="quokka-robotisc.example")
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    async with database.session() as session:
        await session.execute(update(AccountRecord).where(AccountRecord.external_id == "Q").values(website=DOMAIN))
    await map_accounts(database)

    assert await made(org, plan) == {WriteOutcome.CONFLICT}, "the lines of its name and its id, too"
    assert await made(org, await org.plan()) == {WRITTEN}
    assert org.world.world.salesforce.accounts[-1].website == DOMAIN


async def test_a_row_that_may_be_the_same_company_is_decided_first(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    async with database.session() as session:
        (ours,) = await session.scalars(select(AccountRecord.id).where(AccountRecord.external_id == "Q"))
        theirs = await session.scalar(select(AccountRecord.id).where(AccountRecord.connection_id == org.id).limit(1))
        left, right = sorted((ours, theirs))
        facts = {"score": 5, "evidence": [], "verdict": Verdict.UNSURE, "decided_by": "rules"}
        await session.execute(delete(Match).where(Match.left_id == left, Match.right_id == right))
        session.add(Match(left_id=left, right_id=right, **facts))

    (line,) = (await plan_of_new(org)).values()

    assert (line.outcome, line.reason) == (
        SKIPPED,
        "Another row, there or to be made, may be the same company: decide that match first.",
    )


async def test_of_two_missing_accounts_that_may_be_one_company_one_is_made(org: Vendor, database: Database):
    await mapped(org)
    async with database.session() as session:
        other = await session.scalar(select(Connection.id).where(Connection.name == "old crm"))
        alike = AccountRecord(external_id="R", name="Wombat Robotics GmbH", website="wombat-robotics.example")
        await saved(session, other, "accounts", alike)
    await map_accounts(database)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    async with database.session() as session:
        ends = await session.scalars(select(AccountRecord).where(AccountRecord.connection_id == other))
        first, second = sorted(ends, key=lambda record: record.account_id)
        left, right = sorted((first.id, second.id))
        session.add(Match(left_id=left, right_id=right, score=7, evidence=[], verdict=Verdict.UNSURE, decided_by="x"))

    plan = await org.plan()

    new = {item.key: item for item in (await org.items(plan)).values() if item.key}
    assert (plan.records_to_create, len(new)) == (1, 2)
    assert new[f"account_{first.account_id}"].reason is None
    assert "decide that match first" in new[f"account_{second.account_id}"].reason


async def test_nothing_is_made_by_a_field_that_finds_no_rows(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Overlapping_Partners__c", "account_id", creates_rows=True)
    why = "is not written, for Hub_Overlapping_Partners__c can create no rows: it is no External ID"
    assert await obstacles(org) == {"Hub_Overlapping_Partners__c": None, "Name": why, "Website": why}


GAPS = {
    "update stream_state set synced_at = now() - interval '25 hours'": "not all read within the last day: run hub sync",
    """insert into issue (connection_id, stream, kind, subject, message)
       select connection_id, 'accounts', 'UNMAPPED_PAYLOAD', 'X', '' from stream_state""": "see hub issues",
    """insert into issue (connection_id, stream, kind, subject, message)
       select connection_id, 'accounts', 'BAD_ROW', 'X', '' from stream_state""": "see hub issues",
    """update account_record set account_id = null where connection_id in (select connection_id from stream_state)
       and id = (select max(id::text)::uuid from account_record, stream_state
                 where account_record.connection_id = stream_state.connection_id)""": "run hub map",
    """with partner as (insert into organization (name, is_home) values ('Partner', false) returning id)
       update connection set subject_id = partner.id from partner, stream_state
       where stream_state.connection_id = connection.id""": "another organization's",
}
"""What happens to a source whose rows were known, and what is told of it."""
MAPPED = """
    update account_record set account_id = membership.account_id from account_membership membership
    where record_id = account_record.id and valid_to is null and account_record.account_id is null
"""


async def test_nothing_is_planned_or_made_while_rows_may_only_seem_to_be_missing(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plans = [await org.plan() for _ in GAPS]
    count = len(org.world.world.salesforce.accounts)

    async def happens(statement: str) -> None:
        async with database.session() as session:
            await session.execute(text(statement))

    for plan, (gap, told) in zip(plans, GAPS.items(), strict=True):
        assert plan.records_to_create == 1
        await happens(gap)
        because = await obstacles(org)
        assert because["Hub_Account_Id__c"] is None
        assert because["Name"] == because["Website"]
        assert told in because["Name"], gap
        assert (await org.apply(plan))[WriteOutcome.CONFLICT] == 3, gap
        assert any(told in (item.reason or "") for item in (await org.items(plan)).values())
        await happens("update stream_state set synced_at = now()")
        await happens("update issue set resolved_at = now()")
        await happens(MAPPED)

    assert len(org.world.world.salesforce.accounts) == count
    with pytest.raises(InputError, match="system of another organization"):
        await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)


async def obstacles(vendor: Vendor) -> dict[str, str | None]:
    """What keeps the fields of a plan that creates nothing from being written."""
    plan = await vendor.plan()
    assert plan.records_to_create == 0
    async with vendor.database.session() as session:
        return {each.field: each.obstacle for each in await write_plans.fields(session, plan.id)}


async def test_a_row_that_was_made_meanwhile_is_left_alone(org: Vendor):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    (key,) = list(await org.records())[:1]
    await org.edit(key, Hub_Account_Id__c=f"account_{account}")

    await org.apply(plan)

    made = [item for item in (await org.items(plan)).values() if item.key]
    assert {(item.outcome, item.reason) for item in made} == {
        (WriteOutcome.CONFLICT, f"The row {key} was created since it was planned.")
    }
    (line,) = (await plan_of_new(org)).values()
    assert (line.outcome, line.reason.startswith(f"The row {key} is known by this id")) == (SKIPPED, True)


async def test_a_row_of_the_account_that_was_found_meanwhile_keeps_another_from_being_created(
    org: Vendor, database: Database
):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    async with database.session() as session:
        one = select(AccountRecord.id).where(AccountRecord.connection_id == org.id).limit(1).scalar_subquery()
        await session.execute(update(AccountRecord).where(AccountRecord.id == one).values(account_id=account))

    outcomes = await org.apply(plan)

    assert outcomes[WriteOutcome.CONFLICT] == 3
    assert await plan_of_new(org) == {}


async def test_what_did_not_arrive_is_sent_again_and_an_answer_that_was_lost_makes_no_second_row(org: Vendor):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    cut_off(org, (False, httpx.ReadError("")), (True, httpx.ReadError("")))
    rows = len(org.world.world.salesforce.accounts)

    assert await made(org, plan) == {WRITTEN}
    assert len(org.world.world.salesforce.accounts) == rows + 1


async def test_a_row_whose_answer_nobody_heard_is_not_forgotten(org: Vendor):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    cut_off(org, (True, Killed()))
    with pytest.raises(Killed):
        await org.apply(plan)
    row = org.world.world.salesforce.accounts[-1].id

    await org.edit(row, Hub_Account_Id__c=None)
    (line,) = (await plan_of_new(org)).values()
    assert line.reason == "An earlier plan may have made a row of it: apply that one again, or sync once it expired."

    await org.edit(row, Hub_Account_Id__c=f"account_{account}")
    await org.enable("Hub_Account_Id__c", "account_id")
    assert await made(org, plan) == {WRITTEN}, "it is there, though none may be made any more"
    assert {item.external_id for item in (await org.items(plan)).values() if item.key} == {row}


async def test_a_row_of_which_the_source_never_told_is_waited_for_until_all_were_read(database: Database):
    portal = await a_portal(database)
    await mapped(portal)
    await portal.enable("hub_account_id", "account_id", creates_rows=True)
    plan = await portal.plan()
    app = portal.world.app

    async def say_nothing(scope: Scope, receive: Receive, send: Send) -> None:
        is_silent = scope["path"].endswith("/companies/batch/upsert")
        answer = JSONResponse({"status": "COMPLETE", "results": []}) if is_silent else app
        await answer(scope, receive, send)

    portal.world.app = say_nothing
    assert await made(portal, plan) == {WriteOutcome.SENDING}
    portal.world.app = app
    (line,) = (await plan_of_new(portal)).values()
    assert line.reason.startswith("An earlier plan may have made a row of it")

    async with database.session() as session:
        await session.execute(update(WritePlan).values(expires_at=func.now() - text("interval '1 minute'")))
    await portal.sync()
    await map_accounts(database)
    assert await made(portal, await portal.plan()) == {WRITTEN}


async def test_rows_are_not_made_that_nobody_allows_any_more_and_not_twice(org: Vendor, database: Database):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    rows = org.world.world.salesforce.accounts
    count = len(rows)
    await org.enable("Hub_Account_Id__c", "account_id")
    assert await made(org, plan) == {REFUSED}
    assert len(rows) == count
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    await org.apply(await org.plan())
    assert len(rows) == count + 1
    await org.edit(rows[-1].id, Hub_Account_Id__c=None)
    gone = (SKIPPED, "The hub made a row of it before, which is gone, or is known by another id now.")
    (line,) = (await plan_of_new(org)).values()
    assert (line.outcome, line.reason) == gone

    async with database.session() as session:
        await session.execute(text(RETIRED), {"account": account})
    assert await account_of(database, "Q") != account
    (line,) = (await plan_of_new(org)).values()
    assert (line.outcome, line.reason) == gone, "it was made under an id that its owner has no more"


RETIRED = """
    with heir as (insert into account default values returning id), told as (
        insert into account_profile (owner_id, id, name, domain)
        select owner_id, heir.id, name, domain from account_profile, heir where account_profile.id = :account
    ), moved as (
        update account_record set account_id = heir.id from heir where account_id = :account
    ), gone as (
        delete from account_profile where id = :account returning owner_id, id
    )
    insert into account_redirect (owner_id, retired_id, account_id, retired_at)
    select owner_id, gone.id, heir.id, now() from gone, heir
"""
"""An account that becomes one with another, whose id remains."""
