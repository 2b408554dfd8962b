"""What a filter says about a row, and the SQL for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.types import TypeEngine

from hub.store.paths import Columns, Hop, Path, Way
from hub.store.sharing import visible


class Operator(StrEnum):
    """How a column is compared."""

    EQ = "eq"
    IN = "in"
    CONTAINS = "contains"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    IS_NULL = "is_null"


@dataclass(frozen=True, slots=True)
class Parameter:
    """Stands for a value that is given when the statement is run."""

    name: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The row's column compares to a value."""

    column: str
    operator: Operator
    value: Any
    """For CONTAINS a pattern, for IN a tuple."""


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of them holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold, be it that it cannot be told."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Leads:
    """The path leads to at least one row, of those that the viewer sees, for which the condition holds."""

    path: Path
    condition: "Condition"


Condition = Comparison | AllOf | AnyOf | Not | Leads

_COMPARED: dict[Operator, Callable[[ColumnElement[Any], Any], ColumnElement[bool]]] = {
    Operator.EQ: lambda column, value: column == bound(value, column.type),
    Operator.IN: lambda column, value: column == any_(bound(value, ARRAY(column.type))),
    Operator.CONTAINS: lambda column, value: func.lower(column).like(func.lower(bound(value, column.type)), escape="/"),
    Operator.GT: lambda column, value: column > bound(value, column.type),
    Operator.GTE: lambda column, value: column >= bound(value, column.type),
    Operator.LT: lambda column, value: column < bound(value, column.type),
    Operator.LTE: lambda column, value: column <= bound(value, column.type),
    Operator.IS_NULL: lambda column, value: column.is_(None) if value else column.is_not(None),
}


def bound(value: Any, kind: TypeEngine[Any]) -> ColumnElement[Any]:
    """A value as the statement carries it: apart from its text."""
    if isinstance(value, Parameter):
        return bindparam(value.name, type_=kind)
    return bindparam(None, list(value) if isinstance(value, tuple) else value, type_=kind)


def pattern(text: str) -> str:
    """What LIKE finds this text with, anywhere; the escape character is a slash."""
    for special in "/%_":
        text = text.replace(special, f"/{special}")
    return f"%{text}%"


def abstracted(condition: Condition, give: Callable[[Any], Parameter]) -> Condition:
    """The condition with parameters for its values: equal for all that one statement can answer."""
    match condition:
        case Comparison(column, operator, value):
            return condition if operator is Operator.IS_NULL else Comparison(column, operator, give(value))
        case AllOf(conditions):
            return AllOf(tuple(abstracted(each, give) for each in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(abstracted(each, give) for each in conditions))
        case Not(inner):
            return Not(abstracted(inner, give))
        case Leads(path, inner):
            return Leads(path, abstracted(inner, give))


def holds(condition: Condition, rows: FromClause) -> ColumnElement[bool]:
    """Whether a condition holds for a row of `rows`, as far as VIEWER sees."""
    match condition:
        case Comparison(column, operator, value):
            return _COMPARED[operator](rows.c[column], value)
        case AllOf(conditions):
            return and_(true(), *(holds(each, rows) for each in conditions))
        case AnyOf(conditions):
            return or_(false(), *(holds(each, rows) for each in conditions))
        case Not(inner):
            return holds(inner, rows).is_not(true())
        case Leads(path, inner):
            return or_(*(_leads(way, inner, rows) for way in path.ways))


def _leads(way: Way, condition: Condition, start: FromClause) -> ColumnElement[bool]:
    """All in one join, because PostgreSQL turns that round where the condition is the rarer end."""
    stations, found = _walked(way, start)
    there = holds(condition, stations[-1])
    return found.with_only_columns(literal_column("1")).where(there).correlate_except(*stations).exists()


def reached(path: Path, start: FromClause, target: FromClause) -> ColumnElement[bool]:
    """Whether the path leads from the row of `start` to the row of `target`, by rows that the viewer sees."""
    if not path.ways:
        return true()
    if all(len(way) == 1 for way in path.ways):
        return or_(*(_equal(way[0], start, target) for way in path.ways))
    if len(path.ways) == 1:
        (way,) = path.ways
        return _columns(way[-1].right, target).in_(_ends(way, start))
    key = (path.target.id,)  # type: ignore[attr-defined]
    ends = (_ends((*way, Hop(key, key)), start) for way in path.ways)
    return _columns(key, target).in_(union_all(*ends))


def _ends(way: Way, start: FromClause) -> Select[Any]:
    """The left columns of the way's last hop, in all rows that the hops before it lead to."""
    *before, last = way
    stations, found = _walked(before, start)
    columns = [stations[-1].c[column.key] for column in last.left]
    return found.with_only_columns(*columns).correlate_except(*stations)


def _walked(way: Sequence[Hop], start: FromClause) -> tuple[list[FromClause], Select[Any]]:
    """The tables on a way from the row of `start`, joined, as far as the viewer sees their rows."""
    stations: list[FromClause] = [hop.arrival.__table__.alias() for hop in way]
    seen = [visible(hop.arrival, each, removed=False) for hop, each in zip(way, stations, strict=True)]
    chain = stations[0]
    for hop, left, right in zip(way[1:], stations, stations[1:], strict=False):
        chain = chain.join(right, _equal(hop, left, right))
    return stations, select(literal_column("1")).select_from(chain).where(_equal(way[0], start, stations[0]), *seen)


def _equal(hop: Hop, left: FromClause, right: FromClause) -> ColumnElement[bool]:
    return and_(
        *(
            right.c[there.key].is_not_distinct_from(left.c[here.key])
            if hop.nulls_match and right.c[there.key].nullable
            else right.c[there.key] == left.c[here.key]
            for here, there in zip(hop.left, hop.right, strict=True)
        )
    )


def _columns(columns: Columns, rows: FromClause) -> ColumnElement[Any]:
    found = [rows.c[column.key] for column in columns]
    return found[0] if len(found) == 1 else tuple_(*found)


def nested(condition: Condition) -> int:
    """How many conditions stand in one another."""
    return 1 + max(map(nested, _parts(condition)), default=0)


def counted(condition: Condition) -> int:
    """Of how many conditions it is made."""
    return 1 + sum(map(counted, _parts(condition)))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return conditions
        case Not(inner) | Leads(_, inner):
            return (inner,)
        case Comparison():
            return ()
