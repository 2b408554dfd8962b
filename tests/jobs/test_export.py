import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from hub.app import export_pages
from hub.errors import Busy, NotFound, StoreError
from hub.jobs.background import Background
from hub.jobs.export import CHUNK_BYTES, export, exporting, work
from hub.model import AccountProfile, AccountRecord, Export, ExportChunk, ExportState, Role, Scope
from hub.schema.export_pages import ExportPages
from hub.store import exports
from hub.store.answers import Answers
from hub.store.database import Database
from hub.store.exports import MOST_ATTEMPTS, MOST_BYTES, MOST_BYTES_KEPT, MOST_ROWS, MOST_UNFINISHED, Chunk, Page
from hub.store.results import Results
from hub.store.sharing import Viewer
from tests.accounts import many_accounts
from tests.builders import SEALER, a_home

NAMES = "{ accounts(first: 10) { nodes { name } } }"
DEALS = "opportunities(first: 5) { nodes { name } }"


@pytest.fixture
async def home_id(database: Database) -> UUID:
    async with database.session() as session:
        return await a_home(session)


@pytest.fixture
def pages(database: Database) -> ExportPages:
    return export_pages(database, Background(database, SEALER))


@pytest.fixture
def queued(database: Database, home_id: UUID):
    async def queued(document: str = NAMES, viewer: Viewer | None = None) -> UUID:
        async with database.session() as session:
            return await exports.start(session, viewer or Viewer.anonymous(home_id), document)

    return queued


@pytest.fixture
def row_of(database: Database):
    async def row_of(export_id: UUID) -> Export | None:
        async with database.session() as session:
            return await session.get(Export, export_id)

    return row_of


@pytest.fixture
def file_of(database: Database):
    async def file_of(export_id: UUID) -> bytes:
        chunks = select(ExportChunk).where(ExportChunk.export_id == export_id).order_by(ExportChunk.number)
        async with database.session() as session:
            return b"".join(chunk.body for chunk in await session.scalars(chunks))

    return file_of


async def pages_of(*pages: Page, then: Exception | None = None) -> AsyncIterator[Page]:
    for page in pages:
        yield page
    if then:
        raise then


def a_page(cursor: str | None, rows: int = 1, size: int = CHUNK_BYTES) -> Page:
    """A page so large that it is stored at once."""
    return Page(lines=b"x" * (size - 1) + b"\n", rows=rows, cursor=cursor)


async def test_an_export_has_every_row_once_as_a_query_answers_it(database, pages, home_id, queued, row_of, file_of):
    await many_accounts(database, 25)
    export_id = await queued("{ accounts(first: 10) { nodes { name records(first: 1) { nodes { externalId } } } } }")

    assert await work(database, pages)

    lines = [json.loads(line) for line in gzip.decompress(await file_of(export_id)).splitlines()]
    assert sorted(line["name"] for line in lines) == sorted(f"Company {n}" for n in range(1, 26))
    number = lines[0]["name"].removeprefix("Company ")
    assert lines[0]["records"] == {"nodes": [{"externalId": f"A{number}"}]}
    row = await row_of(export_id)
    assert (row.state, row.rows, row.bytes) == (ExportState.SUCCEEDED, 25, len(await file_of(export_id)))
    assert row.expires_at - row.finished_at == timedelta(hours=24)


async def test_an_empty_list_is_an_empty_gzip_file(database, pages, queued, row_of, file_of):
    export_id = await queued()

    await export(database, pages, export_id)

    assert gzip.decompress(await file_of(export_id)) == b""
    assert (await row_of(export_id)).state is ExportState.SUCCEEDED


async def test_rows_that_change_meanwhile_are_still_written_once(database, pages, home_id, queued, file_of):
    await many_accounts(database, 25)
    export_id = await queued()

    async def disturbed(*asked):
        async for page in pages(*asked):
            yield page
            async with database.session() as session:
                await session.execute(update(AccountProfile).values(name=func.concat("Z", AccountProfile.name)))

    await export(database, disturbed, export_id)

    lines = gzip.decompress(await file_of(export_id)).splitlines()
    assert len({json.loads(line)["name"].lstrip("Z") for line in lines}) == len(lines) == 25


async def test_what_another_organization_sees_is_not_exported(database, pages, queued, row_of):
    await many_accounts(database, 3)
    async with database.session() as session:
        await session.execute(text("insert into organization (name, is_home) values ('Stranger', false)"))
        stranger = (await session.execute(text("select id from organization where name = 'Stranger'"))).scalar_one()
        export_id = await exports.start(session, Viewer.anonymous(stranger), NAMES)

    await export(database, pages, export_id)

    assert (await row_of(export_id)).rows == 0


async def test_one_that_is_cut_off_resumes_after_its_last_chunk(database, queued, row_of, file_of):
    export_id = await queued()
    asked: list[str | None] = []

    def cut_off(viewer, document, cursor):
        return pages_of(a_page("one"), a_page("two", size=10), then=StoreError("gone"))

    def whole(viewer, document, cursor):
        asked.append(cursor)
        return pages_of(a_page("two", size=10), a_page(None, size=10))

    with pytest.raises(StoreError):
        await export(database, cut_off, export_id)
    halfway = await row_of(export_id)
    await export(database, whole, export_id)

    assert (halfway.state, halfway.rows, halfway.cursor) == (ExportState.RUNNING, 1, "one")
    assert asked == ["one"]
    lines = gzip.decompress(await file_of(export_id)).splitlines()
    assert [len(line) for line in lines] == [CHUNK_BYTES - 1, 9, 9]


async def test_one_is_written_by_one_process_at_a_time(database, queued):
    export_id = await queued()
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(*_):
        begun.set()
        await go_on.wait()
        yield a_page(None)

    first = asyncio.create_task(export(database, slow, export_id))
    await begun.wait()
    with pytest.raises(Busy):
        await export(database, slow, export_id)
    assert not await work(database, slow)
    go_on.set()
    await first
    await export(database, slow, export_id)  # It has ended: nothing is left to do.


async def test_a_writer_that_lost_its_lock_writes_nothing_more(database, queued, row_of):
    export_id = await queued()
    first = Chunk(number=0, start=0, body=b"1", rows=1, cursor="one")
    async with database.session() as session:
        await exports.advance(session, export_id, first)

    with pytest.raises(Busy):
        async with database.session() as session:
            await exports.advance(session, export_id, first)
    assert (await row_of(export_id)).chunks == 1


async def test_an_answer_with_errors_fails_the_export_and_leaves_no_file(database, pages, queued, row_of, file_of):
    export_id = await queued("{ accounts(first: 10) { nodes { records(first: 0) { nodes { name } } } } }")
    await many_accounts(database, 3)

    await export(database, pages, export_id)

    row = await row_of(export_id)
    assert (row.state, await file_of(export_id)) == (ExportState.FAILED, b"")
    assert "`first` and `last` are between 1 and" in row.error
    assert row.expires_at is not None


async def test_pages_are_answered_by_compiled_statements(database, pages, queued, statements):
    await many_accounts(database, 3)
    export_id = await queued()
    statements.clear()

    await export(database, pages, export_id)

    assert not [each for each in statements if "account_profile" in each]


@pytest.mark.parametrize(
    ("role", "scopes", "document", "told"),
    [
        (Role.PARTNER_TOOL, set(Scope), "{ accountRecords(first: 3) { nodes { raw { id } } } }", "field 'raw'"),
        (Role.PARTNER_TOOL, set(Scope), NAMES.replace("(first: 10)", "(first: 1000)").replace("name", DEALS), "costs"),
        (Role.FRONTEND, {Scope.EXPORT_RUN}, NAMES, "needs scopes that the viewer lacks: account:read"),
    ],
)
async def test_it_is_read_as_whoever_asked_may(  # noqa: PLR0913, PLR0917 - fixtures and parameters
    database, home_id, pages, queued, row_of, role, scopes, document, told
):
    export_id = await queued(document, Viewer(home_id, role, frozenset(scopes), "key:one"))

    await export(database, pages, export_id)

    row = await row_of(export_id)
    assert row.state is ExportState.FAILED
    assert told in row.error


async def test_scopes_that_a_role_no_longer_has_are_gone(home_id, queued, row_of):
    viewer = Viewer(home_id, Role.PARTNER_TOOL, frozenset({Scope.ACCOUNT_READ, Scope.AUDIT_READ}), "key:one")

    found = exports.viewer_of(await row_of(await queued(NAMES, viewer)))

    assert (found.organization_id, found.role, found.scopes) == (home_id, Role.PARTNER_TOOL, {Scope.ACCOUNT_READ})


async def test_a_defect_fails_the_export_without_telling_more_and_the_next_has_its_turn(database, queued, row_of):
    broken, sound = await queued(), await queued()

    def pages(viewer, document, cursor):
        return pages_of(a_page("one"), then=ZeroDivisionError("secret"))

    await work(database, pages)
    await work(database, lambda *_: pages_of(a_page(None)))

    assert ((await row_of(broken)).state, (await row_of(broken)).error) == (ExportState.FAILED, "Internal error")
    assert (await row_of(sound)).state is ExportState.SUCCEEDED


async def test_one_that_never_comes_on_is_given_up(database, queued, row_of):
    export_id = await queued()

    def pages(viewer, document, cursor):
        return pages_of(then=StoreError("gone"))

    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(StoreError):
            await export(database, pages, export_id)
    await export(database, pages, export_id)

    assert "Given up" in (await row_of(export_id)).error


async def test_a_file_has_limits(database, queued, row_of):
    many, large = await queued(), await queued()
    await export(database, lambda *_: pages_of(a_page("one", rows=MOST_ROWS + 1)), many)
    async with database.session() as session:
        await session.execute(update(Export).where(Export.id == large).values(bytes=MOST_BYTES + 1))
    await export(database, lambda *_: pages_of(a_page("one")), large)

    assert "export it in parts" in (await row_of(many)).error
    assert "export it in parts" in (await row_of(large)).error


async def test_an_organization_has_so_many_under_way(database, home_id, queued):
    for _ in range(MOST_UNFINISHED):
        await queued()

    with pytest.raises(Busy, match="3 exports are under way"):
        await queued()


async def test_an_organization_keeps_so_many(database, home_id, queued):
    for _ in range(exports.MOST_KEPT):
        export_id = await queued()
        async with database.session() as session:
            await exports.finish(session, export_id)

    with pytest.raises(Busy, match="100 exports with 0 bytes are kept"):
        await queued()


async def test_an_organization_s_files_have_a_limit_together(database, queued):
    for _ in range(MOST_BYTES_KEPT // MOST_BYTES):
        export_id = await queued()
        async with database.session() as session:
            await exports.finish(session, export_id)
            await session.execute(update(Export).where(Export.id == export_id).values(bytes=MOST_BYTES))

    with pytest.raises(Busy, match="delete one"):
        await queued()


async def test_one_that_is_deleted_while_it_is_written_is_stopped(database, home_id, queued, row_of, file_of):
    export_id = await queued()

    async def pages(*_):
        yield a_page("one")
        async with database.session() as session:
            await exports.remove(session, home_id, export_id)
        yield a_page("two")
        raise AssertionError("This page was not to be read.")

    assert not await work(database, pages)
    assert (await row_of(export_id), await file_of(export_id)) == (None, b"")


async def test_every_organization_s_first_export_comes_before_anyone_s_second(database, queued):
    first, second = await queued(), await queued()
    async with database.session() as session:
        await session.execute(text("insert into organization (name, is_home) values ('Other', false)"))
        other = (await session.execute(text("select id from organization where name = 'Other'"))).scalar_one()
        theirs = await exports.start(session, Viewer.anonymous(other), NAMES)

    async with database.session() as session:
        assert await exports.unfinished(session) == [first, theirs, second]


async def test_what_expired_is_deleted_with_its_file(database, queued, row_of, file_of):
    export_id = await queued()
    await export(database, lambda *_: pages_of(a_page(None, size=10)), export_id)
    async with database.session() as session:
        await session.execute(update(Export).values(expires_at=func.now() - timedelta(minutes=61)))

    assert not await work(database, lambda *_: pages_of())

    assert (await row_of(export_id), await file_of(export_id)) == (None, b"")
    with pytest.raises(NotFound):
        async with database.session() as session:
            await exports.chunk_with(session, export_id, 0)


async def test_one_that_waits_is_found_without_being_told(database, pages, home_id, queued, row_of):
    async with exporting(database, pages):
        export_id = await queued()
        while (await row_of(export_id)).state is not ExportState.SUCCEEDED:  # noqa: ASYNC110 - polling is what is done
            await asyncio.sleep(0.05)


async def test_all_records_are_reached(database, pages, home_id, queued, row_of):
    await many_accounts(database, 5)
    export_id = await queued("{ accountRecords(first: 2) { edges { cursor node { name } } } }")

    await export(database, pages, export_id)

    async with database.session() as session:
        assert (await row_of(export_id)).rows == await session.scalar(select(func.count()).select_from(AccountRecord))


async def test_without_a_database_exports_wait():
    url = "postgresql://hub@127.0.0.1:1/none"
    gone = Database(create_async_engine(url.replace("ql:", "ql+psycopg:")), Results(Answers(url), 0), url)
    with capture_logs() as logs:
        async with exporting(gone, export_pages(gone, Background(gone, SEALER))):
            while not logs:  # noqa: ASYNC110 - polling is what is done
                await asyncio.sleep(0.05)

    assert logs[0]["event"] == "exports wait for the database"
