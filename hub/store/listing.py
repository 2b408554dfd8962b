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
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import JSONB, array

from hub.model import (
    AccountGroup,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    AuditEvent,
    Base,
    Connection,
    ContactRecord,
    Decision,
    Export,
    Issue,
    Match,
    Opportunity,
    OpportunityLine,
    Organization,
    PersonProfile,
    Program,
    RawRecordVersion,
    Review,
    StageChange,
    SyncRun,
    Tier,
    WritePlan,
)
from hub.store import conditions
from hub.store.conditions import Condition, Parameter, bound, holds, reached
from hub.store.cursor import CursorKey, Position
from hub.store.paths import Path
from hub.store.sharing import visible


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
    AccountGroup: (Order("name"),),
    AccountMembership: (Order("valid_from"),),
    AccountProfile: (Order("name"),),
    AccountRecord: (Order("name"),),
    AuditEvent: (Order("number", descending=True),),
    Connection: (Order("name"),),
    ContactRecord: (Order("last_name"),),
    Decision: (Order("decided_at", descending=True),),
    Export: (Order("created_at", descending=True),),
    Issue: (Order("last_seen_at", descending=True),),
    Match: (Order("score", descending=True),),
    Opportunity: (Order("name"),),
    OpportunityLine: (Order("name"),),
    Organization: (Order("name"),),
    PersonProfile: (Order("name"),),
    Program: (Order("name"),),
    RawRecordVersion: (Order("version", descending=True),),
    Review: (Order("priority", descending=True), Order("uncertainty", descending=True)),
    StageChange: (Order("changed_at"),),
    SyncRun: (Order("started_at", descending=True),),
    WritePlan: (Order("created_at", descending=True),),
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
    cursor_key: CursorKey


def abstracted(selection: Selection, prefix: str) -> tuple[Selection, dict[str, Any]]:
    """The selection with parameters for its values, and the values by the parameters' names."""
    values: dict[str, Any] = {}

    def give(value: Any) -> Parameter:
        name = f"{prefix}_{len(values)}"
        values[name] = list(value) if isinstance(value, tuple) else value
        return Parameter(name)

    def given(position: Position | None) -> Position | None:
        return position and tuple(None if value is None else give(value) for value in position)

    abstract = replace(
        selection,
        where=selection.where and conditions.abstracted(selection.where, give),
        after=given(selection.after),
        before=given(selection.before),
        cursor_key=CursorKey(give(selection.cursor_key.inner), give(selection.cursor_key.outer)),
    )
    return abstract, values


def complete(model: type[Base], order: Sequence[Order]) -> tuple[Order, ...]:
    """The order, natural where none is given, with the key appended so that no two rows are equal in it."""
    chosen = tuple(order) or NATURAL_ORDER.get(model, ())
    descending = chosen[0].descending if chosen else False
    named = {each.column for each in chosen}
    return (*chosen, *(Order(key, descending) for key in _key(model) if key not in named))


def columns(rows: FromClause) -> list[ColumnElement[Any]]:
    """What may be read of a row: bytes stay inside, and JSON kept as sent leaves as the text it was sent as."""
    return [
        entries(column).label(column.key) if column.key == "custom" else readable(column).label(column.key)
        for column in rows.c
        if not isinstance(column.type, LargeBinary)
    ]


def readable(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A column's value; JSON kept as sent leaves as the text it was sent as."""
    as_sent = isinstance(column.type, JSON) and not isinstance(column.type, JSONB)
    return cast(column, Text) if as_sent else column


def entries(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The entries of a JSON object in the order of their keys, each as its key and the JSON text of its value."""
    each = func.jsonb_each(column).table_valued(named("key", Text), named("value", JSONB)).alias()
    pairs = select(array([each.c.key, cast(each.c.value, Text)])).order_by(each.c.key.collate("C"))
    return func.array(pairs.scalar_subquery(), type_=ARRAY(Text, dimensions=2))


def page(path: Path, selection: Selection, starts: Sequence[Position]) -> Select[Any]:
    """One row more than asked for, for each start: its ordinal in `start`, and the row.

    A start holds the values of the path's start columns in one parent.
    """
    start = started(path, starts)
    target = path.target.__table__.alias()
    sorting = sorted_by(target, selection)
    place = func.row_number().over(order_by=sorting).label("place")
    rows = (
        select(*columns(target), place)
        .where(listed(path, selection, start, target), *bounds(target, selection))
        .order_by(*sorting)
        .limit(selection.limit + 1)
        .correlate_except(target)
        .lateral("row")
    )
    shown = [column for column in rows.c if column.key != "place"]
    found = select(start.c.start, *shown, cursor(rows, selection).label("cursor"))
    return found.select_from(start.join(rows, true())).order_by(start.c.start, rows.c.place)


def total(path: Path, selection: Selection, starts: Sequence[Position]) -> Select[Any]:
    """How many rows there are in all, for each start."""
    start = started(path, starts)
    target = path.target.__table__.alias()
    counted = (
        select(func.count().label("total"))
        .select_from(target)
        .where(listed(path, selection, start, target))
        .correlate_except(target)
        .lateral("counted")
    )
    return select(start.c.start, counted.c.total).select_from(start.join(counted, true()))


def single(path: Path, starts: Sequence[Position]) -> Select[Any]:
    """The one row that each start leads to, removed or not; none where there is none to be seen."""
    start = started(path, starts)
    target = path.target.__table__.alias()
    there = and_(reached(path, start, target), visible(path.target, target, removed=True))
    return select(start.c.start, *columns(target)).select_from(start.join(target, there))


def listed(path: Path, selection: Selection, start: FromClause, target: FromClause) -> ColumnElement[bool]:
    """Whether a row is in the list, whatever the page."""
    where = (holds(selection.where, target),) if selection.where else ()
    return and_(
        reached(path, start, target),
        visible(path.target, target, removed=selection.removed),
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


def cursor(rows: FromClause, selection: Selection) -> ColumnElement[str]:
    """The cursor of a row in a list."""
    return signed(position(rows, selection.order), selection.cursor_key)


def position(rows: FromClause, order: Sequence[Order]) -> ColumnElement[str]:
    """Where a row stands in an order: a JSON array of its values."""
    return cast(func.json_build_array(*(rows.c[each.column] for each in order)), Text)


def signed(where: ColumnElement[str], key: CursorKey) -> ColumnElement[str]:
    """The cursor of a position."""
    keys = (bound(key.inner, LargeBinary()), bound(key.outer, LargeBinary()))
    return func.hub_cursor(*keys, where, type_=Text())


def sorted_by(rows: FromClause, selection: Selection) -> list[ColumnElement[Any]]:
    """What to order by: from the end that paging begins at."""
    order = tuple(each.reversed() for each in selection.order) if selection.backward else selection.order
    return [_sorted(rows.c[each.column], each) for each in order]


def _key(model: type[Base]) -> list[str]:
    """The columns that tell apart the rows that a viewer sees."""
    return ["id"] if "id" in model.__table__.c else [column.key for column in model.__table__.primary_key]


def _sorted(column: ColumnElement[Any], order: Order) -> ColumnElement[Any]:
    directed = column.desc() if order.descending else column.asc()
    if order.nulls_first == order.descending:
        return directed
    return directed.nulls_first() if order.nulls_first else directed.nulls_last()


def bounds(rows: FromClause, selection: Selection) -> list[ColumnElement[bool]]:
    """What the rows between `after` and `before` fulfil."""
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
        equal.append(column.is_(None) if value is None else column == bound(value, column.type))
    return and_(_reachable(rows.c[order[0].column], order[0], there[0]), or_(*beyond))


def _past(column: ColumnElement[Any], order: Order, value: Any) -> ColumnElement[bool]:
    if value is None:
        return column.is_not(None) if order.nulls_first else false()
    there = bound(value, column.type)
    past: ColumnElement[bool] = column < there if order.descending else column > there
    return past if order.nulls_first or not column.nullable else or_(past, column.is_(None))


def _reachable(column: ColumnElement[Any], order: Order, value: Any) -> ColumnElement[bool]:
    """Says nothing new, but lets an index scan start at the right place."""
    if column.nullable or value is None:
        return true()
    there = bound(value, column.type)
    reachable: ColumnElement[bool] = column <= there if order.descending else column >= there
    return reachable
