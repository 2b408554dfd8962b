"""What is asked of Salesforce, in its own language."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.place import Place

LONGEST_QUERY = 12_000
"""Characters of the encoded query."""
ID_LENGTH = len("%27%2C001000000000000AAA%27")
"""Encoded characters that one more id takes."""


def rows_after(sobject: str, fields: Sequence[str], place: Place, cursor: str | None) -> str:
    """The rows after a place, until its end: in the order of change, or of ids without a cursor."""
    where = _where(_after(place, cursor), _until(place, cursor))
    return f"SELECT {', '.join(fields)} FROM {sobject}{where} ORDER BY {_order(cursor)}"  # noqa: S608 - described names


def rows_between(sobject: str, fields: Sequence[str], ends: tuple[Place, Place], cursor: str | None) -> str:
    """The rows from one place to another, both included."""
    first, last = ends
    where = _where(_beyond(first, cursor, ">", "Id >="), _beyond(last, cursor, "<", "Id <="))
    return f"SELECT {', '.join(fields)} FROM {sobject}{where} ORDER BY {_order(cursor)}"  # noqa: S608 - described names


def rows_of_window(described: Described, place: Place, cursor: str) -> str:
    """All rows after a place, until its end, in any order: so Salesforce may share out the work."""
    fields = ", ".join(field.name for field in described.readable)
    where = _where(_after(place, cursor), _until(place, cursor))
    return f"SELECT {fields} FROM {described.name}{where}"  # noqa: S608 - described names


def count_of_window(described: Described, place: Place, cursor: str) -> str:
    """How many those are."""
    where = _where(_after(place, cursor), _until(place, cursor))
    return f"SELECT COUNT() FROM {described.name}{where}"  # noqa: S608 - described names


def rows_among(sobject: str, fields: Sequence[str], ids: Sequence[str]) -> str:
    """The rows of these ids."""
    listed = ",".join(quoted(id_) for id_ in ids)
    return f"SELECT {', '.join(fields)} FROM {sobject} WHERE Id IN ({listed})"  # noqa: S608 - quoted


def ids_after(sobject: str, last: str | None) -> str:
    """The ids after one, in their order; all ids where it is None."""
    where = "" if last is None else f" WHERE Id > {quoted(last)}"
    return f"SELECT Id FROM {sobject}{where} ORDER BY Id"  # noqa: S608 - quoted


def all_ids(sobject: str) -> str:
    """All ids, in any order."""
    return f"SELECT Id FROM {sobject}"  # noqa: S608 - a name of ours


def count_of_live(sobject: str) -> str:
    """How many those are."""
    return f"SELECT COUNT() FROM {sobject}"  # noqa: S608 - a name of ours


def _where(*conditions: Iterator[str]) -> str:
    joined = " AND ".join(condition for each in conditions for condition in each)
    return f" WHERE {joined}" if joined else ""


def _order(cursor: str | None) -> str:
    return "Id" if cursor is None else f"{cursor}, Id"


def _after(place: Place, cursor: str | None) -> Iterator[str]:
    if place.id is not None:
        yield from _beyond(place, cursor, ">", "Id >")
    elif place.stamp is not None:
        yield f"{cursor} >= {literal(place.stamp)}"


def _until(place: Place, cursor: str | None) -> Iterator[str]:
    if place.until is not None:
        yield f"{cursor} <= {literal(place.until)}"


def _beyond(place: Place, cursor: str | None, later: str, tie: str) -> Iterator[str]:
    if place.stamp is None:
        yield f"{tie} {quoted(place.id or '')}"
    else:
        stamp = literal(place.stamp)
        yield f"({cursor} {later} {stamp} OR ({cursor} = {stamp} AND {tie} {quoted(place.id or '')}))"


def literal(stamp: datetime) -> str:
    """An instant as SOQL writes it."""
    precision = "milliseconds" if stamp.microsecond else "seconds"
    return stamp.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def quoted(text: str) -> str:
    """A text as SOQL writes it."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
