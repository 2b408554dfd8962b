"""What is judged, how it is read, and what came of it."""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from hub.connectors.base import Bookmark, Connector, Page, Payload, Stream
from hub.connectors.conformance.wire import Wire
from hub.errors import UnexpectedPayload

MOST_PAGES = 1_000
"""Fixtures are small: a stream that has not ended by then goes in circles."""

decoded = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the kit found of one rule."""

    passed: bool | None
    """None: there is nothing that the rule could be about."""
    seen: str

    @classmethod
    def of(cls, complaints: Sequence[str], seen: str) -> "Outcome":
        """Passed, having seen this, unless there are complaints."""
        return cls(passed=not complaints, seen="; ".join(complaints) or seen)


def inapplicable(reason: str) -> Outcome:
    """There is nothing that the rule could be about."""
    return Outcome(passed=None, seen=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A connector, the vendor imitated for it, and its page of documentation."""

    connector: Connector[Any]
    wire: Wire
    docs: Path | None
    """None where it has none."""

    @property
    def streams(self) -> tuple[Stream[Any], ...]:
        """Those of the connector."""
        return self.connector.streams

    async def payloads(self, stream: Stream[Any]) -> list[Payload]:
        """What a first reading gives."""
        async with self.wire.source() as source:
            return payloads_of(await pages(stream, source))

    def recorded_keys(self, stream: Stream[Any]) -> list[str]:
        """The keys of what was recorded, in order."""
        recorded = self.wire.payloads(stream.name)
        return sorted(stream.key(decoded(msgspec.json.encode(payload))) for payload in recorded)


async def pages(stream: Stream[Any], source: Any, bookmark: Bookmark | None = None) -> list[Page]:
    """All pages from a bookmark on, as a store would ask for them: bookmarks come back from JSON."""
    kept = None if bookmark is None else msgspec.json.decode(msgspec.json.encode(bookmark))
    read: list[Page] = []
    async with aclosing(stream.pages(source, kept)) as coming:
        async for page in coming:
            read.append(page)
            if len(read) > MOST_PAGES:
                raise UnexpectedPayload(f"{stream.name} has not ended after {MOST_PAGES:,} pages")
    return read


def payloads_of(read: Iterable[Page]) -> list[Payload]:
    """Their payloads, in their order."""
    return [decoded(text) for page in read for text in page.payloads]


def latest(stream: Stream[Any], read: Iterable[Page]) -> dict[str, Payload]:
    """What a store would hold of these pages: of two payloads with one key, the later."""
    return {stream.key(payload): payload for payload in payloads_of(read)}


def gone(read: Iterable[Page]) -> set[str]:
    """The ids that tombstones name."""
    return {tombstone.external_id for page in read for tombstone in page.tombstones}


def quoted(names: Iterable[str], most: int = 3) -> str:
    """A few of these, for a message."""
    every = sorted(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
