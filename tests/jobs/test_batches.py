"""Reading one batch ahead of what is stored: nothing is lost by it, and nothing is left open."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import pytest

from hub.connectors.base import Bookmark, Page
from hub.errors import StoreError, Unavailable
from hub.jobs.batches import batches
from hub.model import AccountRecord, StreamState, SyncRun, SyncRunState

from .vendor import a_page, a_stream, an_account, every


@dataclass
class Source:
    """A source of so many pages, each a batch of its own, which fails or keeps the asker waiting after them."""

    pages: int
    after: Exception | None = None
    asked: list[asyncio.Event] = field(default_factory=list)
    is_open: bool = False

    async def read(self, _: Bookmark | None) -> AsyncGenerator[Page, None]:
        self.is_open = True
        try:
            for number in range(self.pages):
                self.asked[number].set()
                yield Page(payloads=(), bookmark={"at": number})
            self.asked[self.pages].set()
            if self.after is not None:
                raise self.after
        finally:
            self.is_open = False

    def __post_init__(self) -> None:
        self.asked = [asyncio.Event() for _ in range(self.pages + 1)]


STREAM = replace(a_stream(), pages=Source.read)


async def store(source: Source, stored: list[object]) -> None:
    """Store all batches. Each one waits until the next is asked for: were that not read ahead, it would wait on."""
    async with aclosing(batches(STREAM, source, None)) as read:
        async for batch in read:
            await source.asked[len(stored) + 1].wait()
            assert not any(each.is_set() for each in source.asked[len(stored) + 2 :]), "more than one ahead"
            stored.append(batch.page.bookmark["at"])


async def test_one_batch_is_read_ahead_and_never_more():
    source, stored = Source(5), []
    await store(source, stored)
    assert (stored, source.is_open) == ([0, 1, 2, 3, 4], False)


async def test_what_was_read_is_stored_before_an_error_of_reading_comes():
    """The source fails while the batch before is being stored."""
    source, stored = Source(2, after=Unavailable("down")), []
    with pytest.raises(Unavailable, match="down"):
        await store(source, stored)
    assert (stored, source.is_open) == ([0, 1], False)


async def test_a_source_goes_on_after_a_page_without_payloads_once_those_before_are_stored():
    went_on = asyncio.Event()

    async def pages(*_: object) -> AsyncGenerator[Page, None]:
        yield a_page(an_account("1"), at=1)
        yield a_page(an_account("2"), at=2)
        yield Page(payloads=(), bookmark={"at": 2})
        went_on.set()

    async with aclosing(batches(replace(a_stream(), pages=pages), None, None)) as read:
        stored = [(list(batch.sent), went_on.is_set()) async for batch in read]
    assert stored == [(["1", "2"], False), ([], True)]


async def test_who_is_cut_off_while_storing_leaves_nothing_open_and_no_task():
    source, is_storing = Source(3), asyncio.Event()

    async def store_for_ever() -> None:
        async with aclosing(batches(STREAM, source, None)) as read:
            async for _ in read:
                is_storing.set()
                await asyncio.Event().wait()

    storing = asyncio.create_task(store_for_ever())
    await is_storing.wait()
    await source.asked[1].wait()
    assert source.is_open
    storing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await storing
    assert not source.is_open
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_where_storing_fails_the_reading_ahead_is_closed_and_the_bookmark_stays(database, synced):
    """The next page is on its way, and never comes. A page without payloads ends a batch."""
    closed: list[str] = []

    async def pages(*_: object) -> AsyncGenerator[Page, None]:
        try:
            yield Page(payloads=(), bookmark={"at": 1})
            yield a_page(an_account(), at=2)
            yield Page(payloads=(), bookmark={"at": 3})
            await asyncio.Event().wait()
        finally:
            closed.append("reader")

    def full(_: object) -> list[AccountRecord]:
        raise StoreError("The disk is full.")

    with pytest.raises(StoreError, match="disk is full"):
        await synced(replace(a_stream(), pages=pages, to_records=full))

    (state,), (run,) = await every(database, StreamState), await every(database, SyncRun)
    assert (closed, state.bookmark) == (["reader"], {"at": 1})
    assert (run.state, run.error) == (SyncRunState.FAILED, "The disk is full.")
