"""What the log of changes tells, and that nobody who reads it in order misses anything."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import (
    AccountProfile,
    ChangeType,
    Connection,
    Organization,
    PersonProfile,
    Removal,
    RemovalEvidence,
    SyncRunState,
)
from hub.store import changes, records, sync_runs
from hub.store.changes import ChangePage, CursorExpired, Position
from hub.store.database import Database
from hub.store.feed import notices
from tests.schema.builders import (
    a_connection,
    a_contact_record,
    a_person,
    a_sync_run,
    an_account,
    an_account_record,
    an_opportunity,
    an_organization,
    belongs_to,
    settled,
)

ALL = list(ChangeType)


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
async def home(session: AsyncSession) -> Organization:
    return await an_organization(session)


@pytest.fixture
async def crm(session: AsyncSession, home: Organization) -> Connection:
    crm = await a_connection(session, home)
    await session.commit()
    return crm


class Reader:
    """Reads on from where it stopped."""

    def __init__(self, database: Database, organization_id: UUID, kinds: Any = ALL) -> None:
        self.database, self.organization_id, self.kinds = database, organization_id, kinds
        self.end: Position | None = None

    async def page(self, limit: int = 100) -> ChangePage:
        """What is told when all has settled: other tests write in the same cluster."""
        await settled(self.database)
        return await self.page_of_now(limit)

    async def page_of_now(self, limit: int = 100) -> ChangePage:
        async with self.database.session() as session:
            page = await changes.page(session, self.organization_id, self.kinds, self.end, limit)
        self.end = page.end
        return page

    async def news(self) -> list[tuple[str, UUID, str]]:
        return [(each.kind.value, each.node_id, each.action.value) for each in (await self.page()).changes]


@pytest.fixture
async def reader(database: Database, home: Organization, crm: Connection) -> Reader:
    """One who has read all that was told while the test was set up."""
    reader = Reader(database, home.id)
    await reader.page()
    return reader


async def test_a_row_is_told_when_it_comes_when_it_changes_and_when_it_goes(session, reader, crm):
    deal = await an_opportunity(session, crm)
    await session.commit()
    assert await reader.news() == [("opportunity", deal.id, "CREATED")]

    deal.name = "Renewal 2027"
    await session.commit()
    assert await reader.news() == [("opportunity", deal.id, "UPDATED")]

    await records.bury(
        session, crm.id, type(deal), [(deal.external_id, Removal.DELETED, RemovalEvidence.SOURCE_ROW, None, None)]
    )
    await session.commit()
    assert await reader.news() == [("opportunity", deal.id, "REMOVED")]

    await session.execute(text("delete from opportunity"))
    await session.commit()
    assert await reader.news() == []


async def test_a_row_that_comes_back_is_told_as_new(session, reader, crm):
    deal = await an_opportunity(session, crm, removal=Removal.ARCHIVED)
    await session.commit()
    assert await reader.news() == []

    deal.removal = None
    await session.commit()
    assert await reader.news() == [("opportunity", deal.id, "CREATED")]


async def test_writing_the_same_again_is_no_change(session, reader, crm):
    record = await an_account_record(session, crm)
    await session.commit()
    await reader.page()

    await session.execute(text("update account_record set name = name"))
    await session.commit()

    assert await reader.news() == []
    assert record.id


async def test_an_account_is_there_while_a_record_belongs_to_it(session, reader, crm):
    one, other = await an_account(session), await an_account(session)
    record = await an_account_record(session, crm)
    await session.commit()
    assert await reader.news() == [("account_record", record.id, "CREATED")]

    await belongs_to(session, crm, record, one)
    await session.commit()
    assert ("account", one.id, "CREATED") in await reader.news()

    await belongs_to(session, crm, record, other)
    await session.commit()
    assert {("account", one.id, "REMOVED"), ("account", other.id, "CREATED")} <= set(await reader.news())

    second = await an_account_record(session, crm, other)
    await session.commit()
    assert await reader.news() == [("account_record", second.id, "CREATED")]

    for each in (record, second):
        each.removal = Removal.DELETED
    await session.commit()
    assert ("account", other.id, "REMOVED") in await reader.news()

    record.removal = None
    await session.commit()
    assert ("account", other.id, "CREATED") in await reader.news()

    await session.delete(record)
    await session.commit()
    assert ("account", other.id, "REMOVED") in await reader.news()

    await session.delete(second)
    await session.commit()
    assert await reader.news() == []


async def test_what_an_organization_is_told_of_an_account_is_what_its_own_records_say(
    database, session, reader, home, crm
):
    partner, stranger = await an_organization(session), await an_organization(session)
    theirs = await a_connection(session, partner)
    account, person = await an_account(session), await a_person(session)
    for connection in (crm, crm, theirs):
        await an_account_record(session, connection, account)
        await a_contact_record(session, connection, person)
    await session.commit()
    readers = [reader, Reader(database, partner.id), Reader(database, stranger.id)]
    for each in readers:
        await each.page()

    for kind, id_ in ((AccountProfile, account.id), (PersonProfile, person.id)):
        await session.execute(update(kind).where(kind.id == id_).values(name="Known to all"))
    await session.execute(update(AccountProfile).where(AccountProfile.owner_id == partner.id).values(name="Theirs"))
    await session.commit()

    told = [await each.news() for each in readers]
    expected = {("account", account.id, "UPDATED"), ("person", person.id, "UPDATED")}
    assert [set(each) for each in told] == [expected, expected, set()]
    assert [len(each) for each in told] == [2, 3, 0]


async def test_each_step_of_a_sync_run_is_told_to_the_owner_of_the_connection(session, reader, crm):
    run = await a_sync_run(session, crm, "accounts")
    await session.commit()
    await sync_runs.advance(session, run.id, sync_runs.Progress(pages=1, seen=1, changed=1, unmapped=0))
    await session.commit()
    await sync_runs.finish(session, run.id)
    await session.commit()

    assert [action for _, _, action in await reader.news()] == ["CREATED", "UPDATED", "UPDATED"]
    assert run.state is SyncRunState.SUCCEEDED


async def test_pages_follow_each_other_without_gap_or_overlap_and_kinds_can_be_chosen(session, reader, home, crm):
    deals = [await an_opportunity(session, crm) for _ in range(5)]
    await a_sync_run(session, crm)
    await session.commit()
    reader.kinds = [ChangeType.OPPORTUNITY]

    pages = [await reader.page(2) for _ in range(4)]

    assert [change.node_id for page in pages for change in page.changes] == [deal.id for deal in deals]
    assert [page.more for page in pages] == [True, True, False, False]


async def test_a_transaction_that_commits_late_is_not_skipped_though_its_position_is_smaller(database, session, crm):
    home_id = crm.owner_id
    reader = Reader(database, home_id)
    await reader.page()
    async with AsyncSession(database.engine) as early, AsyncSession(database.engine) as late:
        await a_sync_run(early, crm, "early")
        await a_sync_run(late, crm, "late")
        await late.commit()
        while_early_goes_on = await reader.page_of_now()
        await early.commit()
    after = await reader.page()

    assert (while_early_goes_on.changes, while_early_goes_on.unsettled) == ([], True)
    assert len(after.changes) == 2
    assert not after.unsettled


async def test_a_transaction_that_began_late_to_write_here_is_not_skipped_though_it_began_early_elsewhere(
    database, session, crm
):
    """The other way round: its transaction id is the smaller one, and its position is the larger one."""
    reader = Reader(database, crm.owner_id)
    await reader.page()
    async with AsyncSession(database.engine) as early, AsyncSession(database.engine) as late:
        await early.execute(text("select pg_current_xact_id()"))
        await a_sync_run(late, crm, "late")
        await late.commit()
        assert (await reader.page_of_now()).changes == []
        await a_sync_run(early, crm, "early")
        await early.commit()
    page = await reader.page()

    assert len(page.changes) == 2
    assert page.changes[0].place.position > page.changes[1].place.position
    assert page.changes[0].place < page.changes[1].place


async def test_who_was_away_for_longer_than_changes_are_kept_is_told_to_start_over(
    database, session, reader, home, crm
):
    other = await an_organization(session)
    quiet = Reader(database, other.id)
    behind = reader.end
    await a_sync_run(session, crm)
    await session.commit()
    await quiet.page()
    await reader.page()
    await session.execute(text("update change set at = at - interval '31 days'"))

    assert await changes.prune(session) == 2
    await session.commit()

    assert await reader.news() == []
    assert await quiet.news() == []
    reader.end = behind
    with pytest.raises(CursorExpired, match="Start over"):
        await reader.page()
    assert (await changes.page(session, home.id, ALL, None, 10)).changes == []


async def test_pruning_forgets_only_what_is_old_and_never_moves_back(database, session, home, crm):
    for days in (40, 35):
        await a_sync_run(session, crm)
        await session.execute(
            text(f"update change set at = now() - interval '{days} days' where at > now() - interval '1 day'")
        )
        await session.commit()
        assert await changes.prune(session) > 0
        await session.commit()
    run = await a_sync_run(session, crm)
    await session.commit()

    assert await changes.prune(session, timedelta(days=1)) == 0
    await session.commit()
    await settled(database)
    assert [change.node_id for change in (await changes.page(session, home.id, ALL, None, 10)).changes] == [run.id]


async def test_a_position_of_another_database_is_refused(session, reader):
    reader.end = Position(2**40, 0)
    with pytest.raises(CursorExpired):
        await reader.page()


async def test_a_transaction_sends_one_notice_for_each_organization_it_concerns(database, session, home, crm):
    partner = await an_organization(session)
    theirs = await a_connection(session, partner)
    async with aclosing(notices(database)) as told:
        assert await anext(told) is None
        await session.commit()
        for _ in range(5):
            for connection in (crm, theirs):
                await a_sync_run(session, connection)
        await session.commit()
        await a_sync_run(session, crm)
        await session.commit()
        heard = [await anext(told) for _ in range(4)]

    assert heard[0] == partner.id
    assert set(heard[1:3]) == {home.id, partner.id}
    assert heard[3] == home.id
