"""Copying a connection: raw first, then what it says, one transaction a page."""

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import structlog

from hub.connectors.base import Connector, Page, Payload, Stream
from hub.connectors.registry import CONNECTORS
from hub.errors import (
    AuthError,
    BookmarkExpired,
    Forbidden,
    HubError,
    NotFound,
    QuotaExhausted,
    SourceError,
    Unavailable,
    UnexpectedPayload,
)
from hub.model import Connection, ConnectionState, IssueKind, Synced, SyncRunState
from hub.store import changes, connections, issues, raw_records, records, sync_runs
from hub.store.database import Database, Session
from hub.store.grants import StoredGrant
from hub.store.locks import only_one
from hub.store.secrets import Sealer
from hub.store.sync_runs import Progress

log = structlog.get_logger()

PAYLOADS_AT_ONCE = 1000
"""How many payloads a transaction stores at least, while the source has more."""

_decoded = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(slots=True, kw_only=True)
class StreamRun:
    """One reading of one stream, as far as it got."""

    connection: Connection
    stream: Stream[Any]
    id: UUID
    state: SyncRunState = SyncRunState.RUNNING
    seen: int = 0
    changed: int = 0
    unmapped: int = 0
    error: str | None = None


Tell = Callable[[StreamRun], None]
"""Called when a run starts, after each stored page, and when it ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to sync."""

    connection_id: UUID
    stream: str | None = None
    """One stream only."""
    full: bool = False
    """From the start, whatever the bookmarks say."""


async def sync(
    database: Database,
    sealer: Sealer,
    order: Order,
    tell: Tell = lambda _: None,
    connectors: Mapping[str, Connector[Any]] = CONNECTORS,
) -> list[StreamRun]:
    """Read the connection's streams from their bookmarks to their ends; one StreamRun each, failed ones included.

    Raises Busy where another process syncs the connection, NotFound for an unknown connection or stream, and
    AuthError, ConfigurationError, InputError or Unavailable where the source cannot be opened at all.
    """
    async with database.session() as session:
        connection = await connections.by_id(session, order.connection_id)
    connector = connectors[connection.connector]
    streams = _chosen(connector, order.stream)
    async with only_one(database, f"the sync of {connection.name}"):
        async with database.session() as session:
            await sync_runs.mark_interrupted(session, connection.id)
        if order.full:
            async with database.session() as session:
                await sync_runs.forget_bookmarks(session, connection.id, order.stream)
                await raw_records.expect_unmapped_again(session, connection.id)
        try:
            grant = StoredGrant(database, sealer, connection.id)
            async with connector.source(connections.full_config(connection, sealer), grant) as source:
                runs = await _read_all(database, connection, source, streams, tell)
        except AuthError:
            async with database.session() as session:
                await connections.note_state(session, connection.id, ConnectionState.REAUTH_REQUIRED)
            raise
        async with database.session() as session:
            await connections.note_state(session, connection.id, ConnectionState.ACTIVE)
            await changes.prune(session)
        return runs


def _chosen(connector: Connector[Any], name: str | None) -> list[Stream[Any]]:
    chosen = [stream for stream in connector.streams if name in (None, stream.name)]
    if not chosen:
        known = ", ".join(stream.name for stream in connector.streams)
        raise NotFound(f"{connector.name} has no stream {name!r}. Its streams: {known}.")
    return chosen


async def _read_all(
    database: Database, connection: Connection, source: Any, streams: Iterable[Stream[Any]], tell: Tell
) -> list[StreamRun]:
    """Read the streams in their order; give up when two in a row find the source unavailable."""
    runs: list[StreamRun] = []
    failed_before = False
    for stream in streams:
        async with database.session() as session:
            run_id = await sync_runs.start(session, connection.id, stream.name)
        run = StreamRun(connection=connection, stream=stream, id=run_id)
        runs.append(run)
        tell(run)
        try:
            await _Reading(database, run, source, tell).to_the_end()
        except Unavailable as error:
            if failed_before or isinstance(error, QuotaExhausted):
                raise
            failed_before = True
        else:
            failed_before = False
        finally:
            tell(run)
    return runs


@dataclass(frozen=True, slots=True)
class _Reading:
    database: Database
    run: StreamRun
    source: Any
    tell: Tell

    @property
    def place(self) -> tuple[UUID, str]:
        return self.run.connection.id, self.run.stream.name

    async def to_the_end(self) -> None:
        """Read until the source has no more, or does not let us; raises what concerns all streams."""
        try:
            await self._pages_or_again()
        except Forbidden as error:
            await self._is_unavailable(str(error))
        except HubError as error:
            await self._failed(str(error))
            if isinstance(error, AuthError | Unavailable):
                raise
        else:
            await self._succeeded()

    async def _pages_or_again(self) -> None:
        """Read the pages; from the start where the source forgot what our bookmark names."""
        try:
            await self._pages()
        except BookmarkExpired:
            async with self.database.session() as session:
                await sync_runs.forget_bookmarks(session, *self.place)
            await self._pages()

    async def _pages(self) -> None:
        stream = self.run.stream
        async with self.database.session() as session:
            bookmark = await sync_runs.bookmark(session, *self.place)
            if stream.whole(self.source):
                await raw_records.start_over(session, *self.place)
                await issues.resolve(session, *self.place, IssueKind.BAD_ROW)
        async with aclosing(_batches(stream.pages(self.source, bookmark))) as batches:
            async for pages in batches:
                await self._store(_joined(pages), len(pages))
                self.tell(self.run)

    async def _store(self, page: Page, pages: int) -> None:
        keyed = _keyed(self.run.stream, page.payloads)
        async with self.database.session() as session:
            kept = await raw_records.keep(session, *self.place, {key: raw for key, (raw, _) in keyed.items()})
            changed = {key: keyed[key][1] for key in kept}
            found, unmapped = _mapped(self.run.stream, changed)
            await records.save(session, self.place[0], [(kept[key], rows) for key, rows in found.items()])
            await self._bury(session, page)
            await issues.report(session, *self.place, IssueKind.UNMAPPED_PAYLOAD, unmapped)
            await issues.resolve(session, *self.place, IssueKind.UNMAPPED_PAYLOAD, list(found))
            await issues.report(session, *self.place, IssueKind.NEW_FIELD, _new_fields(self.run.stream, changed))
            bad_rows = {row.subject: row.message for row in page.bad_rows}
            await issues.report(session, *self.place, IssueKind.BAD_ROW, bad_rows)
            if self.run.stream.whole(self.source):
                await raw_records.see(session, *self.place, keyed)
            progress = Progress(pages=pages, seen=len(page.payloads), changed=len(changed), unmapped=len(unmapped))
            await sync_runs.advance(session, self.run.id, dict(page.bookmark), progress)
        self.run.seen += progress.seen
        self.run.changed += progress.changed
        self.run.unmapped += progress.unmapped

    async def _bury(self, session: Session, page: Page) -> None:
        if not page.tombstones:
            return
        rows = [(t.external_id, t.removal, t.evidence, t.removed_at, t.merged_into) for t in page.tombstones]
        buried = await records.bury(session, self.place[0], self.run.stream.record, rows)
        await raw_records.expect_again(session, *self.place, buried)

    async def _succeeded(self) -> None:
        async with self.database.session() as session:
            if self.run.stream.whole(self.source):
                await self._sweep(session)
            await issues.resolve(session, *self.place, IssueKind.STREAM_UNAVAILABLE)
            await sync_runs.finish(session, self.run.id)
        self.run.state = SyncRunState.SUCCEEDED
        self._log("stream synced")

    async def _sweep(self, session: Session) -> None:
        gone = await raw_records.unseen(session, *self.place)
        await records.sweep(session, list(gone.values()))
        await raw_records.expect_again(session, *self.place, list(gone))
        await raw_records.start_over(session, *self.place)

    async def _is_unavailable(self, reason: str) -> None:
        async with self.database.session() as session:
            message = {self.run.stream.name: reason}
            await issues.report(session, *self.place, IssueKind.STREAM_UNAVAILABLE, message)
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
        log.info(event, **place, seen=self.run.seen, changed=self.run.changed, **facts)


async def _batches(pages: AsyncGenerator[Page, None]) -> AsyncGenerator[list[Page], None]:
    """Pages to be stored together, since a transaction costs as much for 20 payloads as for 500."""
    held: list[Page] = []
    async with aclosing(pages):
        try:
            async for page in pages:
                held.append(page)
                # Tombstones speak of what came before them: what comes after may bring a row back.
                if page.tombstones or sum(len(each.payloads) for each in held) >= PAYLOADS_AT_ONCE:
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
    )


def _keyed(stream: Stream[Any], payloads: Iterable[bytes]) -> dict[str, tuple[bytes, Payload]]:
    """Each payload as sent and decoded, by the source's id; of two with one id, the later."""
    keyed = {}
    for raw in payloads:
        try:
            payload = _decoded(raw)
            keyed[stream.key(payload)] = (raw, payload)
        except (KeyError, TypeError, UnicodeDecodeError, msgspec.DecodeError) as error:
            raise UnexpectedPayload(f"A payload of {stream.name} has no id, or is no JSON object.") from error
    return keyed


def _mapped(stream: Stream[Any], payloads: Mapping[str, Payload]) -> tuple[dict[str, list[Synced]], dict[str, str]]:
    """The records of each payload understood, and why the others were not."""
    found: dict[str, list[Synced]] = {}
    unmapped: dict[str, str] = {}
    for key, payload in payloads.items():
        try:
            rows = list(stream.to_records(payload))
            for row in rows:
                records.check(row)
        except KeyError as error:
            unmapped[key] = f"It lacks the mandatory field, or holds the unknown value, {error}."
        except (ValueError, TypeError, AttributeError, ArithmeticError, UnexpectedPayload) as error:
            unmapped[key] = f"It holds a value that cannot be understood: {error}."
        else:
            found[key] = rows
    return found, unmapped


def _new_fields(stream: Stream[Any], payloads: Mapping[str, Payload]) -> dict[str, str]:
    if not stream.fields:
        return {}
    sent = set().union(*payloads.values()) if payloads else set()
    return dict.fromkeys(sorted(sent - stream.fields), "The source sends a field that is kept raw only.")
