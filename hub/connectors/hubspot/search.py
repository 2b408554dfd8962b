"""All records of a type: by a list for the first time, then by searches for what was changed since.

A search gives no more than its first 10,000 records, and records that are changed meanwhile move its pages. So it is
never paged: each request asks for the records behind the last id. It lags behind the records, so windows overlap.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hub.connectors.base import Bookmark, Page, Tombstone
from hub.connectors.hubspot.client import Record, links, listed_ids, part, properties, records, search
from hub.connectors.hubspot.mapping import merged_away
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.hubspot.properties import EPOCH, instant
from hub.errors import BookmarkExpired, Unavailable, UnexpectedPayload

OVERLAP = timedelta(minutes=5)
"""How long a change may take to become visible to searches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of records."""

    name: str
    modified: str = "hs_lastmodifieddate"
    """The property that says when a record was changed. Searches by a wrong one find nothing, and do not say so."""
    tied_to: str | None = None
    """A type whose links are added to the record, in HubSpot's words for them."""


class Backfill(msgspec.Struct, frozen=True, kw_only=True, tag_field="phase", tag="backfill", omit_defaults=True):
    """The first reading. `since` is when it began, and `after` where the list goes on."""

    since: datetime
    after: str | None = None


class Window(msgspec.Struct, frozen=True, kw_only=True, tag_field="phase", tag="changes", omit_defaults=True):
    """The changes since an instant. What follows is there while a window is being read."""

    since: datetime
    until: datetime | None = None
    last: str | None = None
    """The id behind which to go on."""
    seen: int = 0
    """Records read so far that changed longer ago than searches lag."""


async def record_pages(kind: Kind, source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """The archived records, then all live ones, or those that changed.

    The live ones come later, so that a restored record ends as live, and a merged one as merged.
    """
    names, now = await properties(source, kind.name)
    if kind.modified not in names:
        raise UnexpectedPayload(f"{kind.name} have no property {kind.modified}")
    reading = _Reading(source=source, kind=kind, names=names, now=now)
    position = Backfill(since=now) if bookmark is None else _position(bookmark)
    async for page in reading.archived(position):
        yield page
    async for page in reading.backfill(position) if isinstance(position, Backfill) else reading.changes(position):
        yield page


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """One reading of one type."""

    source: HubSpot
    kind: Kind
    names: Sequence[str]
    now: datetime
    """HubSpot's clock when it began."""

    async def archived(self, position: Backfill | Window) -> AsyncGenerator[Page, None]:
        """All archived records that HubSpot still has: searches never show them."""
        async for ids, _ in listed_ids(self.source, self.kind.name, archived=True):
            yield await self._page(ids, position, archived=True)

    async def backfill(self, position: Backfill) -> AsyncGenerator[Page, None]:
        """All live records from the position on."""
        async for ids, after in listed_ids(self.source, self.kind.name, after=position.after):
            onward = Window(since=position.since) if after is None else Backfill(since=position.since, after=after)
            yield await self._page(ids, onward)

    async def changes(self, position: Window) -> AsyncGenerator[Page, None]:
        """What changed since: the rest of a window that was left half-read, then a new one up to now."""
        if position.until is not None:
            async for page in self._window(position, position.until):
                yield page
            position = Window(since=position.until)
        async for page in self._window(position, max(self.now, position.since)):
            yield page

    async def _window(self, position: Window, until: datetime) -> AsyncGenerator[Page, None]:
        between = self._changed(position.since - OVERLAP, until)
        while True:
            behind = [] if position.last is None else [_filter("hs_object_id", "GT", position.last)]
            found = await search(self.source, self.kind.name, [*between, *behind], ("hs_object_id", self.kind.modified))
            if not found.records:
                break
            position = self._moved(position, until, found.records)
            yield await self._page([record.id for record in found.records], position)
        if await self._missed(position, until, found.total):
            yield Page(payloads=(), bookmark=msgspec.to_builtins(Window(since=position.since)))
            raise Unavailable(f"{self.kind.name}: searches gave fewer records than they counted")
        yield Page(payloads=(), bookmark=msgspec.to_builtins(Window(since=until)))

    def _moved(self, position: Window, until: datetime, found: Sequence[Record]) -> Window:
        if found[-1].id == position.last:
            raise UnexpectedPayload(f"{self.kind.name}: a search for what is behind {position.last} gave it again")
        settled = sum(self._changed_at(record) < until - OVERLAP for record in found)
        return Window(since=position.since, until=until, last=found[-1].id, seen=position.seen + settled)

    async def _missed(self, position: Window, until: datetime, counted: int) -> bool:
        """Whether there is more than was read. What changed too late to be visible yet is in the next window, too."""
        if position.last is None:
            return counted > 0
        settled = self._changed(position.since - OVERLAP, until - OVERLAP)
        return (await search(self.source, self.kind.name, settled, ("hs_object_id",), limit=1)).total > position.seen

    def _changed(self, since: datetime, until: datetime) -> list[Mapping[str, str]]:
        return [
            _filter(self.kind.modified, "GTE", str(_milliseconds(since))),
            _filter(self.kind.modified, "LT", str(_milliseconds(until))),
        ]

    def _changed_at(self, record: Record) -> datetime:
        try:
            return instant(record.properties[self.kind.modified])
        except (KeyError, TypeError, ValueError) as error:
            raise UnexpectedPayload(f"{self.kind.name} {record.id}: no readable {self.kind.modified}") from error

    async def _page(self, ids: Sequence[str], position: Backfill | Window, *, archived: bool = False) -> Page:
        found = await records(self.source, self.kind.name, ids, self.names, archived=archived)
        stones = [stone for payload in found.values() for stone in _tombstones(payload)]
        if self.kind.tied_to is not None and not archived:
            found = await _tied(self.source, self.kind.name, self.kind.tied_to, found)
        return Page(payloads=list(found.values()), bookmark=msgspec.to_builtins(position), tombstones=stones)


async def _tied(source: HubSpot, kind: str, to_kind: str, found: Mapping[str, bytes]) -> dict[str, bytes]:
    """The records with their links spliced in; the rest of each is as sent."""
    tied = await links(source, kind, to_kind, found)
    return {
        each: payload[:-1] + b',"associations":' + msgspec.json.encode({to_kind: {"results": tied[each].to}}) + b"}"
        for each, payload in found.items()
    }


class _Merging(msgspec.Struct, frozen=True):
    hs_merged_object_ids: str | None = None


class _Survivor(msgspec.Struct, frozen=True):
    id: str
    properties: _Merging


def _tombstones(payload: bytes) -> list[Tombstone]:
    survivor = part(payload, _Survivor)
    return list(merged_away(survivor.id, survivor.properties.hs_merged_object_ids or ""))


def _position(bookmark: Bookmark) -> Backfill | Window:
    try:
        return msgspec.convert(bookmark, Backfill | Window)
    except msgspec.ValidationError as error:
        raise BookmarkExpired(f"not a bookmark: {error}") from error


def _filter(name: str, operator: str, value: str) -> Mapping[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _milliseconds(stamp: datetime) -> int:
    return (stamp - EPOCH) // timedelta(milliseconds=1)
