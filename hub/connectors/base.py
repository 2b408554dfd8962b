"""What a connector is: streams that yield pages of payloads, and pure functions that understand them."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from hub.model import Removal, RemovalEvidence, Synced, WriteOutcome

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
    is_repeated: bool = False
    """Whether it speaks of what an earlier payload spoke of. Any other may be one that was read before: until it can
    be read again, nothing that a reading of all rows lacks is gone for certain."""


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
class Target:
    """A field of a source, as far as text is to be written into it."""

    longest: int | None = None
    """Characters that it holds; None where the source does not say."""
    obstacle: str | None = None
    """Why no text can be written into it, as the end of a sentence that begins with its name."""
    key_obstacle: str | None = None
    """Why no row can be made that is known by its value in it, as the end of such a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Current:
    """A row as it is now, as far as it was asked for."""

    values: Mapping[str, str | None]
    """By field. None: it is empty."""
    version: str
    """What the source says of when it was last changed: another text, another version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """What is to be written into one row."""

    key: str
    """Its external id; or its value in the field that `Writing.upsert` is told."""
    values: Mapping[str, str | None]
    """By field. None empties it."""
    version: str | None = None
    """What the row was found to be just before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of one Write."""

    key: str
    outcome: WriteOutcome
    """WRITTEN, CONFLICT, REFUSED, RETRY where the source could not do it just now, or SENDING where it did not say what
    became of it."""
    reason: str | None = None
    external_id: str | None = None
    """The row's, where the source told it."""
    version: str | None = None
    """What the row is now, where the source told it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing(Generic[SourceT]):
    """How rows of a stream are written. Nothing here decides what is written, or whether that is allowed."""

    noun: str
    """The source's word for one row: "Account"."""
    at_once: int
    """How many rows one request writes at most."""
    targets: Callable[[SourceT], Awaitable[Mapping[str, Target]]]
    """All fields that the source has. Raises Forbidden where the rows may not be written."""
    current: Callable[[SourceT, Sequence[str], Sequence[str]], Awaitable[Mapping[str, Current]]]
    """Rows by their external ids, at most `at_once`, with the fields named, read at the source and not from an index
    that lags. Rows that are gone do not come."""
    write: Callable[[SourceT, Sequence[Write]], Awaitable[Sequence[Written]]]
    """Writes rows that are there, at most `at_once`, each by itself. One Written for each.

    Is not repeated where nobody knows whether it was done: raises Unavailable then, and whoever asked reads anew."""
    upsert: Callable[[SourceT, str, Sequence[Write]], Awaitable[Sequence[Written]]]
    """The same by the values of a field that is unique in the source; makes rows that are not there."""
    known: Callable[[SourceT, str, Sequence[str]], Awaitable[Mapping[str, str]]]
    """The external ids of rows by such values, at most `at_once`, read as `current` reads. Those that are not there
    do not come."""
    essentials: Mapping[str, str]
    """What a row cannot be made without, or would not be known again: the value of ours by the field."""
    stamps: frozenset[str]
    """Fields of a payload that move with every write, whoever wrote."""


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
    """All pages from a bookmark on; from the start where it is None. Ends when the source has no more.

    Pages are asked for ahead of what is stored; one after a page without payloads, only once all before it are."""
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
    """Whether readings are of every row, so that rows one no longer meets are gone. They are removed only after the
    last page, never after a failed or interrupted run. Such a reading begins without a bookmark."""
    whole_for: timedelta = timedelta()
    """How long a reading of very many rows is good for. Until then, runs begin at its bookmark, read what they can
    find changed since, and remove nothing."""
    ids: Callable[[SourceT], AsyncGenerator[Sequence[str], None]] | None = None
    """The ids of all rows that are live now, in portions. With it and `among`, the stream is swept now and then: what
    no feed told, rows gone without a trace and rows shown anew, is found."""
    among: Callable[[SourceT, Sequence[str]], AsyncGenerator[Page, None]] | None = None
    """The rows of these ids, at most 1,000, as they are now; those that are gone do not come, or come as tombstones.
    The pages' bookmarks are not used. Also how hints that a row changed are followed."""
    writing: Writing[SourceT] | None = None
    """How its rows are written; None: they are not."""


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

    secrets: Mapping[str, Any] = field(repr=False)

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
    """What opening it told of which account it is. The connection's config keeps it, and its name is for no other."""
    identity: frozenset[str] = frozenset()
    """The names in its config of what `learned` tells. A source that does not tell them is not connected."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """What its config may hold, secrets included: each name, and what to give there in a few words. `hub connect other`
    asks by it; the connectors that have a command of their own leave it empty."""
