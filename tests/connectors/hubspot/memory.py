"""What a store would hold: the rules of a page, without a database."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from hub.connectors.base import Bookmark, Page, Stream
from hub.connectors.hubspot import CONNECTOR
from hub.model import Link, Synced

decoded = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass
class Memory:
    """Streams read one after the other, as often as asked."""

    raw: dict[tuple[str, str], bytes] = field(default_factory=dict)
    rows: dict[tuple[type[Synced], str], Any] = field(default_factory=dict)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    """Keys of the payloads that the last reading changed."""

    async def read(self, source: Any, *names: str) -> None:
        self.changed = []
        for stream in CONNECTOR.streams:
            if stream.name in names or not names:
                met = set()
                bookmark = None if stream.whole(source) else self.bookmarks.get(stream.name)
                async for page in stream.pages(source, bookmark):
                    met |= self.keep(stream, page)
                if stream.whole(source):
                    self._sweep(stream, met)

    def keep(self, stream: Stream[Any], page: Page) -> set[str]:
        """One page, its tombstones after its payloads; the keys met."""
        met = {}
        for payload in page.payloads:
            met[stream.key(decoded(payload))] = payload
        for key, payload in met.items():
            if self.raw.get((stream.name, key)) != payload:
                self._map(stream, key, payload)
        for stone in page.tombstones:
            row = self.rows.get((stream.record, stone.external_id))
            if row is not None:
                row.removal, row.merged_into = stone.removal, stone.merged_into
                self.raw.pop((stream.name, stone.external_id), None)
        self.bookmarks[stream.name] = msgspec.json.decode(msgspec.json.encode(page.bookmark))
        return set(met)

    def of(self, kind: type[Synced]) -> dict[str, Any]:
        return {key: row for (each, key), row in self.rows.items() if each is kind}

    def live(self, kind: type[Synced]) -> dict[str, Any]:
        return {key: row for key, row in self.of(kind).items() if row.removal is None}

    def _map(self, stream: Stream[Any], key: str, payload: bytes) -> None:
        self.changed.append(key)
        self._forget_links(stream, key)
        self.raw[stream.name, key] = payload
        for row in stream.to_records(decoded(payload)):
            row_key = (type(row), row.external_id)
            assert not isinstance(row, Link) or row_key not in self.rows, row_key
            self.rows[row_key] = row

    def _sweep(self, stream: Stream[Any], met: set[str]) -> None:
        for name, key in list(self.raw):
            if name == stream.name and key not in met:
                self._forget_links(stream, key)
                del self.raw[name, key]

    def _forget_links(self, stream: Stream[Any], key: str) -> None:
        sent = self.raw.get((stream.name, key))
        for row in stream.to_records(decoded(sent)) if sent else ():
            if isinstance(row, Link):
                self.rows.pop((type(row), row.external_id), None)
