"""Versions of a partner's list, one after the other."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from hub.connectors.files import ListMode, preview
from hub.jobs.sync import Order, StreamRun, sync
from hub.model import AccountRecord, Issue, IssueKind, SyncRunState
from hub.store import connections, organizations
from hub.store.database import Database
from tests.builders import SEALER

HEADER = "Id,Name,Website\n"
ACME, BOLT, CRUX = "1,Acme,acme.example\n", "2,Bolt,bolt.example\n", "3,Crux,crux.example\n"


async def connected(database: Database, path: Path, mode: ListMode) -> UUID:
    async with database.session() as session:
        home_id = await organizations.settle(session, "Home Inc.", None)
        subject = {"owner_id": home_id, "subject_id": home_id}
        given = {"name": "list", "connector": "file", "config": preview(path).config(mode), "secrets": {}}
        return await connections.connect(session, SEALER, **given, **subject)


async def synced(database: Database, connection_id: UUID, **order: bool) -> tuple[StreamRun, list[str | None]]:
    """The run, and the accounts that are there after it."""
    (run,) = await sync(database, SEALER, Order(connection_id=connection_id, **order))
    async with database.session() as session:
        there = select(AccountRecord.name).where(AccountRecord.removal.is_(None)).order_by(AccountRecord.name)
        return run, list(await session.scalars(there))


async def test_a_replacement_removes_what_it_lacks_and_an_update_nothing(database, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(HEADER + ACME + BOLT)
    second.write_text(HEADER + ACME.replace("Acme", "Acme AG") + CRUX)
    for path, mode, left in (
        (first, ListMode.UPDATE, ["Acme", "Bolt"]),
        (second, ListMode.UPDATE, ["Acme AG", "Bolt", "Crux"]),
        (second, ListMode.REPLACE, ["Acme AG", "Crux"]),
        (first, ListMode.UPDATE, ["Acme", "Bolt", "Crux"]),
    ):
        _, there = await synced(database, await connected(database, path, mode))
        assert there == left


async def test_a_cut_off_version_removes_nothing(database, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ACME + BOLT + CRUX)
    connection_id = await connected(database, path, ListMode.REPLACE)
    await synced(database, connection_id)
    path.write_text(HEADER + ACME + "2,Bo")
    run, there = await synced(database, connection_id)
    assert (run.state, there) == (SyncRunState.FAILED, ["Acme", "Bolt", "Crux"])
    assert run.error is not None
    assert "is cut off in line 3" in run.error


async def test_a_last_cell_that_may_be_cut_off_overwrites_nothing_where_the_writer_ends_its_lines(database, tmp_path):
    path = tmp_path / "list.csv"
    for end, taken in (("\n", "acme.example"), ("", "acme.ex")):
        path.write_text((HEADER + ACME).removesuffix("\n") + end)
        connection_id = await connected(database, path, ListMode.UPDATE)
        await synced(database, connection_id)
        path.write_text(HEADER + "1,Acme,acme.ex")
        run, _ = await synced(database, connection_id)
        async with database.session() as session:
            (record,) = await session.scalars(select(AccountRecord))
        assert record.website == taken
        assert ("no end of line after line 2" in str(run.error)) == bool(end)


async def test_a_row_that_cannot_be_read_is_not_gone_and_holds_back_removals_until_it_is_mended(database, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ACME + BOLT + CRUX)
    connection_id = await connected(database, path, ListMode.REPLACE)
    await synced(database, connection_id)
    path.write_text(HEADER + ACME + "2,Bolt,bolt.example,oops\n")
    run, there = await synced(database, connection_id)
    assert (run.state, run.removed, there) == (SyncRunState.SUCCEEDED, 0, ["Acme", "Bolt", "Crux"])
    async with database.session() as session:
        issue = (await session.scalars(select(Issue).where(Issue.kind == IssueKind.MASS_REMOVAL))).one()
    assert "2 of 3 rows are missing at the source, and 1 of its rows could not be read" in issue.message
    assert "hub sync 'list' --stream accounts --accept-removals" in issue.message
    path.write_text(HEADER + ACME + BOLT)
    assert (await synced(database, connection_id))[1] == ["Acme", "Bolt"]


async def test_bad_rows_hold_nothing_back_where_they_hide_nothing_or_a_person_accepts(database, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ACME + BOLT + CRUX)
    connection_id = await connected(database, path, ListMode.REPLACE)
    await synced(database, connection_id)
    path.write_text(HEADER + ACME + BOLT + BOLT)
    assert (await synced(database, connection_id))[1] == ["Acme", "Bolt"]
    path.write_text(HEADER + ACME + "Total 1\n")
    assert (await synced(database, connection_id))[1] == ["Acme", "Bolt"]
    assert (await synced(database, connection_id, accept_removals=True))[1] == ["Acme"]
    async with database.session() as session:
        issue = (await session.scalars(select(Issue).where(Issue.kind == IssueKind.MASS_REMOVAL))).one()
    assert issue.resolved_at is not None


async def test_what_is_wrong_with_a_row_is_told_until_a_later_update_has_it_right(database, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(HEADER + ACME + "2,Bolt\n")
    connection_id = await connected(database, path, ListMode.UPDATE)
    await synced(database, connection_id)
    path.write_text(HEADER + ACME + BOLT)
    await synced(database, connection_id)
    async with database.session() as session:
        issue = (await session.scalars(select(Issue))).one()
    assert (issue.kind, issue.subject) == (IssueKind.BAD_ROW, "line 3")
    assert issue.resolved_at is not None
