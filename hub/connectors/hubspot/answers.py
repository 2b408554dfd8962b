"""HubSpot's answers, as far as they have to be read to go on. What they hold stays as it was sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import msgspec

from hub.connectors.response import decoded
from hub.errors import Unavailable, UnexpectedPayload

T = TypeVar("T")

MISSING = "OBJECT_NOT_FOUND"
"""The category of what a batch does not find: records that are gone, and records without links."""


class _Next(msgspec.Struct, frozen=True):
    after: str | int


class _Paging(msgspec.Struct, frozen=True):
    next: _Next | None = None


class Paged(msgspec.Struct, frozen=True, kw_only=True):
    """What may go on elsewhere."""

    paging: _Paging | None = None

    def after(self) -> str | None:
        """Where it goes on. Only its absence means the end: a page may be short, or empty."""
        onward = self.paging.next if self.paging else None
        return None if onward is None else str(onward.after)


class _Failure(msgspec.Struct, frozen=True):
    category: str | None = None
    context: dict[str, Any] | None = None

    def ids(self) -> set[str]:
        """Whom it is about; it need not say."""
        lists = [(self.context or {}).get(name) for name in ("ids", "fromObjectId")]
        return {str(each) for ids in lists if isinstance(ids, list) for each in ids}


class Answer(Paged, frozen=True, kw_only=True):
    """A page of a list, or what became of a batch."""

    results: list[msgspec.Raw]
    status: str = "COMPLETE"
    errors: list[_Failure] = []
    failures: int = msgspec.field(name="numErrors", default=0)
    """HubSpot counts more of them than it sends."""

    def check(self, path: str, asked: Collection[str], told: Collection[Collection[str]]) -> None:
        """Raise where the batch left something out that may be there: then it must not pass for gone.

        `told` are the ids that each result is about: its own, and those of what was merged into it. A result about
        none that was asked for is the survivor of one that was, and an error without ids is about one.
        """
        if self.status != "COMPLETE":
            raise Unavailable(f"{path}: the batch is {self.status}")
        for failure in self.errors:
            if failure.category != MISSING:
                raise Unavailable(f"{path}: a part of the batch failed: {failure.category}")
        named = [ids for failure in self.errors if (ids := failure.ids())]
        silent = set(asked).difference(*told, *named)
        nameless = max(self.failures, len(self.errors)) - len(named)
        survivors = sum(set(asked).isdisjoint(ids) for ids in told)
        if len(silent) > nameless + survivors:
            raise Unavailable(f"{path}: nothing was said of {len(silent)} of {len(asked)} records")


class Head(msgspec.Struct, frozen=True):
    """Who a record is."""

    id: str


class Record(msgspec.Struct, frozen=True):
    """What a search gives of a record."""

    id: str
    properties: dict[str, Any]


class SearchAnswer(Paged, frozen=True, kw_only=True):
    """A page of a search, and how many records it finds in all."""

    results: list[Record]
    total: int

    @property
    def is_whole(self) -> bool:
        """Whether all that it counts is on this page. Only its own count says so: others may join meanwhile."""
        return len(self.results) >= self.total


class _Merging(msgspec.Struct, frozen=True):
    hs_merged_object_ids: str | None = None


class _Survivor(msgspec.Struct, frozen=True):
    id: str
    properties: _Merging = _Merging()


class _Survivors(msgspec.Struct, frozen=True):
    results: list[_Survivor]


@dataclass(frozen=True, slots=True)
class Rows:
    """Records as sent, by id, and what each of them took in: ids with semicolons between them."""

    payloads: dict[str, bytes] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, response: httpx.Response, results: list[msgspec.Raw]) -> "Rows":
        """The records of an answer."""
        heads = decoded(response, _Survivors).results
        return cls(
            {head.id: bytes(sent) for head, sent in zip(heads, results, strict=True)},
            {head.id: head.properties.hs_merged_object_ids or "" for head in heads},
        )

    def with_more(self, other: "Rows") -> "Rows":
        """The records that both have, each with the properties of both. They are as old as these are."""
        both = self.payloads.keys() & other.payloads.keys()
        return Rows(
            {each: _joined(self.payloads[each], other.payloads[each]) for each in self.payloads if each in both},
            {each: self.merged[each] or other.merged[each] for each in self.payloads if each in both},
        )


def part(sent: bytes | msgspec.Raw, shape: type[T]) -> T:
    """A part of an answer, as `shape`."""
    try:
        return msgspec.json.decode(sent, type=shape)
    except msgspec.DecodeError as error:
        raise UnexpectedPayload(f"an object that HubSpot sent: {error}") from error


def _joined(sent: bytes, more: bytes) -> bytes:
    record = part(sent, dict[str, msgspec.Raw])
    properties = {**_properties(part(more, dict[str, msgspec.Raw])), **_properties(record)}
    return msgspec.json.encode({**record, "properties": properties})


def _properties(record: Mapping[str, msgspec.Raw]) -> dict[str, msgspec.Raw]:
    return part(record.get("properties", msgspec.Raw(b"{}")), dict[str, msgspec.Raw])
