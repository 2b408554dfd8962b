from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest

from hub.connectors.base import Held
from hub.connectors.salesforce import CONNECTOR
from hub.model import (
    AccountPartner,
    AccountRecord,
    Campaign,
    CampaignMember,
    ContactAccount,
    ContactRecord,
    FundAllocation,
    FundBudget,
    FundClaim,
    FundRequest,
    Lead,
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Product,
    ProgramLevel,
    ProgramMember,
    ProgramRecord,
    RecordType,
    Removal,
    RemovalEvidence,
    SalesUser,
    Stage,
    StageChange,
)
from hub.sandbox.salesforce import credentials
from hub.sandbox.salesforce.partnering import Partnering
from hub.sandbox.world import AccountEntry, Entry, Fate, World

from .memory import Memory
from .sandbox import Sandbox


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


REMOVALS = {Fate.LIVE: None, Fate.DELETED: Removal.DELETED, Fate.MERGED: Removal.MERGED}


def shown(entries: Iterable[Any]) -> dict[str, Any]:
    """Those that an org still shows: all but the ones gone for good."""
    return {entry.id: entry for entry in entries if entry.fate is not Fate.PURGED}


def assert_same(memory: Memory, sandbox: Sandbox) -> None:
    """Every row of the org is in memory, as it stands, and no other."""
    world = sandbox.world
    copy = world.salesforce
    kinds = (
        (AccountRecord, copy.accounts),
        (ContactRecord, copy.contacts),
        (Opportunity, copy.opportunities),
        (Product, copy.products),
        (Lead, copy.leads),
        (Campaign, copy.campaigns),
        (SalesUser, copy.users),
    )
    for record, entries in kinds:
        rows = {id_: row for id_, row in memory.of(record).items() if not is_purged(entries, id_)}
        facts = {id_: (row.removal, row.merged_into, row.source_created_at) for id_, row in rows.items()}
        assert facts == {
            id_: (REMOVALS[entry.fate], entry.merged_into, entry.created_at.replace(microsecond=0))
            for id_, entry in shown(entries).items()
        }
    assert_same_facts(memory, world)
    assert_same_parts(memory, world)
    assert_same_partners(memory, sandbox)
    assert memory.unavailable == set()


def is_purged(entries: Iterable[Any], external_id: str) -> bool:
    return any(entry.id == external_id and entry.fate is Fate.PURGED for entry in entries)


def assert_same_facts(memory: Memory, world: World) -> None:
    copy = world.salesforce
    for id_, account in shown(copy.accounts).items():
        row = memory.of(AccountRecord)[id_]
        assert (row.name, row.website, row.phone) == (account.name, account.website, account.phone)
        assert (row.industry, row.city, row.country) == (account.industry, account.city, account.country)
        assert (row.kind, row.duns, row.revenue) == (account.kind, account.duns, account.revenue)
        assert row.parent_external_id == account.parent
        assert account.owner in (None, row.owner_external_id)
    for id_, contact in shown(copy.contacts).items():
        row = memory.of(ContactRecord)[id_]
        assert (row.first_name, row.last_name, row.email) == (contact.first_name, contact.last_name, contact.email)
    for id_, deal in shown(copy.opportunities).items():
        row = memory.of(Opportunity)[id_]
        assert (row.name, row.stage_external_id, row.amount) == (deal.name, deal.stage, deal.amount)
        assert (row.close_date, row.kind) == (deal.close_date, deal.kind)
        assert deal.currency in (None, row.currency)


def assert_same_parts(memory: Memory, world: World) -> None:
    copy = world.salesforce
    deals = shown(copy.opportunities).values()
    assert live(memory, OpportunityContact) == live_parts(deals, "contact_roles")
    assert live(memory, OpportunityPartner) == live_parts(deals, "partner_roles")
    assert live(memory, OpportunityLine) == live_parts(deals, "lines")
    assert live(memory, StageChange) == {step.id for deal in deals if up(deal) for step in deal.steps}
    assert live(memory, CampaignMember) == live_parts(copy.campaigns, "members")
    assert {stage.name for stage in memory.of(Stage).values()} == {stage.name for stage in world.stages}
    contacts = shown(copy.contacts).values()
    people = live(memory, ContactRecord)
    employers = {id_ for id_ in live(memory, ContactAccount) if id_.partition(":")[0] in people}
    assert employers == {f"{one.id}:{one.account}" for one in contacts if up(one) and one.account}
    about = {id_ for id_ in live(memory, OpportunityAccount) if id_.partition(":")[0] in live(memory, Opportunity)}
    assert about == {f"{one.id}:{one.account}" for one in deals if up(one) and one.account}


def assert_same_partners(memory: Memory, sandbox: Sandbox) -> None:
    held: Partnering = sandbox.state.org.partnering
    relations = {one.id for one in held.relations if up(one) and one.is_active}
    assert {id_ for id_ in live(memory, ContactAccount) if ":" not in id_} == relations != set()
    partners = {one.id for one in held.account_partners if up(one) and one.account_from}
    assert live(memory, AccountPartner) == partners != set()
    kinds = (
        (ProgramRecord, held.programs),
        (ProgramLevel, held.levels),
        (ProgramMember, held.members),
        (FundBudget, held.budgets),
        (FundAllocation, held.allocations),
        (FundRequest, held.requests),
        (FundClaim, held.claims),
    )
    for record, entries in kinds:
        assert live(memory, record) == {entry.id for entry in entries if up(entry)} != set()
    for request in held.requests:
        row = memory.of(FundRequest)[request.id]
        assert (row.amount, row.requested_amount, row.status) == (request.amount, request.requested, request.status)
        assert (row.account_external_id, row.budget_external_id) == (request.partner, request.budget)
    registered = {row.external_id for row in memory.of(RecordType).values() if row.name == "Deal_Registration"}
    registrations = [row for row in memory.of(Lead).values() if row.record_type_external_id in registered]
    assert registrations
    brought = {entry.id: entry.partner for entry in sandbox.world.salesforce.leads}
    assert all(row.partner_external_id == brought[row.external_id] for row in registrations)
    assert any(brought.values())


def live_parts(entries: Iterable[Any], kind: str) -> set[str]:
    return {part.id for entry in entries if up(entry) for part in getattr(entry, kind) if part.fate is Fate.LIVE}


def live(memory: Memory, record: Any) -> set[str]:
    return {id_ for id_, row in memory.of(record).items() if row.removal is None}


def up(entry: Entry) -> bool:
    return entry.fate is Fate.LIVE


async def test_every_row_of_the_org_arrives(sandbox):
    memory = Memory()
    async with sandbox.opened() as org:
        await memory.read(org)
    assert_same(memory, sandbox)


async def test_the_org_may_be_opened_with_a_signature(sandbox):
    known = credentials()
    async with sandbox.opened(username=known.username, private_key=known.private_key_pem) as org:
        assert (await org.live_rows("SELECT COUNT() FROM Account")).total_size == sum(
            map(up, sandbox.world.salesforce.accounts)
        )


async def test_a_refresh_token_that_rotates_at_every_use_reads_the_same(sandbox):
    known, memory = credentials(), Memory()
    secrets = {"client_secret": known.client_secret, "refresh_token": known.refresh_token}
    grant = Held(secrets)
    sandbox.sessions_end_every = 7
    async with sandbox.opened(grant=grant, **secrets) as org:
        await memory.read(org)
    assert_same(memory, sandbox)
    assert grant.secrets["refresh_token"] != known.refresh_token


async def test_a_second_sync_changes_nothing(sandbox):
    memory = Memory()
    async with sandbox.opened() as org:
        await memory.read(org)
        sandbox.later(hours=1)
        await memory.read(org)
    assert memory.changed == set()
    assert_same(memory, sandbox)


def of_account(sandbox: Sandbox, number: int) -> AccountEntry:
    return [entry for entry in sandbox.world.salesforce.accounts if up(entry)][number]


def touched(sandbox: Sandbox, entry: Any, **facts: Any) -> Any:
    for name, value in facts.items():
        setattr(entry, name, value)
    entry.modified_at = sandbox.clock.now()
    return entry


async def test_changes_between_two_syncs_arrive_and_nothing_else(sandbox):
    memory = Memory()
    async with sandbox.opened() as org:
        await memory.read(org)
        sandbox.later(hours=1)
        now = sandbox.clock.now()
        renamed = touched(sandbox, of_account(sandbox, 0), name="Renamed")
        binned = touched(sandbox, of_account(sandbox, 1), fate=Fate.DELETED, removed_at=now)
        merged = touched(sandbox, of_account(sandbox, 2), fate=Fate.MERGED, removed_at=now, merged_into=renamed.id)
        purged = touched(sandbox, of_account(sandbox, 3), fate=Fate.PURGED, removed_at=now)
        sandbox.later(hours=1)
        await memory.read(org)
    assert memory.changed >= {renamed.id, binned.id, merged.id}
    accounts = memory.of(AccountRecord)
    assert accounts[renamed.id].name == "Renamed"
    assert (accounts[binned.id].removal, accounts[merged.id].removal) == (Removal.DELETED, Removal.MERGED)
    assert accounts[merged.id].merged_into == renamed.id
    assert accounts[purged.id].removal_evidence is RemovalEvidence.DELETED_FEED
    assert_same(memory, sandbox)


@pytest.mark.parametrize("knob", ["created_at", "log_purged_until"])
async def test_deletions_that_an_org_cannot_tell_of_yet_are_told_from_then_on(sandbox, knob):
    setattr(sandbox.state.org, knob, sandbox.clock.now() - timedelta(days=1))
    contacts = next(stream for stream in CONNECTOR.streams if stream.name == "contacts")
    gone = next(entry.id for entry in sandbox.world.salesforce.contacts if entry.fate is Fate.LIVE)
    async with sandbox.opened() as org:
        first = [page async for page in contacts.pages(org, None)]
        sandbox.later(minutes=30)
        sandbox.state.purge("Contact", gone)
        sandbox.later(minutes=30)
        second = [page async for page in contacts.pages(org, first[-1].bookmark)]
    assert [page.tombstones for page in first if page.tombstones] == []
    assert [stone.external_id for page in second for stone in page.tombstones] == [gone]


async def test_a_restored_row_comes_back(sandbox):
    memory = Memory()
    account = touched(sandbox, of_account(sandbox, 0), fate=Fate.DELETED, removed_at=sandbox.clock.now())
    async with sandbox.opened() as org:
        await memory.read(org)
        assert memory.of(AccountRecord)[account.id].removal is Removal.DELETED
        sandbox.later(hours=1)
        touched(sandbox, account, fate=Fate.LIVE, removed_at=None)
        await memory.read(org)
    assert memory.of(AccountRecord)[account.id].removal is None


async def test_a_row_committed_late_with_an_old_stamp_arrives(sandbox):
    memory = Memory()
    accounts = sandbox.world.salesforce.accounts
    touched(sandbox, of_account(sandbox, 0), name="Newest")
    late = accounts.pop()
    late.modified_at = sandbox.clock.now() - timedelta(minutes=5)
    async with sandbox.opened() as org:
        await memory.read(org)
        accounts.append(late)
        sandbox.later(minutes=10)
        await memory.read(org)
    assert late.id in memory.changed


async def test_sessions_that_end_in_the_middle_lose_nothing(sandbox):
    memory = Memory()
    sandbox.sessions_end_every = 7
    async with sandbox.opened() as org:
        await memory.read(org)
    assert_same(memory, sandbox)


async def test_a_run_killed_after_every_page_reads_the_same(sandbox):
    killed, undisturbed = Memory(), Memory()
    async with sandbox.opened() as org:
        await undisturbed.read(org)
        for stream in CONNECTOR.streams:
            if stream.whole(org) or stream.name in undisturbed.unavailable:
                continue
            for _ in range(100):
                page = await anext(killed.pages(stream, org))
                killed.keep(stream, page)
                if "until" not in page.bookmark:
                    break
            assert "until" not in killed.bookmarks[stream.name]
        wholes = {stream.name for stream in CONNECTOR.streams if stream.whole(org)}
    assert killed.raw == {key: text for key, text in undisturbed.raw.items() if key[0] not in wholes}


async def test_cascades_merges_undeletes_conversions_and_hard_deletes_arrive(sandbox):
    memory, state, copy = Memory(), sandbox.state, sandbox.world.salesforce
    parents = [entry.id for entry in copy.accounts if up(entry) and any(c.account == entry.id for c in copy.contacts)]
    removed, restored, purged, winner, loser = parents[:5]
    lead = next(entry.id for entry in copy.leads if up(entry) and entry.converted_account is None)
    async with sandbox.opened() as org:
        await memory.read(org)
        sandbox.later(hours=1)
        state.remove("Account", restored)
        state.remove("Account", removed)
        state.purge("Account", purged)
        state.merge("Account", winner, [loser])
        await memory.read(org)
        assert memory.of(AccountRecord)[restored].removal is Removal.DELETED
        sandbox.later(hours=1)
        state.undelete("Account", restored)
        state.convert(lead)
        await memory.read(org)
        await memory.sweep(org)  # children may go with their parents without a stamp of their own
    assert memory.of(AccountRecord)[restored].removal is None
    assert memory.of(AccountRecord)[loser].merged_into == winner
    assert memory.of(Lead)[lead].converted_opportunity_external_id in live(memory, Opportunity)
    assert_same(memory, sandbox)
