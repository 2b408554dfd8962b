"""One SQL statement for one operation: PostgreSQL answers with the very bytes that go out.

Objects are records of sub-selects, lists are arrays of records; they become JSON once, at the root. Each list limits
itself, each table carries its predicate of visibility, and all that differs from request to request is a parameter.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from typing import cast as typed

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    Uuid,
    case,
    cast,
    collate,
    column,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.dialects.postgresql.psycopg import dialect as psycopg_dialect

from hub.model import Base
from hub.store.conditions import Parameter, bound, reached
from hub.store.listing import Selection, bounds, cursor, listed, position, readable, signed, sorted_by
from hub.store.paths import REDIRECTS, Path, model_of
from hub.store.shape import (
    Aspect,
    Constant,
    Cursor,
    Elements,
    Entries,
    Id,
    Lookup,
    Lookups,
    Many,
    Nested,
    One,
    Page,
    Parts,
    Row,
    Rows,
    Shape,
    Through,
    Value,
)
from hub.store.sharing import visible

Expression = ColumnElement[Any]
Found = Callable[[Sequence[Expression]], Select[Any]]
"""Selects these fields of some rows."""

ROW = "-"
"""The alias of sub-selects that become records: no key of an answer is called so."""
RECORD: Expression = literal_column(f'"{ROW}"')
FIRST: Any = literal_column("1")
NO_RECORDS: Expression = literal_column(f'array(select "{ROW}" from (select 1) "{ROW}" where false)')  # noqa: S608 - a constant

EMPTY: Expression = literal_column("'{}'::json")
"""An object of which nothing is asked, as @skip and fragments on other types come to: records have columns."""
NO_EMPTIES: Expression = literal_column("'{}'::json[]")


@dataclass(frozen=True, slots=True)
class Target:
    """What the slot of a Lookup holds: the model, and the parameter that is the id, or the ids."""

    model: type[Base]
    id: Parameter


_DIALECT = psycopg_dialect(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]

Slots = Sequence[Selection | Target]


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with $1, $2, …, and the names of the values they stand for."""

    sql: bytes
    parameters: tuple[str, ...]


def statement(parts: Parts, slots: Slots) -> Statement:
    """The statement that answers with one JSON object of these parts, and the snapshot it is of."""
    nothing = select(true()).subquery()
    fields = [expression(shape, nothing, slots).label(key) for key, shape in parts]
    snapshot = cast(func.pg_current_snapshot(), Text)
    answer = (
        select(func.row_to_json(RECORD), snapshot).select_from(select(*fields).subquery(ROW))
        if fields
        else select(EMPTY, snapshot)
    )
    compiled = answer.compile(dialect=_DIALECT)
    return Statement(str(compiled).encode(), tuple(compiled.positiontup or ()))


def expression(shape: Shape, rows: FromClause, slots: Slots) -> Expression:  # noqa: C901, PLR0911 - one line a shape
    """The shape of a row of `rows`."""
    match shape:
        case Constant(text):
            return literal_column(f"'{text}'", Text)
        case Value(name):
            return _value(rows.c[name])
        case Id(prefix):
            return literal_column(f"'{prefix}'", Text).concat(cast(rows.c.id, Text))
        case Nested(parts, absent):
            return case((rows.c[absent].is_not(None), _object(parts, rows, slots)))
        case Entries():
            return _entries(shape, rows, slots)
        case Elements():
            return _elements(shape, rows, slots)
        case One():
            return _one(shape, rows, slots)
        case Through(path, name):
            target = path.target.__table__.alias()
            return _reached(path, rows, target)([target.c[name]]).scalar_subquery()
        case Many(path, slot, parts):
            return _many(parts, _List(path, typed("Selection", slots[slot]), rows, slots))
        case Lookup(slot, parts):
            asked = typed("Target", slots[slot])
            return _looked_up(dict(parts).get(asked.model, ()), asked.model, bound(asked.id, Uuid()), slots)
        case Lookups():
            return _lookups(shape, slots)
        case _:
            raise TypeError(f"{shape} is no shape of a row")


def _record(parts: Parts, rows: FromClause, slots: Slots, found: Found) -> Expression:
    """A sub-select of a record for each row that `found` selects."""
    fields = [expression(shape, rows, slots).label(key) for key, shape in parts]
    return _as_record(found(fields))


def _as_record(found: Select[Any]) -> Expression:
    if not found.selected_columns:
        return found.add_columns(EMPTY).scalar_subquery()
    return select(RECORD).select_from(found.subquery(ROW)).scalar_subquery()


def _object(parts: Parts, rows: FromClause, slots: Slots) -> Expression:
    """An object made of a row."""
    return _record(parts, rows, slots, lambda fields: select(*fields).correlate(rows))


def _value(held: Expression) -> Expression:
    # GraphQL's Decimal is a text: as a number, most clients would round it.
    return cast(held, Text) if isinstance(held.type, Numeric) else readable(held)


def _entries(shape: Entries, rows: FromClause, slots: Slots) -> Expression:
    each = func.jsonb_each(rows.c[shape.column]).table_valued(column("key", Text), column("value", JSONB)).alias()
    told = select(each.c.key, cast(each.c.value, Text).label("value")).select_from(each).correlate(rows).subquery()
    in_order = collate(told.c.key, "C")
    return func.array(
        _record(shape.parts, told, slots, lambda fields: select(*fields).select_from(told).order_by(in_order))
    )


def _elements(shape: Elements, rows: FromClause, slots: Slots) -> Expression:
    each = func.jsonb_array_elements(rows.c[shape.column]).table_valued(column("value", JSONB)).alias()
    names = dict.fromkeys(part.column for _, part in shape.parts if isinstance(part, Value))
    told: list[Expression] = [_element(each.c.value, name) for name in names] or [true()]
    said = select(*told).select_from(each).correlate(rows).subquery()
    return func.array(_record(shape.parts, said, slots, lambda fields: select(*fields).select_from(said)))


def _element(value: Expression, name: str) -> Expression:
    key: Expression = literal_column(f"'{name}'")
    return value.op("->", return_type=JSONB())(key).label(name)


def _one(shape: One, rows: FromClause, slots: Slots) -> Expression:
    target = shape.path.target.__table__.alias()
    there = _record(shape.parts, target, slots, _reached(shape.path, rows, target))
    if not shape.required:
        return there
    return func.coalesce(there, func.hub_absent() if shape.parts else func.row_to_json(func.hub_absent()))


def _reached(path: Path, rows: FromClause, target: FromClause) -> Found:
    """Selects from the one row that the path leads to."""
    there = (reached(path, rows, target), visible(path.target, target, removed=True))
    one: Expression = literal_column("1")
    return lambda fields: select(*fields).select_from(target).where(*there).limit(one).correlate_except(target)


def _looked_up(parts: Parts, model: type[Base], id_: Expression, slots: Slots) -> Expression:
    """The row of an id, or the one that took its place."""
    target = model.__table__.alias()
    there = id_
    if model in REDIRECTS:
        retired, survivor = REDIRECTS[model]
        redirects = model_of(retired).__table__
        own = visible(model_of(retired), redirects, removed=True)
        # Without saying so, SQLAlchemy would put the table of all ids asked for into this sub-select.
        heir = select(survivor).where(retired == id_, own).correlate_except(redirects)
        there = func.coalesce(heir.scalar_subquery(), id_)
    seen = (target.c.id == there, visible(model, target, removed=True))
    return _record(
        parts, target, slots, lambda fields: select(*fields).select_from(target).where(*seen).correlate_except(target)
    )


def _lookups(shape: Lookups, slots: Slots) -> Expression:
    target = typed("Target", slots[shape.slot])
    ids = func.unnest(bound(target.id, ARRAY(Uuid()))).table_valued("id", with_ordinality="place", name="asked")
    ids = ids.render_derived()
    found = _looked_up(dict(shape.parts).get(target.model, ()), target.model, cast(ids.c.id, Uuid), slots)
    return func.array(select(found).select_from(ids).order_by(ids.c.place).scalar_subquery())


@dataclass(frozen=True, slots=True)
class _List:
    """The list that a path leads to from a row of `rows`."""

    path: Path
    selection: Selection
    rows: FromClause
    slots: Slots

    def total(self) -> Expression:
        target = self.path.target.__table__.alias()
        counted = select(func.count()).select_from(target).where(listed(self.path, self.selection, self.rows, target))
        return counted.correlate_except(target).scalar_subquery()

    def page(self, target: FromClause, *, more: int) -> Found:
        """Selects from the rows of the page in the order of paging, and from so many more."""
        selection = self.selection
        within = (listed(self.path, selection, self.rows, target), *bounds(target, selection))
        limit: Expression = literal_column(str(selection.limit + more))
        order = sorted_by(target, selection)

        def found(fields: Sequence[Expression]) -> Select[Any]:
            chosen = select(*fields).select_from(target).where(*within).order_by(*order)
            return chosen.limit(limit).correlate_except(target)

        return found

    def fields(self, parts: Parts, rows: FromClause) -> list[Expression]:
        """The parts of a row, or of its edge."""
        return [self._field(shape, rows).label(key) for key, shape in parts]

    def _field(self, shape: Shape, rows: FromClause) -> Expression:
        match shape:
            case Cursor():
                return cursor(rows, self.selection)
            case Row(parts):
                return _object(parts, rows, self.slots)
            case _:
                return expression(shape, rows, self.slots)


def _many(parts: Parts, list_: _List) -> Expression:
    """The parts of a connection. One reading of the page answers for all where more than its rows are asked for."""
    shapes = [shape for _, shape in parts]
    if any(isinstance(shape, Page) for shape in shapes) or list_.selection.backward:
        return _paged(parts, list_)
    fields = [_apart(shape, list_).label(key) for key, shape in parts]
    return _as_record(select(*fields))


def _apart(shape: Shape, list_: _List) -> Expression:
    """A part of a connection that needs nothing of the others."""
    if shape is Aspect.TOTAL:
        return list_.total()
    if not isinstance(shape, Rows):
        return expression(shape, list_.rows, list_.slots)
    target = list_.path.target.__table__.alias()
    return func.array(_as_record(list_.page(target, more=0)(list_.fields(shape.parts, target))))


def _paged(parts: Parts, list_: _List) -> Expression:
    """The parts of a connection, from one reading of its page: its rows, their places, and what they come to."""
    target = list_.path.target.__table__.alias()
    rows = list_.page(target, more=1)(list(target.c)).subquery()
    objects = {key: shape for key, shape in parts if isinstance(shape, Rows)}
    told = [
        _as_record(select(*list_.fields(each.parts, rows)).correlate(rows)).label(key) for key, each in objects.items()
    ]
    here = position(rows, list_.selection.order).label(_POSITION)
    placed = select(*told, here, func.row_number().over().label(_PLACE)).select_from(rows).subquery()
    page = select(*_gathered(placed, objects, list_.selection)).select_from(placed).subquery()
    fields = [_of_page(key, shape, page, list_).label(key) for key, shape in parts]
    return _as_record(select(*fields).select_from(page))


_POSITION, _PLACE, _MORE, _FIRST, _LAST = "-position", "-place", "-more", "-first", "-last"
"""Columns beside the keys of an answer, none of which is called so."""


def _gathered(placed: FromClause, objects: Mapping[str, Rows], selection: Selection) -> list[Expression]:
    """Of the rows in the order of paging: arrays of them in list order, whether there are more, and the ends."""
    place, where = placed.c[_PLACE], placed.c[_POSITION]
    of_page = place <= literal_column(str(selection.limit))
    in_order = place.desc() if selection.backward else place.asc()
    arrays = [
        func.coalesce(
            func.array_agg(aggregate_order_by(placed.c[key], in_order)).filter(of_page),
            NO_RECORDS if rows.parts else NO_EMPTIES,
        ).label(key)
        for key, rows in objects.items()
    ]
    nearest = func.min(where).filter(place == literal_column("1"))
    farthest = func.array_agg(aggregate_order_by(where, place.desc()), type_=ARRAY(Text)).filter(of_page)[FIRST]
    first, last = (farthest, nearest) if selection.backward else (nearest, farthest)
    more = func.count() > literal_column(str(selection.limit))
    return [*arrays, more.label(_MORE), first.label(_FIRST), last.label(_LAST)]


def _of_page(key: str, shape: Shape, page: FromClause, list_: _List) -> Expression:
    match shape:
        case Rows():
            return page.c[key]
        case Page(parts):
            fields = [_aspect(each, page, list_.selection).label(name) for name, each in parts]
            return _as_record(select(*fields).correlate(page))
        case _:
            return _apart(shape, list_)


def _aspect(shape: Shape, page: FromClause, selection: Selection) -> Expression:
    match shape:
        case Aspect.HAS_NEXT:
            return literal_column(str(selection.before is not None)) if selection.backward else page.c[_MORE]
        case Aspect.HAS_PREVIOUS:
            return page.c[_MORE] if selection.backward else literal_column(str(selection.after is not None))
        case Aspect.START_CURSOR:
            return signed(page.c[_FIRST], selection.cursor_key)
        case Aspect.END_CURSOR:
            return signed(page.c[_LAST], selection.cursor_key)
        case _:
            return expression(shape, page, ())


_BREAKS = re.compile(
    r"\n| (?=(?:FROM|WHERE|ORDER BY|LIMIT|JOIN|AND)\b)|(?<=\()(?=SELECT\b)|(?<=,) (?=\(SELECT|array\()"
)


def laid_out(of: Statement) -> str:
    """The statement for people: a clause a line, indented by how deep it stands."""
    lines: list[str] = []
    depth = 0
    for part in filter(None, map(str.strip, _BREAKS.split(of.sql.decode()))):
        lines.append("  " * depth + part)
        depth += part.count("(") - part.count(")")
    return "\n".join(lines)
