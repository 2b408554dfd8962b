"""The pages of a stream that are stored together, read one batch ahead of what is being stored."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from hub.connectors.base import Bookmark, Page, Stream
from hub.errors import SourceError
from hub.jobs.understanding import Keyed, keyed

PAYLOADS_AT_ONCE = 1000
"""How many payloads a transaction stores at least, while the source has more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Pages as one."""

    page: Page
    sent: Mapping[str, Keyed]
    """Its payloads by their ids."""
    pages: int


async def batches(stream: Stream[Any], source: Any, bookmark: Bookmark | None) -> AsyncGenerator[Batch, None]:
    """All that the stream gives from a bookmark on; errors of its source come in their place."""
    async with aclosing(_ahead(_read(stream, stream.pages(source, bookmark)))) as read:
        async for batch in read:
            yield batch


async def _read(stream: Stream[Any], pages: AsyncGenerator[Page, None]) -> AsyncGenerator[Batch, None]:
    async with aclosing(_portions(pages)) as portions:
        async for portion in portions:
            page = _joined(portion)
            yield Batch(page=page, sent=keyed(stream, page.payloads), pages=len(portion))


async def _ahead(batches: AsyncGenerator[Batch, None]) -> AsyncGenerator[Batch, None]:
    """The same. The next one is read while one is being stored; errors come in their place."""
    room = asyncio.Semaphore(1)
    read: asyncio.Queue[Batch | None] = asyncio.Queue()

    async def read_all() -> None:
        try:
            async with aclosing(batches):
                async for batch in batches:
                    await room.acquire()
                    read.put_nowait(batch)
        finally:
            read.put_nowait(None)

    reading = asyncio.create_task(read_all())
    try:
        while (batch := await read.get()) is not None:
            yield batch
            room.release()
        await reading
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _portions(pages: AsyncGenerator[Page, None]) -> AsyncGenerator[list[Page], None]:
    """Pages to be stored together, since a transaction costs as much for 20 payloads as for 500."""
    held: list[Page] = []
    async with aclosing(pages):
        try:
            async for page in pages:
                # A page without payloads is there for its bookmark: the source goes on once what came before is stored.
                if held and not page.payloads:
                    yield held
                    held = []
                held.append(page)
                # Tombstones speak of what came before them: what comes after may bring a row back.
                if page.tombstones or not page.payloads or sum(len(each.payloads) for each in held) >= PAYLOADS_AT_ONCE:
                    yield held
                    held = []
        except SourceError:
            if held:
                yield held
            raise
    if held:
        yield held


def _joined(pages: Sequence[Page]) -> Page:
    return Page(
        payloads=[payload for page in pages for payload in page.payloads],
        bookmark=pages[-1].bookmark,
        tombstones=[tombstone for page in pages for tombstone in page.tombstones],
        bad_rows=[row for page in pages for row in page.bad_rows],
        expected=next((page.expected for page in reversed(pages) if page.expected is not None), None),
        fields=next((page.fields for page in pages if page.fields is not None), None),
    )
