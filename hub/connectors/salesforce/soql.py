"""What is asked of Salesforce, and how far the answers were read."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import quote_plus

import msgspec

from hub.connectors.base import Bookmark
from hub.connectors.salesforce.values import instant, required
from hub.errors import Forbidden, UnexpectedPayload

OVERLAP = timedelta(minutes=10)
"""Rows are stamped when they are written and seen when they are committed, up to ten minutes later."""
LONGEST_QUERY = 12_000
"""Characters of the encoded query. Address and headers together may have 16,384 bytes."""
UNREADABLE_TYPES = frozenset({"address", "location", "base64"})
"""The compound ones repeat what other fields say; the last are files."""
CURSORS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")
"""The best first: SystemModstamp also moves where the system changes a row, and nobody can backdate it."""


class Field(msgspec.Struct, frozen=True):
    """A field of an object, as far as a query depends on it."""

    name: str
    type: str
    filterable: bool


class Described(msgspec.Struct, frozen=True):
    """An object, as this user may see it."""

    name: str
    queryable: bool
    replicateable: bool
    fields: tuple[Field, ...]

    def cursor(self) -> str:
        """The field that tells when a row changed."""
        filterable = {field.name for field in self.fields if field.filterable}
        for name in CURSORS:
            if name in filterable:
                return name
        raise Forbidden(f"{self.name} has no field that tells when a row changed")


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a stream was read, as its bookmark says it."""

    stamp: datetime | None = None
    """When the last row stored was changed."""
    id: str | None = None
    """Its id. None: rows of the very same `stamp` are still to be read."""
    until: datetime | None = None
    """The closed end of the run under way; None between runs."""
    deleted_until: datetime | None = None
    """How far the list of deleted ids was read."""

    @classmethod
    def of(cls, bookmark: Bookmark | None) -> Self:
        """The place that a bookmark marks; the start where there is none."""
        return msgspec.convert(dict(bookmark or {}), cls)

    def bookmark(self) -> Bookmark:
        """The same in JSON terms."""
        marked: dict[str, Any] = msgspec.to_builtins(self)
        return marked

    def after(self, payload: bytes, cursor: str | None) -> Self:
        """The place once this row, the last of its page, is stored."""
        row = msgspec.json.decode(payload)
        try:
            stamp = None if cursor is None else instant(row[cursor])
            return msgspec.structs.replace(self, stamp=stamp, id=required(row["Id"]))
        except (KeyError, ValueError, TypeError) as error:
            raise UnexpectedPayload(f"A row came without a usable Id and {cursor}") from error

    def finished(self) -> Self:
        """Where the next run starts.

        A row stamped before `until` less the overlap had the time to become visible; younger ones are read
        again. The clock is never trusted beyond the last row: if it runs ahead, nothing is passed over.
        """
        settled = None if self.until is None else self.until - OVERLAP
        if settled is None or self.stamp is None or self.stamp < settled:
            return msgspec.structs.replace(self, until=None)
        return msgspec.structs.replace(self, until=None, stamp=settled, id=None)


def rows_after(described: Described, place: Place, cursor: str | None) -> str:
    """The query for the rows after a place, until its end: in the order of change, or of ids without a cursor."""
    fields = ", ".join(field.name for field in described.fields if field.type not in UNREADABLE_TYPES)
    conditions = " AND ".join(_conditions(place, cursor))
    where = f" WHERE {conditions}" if conditions else ""
    order = "Id" if cursor is None else f"{cursor}, Id"
    query = f"SELECT {fields} FROM {described.name}{where} ORDER BY {order}"  # noqa: S608 - names from describe
    if len(quote_plus(query)) > LONGEST_QUERY:
        raise Forbidden(f"{described.name} has more fields ({len(described.fields)}) than one query can name")
    return query


def _conditions(place: Place, cursor: str | None) -> Iterator[str]:
    if place.id is not None and place.stamp is not None:
        stamp = literal(place.stamp)
        yield f"({cursor} > {stamp} OR ({cursor} = {stamp} AND Id > {quoted(place.id)}))"
    elif place.id is not None:
        yield f"Id > {quoted(place.id)}"
    elif place.stamp is not None:
        yield f"{cursor} >= {literal(place.stamp)}"
    if place.until is not None:
        yield f"{cursor} <= {literal(place.until)}"


def rows_among(sobject: str, ids: Sequence[str]) -> str:
    """The query for those of these ids that are still shown."""
    return f"SELECT Id FROM {sobject} WHERE Id IN ({','.join(quoted(id_) for id_ in ids)})"  # noqa: S608 - quoted


def literal(stamp: datetime) -> str:
    """An instant as SOQL writes it."""
    precision = "milliseconds" if stamp.microsecond else "seconds"
    return stamp.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def quoted(text: str) -> str:
    """A text as SOQL writes it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
