"""Rows in the order of their stamps, and of their ids: a large object is not sorted anew for every page read of it."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Key = tuple[datetime, str] | tuple[str]
"""A stamp to the second and an id, or an id alone."""
LAST = "\x7f"
"""Comes after every id."""


@dataclass(frozen=True, slots=True)
class Span:
    """Keys from one to another, both included; None: from the first on, or up to the last."""

    first: Key | None = None
    last: Key | None = None


@dataclass(slots=True)
class Index:
    """The rows of one object. It is told of each change of a row."""

    by_id: dict[str, Any]
    stamps: list[tuple[datetime, str]] = field(init=False)
    ids: list[tuple[str]] = field(init=False)
    _stamp_of: dict[str, datetime] = field(init=False)

    def __post_init__(self) -> None:
        self._stamp_of = {id_: _second(row.modified_at) for id_, row in self.by_id.items()}
        self.stamps = sorted((stamp, id_) for id_, stamp in self._stamp_of.items())
        self.ids = sorted((id_,) for id_ in self.by_id)

    def put(self, row: Any) -> None:
        """A row is new, or its stamp has moved."""
        if row.id in self.by_id:
            del self.stamps[bisect_left(self.stamps, (self._stamp_of[row.id], row.id))]
        else:
            insort(self.ids, (row.id,))
        self.by_id[row.id] = row
        self._stamp_of[row.id] = _second(row.modified_at)
        insort(self.stamps, (self._stamp_of[row.id], row.id))

    def within(self, keys: Sequence[Key], span: Span) -> Iterator[Any]:
        """The rows of a stretch of `stamps` or of `ids`, in that order."""
        start = 0 if span.first is None else bisect_left(keys, span.first)
        end = len(keys) if span.last is None else bisect_right(keys, span.last)
        for place in range(start, end):
            yield self.by_id[keys[place][-1]]


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0) if moment.microsecond else moment
