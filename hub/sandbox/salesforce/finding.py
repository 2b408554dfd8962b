"""Which rows a query finds, and in which order."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from hub.sandbox.salesforce.conditions import test_of
from hub.sandbox.salesforce.org import Kind, Org, SObject
from hub.sandbox.salesforce.paths import filterable, reached
from hub.sandbox.salesforce.refusal import at
from hub.sandbox.salesforce.soql import Ordering, Query
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


def _sorted_by(org: Org, sobject: SObject[Any], query: Query, ordering: Ordering, rows: list[Any]) -> list[Any]:
    reach = reached(org, sobject, ordering.path, query.soql)
    if not filterable(reach.field):
        problem = f"field '{reach.field.name}' can not be sorted in a query call"
        raise at(query.soql, ordering.path.at, "INVALID_FIELD", problem)
    keys = [reach.value(row) for row in rows]
    if reach.field.kind not in (Kind.ID, Kind.REFERENCE):
        keys = [key.casefold() if isinstance(key, str) else key for key in keys]
    nulls = [row for key, row in zip(keys, rows, strict=True) if key is None]
    others = [number for number, key in enumerate(keys) if key is not None]
    others.sort(key=keys.__getitem__, reverse=ordering.descending)
    present = [rows[number] for number in others]
    return nulls + present if ordering.nulls_first else present + nulls
