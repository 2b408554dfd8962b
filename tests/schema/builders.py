"""Rows for tests, each with defaults; a test states only the facts it is about."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import (
    Account,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    Connection,
    ContactAccount,
    ContactRecord,
    Decision,
    Evidence,
    Issue,
    IssueKind,
    Match,
    Opportunity,
    OpportunityAccount,
    Organization,
    Partnership,
    Person,
    PersonProfile,
    RawRecord,
    Relation,
    RelationKind,
    RelationSource,
    Review,
    Role,
    Synced,
    SyncRun,
    Verdict,
    WriteItem,
    WritePlan,
    WritePlanField,
    WritePlanState,
    WriteRule,
)
from hub.store import keys
from hub.store.database import Database
from hub.store.keys import NewKey

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SyncedT = TypeVar("SyncedT", bound=Synced)
_numbers = count(1)


def a_number() -> int:
    return next(_numbers)


async def kept(session: AsyncSession, row: Any) -> Any:
    session.add(row)
    await session.flush()
    return row


async def an_organization(session: AsyncSession, name: str | None = None, **facts: Any) -> Organization:
    return await kept(session, Organization(name=name or f"Organization {a_number()}", **facts))


async def settled(database: Database) -> None:
    """What was committed can be read as changes: nothing goes on that began to write before, in no test's database."""
    ended = text(
        "select coalesce(max(transaction), 0) < pg_snapshot_xmin(pg_current_snapshot())::text::bigint from change"
    )
    async with asyncio.timeout(60), AsyncSession(database.engine) as session:
        while not await session.scalar(ended):  # noqa: ASYNC110 - a condition, polled
            await asyncio.sleep(0.01)


async def a_key(session: AsyncSession, owner: Organization, name: str = "test", **facts: Any) -> str:
    """A key of the organization in the clear."""
    role = Role.FRONTEND if owner.is_home else Role.PARTNER_TOOL
    facts = {"name": name, "organization_id": owner.id, "role": role} | facts
    return (await keys.create(session, NewKey(**facts)))[0]


async def a_partnership(session: AsyncSession, ours: Organization, theirs: Organization, **facts: Any) -> Partnership:
    return await kept(session, Partnership(organization_id=ours.id, partner_id=theirs.id, **facts))


async def a_connection(
    session: AsyncSession,
    owner: Organization,
    subject: Organization | None = None,
    connector: str = "salesforce",
    name: str | None = None,
) -> Connection:
    row = Connection(
        name=name or f"connection {a_number()}",
        connector=connector,
        owner_id=owner.id,
        subject_id=(subject or owner).id,
        config={"url": "https://crm.example"},
        credentials=b"sealed",
    )
    return await kept(session, row)


async def a_raw_record(session: AsyncSession, connection: Connection, payload: bytes = b'{"Id": "1"}') -> RawRecord:
    row = RawRecord(
        connection_id=connection.id,
        stream="things",
        external_id=f"raw-{a_number()}",
        payload={},
        digest=b"0" * 16,
        observed_at=NOON,
    )
    return await kept(session, row)


async def synced(session: AsyncSession, connection: Connection, row: SyncedT) -> SyncedT:
    """The row as a sync of the connection would have stored it."""
    row.connection_id = connection.id
    row.raw_id = (await a_raw_record(session, connection)).id
    row.observed_at = NOON
    await kept(session, row)
    return row


async def an_account(session: AsyncSession, name: str = "Acme", domain: str | None = None) -> Account:
    """A company; whoever owns a record of it sees it by this name and domain."""
    account = await kept(session, Account())
    account.told = {"name": name, "domain": domain}
    return account


async def an_account_record(
    session: AsyncSession, connection: Connection, account: Account | None = None, **facts: Any
) -> AccountRecord:
    facts = {"name": "Acme Inc", "external_id": f"A{a_number()}"} | facts
    row = AccountRecord(**facts)
    row.account_id = account.id if account else None
    await synced(session, connection, row)
    if account:
        await _profiled(session, AccountProfile, connection, account, row)
    return row


async def belongs_to(
    session: AsyncSession, connection: Connection, record: AccountRecord, account: Account
) -> AccountRecord:
    """The record as if it had been mapped to the account, from nothing or from another."""
    record.account_id = account.id
    await session.flush()
    await _profiled(session, AccountProfile, connection, account, record)
    return record


async def a_person(session: AsyncSession, name: str = "Ada Example", email: str | None = None) -> Person:
    """A human; whoever owns a record of them sees them by this name and address."""
    person = await kept(session, Person())
    person.told = {"name": name, "email": email}
    return person


async def _profiled(session: AsyncSession, kind: Any, connection: Connection, identity: Any, record: Any) -> None:
    seen = await session.get(kind, (connection.owner_id, identity.id), populate_existing=True)
    if seen is None:
        facts = {"is_removed": record.removal is not None, **identity.told}
        await kept(session, kind(owner_id=connection.owner_id, id=identity.id, **facts))


async def a_contact_record(
    session: AsyncSession, connection: Connection, person: Person | None = None, **facts: Any
) -> ContactRecord:
    facts = {"first_name": "Ada", "last_name": "Example", "external_id": f"C{a_number()}"} | facts
    row = ContactRecord(**facts)
    row.person_id = person.id if person else None
    await synced(session, connection, row)
    if person:
        await _profiled(session, PersonProfile, connection, person, row)
    return row


async def employs(
    session: AsyncSession, connection: Connection, record: AccountRecord, contact: ContactRecord
) -> ContactAccount:
    link = ContactAccount(
        external_id=f"L{a_number()}",
        contact_external_id=contact.external_id,
        account_external_id=record.external_id,
    )
    return await synced(session, connection, link)


async def an_opportunity(
    session: AsyncSession, connection: Connection, *records: AccountRecord, **facts: Any
) -> Opportunity:
    """A deal about these records."""
    facts = {"name": "Renewal", "external_id": f"O{a_number()}"} | facts
    deal = await synced(session, connection, Opportunity(**facts))
    for record in records:
        link = OpportunityAccount(
            external_id=f"L{a_number()}",
            opportunity_external_id=deal.external_id,
            account_external_id=record.external_id,
        )
        await synced(session, connection, link)
    return deal


async def a_match(session: AsyncSession, one: AccountRecord, other: AccountRecord, **facts: Any) -> Match:
    left, right = sorted((one, other), key=lambda record: record.id)
    said = Evidence(feature="domain", left="acme.com", right="acme.com", bits=9.5)
    facts = {"score": Decimal("9.5"), "evidence": [said], "verdict": Verdict.SAME, "decided_by": "bits-3"} | facts
    return await kept(session, Match(left_id=left.id, right_id=right.id, **facts))


async def a_decision(session: AsyncSession, one: AccountRecord, other: AccountRecord, **facts: Any) -> Decision:
    left, right = sorted((one, other), key=lambda record: record.id)
    facts = {"verdict": Verdict.DIFFERENT, "decided_by": "cli:sam"} | facts
    return await kept(session, Decision(left_id=left.id, right_id=right.id, **facts))


async def a_relation(
    session: AsyncSession, connection: Connection, one: AccountRecord, other: AccountRecord, **facts: Any
) -> Relation:
    """The account of one is parent of the other's, at the head of its group."""
    facts = {"kind": RelationKind.PARENT_OF, "source": RelationSource.SOURCE} | facts
    ends = {"from_id": one.account_id, "to_id": other.account_id}
    profile = await session.get_one(AccountProfile, (connection.owner_id, other.account_id))
    profile.head_id = one.account_id
    records = {"from_record_id": one.id, "to_record_id": other.id}
    return await kept(session, Relation(owner_id=connection.owner_id, **ends, **records, **facts))


async def a_membership(session: AsyncSession, record: AccountRecord, **facts: Any) -> AccountMembership:
    facts = {"account_id": record.account_id, "valid_from": NOON} | facts
    return await kept(session, AccountMembership(record_id=record.id, **facts))


async def a_review(session: AsyncSession, match: Match, stake: int = 1, **facts: Any) -> Review:
    amounts = [{"amount": f"{stake}00.50", "currency": "EUR"}]
    facts = {"amounts": amounts, "stake": Decimal(stake), "uncertainty": 1, "priority": Decimal(stake)} | facts
    return await kept(session, Review(match_id=match.id, **facts))


async def an_issue(session: AsyncSession, connection: Connection, **facts: Any) -> Issue:
    facts = {
        "stream": "accounts",
        "kind": IssueKind.NEW_FIELD,
        "subject": f"field {a_number()}",
        "message": "A new field.",
    } | facts
    return await kept(session, Issue(connection_id=connection.id, **facts))


async def a_write_plan(session: AsyncSession, connection: Connection, **facts: Any) -> WritePlan:
    """A plan of one line, and the rule that it was made by."""
    place = {"stream": "accounts", "field": "Hub_Account_Id__c"}
    rule = WriteRule(connection_id=connection.id, **place, value="account_id", enabled_by="cli:sam")
    await kept(session, rule)
    facts = {"state": WritePlanState.READY, "expires_at": datetime.now(UTC) + timedelta(hours=1)} | facts
    plan = await kept(session, WritePlan(connection_id=connection.id, planned_by="cli:sam", **facts))
    await kept(session, WritePlanField(plan_id=plan.id, **place, value="account_id", to_fill=1))
    line = {"external_id": f"A{a_number()}", "noun": "Account", "name": "Acme", "before": None, "after": "account_1"}
    await kept(session, WriteItem(plan_id=plan.id, connection_id=connection.id, **place, **line, version="1"))
    return plan


async def a_sync_run(session: AsyncSession, connection: Connection, stream: str | None = None, **facts: Any) -> SyncRun:
    return await kept(session, SyncRun(connection_id=connection.id, stream=stream or f"stream {a_number()}", **facts))
