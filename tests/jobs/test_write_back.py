"""Write-back from a rule to its echo, over the wire of the imitated vendors."""

from collections.abc import Callable

import httpx
import msgspec
import pytest
from sqlalchemy import func, text, update

from hub.errors import Busy, InputError, Unavailable
from hub.jobs.proportion import FEW
from hub.model import WriteOutcome, WritePlan, WritePlanState
from hub.sandbox.world import Fate
from hub.store import write_plans, write_rules
from hub.store.database import Database
from hub.store.locks import only_one
from tests.builders import an_organization

from .writer import Vendor, a_partners_list, a_portal, an_org

PENDING, WRITTEN, CONFLICT = WriteOutcome.PENDING, WriteOutcome.WRITTEN, WriteOutcome.CONFLICT


async def synced(vendor: Vendor) -> Vendor:
    """Each of its records is an account of its own; mapping has tests of its own."""
    await vendor.sync()
    async with vendor.database.session() as session:
        await session.execute(text(MAPPED))
    vendor.later(3600)
    return vendor


MAPPED = """
with company as (insert into account (id) select id from account_record returning id)
update account_record set account_id = company.id from company where company.id = account_record.id
"""
PUT = """
with raw as (
  insert into raw_record (connection_id, stream, external_id, payload, digest, version, observed_at)
  select :connection, 'accounts', id, '{}', '', 1, now() from unnest(cast(:ids as text[])) id
  returning id, external_id
), company as (insert into account (id) select id from raw)
insert into account_record (connection_id, external_id, raw_id, observed_at, name, account_id)
select :connection, external_id, id, now(), 'Company', id from raw
"""


@pytest.fixture
async def org(unsynced_org: Vendor) -> Vendor:
    """Whose records were put into the database, which is faster than a sync."""
    rows = unsynced_org.world.world.salesforce.accounts
    ids = [each.id for each in rows if each.fate is Fate.LIVE]
    async with unsynced_org.database.session() as session:
        await session.execute(text(PUT), {"connection": unsynced_org.id, "ids": ids})
    return unsynced_org


@pytest.fixture
async def synced_org(unsynced_org: Vendor) -> Vendor:
    return await synced(unsynced_org)


@pytest.fixture
async def unsynced_org(database: Database) -> Vendor:
    return await an_org(database)


@pytest.fixture
async def synced_portal(database: Database) -> Vendor:
    return await synced(await a_portal(database))


@pytest.fixture(params=["synced_org", "synced_portal"])
def vendor(request: pytest.FixtureRequest) -> Vendor:
    return request.getfixturevalue(request.param)


async def test_what_the_plan_shows_is_written_comes_back_and_is_known_again(vendor: Vendor, database: Database):
    ids, partners = vendor.fields
    records = await vendor.records()
    (shared, *_) = sorted(records)
    await a_partners_list(database, vendor.id, records[shared].account_id, "Bolt, Inc.")
    await a_partners_list(database, vendor.id, records[shared].account_id, "Adler GmbH")
    await vendor.enable(ids, "account_id")
    await vendor.enable(partners, "overlapping_partners")

    plan = await vendor.plan()

    shown = await vendor.items(plan)
    assert (plan.state, plan.records, plan.records_to_change) == (WritePlanState.READY, len(records), len(records))
    assert {key: item.after for key, item in shown.items()} == {
        **{(key, ids): f"account_{row.account_id}" for key, row in records.items()},
        (shared, partners): "Adler GmbH; Bolt, Inc.",
    }
    assert {(item.before, item.outcome) for item in shown.values()} == {(None, PENDING)}
    assert all(values == {ids: None, partners: None} for values in (await vendor.held()).values()), "only read"

    outcomes = await vendor.apply(plan)

    assert outcomes == {WRITTEN: len(shown)}
    held = await vendor.held()
    assert all(held[key][name] == item.after for (key, name), item in shown.items())

    vendor.later(3600)
    assert await vendor.sync() == 0, "nobody else changed anything"
    assert all(item.echoed_at for item in (await vendor.items(plan)).values())
    assert (await vendor.records())[shared].custom[ids] == held[shared][ids], "yet it is stored"
    assert await vendor.apply(plan) == outcomes, "applied already"
    assert (await vendor.plan()).records_to_change == 0


async def test_somebody_elses_change_is_kept_told_and_counts_as_a_change(vendor: Vendor):
    ids, partners = vendor.fields
    await vendor.enable(ids, "account_id")
    plan = await vendor.plan()
    theirs, elsewhere, *_ = sorted(await vendor.records())
    await vendor.edit(theirs, **{ids: "theirs"})
    await vendor.edit(elsewhere, **{partners: "another field"})

    await vendor.apply(plan)

    items = await vendor.items(plan)
    assert items[theirs, ids].outcome is CONFLICT
    assert items[theirs, ids].reason == "Somebody else changed it since it was planned."
    assert items[elsewhere, ids].outcome is WRITTEN
    assert (await vendor.held())[theirs][ids] == "theirs"
    vendor.later(3600)
    assert await vendor.sync() == 2
    assert (await vendor.plan()).records_to_change == 1


async def test_nothing_is_written_that_nobody_enabled_or_that_was_disabled_since(org: Vendor, database: Database):
    with pytest.raises(InputError, match="enable a field first"):
        await org.plan()
    with pytest.raises(InputError, match="no value 'name'"):
        await org.enable("Hub_Account_Id__c", "name")
    with pytest.raises(InputError, match="no name of a field"):
        await org.enable("Name; drop", "account_id")
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    async with database.session() as session:
        await write_rules.disable(session, org.id, "accounts", "Hub_Account_Id__c")

    outcomes = await org.apply(plan)

    assert outcomes == {WriteOutcome.REFUSED: plan.records}
    assert {each["Hub_Account_Id__c"] for each in (await org.held()).values()} == {None}


async def test_a_field_that_cannot_be_written_is_told_and_left_alone(org: Vendor, database: Database):
    await org.enable("Revenue_In_USD__c", "account_id")
    await org.enable("No_Such_Field__c", "account_id")

    plan = await org.plan()

    async with database.session() as session:
        fields = {each.field: each.obstacle for each in await write_plans.fields(session, plan.id)}
    assert fields == {
        "Revenue_In_USD__c": "is a formula",
        "No_Such_Field__c": "is no field of Account there, or hidden from the hub",
    }
    assert (plan.state, plan.records, await org.apply(plan)) == (WritePlanState.READY, 0, {})


async def test_a_plan_that_changes_much_needs_to_be_confirmed_and_an_old_one_is_refused(
    org: Vendor, database: Database
):
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    assert plan.records_to_change > FEW

    with pytest.raises(InputError, match=r"changes \d+ of \d+ rows"):
        await org.apply(plan, is_confirmed=False)
    async with database.session() as session:
        await session.execute(update(WritePlan).values(expires_at=func.now() - text("interval '1 second'")))
    with pytest.raises(InputError, match="has expired"):
        await org.apply(plan)
    assert {each["Hub_Account_Id__c"] for each in (await org.held()).values()} == {None}


class Killed(BaseException):
    """What a process dies of."""


def interfere(org: Vendor, when: int, what: Callable[[httpx.Response], httpx.Response]) -> list[str]:
    """Let something happen to the answer of a request that writes, counted from 1; what was written, row by row."""
    rows: list[str] = []
    count = 0
    answered = org.world.handle_async_request

    async def answer(request: httpx.Request) -> httpx.Response:
        nonlocal count
        response = await answered(request)
        if request.method != "PATCH":
            return response
        count += 1
        rows.extend(each["id"] for each in msgspec.json.decode(request.content)["records"])
        return what(response) if count == when else response

    org.world.handle_async_request = answer
    return rows


def die(_: httpx.Response) -> httpx.Response:
    raise Killed


def lose(_: httpx.Response) -> httpx.Response:
    raise httpx.ReadError("cut off")


async def test_what_was_cut_off_goes_on_and_writes_nothing_twice(org: Vendor):
    """The second batch arrives at the source, and nobody is left to note it."""
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    rows = interfere(org, 2, die)
    with pytest.raises(Killed):
        await org.apply(plan)
    before = await org.outcomes(plan)
    assert (before[WRITTEN], before[WriteOutcome.SENDING]) == (10, 10)

    assert await org.apply(plan) == {WRITTEN: plan.records}

    assert sorted(rows) == sorted(await org.records()), "each row once"


async def test_an_answer_that_was_lost_is_found_in_the_rows(org: Vendor):
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    rows = interfere(org, 1, lose)

    assert await org.apply(plan) == {WRITTEN: plan.records}
    assert sorted(rows) == sorted(await org.records()), "each row once"


async def test_a_source_that_fails_again_and_again_stops_the_plan_which_can_go_on(org: Vendor, database: Database):
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    answered = org.world.handle_async_request

    async def down(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, request=request) if request.method == "PATCH" else await answered(request)

    org.world.handle_async_request = down
    with pytest.raises(Unavailable):
        await org.apply(plan)
    async with database.session() as session:
        stopped = await write_plans.by_id(session, plan.id)
    assert (stopped.state, "answered 503" in stopped.error) == (WritePlanState.STOPPED, True)

    org.world.handle_async_request = answered
    assert await org.apply(plan) == {WRITTEN: plan.records}


@pytest.mark.parametrize(("times", "outcome"), [(2, WriteOutcome.WRITTEN), (10**6, WriteOutcome.REFUSED)])
async def test_locked_rows_are_tried_again_and_told_where_they_stay_locked(org: Vendor, times: int, outcome):
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    answered, left = org.world.handle_async_request, times

    async def locked(request: httpx.Request) -> httpx.Response:
        nonlocal left
        if request.method != "PATCH" or left == 0:
            return await answered(request)
        left -= 1
        error = {"statusCode": "UNABLE_TO_LOCK_ROW", "message": "unable to obtain exclusive access", "fields": []}
        rows = msgspec.json.decode(request.content)["records"]
        return httpx.Response(200, json=[{"success": False, "errors": [error]} for _ in rows], request=request)

    org.world.handle_async_request = locked

    assert await org.apply(plan) == {outcome: plan.records}
    reasons = {each.reason for each in (await org.items(plan)).values()}
    assert reasons == {None if outcome is WRITTEN else "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access"}


async def test_a_value_that_is_too_long_is_left_out_and_told(org: Vendor, database: Database):
    account = next(iter((await org.records()).values())).account_id
    await a_partners_list(database, org.id, account, "B" * 300)
    await org.enable("Hub_Account_Id__c", "overlapping_partners")

    plan = await org.plan()

    skipped = [each for each in (await org.items(plan)).values() if each.outcome is WriteOutcome.SKIPPED]
    assert {each.reason for each in skipped} == {"The value has 300 characters; the field holds 255."}
    assert plan.records_to_change == 0


async def test_a_partner_whose_list_another_organization_holds_is_not_told(org: Vendor, database: Database):
    account = next(iter((await org.records()).values())).account_id
    await a_partners_list(database, org.id, account, "Bolt")
    async with database.session() as session:
        stranger = an_organization("Stranger")
        session.add(stranger)
        await session.flush()
        moved = text("update connection set owner_id = :stranger where name = 'list of Bolt'")
        await session.execute(moved, {"stranger": stranger.id})
    await org.enable("Hub_Overlapping_Partners__c", "overlapping_partners")

    assert (await org.plan()).records_to_change == 0


async def test_two_do_not_write_into_one_source_at_once(org: Vendor, database: Database):
    await org.enable("Hub_Account_Id__c", "account_id")
    plan = await org.plan()
    async with only_one(database, "writing into crm"):
        with pytest.raises(Busy):
            await org.apply(plan)
    assert await org.outcomes(plan) == {PENDING: plan.records}
