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
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    """Ids of the payloads that the last reading changed."""

    unavailable: set[str] = field(default_factory=set)
    """Streams whose objects this org lacks."""

    async def read(self, org: Org) -> None:
        self.changed = set()
        for stream in CONNECTOR.streams:
            try:
                async for page in self.pages(stream, org):
                    self.keep(stream, page)
            except Forbidden:
                self.unavailable.add(stream.name)

    def pages(self, stream: Stream[Org], org: Org) -> AsyncGenerator[Page, None]:
        return stream.pages(org, self.bookmarks.get(stream.name))

    def keep(self, stream: Stream[Org], page: Page) -> None:
        for text in page.payloads:
            payload = decoded(text)
            key = (stream.name, stream.key(payload))
            if self.raw.get(key) != text:
                self.raw[key] = text
                self.changed.add(key[1])
                for row in stream.to_records(payload):
                    self.rows[type(row), row.external_id] = row
        for tombstone in page.tombstones:
            row = self.rows.get((stream.record, tombstone.external_id))
            if row is not None:
                row.removal, row.removal_evidence = tombstone.removal, tombstone.evidence
        self.bookmarks[stream.name] = page.bookmark

    def of(self, record: type[Synced]) -> dict[str, Any]:
        return {external_id: row for (kind, external_id), row in self.rows.items() if kind is record}
