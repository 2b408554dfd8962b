"""What a connector is: streams that yield pages of payloads, and pure functions that understand them."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from hub.model import Removal, RemovalEvidence, Synced

Payload = Mapping[str, Any]
"""One object as a source sent it, decoded; fractions are Decimal."""

Bookmark = Mapping[str, Any]
"""Where a stream resumes, in JSON terms that only its own connector reads."""

SourceT = TypeVar("SourceT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A source says that a row is gone, without sending the row."""

    external_id: str
    removal: Removal
    evidence: RemovalEvidence
    removed_at: datetime | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A part of a source that cannot be read as a payload: a line of a file. It is reported and left out."""

    subject: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a source sends at once."""

    payloads: Sequence[bytes]
    """Each object's JSON text, byte for byte as sent, UTF-8."""
    bookmark: Bookmark
    """Where to resume once this page is stored. Never points past what this page and those before it hold."""
    tombstones: Sequence[Tombstone] = ()
    bad_rows: Sequence[BadRow] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream(Generic[SourceT]):
    """One kind of object a connector reads."""

    name: str
    """Ours, in the plural: "accounts"."""
    record: type[Synced]
    """The model class that its tombstones refer to."""
    key: Callable[[Payload], str]
    """The source's id of a payload, so that raw can be kept before it is understood."""
    pages: Callable[[SourceT, Bookmark | None], AsyncGenerator[Page, None]]
    """All pages from a bookmark on; from the start where it is None. Ends when the source has no more."""
    to_records: Callable[[Payload], Iterable[Synced]]
    """What a payload says. Pure. KeyError, ValueError, TypeError, AttributeError and ArithmeticError in it mean that
    the payload is not understood: it is kept raw and becomes an issue."""
    fields: frozenset[str]
    """Every field heard of; another one in a payload is reported as new. Empty: any field may come."""
    whole: bool = False
    """Each run reads every row, so that rows it no longer meets are gone. They are removed only after the
    last page, never after a failed or interrupted run. Bookmarks of such a stream are None or informative."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """What a source lets us read, found before anything is written."""

    stream: str
    readable: bool
    detail: str
    """How many rows, or why not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Generic[SourceT]):
    """Our code for one system."""

    name: str
    streams: tuple[Stream[SourceT], ...]
    secrets: frozenset[str]
    """The names in its config that must be encrypted."""
    source: Callable[[Mapping[str, Any]], AbstractAsyncContextManager[SourceT]]
    """An open, authenticated source from a config; raises ConfigurationError, AuthError or Unavailable."""
    report: Callable[[SourceT], AsyncIterator[StreamReport]]
    """One report per stream, in their order."""
