"""The records of a type that were changed in a window of time, by searches.

A search gives no more than its first 10,000 records, so a window with more of them is halved until it has less. Its
pages move while records change, so none is asked for: each search asks for the records behind the last id. Where
HubSpot sorts ids otherwise than it compares them that misses some, which counting shows; then pages are asked for,
until one reading of them is whole. Searches lag behind the records, so windows overlap.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from hub.connectors.base import Bookmark
from hub.connectors.hubspot.answers import Record, SearchAnswer
from hub.connectors.hubspot.client import search
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.hubspot.properties import EPOCH, instant
from hub.errors import BookmarkExpired, Unavailable, UnexpectedPayload

OVERLAP = timedelta(minutes=5)
"""How long a change may take to become visible to searches."""
MOST = 9_800
"""So many records a search pages through, less some that may join them meanwhile."""
SHORTEST = timedelta(milliseconds=1)
"""HubSpot dates changes no finer."""
PASSES = 3
"""So often pages may move under our hands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of records."""

    name: str
    modified: str = "hs_lastmodifieddate"
    """The property that says when a record was changed. Searches by a wrong one find nothing, and do not say so."""
    tied_to: str | None = None
    """A type whose links are added to the record, in HubSpot's words for them."""
    in_home_currency: bool = False
    """Whether amounts without a currency are in the account's own, which is added to the record."""


class Window(msgspec.Struct, frozen=True, kw_only=True, tag_field="phase", tag="changes", omit_defaults=True):
    """The changes since an instant. What follows is there while a window is being read."""

    since: datetime
    until: datetime | None = None
    reached: datetime | None = None
    """What was changed before it is read."""
    last: str | None = None
    """The id behind which to go on, where one instant has more records than a search gives."""
    seen: int = 0
    """The records of that instant that were read."""


Changed = tuple[Sequence[str], Window]
"""The ids of records that were changed, and where to go on once they are stored."""


def window(bookmark: Bookmark) -> Window:
    """Where a stream goes on that left this bookmark. Raises BookmarkExpired."""
    try:
        return msgspec.convert(bookmark, Window)
    except msgspec.ValidationError as error:
        raise BookmarkExpired(f"not a bookmark: {error}") from error


async def changed(source: HubSpot, kind: Kind, position: Window, now: datetime) -> AsyncGenerator[Changed, None]:
    """What was changed since: the rest of a window that was left half-read, then a new one up to now.

    Raises Unavailable where searches give less than they count.
    """
    if position.until is not None:
        async for each in _Reading(source, kind, position.since, position.until).all_of(position):
            yield each
        position = Window(since=position.until)
    async for each in _Reading(source, kind, position.since, max(now, position.since)).all_of(position):
        yield each


@dataclass(frozen=True, slots=True)
class _Span:
    """A part of a window, and how many records it had when it was counted."""

    start: datetime
    end: datetime
    first: SearchAnswer

    @property
    def is_an_instant(self) -> bool:
        return self.end - self.start <= SHORTEST

    @property
    def is_too_large(self) -> bool:
        return self.first.total > MOST


@dataclass(slots=True)
class _Met:
    """The records met in a span."""

    kind: Kind
    settled_before: datetime
    """What was changed later may not be visible yet."""
    ids: set[str] = field(default_factory=set)
    settled: int = 0

    def new_among(self, records: Iterable[Record]) -> list[str]:
        """The ids that were not met before; they are now."""
        new = [record for record in records if record.id not in self.ids]
        self.ids.update(record.id for record in new)
        self.settled += sum(_changed_at(self.kind, record) < self.settled_before for record in new)
        return [record.id for record in new]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One reading of one window."""

    source: HubSpot
    kind: Kind
    since: datetime
    until: datetime

    async def all_of(self, position: Window) -> AsyncGenerator[Changed, None]:
        reached = position.reached or self.since - OVERLAP
        ends = [self.until]
        if position.last is not None and position.reached is not None:
            ends.append(reached + SHORTEST)
        behind, seen = (position.last, position.seen) if len(ends) > 1 else (None, 0)
        while ends:
            span = _Span(reached, ends[-1], await self._found(reached, ends[-1], behind))
            if span.is_too_large and not span.is_an_instant:
                ends.append(_middle(span))
                continue
            async for each in self._read(span, seen):
                yield each
            reached, behind, seen = ends.pop(), None, 0

    async def _read(self, span: _Span, seen: int) -> AsyncGenerator[Changed, None]:
        met = _Met(self.kind, min(span.end, self.until - OVERLAP))
        found = span.first
        while new := met.new_among(found.results):
            last = found.results[-1].id
            yield new, self._within(span, last, seen + len(met.ids))
            if found.is_whole:
                break
            found = await self._found(span.start, span.end, last)
        if not span.first.is_whole and await self._missed(span, met, seen):
            async for each in self._paged(span, met):
                yield each
        if span.end >= self.until:
            yield (), Window(since=self.until)
        elif met.ids:
            yield (), Window(since=self.since, until=self.until, reached=span.end)

    async def _paged(self, span: _Span, met: _Met) -> AsyncGenerator[Changed, None]:
        """The span by pages, until they are read without one record leaving it, which moves the others.

        Fewer may come than are counted: HubSpot counts records that it has forgotten.
        """
        position = Window(since=self.since, until=self.until, reached=span.start)
        for _ in range(0 if span.is_too_large else PASSES):
            found = await self._found(span.start, span.end)
            counted = found.total
            while True:
                yield met.new_among(found.results), position
                onward = found.after()
                if onward is None:
                    break
                found = await self._found(span.start, span.end, after=onward)
            if found.total == counted:
                return
        yield (), position
        raise Unavailable(f"{self.kind.name}: records move faster than searches give them")

    def _within(self, span: _Span, last: str, seen: int) -> Window:
        """An instant of too many records is read on from where it stopped; any other span from its start."""
        if span.is_too_large:
            return Window(since=self.since, until=self.until, reached=span.start, last=last, seen=seen)
        return Window(since=self.since, until=self.until, reached=span.start)

    async def _missed(self, span: _Span, met: _Met, seen: int) -> bool:
        """Whether more is there than was met, of what was changed long enough ago to be visible all the time."""
        if not met.ids:
            return True
        if met.settled_before <= span.start:
            return False
        filters = self._between(span.start, met.settled_before)
        counted = await search(self.source, self.kind.name, filters, ("hs_object_id",), limit=1)
        return counted.total > seen + met.settled

    async def _found(
        self, start: datetime, end: datetime, behind: str | None = None, after: str | None = None
    ) -> SearchAnswer:
        filters = self._between(start, end)
        if behind is not None:
            filters.append(_filter("hs_object_id", "GT", behind))
        return await search(self.source, self.kind.name, filters, ("hs_object_id", self.kind.modified), after=after)

    def _between(self, start: datetime, end: datetime) -> list[Mapping[str, str]]:
        return [
            _filter(self.kind.modified, "GTE", str(_milliseconds(start))),
            _filter(self.kind.modified, "LT", str(_milliseconds(end))),
        ]


def _middle(span: _Span) -> datetime:
    return span.start + max((span.end - span.start) // 2 // SHORTEST, 1) * SHORTEST


def _changed_at(kind: Kind, record: Record) -> datetime:
    try:
        return instant(record.properties[kind.modified])
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedPayload(f"{kind.name} {record.id}: no readable {kind.modified}") from error


def _filter(name: str, operator: str, value: str) -> Mapping[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _milliseconds(stamp: datetime) -> int:
    return (stamp - EPOCH) // SHORTEST
