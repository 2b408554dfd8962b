"""Which rows a query finds, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from typing import Any

from hub.sandbox.salesforce.conditions import test_of
from hub.sandbox.salesforce.index import Index, Key
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import Reached, filterable, reached
from hub.sandbox.salesforce.refusal import at
from hub.sandbox.salesforce.sobject import Kind, SObject
from hub.sandbox.salesforce.soql import Ordering, Query
from hub.sandbox.salesforce.spans import EVERYWHERE, id_span, stamp_span
from hub.sandbox.world import Fate


class Scope(Enum):
    """Which rows a query sees. Purged rows no query sees."""

    LIVE = (Fate.LIVE,)
    ALL = (Fate.LIVE, Fate.DELETED, Fate.MERGED)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query put to an org, in one version of the API."""

    org: Org
    scope: Scope
    version: str


def selected(asked: Asked, sobject: SObject[Any], query: Query) -> list[Any]:
    """The rows of a query, in its order, no more than its LIMIT."""
    index = asked.org.index(sobject)
    keys = None if index is None else _order(index, query)
    if index is None or keys is None:
        return cut(arranged(asked.org, sobject, query, found(asked, sobject, query)), query)
    for ordering in query.order:
        _sortable(asked.org, sobject, query, ordering)
    span = stamp_span(query.where) if keys is index.stamps else id_span(query.where)
    rows: Iterator[Any] = (row for row in index.within(keys, span) if row.fate in asked.scope.value)
    if query.where is not None:
        rows = filter(test_of(asked.org, sobject, query.where, query.soql), rows)
    return list(islice(rows, query.offset, None if query.limit is None else query.offset + query.limit))


_STAMPS, _IDS = ("systemmodstamp",), ("id",)
_ORDERS: Mapping[tuple[tuple[str, ...], ...], str] = {
    (_STAMPS,): "stamps",
    (_STAMPS, _IDS): "stamps",
    (_IDS,): "ids",
}


def _order(index: Index, query: Query) -> Sequence[Key] | None:
    """The keys of an index that stand in the order that a query wants; None: it has none."""
    if any(ordering.descending for ordering in query.order):
        return None
    names = tuple(tuple(name.lower() for name in ordering.path.names) for ordering in query.order)
    order = _ORDERS.get(names)
    if order is None and not names and stamp_span(query.where) != EVERYWHERE:
        return index.stamps
    return None if order is None else getattr(index, order)


def found(asked: Asked, sobject: SObject[Any], query: Query) -> list[Any]:
    """The rows that a query's WHERE lets through, in no particular order."""
    fates = asked.scope.value
    rows = (row for row in sobject.rows(asked.org) if row.fate in fates)
    if query.where is None:
        return list(rows)
    return list(filter(test_of(asked.org, sobject, query.where, query.soql), rows))


def cut(rows: list[Any], query: Query) -> list[Any]:
    """The rows that LIMIT and OFFSET leave."""
    end = None if query.limit is None else query.offset + query.limit
    return rows[query.offset : end]


def arranged(org: Org, sobject: SObject[Any], query: Query, rows: list[Any]) -> list[Any]:
    """The rows as ORDER BY wants them."""
    for ordering in reversed(query.order):
        rows = _sorted_by(org, sobject, query, ordering, rows)
    return rows


def _sortable(org: Org, sobject: SObject[Any], query: Query, ordering: Ordering) -> Reached:
    reach = reached(org, sobject, ordering.path, query.soql)
    if not filterable(reach.field):
        problem = f"field '{reach.field.name}' can not be sorted in a query call"
        raise at(query.soql, ordering.path.at, "INVALID_FIELD", problem)
    return reach


def _sorted_by(org: Org, sobject: SObject[Any], query: Query, ordering: Ordering, rows: list[Any]) -> list[Any]:
    reach = _sortable(org, sobject, query, ordering)
    keys = [reach.value(row) for row in rows]
    if reach.field.kind not in (Kind.ID, Kind.REFERENCE):
        keys = [key.casefold() if isinstance(key, str) else key for key in keys]
    nulls = [row for key, row in zip(keys, rows, strict=True) if key is None]
    others = [number for number, key in enumerate(keys) if key is not None]
    others.sort(key=keys.__getitem__, reverse=ordering.descending)
    present = [rows[number] for number in others]
    return nulls + present if ordering.nulls_first else present + nulls
