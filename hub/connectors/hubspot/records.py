"""All records of a type: by a list for the first time, then by searches for what was changed since."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from hub.connectors.base import Bookmark, Page, Tombstone
from hub.connectors.hubspot import client
from hub.connectors.hubspot.ahead import in_order, portions
from hub.connectors.hubspot.answers import Rows
from hub.connectors.hubspot.links import links
from hub.connectors.hubspot.mapping.merges import merged_away
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.hubspot.search import Kind, Window, changed
from hub.errors import BookmarkExpired, UnexpectedPayload

ARCHIVE_FOR = timedelta(days=1)


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """The last reading of the archived records."""

    read_at: datetime
    pages: int

    def is_due(self, now: datetime) -> bool:
        """Whether to list them again: one page each time, more after a minute for each, and all after a day."""
        return not timedelta() <= now - self.read_at < min(timedelta(minutes=self.pages - 1), ARCHIVE_FOR)


class Backfill(msgspec.Struct, frozen=True, kw_only=True, tag_field="phase", tag="backfill", omit_defaults=True):
    """The first reading. `since` is when it began, and `after` where the list goes on."""

    since: datetime
    after: str | None = None


async def record_pages(kind: Kind, source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """The archived records, then all live ones, or those that changed.

    The live ones come later, so that a restored record ends as live, and a merged one as merged.
    """
    fields, now = await client.properties(source, kind.name)
    if kind.modified not in fields:
        raise UnexpectedPayload(f"{kind.name} have no property {kind.modified}")
    position, archive = (Backfill(since=now), None) if bookmark is None else _place(bookmark)
    reading = _Reading(source, kind, fields, archive)
    yield Page(payloads=(), bookmark=reading.bookmark(position), fields=fields)
    if archive is None or archive.is_due(now):
        pages = 0
        async for rows, _ in reading.listed(None, archived=True):
            # All that HubSpot still has: searches never show them.
            yield await reading.page(rows, position, archived=True)
            pages += 1
        reading = replace(reading, archive=Archive(read_at=now, pages=pages))
    async for page in reading.backfill(position) if isinstance(position, Backfill) else reading.changes(position, now):
        yield page


async def record_ids(kind: Kind, source: HubSpot) -> AsyncGenerator[Sequence[str], None]:
    """The ids of all live records."""
    async for ids, _ in client.listed_ids(source, kind.name):
        yield ids


async def records_among(kind: Kind, source: HubSpot, ids: Sequence[str]) -> AsyncGenerator[Page, None]:
    """These records as they are now: live, else archived. Those that were merged away come as their survivors."""
    reading = _Reading(source, kind, await client.known_properties(source, kind.name))

    async def pages(chunk: Sequence[str]) -> list[Page]:
        live = await reading.rows(chunk)
        merged = {stone.external_id for stone in _tombstones(live)}
        missing = [each for each in chunk if each not in live.payloads and each not in merged]
        archived = await reading.rows(missing, archived=True)
        return [await reading.page(archived, None, archived=True), await reading.page(live, None)]

    async for both in in_order(portions(client.chunks(ids, client.LIST_LIMIT)), pages):
        for page in both:
            yield page


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of one type."""

    source: HubSpot
    kind: Kind
    fields: Mapping[str, str]
    archive: Archive | None = None

    def bookmark(self, position: Backfill | Window) -> Bookmark:
        """Where to go on, in JSON terms."""
        told = {} if self.archive is None else {"archive": msgspec.to_builtins(self.archive)}
        return {**msgspec.to_builtins(position), **told}

    async def backfill(self, position: Backfill) -> AsyncGenerator[Page, None]:
        """All live records from the position on."""

        async def page(listed: tuple[Rows, str | None]) -> Page:
            rows, after = listed
            onward = Window(since=position.since) if after is None else Backfill(since=position.since, after=after)
            return await self.page(rows, onward)

        async for each in in_order(self.listed(position.after), page):
            yield each

    async def changes(self, position: Window, now: datetime) -> AsyncGenerator[Page, None]:
        """What was changed since."""

        async def page(found: tuple[Sequence[str], Window]) -> Page:
            ids, onward = found
            return await self.page(await self.rows(ids), onward)

        async for each in in_order(changed(self.source, self.kind, position, now), page):
            yield each

    async def listed(
        self, after: str | None, *, archived: bool = False
    ) -> AsyncGenerator[tuple[Rows, str | None], None]:
        """All records from a place on, page by page: in one request each where an address has room for the names."""
        names = tuple(self.fields)
        if client.fit_into_an_address(names):
            async for each in client.listed_records(self.source, self.kind.name, names, after=after, archived=archived):
                yield each
            return
        pages = client.listed_ids(self.source, self.kind.name, after=after, archived=archived)

        async def rows(page: tuple[list[str], str | None]) -> tuple[Rows, str | None]:
            return await self.rows(page[0], archived=archived), page[1]

        async for each in in_order(pages, rows):
            yield each

    async def rows(self, ids: Sequence[str], *, archived: bool = False) -> Rows:
        """The records of these ids."""
        return await client.records(self.source, self.kind.name, ids, tuple(self.fields), archived=archived)

    async def page(self, rows: Rows, position: Backfill | Window | None, *, archived: bool = False) -> Page:
        """Records with what HubSpot keeps elsewhere, and the tombstones of those that they took in."""
        payloads = rows.payloads
        if self.kind.tied_to is not None and not archived:
            payloads = await self._tied(payloads, self.kind.tied_to)
        if self.kind.in_home_currency and self.source.about.company_currency is not None:
            added = {"companyCurrency": self.source.about.company_currency}
            payloads = {each: _with(payload, added) for each, payload in payloads.items()}
        bookmark = {} if position is None else self.bookmark(position)
        return Page(payloads=list(payloads.values()), bookmark=bookmark, tombstones=_tombstones(rows))

    async def _tied(self, payloads: Mapping[str, bytes], to_kind: str) -> dict[str, bytes]:
        tied = await links(self.source, self.kind.name, to_kind, payloads)
        return {
            each: _with(payload, {"associations": {to_kind: {"results": tied[each].to}}})
            for each, payload in payloads.items()
        }


def _with(payload: bytes, added: Mapping[str, object]) -> bytes:
    """The payload with more members at its end; the rest of it is as sent."""
    return payload.rstrip()[:-1] + b"," + msgspec.json.encode(added)[1:]


def _tombstones(rows: Rows) -> list[Tombstone]:
    return [stone for survivor, merged in rows.merged.items() if merged for stone in merged_away(survivor, merged)]


def _place(bookmark: Bookmark) -> tuple[Backfill | Window, Archive | None]:
    try:
        return msgspec.convert(bookmark, Backfill | Window), msgspec.convert(bookmark.get("archive"), Archive | None)
    except msgspec.ValidationError as error:
        raise BookmarkExpired(f"not a bookmark: {error}") from error
