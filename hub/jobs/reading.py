"""Reading one stream: from its bookmark to its end, one transaction a page."""

from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from hub.connectors.base import Connector
from hub.errors import AuthError, BookmarkExpired, Busy, Forbidden, HubError, StoreError, Unavailable
from hub.jobs.batches import Batch, batches
from hub.jobs.hints import follow_all
from hub.jobs.rereading import Rereading
from hub.jobs.storing import Stored, store
from hub.jobs.stream_run import StreamRun, Tell
from hub.jobs.sweeping import EVERY, Sweep
from hub.model import IssueKind, SyncRunState
from hub.store import hints, issues, raw_records, records, sweeps, sync_runs
from hub.store.database import Database, Session
from hub.store.sync_runs import Progress

log = structlog.get_logger()

MANY = 10_000
"""So many new rows make PostgreSQL's plans for looking them up bad ones, until it counts them."""
A_ROW = timedelta(seconds=0.3)
"""How long each row makes a reading of every row last: few are read anew in each run, and a million once a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading of one stream by one who holds the stream's lock."""

    database: Database
    connector: Connector[Any]
    source: Any
    run: StreamRun
    tell: Tell
    accepts_removals: bool
    """A person said that it is right if most rows are gone; so all ids are compared now."""

    async def to_the_end(self) -> None:
        """Read until the source has no more, or does not let us; raises what concerns all streams."""
        try:
            self.run.is_whole = await self._is_whole()
            await self._pages_or_again()
            await self._hinted()
            await self._finish()
        except Forbidden as error:
            await self._is_unavailable(str(error))
        except Busy:
            raise  # another process has the stream, and its run tells
        except HubError as error:
            self.run.is_passing = isinstance(error, Unavailable)
            await self._failed(str(error))
            if isinstance(error, AuthError | Unavailable | StoreError):
                raise

    @property
    def _place(self) -> tuple[UUID, str]:
        return self.run.connection.id, self.run.stream.name

    async def _pages_or_again(self) -> None:
        """Read the pages; from the start where the source forgot what our bookmark names."""
        try:
            await self._pages()
        except BookmarkExpired:
            async with self.database.session() as session:
                await sync_runs.forget_bookmarks(session, *self._place)
            self.run.is_whole = self.run.stream.whole(self.source)
            await self._pages()

    async def _pages(self) -> None:
        stream = self.run.stream
        self.run.unread = 0
        async with self.database.session() as session:
            bookmark = None if self.run.is_whole else await sync_runs.bookmark(session, *self._place)
            if self.run.is_whole:
                await sweeps.start_over(session, *self._place)
                await sync_runs.let_sweep(session, *self._place)  # the next one, too, where this one is cut off
            if not bookmark:  # all rows are read, and the bad ones told anew
                await issues.resolve(session, *self._place, IssueKind.BAD_ROW)
        async with aclosing(batches(stream, self.source, bookmark)) as read:
            async for batch in read:
                await self._store(batch)
                self.tell(self.run)

    async def _store(self, batch: Batch) -> None:
        page = batch.page
        async with self.database.session() as session:
            await sync_runs.hold(session, self.run.id)
            stored = await store(session, self.run.connection.id, self.run.stream, page, batch.sent)
            if self.run.is_whole:
                await sweeps.see(session, *self._place, stored.keys)
            await hints.note_linked(
                session, self.run.connection.id, self.run.stream.record, stored.gone, self._streams_of_links()
            )
            await sync_runs.move_bookmark(session, *self._place, dict(page.bookmark))
            if page.expected is not None:
                self.run.expected = page.expected
            self.run.unread += sum(not row.is_repeated for row in page.bad_rows)
            await self._note(session, stored, pages=batch.pages, seen=len(page.payloads))

    async def _note(self, session: Session, stored: Stored, *, pages: int = 0, seen: int | None = None) -> None:
        """Count what was stored, and what the source told of its quota."""
        counted = Progress(
            pages=pages,
            seen=len(stored.keys) if seen is None else seen,
            changed=stored.changed,
            unmapped=stored.unmapped,
            removed=stored.removed,
        )
        quota = self.connector.quota(self.source)
        told = {"quota_used": quota.used, "quota_limit": quota.limit} if quota else {}
        await sync_runs.advance(session, self.run.id, counted, payloads_expected=self.run.expected, **told)
        self.run.seen += counted.seen
        self.run.changed += counted.changed
        self.run.unmapped += counted.unmapped
        self.run.removed += counted.removed

    def _streams_of_links(self) -> list[str]:
        """The streams that are read whole now and then only: rows that go take links with them."""
        return [each.name for each in self.connector.streams if each.whole_for and each.among]

    async def _hinted(self) -> None:
        """Read again the rows of which the source told, or whose other ends are gone."""
        if self.run.stream.among is None or self.run.is_whole:
            return
        await follow_all(
            Rereading(
                database=self.database,
                connection_id=self.run.connection.id,
                stream=self.run.stream,
                source=self.source,
                note=self._note,
            )
        )

    async def _finish(self) -> None:
        """Remove what is gone, and close the run."""
        sweep = self._sweep()
        if await self._is_sweep_due():
            self.run.held_back = await sweep.of_ids()
        if self.run.is_whole:
            self.run.held_back = await sweep.of_unseen(self.run.unread)
        async with self.database.session() as session:
            await sync_runs.hold(session, self.run.id)
            await issues.resolve(session, *self._place, IssueKind.STREAM_UNAVAILABLE)
            if self.run.is_whole and not self.run.held_back:
                await sync_runs.note_sweep(session, *self._place)
            if self.run.changed >= MANY:
                await records.analyze(session, self.run.stream.record)
            await sync_runs.finish(session, self.run.id)
        self.run.state = SyncRunState.SUCCEEDED
        self._log("stream synced")

    def _sweep(self) -> Sweep:
        return Sweep(
            database=self.database,
            connection_id=self.run.connection.id,
            connection=self.run.connection.name,
            stream=self.run.stream,
            source=self.source,
            accepts_removals=self.accepts_removals,
            note=self._note,
            hold=lambda session: sync_runs.hold(session, self.run.id),
        )

    async def _is_whole(self) -> bool:
        stream = self.run.stream
        if not stream.whole(self.source) or not stream.whole_for:
            return stream.whole(self.source)
        ago = await self._since_sweep()
        if ago is None or self.accepts_removals or _is_past(ago, stream.whole_for):
            return True
        async with self.database.session() as session:
            return not await raw_records.are_more_than(session, *self._place, ago // A_ROW)

    async def _is_sweep_due(self) -> bool:
        if self.run.stream.ids is None or self.run.stream.whole(self.source):
            return False
        ago = await self._since_sweep()
        return self.accepts_removals or (ago is not None and _is_past(ago, EVERY))

    async def _since_sweep(self) -> timedelta | None:
        async with self.database.session() as session:
            return await sync_runs.since_sweep(session, *self._place)

    async def _is_unavailable(self, reason: str) -> None:
        async with self.database.session() as session:
            message = {self.run.stream.name: reason}
            await issues.report(session, *self._place, IssueKind.STREAM_UNAVAILABLE, message)
            await sync_runs.mark_unavailable(session, self.run.id, reason)
        self.run.state, self.run.error = SyncRunState.UNAVAILABLE, reason
        self._log("stream unavailable", reason=reason)

    async def _failed(self, error: str) -> None:
        async with self.database.session() as session:
            await sync_runs.fail(session, self.run.id, error)
        self.run.state, self.run.error = SyncRunState.FAILED, error
        self._log("stream failed", error=error)

    def _log(self, event: str, **facts: object) -> None:
        place = {"connection": self.run.connection.name, "stream": self.run.stream.name}
        counts = {each: getattr(self.run, each) for each in ("seen", "changed", "removed", "held_back")}
        log.info(event, **place, **counts, **facts)


def _is_past(ago: timedelta, every: timedelta) -> bool:
    """Whether so much time has passed; also where a clock was set back, and nobody knows."""
    return ago >= every or ago < timedelta()
