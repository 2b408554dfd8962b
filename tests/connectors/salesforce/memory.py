"""What a store would hold of an org: the rules of a page, without a database."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from hub.connectors.base import Bookmark, Page, Stream
from hub.connectors.salesforce import CONNECTOR
from hub.connectors.salesforce.org import Org
from hub.errors import Forbidden
from hub.model import Synced

decoded = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass
class Memory:
    """Streams read one after the other, as often as asked."""

    raw: dict[tuple[str, str], bytes] = field(default_factory=dict)
    rows: dict[tuple[type[Synced], str], Any] = field(default_factory=dict)
    said: dict[tuple[str, str], tuple[Synced, ...]] = field(default_factory=dict)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    """Ids of the payloads that the last reading changed."""

    unavailable: set[str] = field(default_factory=set)
    """Streams whose objects this org lacks."""

    async def read(self, org: Org) -> None:
        self.changed = set()
        for stream in CONNECTOR.streams:
            before = {key for key in self.raw if key[0] == stream.name} if stream.whole(org) else set()
            try:
                async for page in self.pages(stream, org):
                    self.keep(stream, page)
                    before -= {(stream.name, stream.key(decoded(text))) for text in page.payloads}
            except Forbidden:
                self.unavailable.add(stream.name)
            for gone in before:
                self._forget(gone)

    async def sweep(self, org: Org) -> None:
        """Compare all ids, and read again what is not as it should be."""
        for stream in CONNECTOR.streams:
            if stream.ids is None or stream.among is None:
                continue
            met = {id_ async for portion in stream.ids(org) for id_ in portion}
            known = {key for name, key in self.raw if name == stream.name}
            gone = sorted(id_ for id_ in known - met if (row := self.of(stream.record).get(id_)) and not row.removal)
            for start in range(0, len(gone), 1000):
                async for page in stream.among(org, gone[start : start + 1000]):
                    bookmark = self.bookmarks[stream.name]
                    self.keep(stream, page)
                    self.bookmarks[stream.name] = bookmark

    def pages(self, stream: Stream[Org], org: Org) -> AsyncGenerator[Page, None]:
        return stream.pages(org, self.bookmarks.get(stream.name))

    def keep(self, stream: Stream[Org], page: Page) -> None:
        for text in page.payloads:
            payload = decoded(text)
            key = (stream.name, stream.key(payload))
            if self.raw.get(key) != text:
                self.raw[key] = text
                self.changed.add(key[1])
                self._forget(key)
                self.raw[key] = text
                self.said[key] = tuple(stream.to_records(payload))
                for row in self.said[key]:
                    self.rows[type(row), row.external_id] = row
        for tombstone in page.tombstones:
            row = self.rows.get((stream.record, tombstone.external_id))
            if row is not None:
                row.removal, row.removal_evidence = tombstone.removal, tombstone.evidence
        self.bookmarks[stream.name] = page.bookmark

    def _forget(self, key: tuple[str, str]) -> None:
        self.raw.pop(key, None)
        for row in self.said.pop(key, ()):
            self.rows.pop((type(row), row.external_id), None)

    def of(self, record: type[Synced]) -> dict[str, Any]:
        return {external_id: row for (kind, external_id), row in self.rows.items() if kind is record}
