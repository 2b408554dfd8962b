"""The sandbox, read whole through its wire and compared with the world behind it."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from hub.connectors.hubspot import CONNECTOR
from hub.errors import AuthError
from hub.model import (
    AccountRecord,
    ContactAccount,
    ContactRecord,
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Product,
    Removal,
    SalesUser,
    Stage,
)
from hub.sandbox.hubspot import LEADS_SCOPE, SCOPES
from hub.sandbox.world import Fate

from .memory import Memory, decoded
from .sandbox import READABLE, Sandbox, later, living


@pytest.fixture(scope="module")
def untouched():
    """A portal that nobody changes, and all that was read of it."""
    sandbox, memory = Sandbox(), Memory()

    async def read():
        async with sandbox.opened() as source:
            await memory.read(source, *READABLE)

    asyncio.run(read())
    return sandbox, memory


@pytest.fixture
def sandbox():
    return Sandbox(accounts=80)


@pytest.fixture
async def source(sandbox):
    async with sandbox.opened() as opened:
        yield opened


@pytest.fixture
async def memory(source):
    memory = Memory()
    await memory.read(source, *READABLE)
    return memory


def survivor(entries, entry_id):
    by_id = {entry.id: entry for entry in entries}
    while by_id[entry_id].fate is Fate.MERGED:
        entry_id = by_id[entry_id].merged_into
    return entry_id if by_id[entry_id].fate is Fate.LIVE else None


def test_the_world_has_rows_of_every_fate(untouched):
    sandbox, _ = untouched
    fates = {entry.fate for entry in sandbox.copy.accounts + sandbox.copy.contacts}
    assert {Fate.LIVE, Fate.DELETED, Fate.MERGED} <= fates


def test_every_live_row_arrives_and_no_other(untouched):
    sandbox, memory = untouched
    copy = sandbox.copy
    assert memory.live(AccountRecord).keys() == living(copy.accounts).keys()
    assert memory.live(ContactRecord).keys() == living(copy.contacts).keys()
    assert memory.live(Opportunity).keys() == living(copy.opportunities).keys()
    assert memory.live(Product).keys() == living(copy.products).keys()
    assert memory.live(SalesUser).keys() == {user.id for user in copy.users if user.is_active}


def test_companies_say_what_was_typed(untouched):
    sandbox, memory = untouched
    for key, entry in living(sandbox.copy.accounts).items():
        record = memory.of(AccountRecord)[key]
        assert (record.name, record.domain) == (entry.name or None, entry.domain or None)
        assert (record.website, record.phone) == (entry.website or None, entry.phone or None)
        assert (record.city, record.country) == (entry.city or None, entry.country or None)
        assert record.revenue == entry.revenue
        assert record.owner_external_id == entry.owner
        if entry.employees:
            assert entry.employees in {
                str(record.employees),
                f"{record.employees}.0",
                record.custom.get("numberofemployees"),
            }


def test_contacts_say_what_was_typed(untouched):
    sandbox, memory = untouched
    for key, entry in living(sandbox.copy.contacts).items():
        record = memory.of(ContactRecord)[key]
        assert (record.first_name, record.last_name) == (entry.first_name or None, entry.last_name or None)
        assert (record.email, record.title) == (entry.email or None, entry.title or None)


def test_deals_say_what_was_typed_and_their_stages_mean_it(untouched):
    sandbox, memory = untouched
    stages = {stage.name: stage for stage in memory.of(Stage).values()}
    meant = {stage.name: stage for stage in sandbox.world.stages}
    for key, entry in living(sandbox.copy.opportunities).items():
        record = memory.of(Opportunity)[key]
        assert (record.name, record.amount, record.currency) == (entry.name, entry.amount, entry.currency)
        assert (record.close_date, record.owner_external_id) == (entry.close_date, entry.owner)
        stage, truth = stages[record.stage_external_id], meant[entry.stage]
        assert (stage.label, stage.is_closed, stage.is_won) == (truth.name, truth.is_closed, truth.is_won)
        assert (record.is_closed, record.is_won) == (truth.is_closed, truth.is_won)
        assert record.probability == stage.probability == Decimal(truth.probability) / 100


def test_lines_name_their_deal_and_product(untouched):
    sandbox, memory = untouched
    expected = {
        line.id: (deal.id, line.product, line.quantity, line.unit_price)
        for deal in living(sandbox.copy.opportunities).values()
        for line in deal.lines
    }
    found = {
        key: (line.opportunity_external_id, line.product_external_id, line.quantity, line.unit_price)
        for key, line in memory.live(OpportunityLine).items()
    }
    assert found == expected != {}


def test_links_are_those_of_the_world_with_merged_ends_at_their_survivors(untouched):
    sandbox, memory = untouched
    copy = sandbox.copy
    contacts = {
        (contact.id, account)
        for contact in living(copy.contacts).values()
        if contact.account and (account := survivor(copy.accounts, contact.account))
    }
    deals = {
        (deal.id, account)
        for deal in living(copy.opportunities).values()
        if deal.account and (account := survivor(copy.accounts, deal.account))
    }
    assert (
        {(link.contact_external_id, link.account_external_id) for link in memory.of(ContactAccount).values()}
        == contacts
        != set()
    )
    assert (
        {(link.opportunity_external_id, link.account_external_id) for link in memory.of(OpportunityAccount).values()}
        == deals
        != set()
    )
    assert all(link.is_primary for link in memory.of(OpportunityAccount).values())


def test_roles_of_people_and_partners_are_those_of_the_world(untouched):
    sandbox, memory = untouched
    copy = sandbox.copy
    people = {
        (deal.id, contact, part.role)
        for deal in living(copy.opportunities).values()
        for part in deal.contact_roles
        if (contact := survivor(copy.contacts, part.contact))
    }
    partners = {
        (deal.id, account, part.role)
        for deal in living(copy.opportunities).values()
        for part in deal.partner_roles
        if (account := survivor(copy.accounts, part.account))
    }
    assert (
        {
            (link.opportunity_external_id, link.contact_external_id, link.role)
            for link in memory.of(OpportunityContact).values()
        }
        == people
        != set()
    )
    assert (
        {
            (link.opportunity_external_id, link.account_external_id, link.role)
            for link in memory.of(OpportunityPartner).values()
        }
        == partners
        != set()
    )


def test_archived_rows_arrive_as_removed(untouched):
    sandbox, memory = untouched
    for entries, kind in ((sandbox.copy.accounts, AccountRecord), (sandbox.copy.contacts, ContactRecord)):
        archived = {entry.id: entry for entry in entries if entry.fate is Fate.DELETED}
        found = {key: row for key, row in memory.of(kind).items() if row.removal is Removal.ARCHIVED}
        assert found.keys() == archived.keys()
        for key, row in found.items():
            assert abs(row.removed_at - archived[key].removed_at) < timedelta(seconds=1)


async def test_a_second_reading_changes_nothing(source, memory):
    await memory.read(source, *READABLE)
    assert memory.changed == []


async def test_a_change_between_two_readings_arrives(sandbox, source, memory):
    entry = next(iter(living(sandbox.copy.accounts).values()))
    await sandbox.write("PATCH", f"companies/{entry.id}", properties={"name": "Another name"})
    made = await sandbox.write("POST", "companies", properties={"name": "Brand new"})
    await later(sandbox, source, memory, "accounts")
    assert memory.of(AccountRecord)[entry.id].name == "Another name"
    assert memory.of(AccountRecord)[made["id"]].name == "Brand new"
    assert set(memory.changed) == {entry.id, made["id"]}


async def test_an_archived_deal_loses_its_links(sandbox, source, memory):
    key = next(deal.id for deal in living(sandbox.copy.opportunities).values() if deal.contact_roles)
    await sandbox.write("DELETE", f"deals/{key}")
    await later(sandbox, source, memory, "opportunities", "opportunity_accounts", "opportunity_contacts")
    assert memory.of(Opportunity)[key].removal is Removal.ARCHIVED
    assert key not in {link.opportunity_external_id for link in memory.of(OpportunityContact).values()}
    assert key not in {link.opportunity_external_id for link in memory.of(OpportunityAccount).values()}


async def test_a_restored_deal_is_live_again(sandbox, source, memory):
    entry = next(iter(living(sandbox.copy.opportunities).values()))
    await sandbox.write("DELETE", f"deals/{entry.id}")
    await later(sandbox, source, memory, "opportunities")
    entry.fate, entry.removed_at, entry.modified_at = Fate.LIVE, None, sandbox.clock.now()
    sandbox.app.state.portal.changed()
    await later(sandbox, source, memory, "opportunities")
    assert memory.of(Opportunity)[entry.id].removal is None


async def test_merged_companies_point_to_their_survivor_and_their_contacts_move(sandbox, source, memory):
    accounts = living(sandbox.copy.accounts)
    employed = [contact for contact in living(sandbox.copy.contacts).values() if contact.account in accounts]
    loser = employed[0].account
    kept = next(key for key in accounts if key != loser)
    made = await sandbox.write("POST", "companies/merge", primaryObjectId=kept, objectIdToMerge=loser)
    await later(sandbox, source, memory, "accounts", "contact_accounts")
    for key in (kept, loser):
        row = memory.of(AccountRecord)[key]
        assert (row.removal, row.merged_into) == (Removal.MERGED, made["id"])
    assert memory.of(AccountRecord)[made["id"]].removal is None
    links = {link.contact_external_id: link.account_external_id for link in memory.of(ContactAccount).values()}
    assert links[employed[0].id] == made["id"]


async def test_a_contact_that_left_its_company_loses_the_link(sandbox, source, memory):
    contact = next(each for each in living(sandbox.copy.contacts).values() if each.account)
    contact.account = None
    sandbox.app.state.portal.changed()
    await later(sandbox, source, memory, "contact_accounts")
    assert contact.id not in {link.contact_external_id for link in memory.of(ContactAccount).values()}


async def test_between_readings_of_all_links_those_of_changed_records_are_read(sandbox, source, memory):
    (stream,) = [each for each in CONNECTOR.streams if each.name == "contact_accounts"]
    company = next(iter(living(sandbox.copy.accounts)))
    made = await sandbox.write("POST", "contacts", properties={"lastname": "Newcomer"})
    sandbox.app.state.staff.associate(("contacts", made["id"]), ("companies", company))
    sandbox.clock.time += timedelta(seconds=2)

    pages = [page async for page in stream.pages(source, memory.bookmarks["contact_accounts"])]

    (payload,) = [each for page in pages for each in page.payloads]
    (link,) = stream.to_records(decoded(payload))
    assert (link.contact_external_id, link.account_external_id) == (made["id"], company)
    assert pages[-1].bookmark["since"] > memory.bookmarks["contact_accounts"]["since"]


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
async def test_both_versions_read_the_same(sandbox, memory, version):
    again = Memory()
    async with sandbox.opened(version=version) as source:
        await again.read(source, *READABLE)
    assert again.rows.keys() == memory.rows.keys()


async def test_the_report_counts_what_is_there_and_names_the_scope_that_is_missing(sandbox, source):
    reports = {report.stream: report async for report in CONNECTOR.report(source)}
    assert reports["accounts"].detail == f"{len(living(sandbox.copy.accounts))} companies"
    assert [name for name, report in reports.items() if not report.readable] == ["leads"]
    assert LEADS_SCOPE in reports["leads"].detail


async def test_leads_are_read_where_the_key_may():
    sandbox = Sandbox(accounts=100, scopes=(*SCOPES, LEADS_SCOPE))
    async with sandbox.opened() as source:
        reports = {report.stream: report async for report in CONNECTOR.report(source)}
        await Memory().read(source, "leads")
    assert reports["leads"].readable


async def test_an_index_that_lags_hides_nothing_for_good():
    sandbox = Sandbox(accounts=100, index_lag=timedelta(minutes=3))
    memory = Memory()
    async with sandbox.opened() as source:
        await memory.read(source, "accounts")
        entry = next(iter(living(sandbox.copy.accounts).values()))
        await sandbox.write("PATCH", f"companies/{entry.id}", properties={"name": "Hidden at first"})
        await later(sandbox, source, memory, "accounts", pause=timedelta(minutes=1))
        assert memory.of(AccountRecord)[entry.id].name != "Hidden at first"
        await later(sandbox, source, memory, "accounts", pause=timedelta(minutes=4))
    assert memory.of(AccountRecord)[entry.id].name == "Hidden at first"


async def test_a_wrong_key_means_reconnect(sandbox):
    with pytest.raises(AuthError):
        async with sandbox.opened(access_token="pat-na1-wrong"):
            raise AssertionError("it opened")
