"""Rows that go, or come, without a word of their source."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hub.connectors.base import Page, Stream, always
from hub.errors import BookmarkExpired, Unavailable
from hub.model import AccountRecord, Issue, IssueKind, RemovalEvidence, StreamState
from hub.store.database import Database
from tests.jobs.vendor import Vendor, a_page, a_stream, an_account, every, names, pages_of


@pytest.fixture
def there() -> dict[str, dict[str, object]]:
    """What the source has, whatever its pages tell."""
    return {}


@pytest.fixture
def swept(there) -> Stream[Vendor]:
    async def ids(_: Vendor) -> AsyncGenerator[Sequence[str], None]:
        yield list(there)

    async def among(_: Vendor, asked: Sequence[str]) -> AsyncGenerator[Page, None]:
        yield a_page(*(there[each] for each in asked if each in there))

    return a_stream(ids=ids, among=among)


async def make_due(database: Database) -> None:
    async with database.session() as session:
        await session.execute(text("update stream_state set swept_at = now() - interval '25 hours'"))


async def test_what_went_and_came_in_silence_is_found_once_a_day(database, vendor, synced, swept, there):
    there |= {each: an_account(each, f"Name {each}") for each in ("1", "2")}
    vendor.pages = [a_page(*there.values())]
    await synced(swept)
    vendor.pages = []
    del there["1"]
    there["3"] = an_account("3", "Shown anew")

    await synced(swept)
    assert await names(database) == ["Name 1", "Name 2"]
    await make_due(database)
    (run,) = await synced(swept)

    assert await names(database) == ["Name 2", "Shown anew"]
    assert (run.removed, run.changed) == (1, 1)
    (gone,) = [row for row in await every(database, AccountRecord) if row.removal]
    assert gone.removal_evidence == RemovalEvidence.NOT_FOUND
    (state,) = await every(database, StreamState)
    assert state.swept_at is not None


async def test_a_row_that_comes_when_asked_for_is_not_gone_though_the_ids_lack_it(
    database, vendor, synced, swept, there, monkeypatch
):
    there |= {"1": an_account("1", "Acme")}
    vendor.pages = [a_page(*there.values())]
    await synced(swept)

    async def nothing(_: Vendor) -> AsyncGenerator[Sequence[str], None]:
        yield []

    object.__setattr__(swept, "ids", nothing)
    await synced(swept, full=True)

    assert await names(database) == ["Acme"]


async def test_a_row_that_was_removed_by_mistake_comes_back_with_the_date_it_had(
    database, vendor, synced, swept, there
):
    object.__setattr__(swept, "modified_at", lambda payload: None)
    there |= {"1": an_account("1", "Acme")}
    vendor.pages = [a_page(*there.values())]
    await synced(swept)
    del there["1"]
    vendor.pages = []
    await synced(swept, full=True)
    assert await names(database) == []

    there["1"] = an_account("1", "Acme")
    await synced(swept, full=True)

    assert await names(database) == ["Acme"]


@pytest.fixture
def read_ago(database):
    """Lets the reading of every row be so long ago."""

    async def passed(**time: float) -> None:
        async with database.session() as session:
            await session.execute(text("update stream_state set swept_at = now() - :ago"), {"ago": timedelta(**time)})

    return passed


async def test_a_stream_of_many_rows_is_read_whole_only_now_and_then(database, vendor, synced, read_ago):
    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    rows = [an_account(str(each), f"Name {each}") for each in range(1000)]
    vendor.pages = [a_page(*rows, at=7)]
    await synced(stream)
    await read_ago(seconds=20)
    vendor.pages = [a_page(an_account("1", "Changed"), at=8)]
    await synced(stream)
    assert len(await names(database)) == 1000

    await read_ago(seconds=400)
    vendor.pages = [a_page(*rows[:900])]
    await synced(stream)

    assert len(await names(database)) == 900
    assert vendor.asked_from == [None, {"at": 7}, None]


async def test_a_first_reading_that_was_cut_off_is_begun_again(database, vendor, synced):
    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    vendor.pages = [a_page(an_account("1"), at=7), Unavailable("gone")]
    await synced(stream)

    vendor.pages = [a_page(an_account("1"), an_account("2"), at=7)]
    await synced(stream)

    assert vendor.asked_from == [None, None]


async def test_a_whole_reading_that_was_cut_off_is_begun_again(database, vendor, synced, read_ago):
    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    rows = [an_account(str(each), f"Name {each}") for each in range(2000)]
    vendor.pages = [a_page(*rows[:1000], at=7)]
    await synced(stream)
    await read_ago(seconds=400)
    vendor.pages = [a_page(*rows[1000:], at=8), Unavailable("gone")]
    await synced(stream)

    vendor.pages = []
    await synced(stream)

    assert vendor.asked_from == [None, None, None]


@pytest.mark.parametrize("whole_for", [timedelta(), timedelta(days=1)])
async def test_a_clock_that_was_set_back_makes_the_next_reading_whole(vendor, synced, read_ago, whole_for):
    stream = a_stream(whole=always, whole_for=whole_for)
    vendor.pages = [a_page(*(an_account(str(each), f"Name {each}") for each in range(1000)), at=7)]
    await synced(stream)
    await read_ago(hours=-1)

    await synced(stream)

    assert vendor.asked_from == [None, None]


async def test_a_full_sync_reads_such_a_stream_whole(database, vendor, synced, read_ago):
    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    rows = [an_account(str(each), f"Name {each}") for each in range(1000)]
    vendor.pages = [a_page(*rows)]
    await synced(stream)
    await read_ago(seconds=1)
    vendor.pages = [a_page(*rows[:900])]

    await synced(stream, full=True)

    assert len(await names(database)) == 900


async def test_a_bookmark_that_the_source_no_longer_takes_makes_a_whole_reading(database, vendor, synced, read_ago):
    rows = [an_account(str(each), f"Name {each}") for each in range(1000)]

    async def pages(source: Vendor, bookmark: Mapping[str, Any] | None) -> AsyncGenerator[Page, None]:
        if bookmark is not None:
            raise BookmarkExpired("of another time")
        async for page in pages_of(source, bookmark):
            yield page

    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    object.__setattr__(stream, "pages", pages)
    vendor.pages = [a_page(*rows)]
    await synced(stream)
    await read_ago(seconds=1)
    vendor.pages = [a_page(*rows[:900])]

    await synced(stream)

    assert len(await names(database)) == 900


async def test_removals_that_were_held_back_are_looked_at_again_by_the_next_run(database, vendor, synced, read_ago):
    stream = a_stream(whole=always, whole_for=timedelta(days=1))
    rows = [an_account(str(each), f"Name {each}") for each in range(1000)]
    vendor.pages = [a_page(*rows)]
    await synced(stream)
    await read_ago(days=2)
    vendor.pages = [a_page(*rows[:10])]
    await synced(stream)
    assert len(await names(database)) == 1000

    vendor.pages = [a_page(*rows[:999])]
    await synced(stream)

    assert len(await names(database)) == 999
    (issue,) = [each for each in await every(database, Issue) if each.kind is IssueKind.MASS_REMOVAL]
    assert issue.resolved_at is not None


@pytest.mark.parametrize("kind", ["ids", "whole"])
async def test_most_rows_do_not_go_unless_a_person_agrees(database, vendor, synced, swept, there, kind):
    there |= {str(each): an_account(str(each), f"Name {each}") for each in range(60)}
    stream = swept if kind == "ids" else a_stream(whole=always)
    vendor.pages = [a_page(*there.values())]
    await synced(stream)
    for each in range(1, 60):
        del there[str(each)]
    vendor.pages = [a_page(*there.values())]

    await synced(stream, full=True)
    assert len(await names(database)) == 60
    (issue,) = await every(database, Issue)
    assert (issue.kind, issue.resolved_at) == (IssueKind.MASS_REMOVAL, None)
    assert "59 of 60 rows" in issue.message

    await synced(stream, accept_removals=True)
    assert await names(database) == ["Name 0"]
    (issue,) = await every(database, Issue)
    assert issue.resolved_at is not None


async def test_ids_that_cannot_be_read_to_their_end_remove_nothing(database, vendor, synced, swept, there):
    there |= {"1": an_account("1", "Acme")}
    vendor.pages = [a_page(*there.values())]
    await synced(swept)

    async def cut(_: Vendor) -> AsyncGenerator[Sequence[str], None]:
        yield []
        raise Unavailable("gone")

    object.__setattr__(swept, "ids", cut)
    there.clear()
    await synced(swept, full=True)

    assert await names(database) == ["Acme"]


async def test_a_short_list_that_comes_empty_removes_nothing(database, vendor, synced):
    whole = a_stream(whole=always)
    vendor.pages = [a_page(an_account("1", "Acme"))]
    await synced(whole)
    vendor.pages = [a_page()]
    await synced(whole)

    assert await names(database) == ["Acme"]
    (issue,) = await every(database, Issue)
    assert issue.kind == IssueKind.MASS_REMOVAL
