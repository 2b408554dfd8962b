"""What a connector is: streams that yield pages of payloads, and pure functions that understand them."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from hub.model import Removal, RemovalEvidence, Synced

Payload = Mapping[str, Any]
"""One object as a source sent it, decoded; fractions are Decimal."""

Bookmark = Mapping[str, Any]
"""Where a stream resumes, in JSON terms that only its own connector reads."""

Config = Mapping[str, Any]
"""What a connection is set to, secrets included."""

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
    expected: int | None = None
    """How many payloads the reading gives in all, where the source says so."""
    fields: Mapping[str, str] | None = None
    """All fields that the stream has in this source, each with the source's word for its type. Told once in a
    reading, by a page before or among those that hold rows; None where the source does not describe itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many of the requests that a source grants in a day are used."""

    used: int
    limit: int


def never(_: Any) -> bool:
    """Of a stream that is read by what changed."""
    return False


def always(_: Any) -> bool:
    """Of a stream of which every run reads every row."""
    return True


def undated(_: Payload) -> None:
    """Of payloads that do not say when they changed."""


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
    fields_in: str | None = None
    """The member of a payload that holds the fields which pages tell of; None: the payload itself."""
    modified_at: Callable[[Payload], datetime | None] = undated
    """When the source changed the row. A payload older than the stored one is not taken: pages may come late."""
    whole: Callable[[SourceT], bool] = never
    """Whether each run reads every row, so that rows it no longer meets are gone. They are removed only after the
    last page, never after a failed or interrupted run. Bookmarks of such a stream are None or informative."""
    ids: Callable[[SourceT], AsyncGenerator[Sequence[str], None]] | None = None
    """The ids of all rows that are live now, in portions. With it and `among`, the stream is swept now and then: what
    no feed told, rows gone without a trace and rows shown anew, is found."""
    among: Callable[[SourceT, Sequence[str]], AsyncGenerator[Page, None]] | None = None
    """The rows of these ids, at most 1,000, as they are now; those that are gone do not come, or come as tombstones.
    The pages' bookmarks are not used. Also how hints that a row changed are followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """What a source lets us read, found before anything is written."""

    stream: str
    readable: bool
    detail: str
    """How many rows, or why not."""


class Grant(Protocol):
    """The secrets of a connection, where using them replaces them: rotating refresh tokens."""

    async def renewed(self, refused: Mapping[str, Any], renew: "Renew") -> Mapping[str, Any]:
        """Secrets that are newer than those refused: others' where somebody renewed them meanwhile, else `renew`'s.

        One at a time renews, whatever process it is in, and what `renew` answers is stored before it is returned.
        Raises what `renew` raises.
        """
        ...


Renew = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Trades the newest secrets that are stored for newer ones, and answers all secrets."""


@dataclass(slots=True)
class Held:
    """A grant in memory: of a connection that is not stored yet."""

    secrets: Mapping[str, Any]

    async def renewed(self, refused: Mapping[str, Any], renew: Renew) -> Mapping[str, Any]:
        """As Grant says it; nobody else holds these."""
        if self.secrets == refused:
            self.secrets = await renew(self.secrets)
        return self.secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """A source tells that something happened to a row; what, is found by reading the row."""

    stream: str
    external_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What a source posted to us, before anybody believes it."""

    method: str
    uri: str
    """The whole address that the source was given, with its query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """How a source that posts what happened is understood."""

    is_genuine: Callable[[Config, Delivery, datetime], bool]
    """Whether the source of this connection signed it, and lately, now being the instant given. Compares in constant
    time."""
    hints: Callable[[Config, Delivery], Iterable[Hint]]
    """What it tells about this connection. Raises UnexpectedPayload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector(Generic[SourceT]):
    """Our code for one system."""

    name: str
    streams: tuple[Stream[SourceT], ...]
    secrets: frozenset[str]
    """The names in its config that must be encrypted."""
    source: Callable[[Config, Grant], AbstractAsyncContextManager[SourceT]]
    """An open, authenticated source from a config; raises ConfigurationError, AuthError or Unavailable."""
    report: Callable[[SourceT], AsyncIterator[StreamReport]]
    """One report per stream, in their order."""
    quota: Callable[[SourceT], Quota | None] = lambda _: None
    """What is known by now, from the answers so far; None where the source does not say."""
    webhook: Webhook | None = None
    learned: Callable[[SourceT], Mapping[str, Any]] = lambda _: {}
    """What opening it told that the config of a new connection keeps."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What its config may hold, secrets included: each name, and what to give there in a few words. `hub connect other`
    asks by it; the connectors that have a command of their own leave it empty."""
