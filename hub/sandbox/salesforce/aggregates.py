"""COUNT, MIN, MAX, SUM and AVG, over all rows or over groups of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import Reached, reached
from hub.sandbox.salesforce.refusal import at
from hub.sandbox.salesforce.sobject import Kind, SObject
from hub.sandbox.salesforce.soql import Aggregate, Path, Query
from hub.sandbox.salesforce.spelling import SPELLINGS

Values = Sequence[Any]
_FUNCTIONS: Mapping[str, Callable[[Values], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len(set(values)),
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "SUM": lambda values: sum(values) if values else None,
    "AVG": lambda values: Decimal(sum(values)) / len(values) if values else None,
}
_COUNTS = ("COUNT", "COUNT_DISTINCT")
_SUMS = ("SUM", "AVG")
_NUMBERS = (Kind.INT, Kind.DOUBLE, Kind.CURRENCY, Kind.PERCENT)

Cell = Callable[[Sequence[Any]], Any]
"""What a group of rows has to say in one column."""


def aggregated(org: Org, sobject: SObject[Any], query: Query, rows: Iterable[Any]) -> list[dict[str, Any]]:
    """One body per group; without GROUP BY all rows are one group."""
    keys = [reached(org, sobject, path, query.soql) for path in query.groups]
    cells = _cells(org, sobject, query)
    groups: dict[tuple[Any, ...], list[Any]] = {} if keys else {(): []}
    for row in rows:
        groups.setdefault(tuple(key.value(row) for key in keys), []).append(row)
    attributes = {"type": "AggregateResult"}
    return [
        {"attributes": attributes} | {name: cell(group) for name, cell in cells.items()} for group in groups.values()
    ]


def _cells(org: Org, sobject: SObject[Any], query: Query) -> dict[str, Cell]:
    grouped = {tuple(name.lower() for name in path.names) for path in query.groups}
    cells: dict[str, Cell] = {}
    unnamed = 0
    for column in query.columns:
        if isinstance(column, Aggregate) and column.path is not None:
            cells[column.alias or f"expr{unnamed}"] = _aggregate(org, sobject, query, column, column.path)
            unnamed += column.alias is None
        elif isinstance(column, Path) and tuple(name.lower() for name in column.names) in grouped:
            reach = reached(org, sobject, column, query.soql)
            cells[reach.field.name] = _first(reach)
        else:
            problem = "every field of a grouped query must be grouped or aggregated"
            raise at(query.soql, query.entity_at, "MALFORMED_QUERY", problem)
    return cells


def _first(reach: Reached) -> Cell:
    return lambda rows: _spelled(reach, reach.value(rows[0]))


def _aggregate(org: Org, sobject: SObject[Any], query: Query, column: Aggregate, path: Path) -> Cell:
    reach = reached(org, sobject, path, query.soql)
    if column.function in _SUMS and reach.field.kind not in _NUMBERS:
        problem = f"field {reach.field.name} does not support aggregate operator {column.function}"
        raise at(query.soql, column.at, "MALFORMED_QUERY", problem)
    function, counts = _FUNCTIONS[column.function], column.function in _COUNTS

    def cell(rows: Sequence[Any]) -> Any:
        answer = function([value for row in rows if (value := reach.value(row)) is not None])
        return answer if counts else _spelled(reach, answer)

    return cell


def _spelled(reach: Reached, value: Any) -> Any:
    kind = Kind.DOUBLE if isinstance(value, Decimal) else reach.field.kind
    spelling = SPELLINGS.get(kind)
    return value if value is None or spelling is None else spelling(value)
