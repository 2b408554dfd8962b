"""Rows that write-back makes of accounts that a source has none of, over the wire of the imitated vendors."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select, text, update

from hub.errors import InputError
from hub.jobs.mapping import map_accounts
from hub.model import (
    AccountRecord,
    Match,
    Removal,
    RemovalEvidence,
    StreamState,
    Verdict,
    WriteItem,
    WriteOutcome,
    WriteRule,
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

    assert set(await vendor.apply(plan)) == {WRITTEN}

    (row,) = {item.external_id for item in (await vendor.items(plan)).values() if item.key}
    assert row not in {key, *known}
    vendor.later(3600)
    assert await vendor.sync() == 1, "the new row; the others are echoes"
    await map_accounts(database)
    record = (await vendor.records())[row]
    assert (record.name, record.account_id) == (NAME, account)
    assert all(item.echoed_at for item in (await vendor.items(plan)).values())
    assert await plan_of_new(vendor) == {}


async def test_nothing_is_made_without_a_rule_that_says_so(org: Vendor):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id")
    assert await plan_of_new(org) == {}
    with pytest.raises(InputError, match="made by account_id"):
        await org.enable("Hub_Overlapping_Partners__c", "overlapping_partners", creates_rows=True)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    assert "Name" in await plan_of_new(org)
    with pytest.raises(InputError, match="made by Hub_Account_Id__c already"):
        await org.enable("Description", "account_id", creates_rows=True)


async def test_only_the_owners_own_accounts_are_made_that_would_be_known_again(org: Vendor, database: Database):
    account = await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    assert set(await plan_of_new(org)) == {"Hub_Account_Id__c", "Name", "Website"}

    async def set_own(**values: object) -> None:
        async with database.session() as session:
            await session.execute(update(AccountRecord).where(AccountRecord.external_id == "Q").values(**values))

    await set_own(website=None)
    assert await plan_of_new(org) == {}, "only a partner's list might name the domain"
    await set_own(website=f"https://not{DOMAIN}")
    assert await plan_of_new(org) == {}
    await set_own(website=DOMAIN, name=None)
    assert await plan_of_new(org) == {}
    await set_own(name=NAME)
    assert await plan_of_new(org) != {}
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
        "A row that is there may be the same company: decide that match first.",
    )


async def test_nothing_is_made_before_all_rows_are_known_or_by_a_field_that_finds_none(org: Vendor, database: Database):
    account = await mapped(org)
    await org.enable("Hub_Overlapping_Partners__c", "account_id", creates_rows=True)

    async def obstacles() -> dict[str, str | None]:
        plan = await org.plan()
        assert plan.records_to_create == 0
        async with database.session() as session:
            return {each.field: each.obstacle for each in await write_plans.fields(session, plan.id)}

    why = "is not written, for Hub_Overlapping_Partners__c can create no rows: it is no External ID"
    assert await obstacles() == {"Hub_Overlapping_Partners__c": None, "Name": why, "Website": why}
    async with database.session() as session:
        await session.execute(update(WriteRule).values(field="Hub_Account_Id__c"))
        await session.execute(update(AccountRecord).where(AccountRecord.account_id != account).values(account_id=None))
    assert set((await obstacles()).values()) == {
        None,
        "is not written yet: rows are created once all rows of this connection were read and mapped",
    }
    await map_accounts(database)
    async with database.session() as session:
        await session.execute(update(StreamState).values(synced_at=None))
    assert (await obstacles())["Name"].startswith("is not written yet")


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


async def test_an_answer_that_was_lost_makes_no_second_row(org: Vendor):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    answered, lost = org.world.handle_async_request, []

    async def lose(request: httpx.Request) -> httpx.Response:
        response = await answered(request)
        if request.method == "PATCH" and request.url.path.endswith("/Account/Hub_Account_Id__c") and not lost:
            lost.append(response)
            raise httpx.ReadError("cut off")
        return response

    org.world.handle_async_request = lose
    rows = len(org.world.world.salesforce.accounts)

    assert set(await org.apply(plan)) == {WRITTEN}
    assert (len(lost), len(org.world.world.salesforce.accounts)) == (1, rows + 1)


async def test_rows_are_not_made_that_nobody_allows_any_more_and_not_twice(org: Vendor, database: Database):
    await mapped(org)
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    plan = await org.plan()
    rows = org.world.world.salesforce.accounts
    count = len(rows)
    await org.enable("Hub_Account_Id__c", "account_id")
    assert (await org.apply(plan))[REFUSED] == 3
    assert len(rows) == count
    await org.enable("Hub_Account_Id__c", "account_id", creates_rows=True)
    await org.apply(await org.plan())
    assert len(rows) == count + 1
    await org.edit(rows[-1].id, Hub_Account_Id__c=None)
    (line,) = (await plan_of_new(org)).values()
    assert (line.outcome, line.reason) == (
        SKIPPED,
        "The hub made a row of it before, which is gone, or is known by another id now.",
    )
