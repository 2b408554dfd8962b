"""Exports in the background: a list, page by page, into compressed chunks that any replica can serve.

A chunk, the cursor after it and the counts are stored in one transaction, so that an export that is cut off anywhere
resumes where it was, and its file equals that of an undisturbed run.
"""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from hub.errors import Busy, HubError, InputError, StoreError, TimedOut
from hub.model import Export
from hub.store import exports
from hub.store.database import Database
from hub.store.exports import Chunk, Page
from hub.store.locks import only_one
from hub.store.sharing import Viewer

log = structlog.get_logger()

Pages = Callable[[Viewer, str, str | None], AsyncIterator[Page]]
"""The pages of a document's list, as the viewer sees them, after a cursor. Raises InputError for what cannot be
answered, StoreError where the database does not answer."""

AT_ONCE = 2
"""Exports that one process writes at a time."""
POLL = 1.0
"""Seconds between two looks for exports that wait."""
PAUSE = 15.0
"""Seconds to wait when the database fails."""
CHUNK_BYTES = 2**20
"""Of lines, not yet compressed: what is held in memory, and what is lost when an export is cut off."""
CHUNK_SECONDS = 2.0
"""How long lines wait at most: so that progress is seen."""


@asynccontextmanager
async def exporting(database: Database, pages: Pages) -> AsyncIterator[None]:
    """Write the exports that wait, for as long as the context is open; those that run at the end resume elsewhere."""
    workers = [asyncio.create_task(_work(database, pages)) for _ in range(AT_ONCE)]
    try:
        yield
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)


async def _work(database: Database, pages: Pages) -> None:
    while True:
        try:
            worked = await work(database, pages)
        except StoreError as error:
            log.warning("exports wait for the database", error=str(error))
            await asyncio.sleep(PAUSE)
        else:
            await asyncio.sleep(0 if worked else POLL)


async def work(database: Database, pages: Pages) -> bool:
    """Write the first export that nobody writes; whether there was one. Raises StoreError."""
    async with database.session() as session:
        await exports.prune(session)
        waiting = await exports.unfinished(session)
    for export_id in waiting:
        try:
            await export(database, pages, export_id)
        except Busy:
            continue
        return True
    return False


async def export(database: Database, pages: Pages, export_id: UUID) -> None:
    """Write an export to its end; one that cannot be written is closed as failed.

    Raises Busy where another process writes it, StoreError where the database fails: then it stays where it is.
    """
    async with only_one(database, f"export {export_id}"):
        async with database.session() as session:
            row = await exports.begin(session, export_id)
        if row is None:
            return
        # Whatever goes wrong with one export must not keep the next from its turn.
        (error,) = await asyncio.gather(_written(database, pages, row), return_exceptions=True)
        if isinstance(error, (Busy, StoreError)) and not isinstance(error, TimedOut):
            raise error
        if error is not None:
            await _failed(database, export_id, error)


async def _failed(database: Database, export_id: UUID, error: BaseException) -> None:
    told = str(error) if isinstance(error, HubError) else "Internal error"
    if not isinstance(error, HubError):
        log.error("export failed", export=str(export_id), error=type(error).__name__, exc_info=error)
    async with database.session() as session:
        await exports.fail(session, export_id, told)


@dataclass(slots=True)
class _Writing:
    """The lines that are not stored yet."""

    number: int
    start: int
    rows: int
    lines: list[bytes] = field(default_factory=list)
    held: int = 0
    """Bytes in `lines`."""
    held_rows: int = 0
    since: float = field(default_factory=time.monotonic)

    def add(self, page: Page) -> None:
        self.lines.append(page.lines)
        self.held += len(page.lines)
        self.held_rows += page.rows

    def is_due(self) -> bool:
        return self.held >= CHUNK_BYTES or (self.held > 0 and time.monotonic() - self.since > CHUNK_SECONDS)

    async def chunk(self, cursor: str | None) -> Chunk:
        """What is held, as a chunk; from then on nothing is held."""
        # Without a time stamp, the same lines are the same bytes.
        body = await asyncio.to_thread(gzip.compress, b"".join(self.lines), 6, mtime=0)
        chunk = Chunk(number=self.number, start=self.start, body=body, rows=self.held_rows, cursor=cursor)
        self.number, self.start, self.rows = self.number + 1, self.start + len(body), self.rows + self.held_rows
        self.lines, self.held, self.held_rows, self.since = [], 0, 0, time.monotonic()
        return chunk


async def _written(database: Database, pages: Pages, row: Export) -> None:
    if row.attempts > exports.MOST_ATTEMPTS:
        raise InputError(f"Given up after {exports.MOST_ATTEMPTS} attempts that came to nothing.")
    writing = _Writing(number=row.chunks, start=row.bytes, rows=row.rows)
    async for page in pages(exports.viewer_of(row), row.document, row.cursor):
        writing.add(page)
        if page.cursor is not None and writing.is_due():
            chunk = await writing.chunk(page.cursor)
            async with database.session() as session:
                await exports.advance(session, row.id, chunk)
        _must_fit(writing)
    last = await writing.chunk(None)
    async with database.session() as session:
        await exports.advance(session, row.id, last)
        await exports.finish(session, row.id)


def _must_fit(writing: _Writing) -> None:
    if writing.rows + writing.held_rows > exports.MOST_ROWS:
        raise InputError(f"The list has more than {exports.MOST_ROWS:,} rows: export it in parts, by a filter.")
    if writing.start > exports.MOST_BYTES:
        raise InputError(f"The file has more than {exports.MOST_BYTES:,} bytes: export it in parts, by a filter.")
