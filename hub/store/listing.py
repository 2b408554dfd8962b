"""Lists: which rows, in which order, from where on. One statement answers for any number of parents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from sqlalchemy import (
    ARRAY,
    JSON,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from hub.model import (
    Account,
    AccountRecord,
    AuditEvent,
    Base,
    Connection,
    ContactRecord,
    Issue,
    Match,
    Opportunity,
    OpportunityLine,
    Organization,
    Person,
    Program,
    RawRecordVersion,
    StageChange,
    SyncRun,
    Tier,
)
from hub.store.conditions import Condition, holds, reached
from hub.store.cursor import Position
from hub.store.paths import Path
from hub.store.sharing import Viewer, visible


@dataclass(frozen=True, slots=True)
class Order:
    """By one column, from one end to the other."""

    column: str
    descending: bool = False
    nulls_first: bool = False

    def reversed(self) -> Self:
        """From the other end."""
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)


NATURAL_ORDER: dict[type[Base], tuple[Order, ...]] = {
    Account: (Order("name"),),
    AccountRecord: (Order("name"),),
    AuditEvent: (Order("number", descending=True),),
    Connection: (Order("name"),),
    ContactRecord: (Order("last_name"),),
    Issue: (Order("last_seen_at", descending=True),),
    Match: (Order("score", descending=True),),
    Opportunity: (Order("name"),),
    OpportunityLine: (Order("name"),),
    Organization: (Order("name"),),
    Person: (Order("name"),),
    Program: (Order("name"),),
    RawRecordVersion: (Order("version", descending=True),),
    StageChange: (Order("changed_at"),),
    SyncRun: (Order("started_at", descending=True),),
    Tier: (Order("rank", descending=True),),
}
"""How rows are listed when nobody says how; others by their key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is asked of a list."""

    where: Condition | None = None
    order: tuple[Order, ...]
    """Complete: it ends with the primary key."""
    limit: int
    backward: bool = False
    """Whether to count from the end."""
    after: Position | None = None
    before: Position | None = None
    removed: bool = False
    """Whether rows that were removed at their source are listed too."""


def complete(model: type[Base], order: Sequence[Order]) -> tuple[Order, ...]:
    """The order, natural where none is given, with the primary key appended so that no two rows are equal in it."""
    chosen = tuple(order) or NATURAL_ORDER.get(model, ())
    descending = chosen[0].descending if chosen else False
    named = {each.column for each in chosen}
    return (*chosen, *(Order(key, descending) for key in _primary_key(model) if key not in named))


def columns(rows: FromClause) -> list[ColumnElement[Any]]:
    """What may be read of a row: bytes stay inside, and JSON kept as sent leaves as the text it was sent as."""
    return [_readable(column) for column in rows.c if not isinstance(column.type, LargeBinary)]


def _readable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    as_sent = isinstance(column.type, JSON) and not isinstance(column.type, JSONB)
    return cast(column, Text).label(column.key) if as_sent else column


def page(path: Path, selection: Selection, starts: Sequence[Position], viewer: Viewer) -> Select[Any]:
    """One row more than asked for, for each start: its ordinal in `start`, and the row.

    A start holds the values of the path's start columns in one parent.
    """
    start = started(path, starts)
    target = path.target.__table__.alias()
    order = tuple(each.reversed() for each in selection.order) if selection.backward else selection.order
    sorting = [_sorted(target.c[each.column], each) for each in order]
    place = func.row_number().over(order_by=sorting).label("place")
    rows = (
        select(*columns(target), place)
        .where(listed(path, selection, start, target, viewer), *_bounds(target, selection))
        .order_by(*sorting)
        .limit(selection.limit + 1)
        .correlate_except(target)
        .lateral("row")
    )
    found = select(start.c.start, *(column for column in rows.c if column.key != "place"))
    return found.select_from(start.join(rows, true())).order_by(start.c.start, rows.c.place)


def total(path: Path, selection: Selection, starts: Sequence[Position], viewer: Viewer) -> Select[Any]:
    """How many rows there are in all, for each start."""
    start = started(path, starts)
    target = path.target.__table__.alias()
    counted = (
        select(func.count().label("total"))
        .select_from(target)
        .where(listed(path, selection, start, target, viewer))
        .correlate_except(target)
        .lateral("counted")
    )
    return select(start.c.start, counted.c.total).select_from(start.join(counted, true()))


def single(path: Path, starts: Sequence[Position], viewer: Viewer) -> Select[Any]:
    """The one row that each start leads to, removed or not; none where there is none to be seen."""
    start = started(path, starts)
    target = path.target.__table__.alias()
    there = and_(reached(path, start, target, viewer), visible(path.target, target, viewer, removed=True))
    return select(start.c.start, *columns(target)).select_from(start.join(target, there))


def listed(
    path: Path, selection: Selection, start: FromClause, target: FromClause, viewer: Viewer
) -> ColumnElement[bool]:
    """Whether a row is in the list, whatever the page."""
    where = (holds(selection.where, target, viewer),) if selection.where else ()
    return and_(
        reached(path, start, target, viewer),
        visible(path.target, target, viewer, removed=selection.removed),
        *where,
    )


def started(path: Path, starts: Sequence[Position]) -> FromClause:
    """The starts as a table: a column for each of the path's start columns, and their ordinal."""
    names = [column.key for column in path.start] or ["everywhere"]
    types = [column.type for column in path.start] or [Integer()]
    values: Iterable[Sequence[Any]] = zip(*starts, strict=True) if path.start else [[1] * len(starts)]
    arrays = [bindparam(None, list(each), type_=ARRAY(kind)) for each, kind in zip(values, types, strict=True)]
    table = [Column(name, kind) for name, kind in zip(names, types, strict=True)]
    return func.unnest(*arrays).table_valued(*table, with_ordinality="start", name="start").render_derived()


def position(row: Any, order: Sequence[Order]) -> Position:
    """Where a row stands in an order."""
    return tuple(getattr(row, each.column) for each in order)


def _primary_key(model: type[Base]) -> list[str]:
    return [column.key for column in model.__table__.primary_key]


def _sorted(column: ColumnElement[Any], order: Order) -> ColumnElement[Any]:
    directed = column.desc() if order.descending else column.asc()
    if order.nulls_first == order.descending:
        return directed
    return directed.nulls_first() if order.nulls_first else directed.nulls_last()


def _bounds(rows: FromClause, selection: Selection) -> list[ColumnElement[bool]]:
    backward = tuple(each.reversed() for each in selection.order)
    bounds = ((selection.order, selection.after), (backward, selection.before))
    return [_beyond(rows, order, there) for order, there in bounds if there is not None]


def _beyond(rows: FromClause, order: Sequence[Order], there: Position) -> ColumnElement[bool]:
    """Whether a row comes after the position: it is equal to it in some columns, and beyond it in the next."""
    beyond: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for each, value in zip(order, there, strict=True):
        column = rows.c[each.column]
        beyond.append(and_(*equal, _past(column, each, value)))
        equal.append(column.is_not_distinct_from(value) if value is None else column == value)
    return and_(_reachable(rows.c[order[0].column], order[0], there[0]), or_(*beyond))


def _past(column: ColumnElement[Any], order: Order, value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None) if order.nulls_first else false()
    past: ColumnElement[bool] = column < value if order.descending else column > value
    return past if order.nulls_first or not column.nullable else or_(past, column.is_(None))


def _reachable(column: ColumnElement[Any], order: Order, value: Any) -> ColumnElement[bool]:
    """Says nothing new, but lets an index scan start at the right place."""
    if column.nullable or value is None:
        return true()
    bound: ColumnElement[bool] = column <= value if order.descending else column >= value
    return bound
