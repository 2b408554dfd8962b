"""What payloads were understood to say: rows of the model, written in bulk and only where they differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb
from sqlalchemy import ColumnDefault, Integer, Numeric, String, Table, UniqueConstraint, inspect, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Link, Removal, RemovalEvidence, Synced
from hub.store.raw_records import Kept
from hub.store.staging import stage

_WRITTEN_ELSEWHERE = frozenset({"id", "connection_id", "observed_at", "account_id", "person_id"})
"""Columns that mapping a payload does not decide."""


LONGEST_INDEXED = 1000
"""Characters that an index entry surely takes: it has room for 2,700 bytes."""
LARGEST_INTEGER = 2**31 - 1
MOST_DIGITS = 1000
"""Of a number before or after its point."""


def check(record: Synced) -> None:
    """Raise ValueError, naming the field, where the record holds what its table cannot."""
    values = vars(record)  # read past the ORM, which makes every look at an attribute a call
    for name in _indexed_texts(type(record)):
        if len(values.get(name) or "") > LONGEST_INDEXED:
            raise ValueError(f"{name} has more than {LONGEST_INDEXED:,} characters")
    for name in _decimals(type(record)):
        value = values.get(name)
        if value is not None and value.is_finite() and abs(value.adjusted()) > MOST_DIGITS:
            raise ValueError(f"{name} has more than {MOST_DIGITS} digits")
    for name in _integers(type(record)):
        if abs(values.get(name) or 0) > LARGEST_INTEGER:
            raise ValueError(f"{name} is larger than {LARGEST_INTEGER:,}")


@cache
def _indexed_texts(model: type[Synced]) -> frozenset[str]:
    table = table_of(model)
    unique = {
        column.name for each in table.constraints if isinstance(each, UniqueConstraint) for column in each.columns
    }
    indexed = {column.name for index in table.indexes for column in index.columns} | unique
    return frozenset(name for name in indexed if isinstance(table.c[name].type, String))


@cache
def _decimals(model: type[Synced]) -> frozenset[str]:
    return frozenset(column.name for column in table_of(model).columns if isinstance(column.type, Numeric))


@cache
def _integers(model: type[Synced]) -> frozenset[str]:
    return frozenset(column.name for column in table_of(model).columns if isinstance(column.type, Integer))


async def save(session: AsyncSession, connection_id: UUID, found: Sequence[tuple[Kept, Sequence[Synced]]]) -> None:
    """Write the records found in each payload, and remove those that payloads seen before no longer name."""
    for model, rows in _by_model(found).items():
        await _upsert(session, connection_id, model, rows)
    seen_before = {raw.id: records for raw, records in found if not raw.is_new}
    if seen_before:
        await _remove_unnamed(session, seen_before)


def _by_model(found: Sequence[tuple[Kept, Sequence[Synced]]]) -> dict[type[Synced], list[tuple[UUID, Synced]]]:
    by_model: dict[type[Synced], list[tuple[UUID, Synced]]] = {}
    for raw, records in found:
        for record in records:
            by_model.setdefault(type(record), []).append((raw.id, record))
    return by_model


async def _upsert(
    session: AsyncSession, connection_id: UUID, model: type[Synced], rows: Iterable[tuple[UUID, Synced]]
) -> None:
    await _stage(session, model, rows)
    await session.execute(text(_upsert_statement(model)), {"connection": connection_id})


async def _stage(session: AsyncSession, model: type[Synced], rows: Iterable[tuple[UUID, Synced]]) -> None:
    columns = _columns(model)
    named = [name for name in columns if name != "raw_id"]
    # Of two records with one id in a page, the later is the newer.
    latest = {record.external_id: (raw_id, record) for raw_id, record in rows}
    unset = _defaults(model)
    values = ([raw_id, *map(_plain, map({**unset, **vars(record)}.get, named))] for raw_id, record in latest.values())
    await stage(session, "staged_record", {"raw_id": columns["raw_id"], **{n: columns[n] for n in named}}, values)


@cache
def _columns(model: type[Synced]) -> Mapping[str, str]:
    """The columns that mapping decides, with their SQL types."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return {
        column.name: column.type.compile(dialect)
        for column in table_of(model).columns
        if column.name not in _WRITTEN_ELSEWHERE
    }


@cache
def _defaults(model: type[Synced]) -> Mapping[str, Any]:
    """What columns hold that nobody set: SQLAlchemy tells it when a row is asked, and does not keep it there."""
    columns = table_of(model).columns
    return {each.name: each.default.arg for each in columns if isinstance(each.default, ColumnDefault)}


@cache
def _upsert_statement(model: type[Synced]) -> str:
    table, columns = table_of(model).name, list(_columns(model))
    names = ", ".join(columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
    old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("present", "excluded"))
    return f"""
        insert into {table} as present ({names}, connection_id, observed_at)
        select {names}, :connection, now() from staged_record
        on conflict (connection_id, external_id) do update set {changes}, observed_at = excluded.observed_at
        where ({old}) is distinct from ({new})
    """  # noqa: S608 - names of our own tables and columns


_encoded = msgspec.json.Encoder(decimal_format="number").encode


def _json(value: Any) -> bytes:
    encoded = _encoded(value)
    return _encoded(_without_nul(value)) if b"\\u0000" in encoded else encoded


def _plain(value: Any) -> Any:
    """A value that PostgreSQL takes: its text and jsonb have no room for NUL, which some people's typing does."""
    if isinstance(value, str):
        return value.replace("\x00", "") if "\x00" in value else value
    return Jsonb(value, dumps=_json) if isinstance(value, dict) else value


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(each) for key, each in value.items()}
    return [_without_nul(each) for each in value] if isinstance(value, list) else value


async def _remove_unnamed(session: AsyncSession, found: Mapping[UUID, Sequence[Synced]]) -> None:
    """Remove what was mapped from these payloads before, and they no longer name: a contact's employer, a stage."""
    for model in leaves(Synced):
        named = [r.external_id for records in found.values() for r in records if isinstance(r, model)]
        statement = _SWEEP_LINKS if issubclass(model, Link) else _SWEEP
        unnamed = statement.format(table=table_of(model).name) + " and external_id <> all(:named)"
        await session.execute(text(unnamed), {"raw_ids": list(found), "named": named})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What writing records would change in one column of one table."""

    table: str
    column: str | None
    """None: the row itself is new, or would go."""
    rows: int
    external_id: str
    """Of a row that it would change."""
    before: str | None
    after: str | None


async def differences(
    session: AsyncSession, connection_id: UUID, found: Sequence[tuple[Kept, Sequence[Synced]]]
) -> list[Difference]:
    """What `save` would change. Nothing is written."""
    told: list[Difference] = []
    place = {"connection": connection_id, "raw_ids": [raw.id for raw, _ in found]}
    by_model = _by_model(found)
    for model, said in by_model.items():
        await _stage(session, model, said)
        for statement in (_CHANGED, _NEW, _LEFT_OUT):
            told += await _told(session, statement.format(table=table_of(model).name), place)
    # Of most models no payload speaks: what one said once may be there, which one statement finds for all of them.
    unsaid = [table_of(model).name for model in leaves(Synced) if model not in by_model]
    told += await _told(session, " union all ".join(_ALL_LEFT_OUT.format(table=table) for table in unsaid), place)
    return told


async def _told(session: AsyncSession, statement: str, place: Mapping[str, object]) -> list[Difference]:
    return [Difference(**row._mapping) for row in await session.execute(text(statement), place)]  # noqa: SLF001 - a public name


_CHANGED = """
    select '{table}' as "table", new.key as "column", count(*) as rows, min(staged.external_id) as external_id,
        (array_agg(old.value order by staged.external_id))[1] as before,
        (array_agg(new.value order by staged.external_id))[1] as after
    from staged_record staged
    join {table} present on present.connection_id = :connection and present.external_id = staged.external_id
    cross join lateral jsonb_each_text(to_jsonb(staged)) as new(key, value)
    cross join lateral (select to_jsonb(present) ->> new.key as value) old
    where new.key <> 'raw_id' and new.value is distinct from old.value
      and to_jsonb(staged) -> new.key is distinct from to_jsonb(present) -> new.key
    group by new.key order by new.key
"""

_NEW = """
    select '{table}' as "table", null as "column", count(*) as rows, min(staged.external_id) as external_id,
        null as before, 'new' as after
    from staged_record staged
    where not exists (
        select from {table} present
        where present.connection_id = :connection and present.external_id = staged.external_id
    )
    having count(*) > 0
"""

_ALL_LEFT_OUT = """
    select '{table}' as "table", null as "column", count(*) as rows, min(present.external_id) as external_id,
        'there' as before, 'gone' as after
    from {table} present
    where present.raw_id = any(:raw_ids) and present.removal is null
    having count(*) > 0
"""

_LEFT_OUT = _ALL_LEFT_OUT.replace(
    "having",
    "  and not exists (select from staged_record staged where staged.external_id = present.external_id) having",
)

_REMOVED = {
    "external_id": "text",
    "removal": "text",
    "evidence": "text",
    "removed_at": "timestamptz",
    "merged_into": "text",
}

RemovalRow = tuple[str, Removal, RemovalEvidence, datetime | None, str | None]
"""external_id, removal, evidence, removed_at, merged_into."""


async def bury(
    session: AsyncSession, connection_id: UUID, model: type[Synced], removals: Sequence[RemovalRow]
) -> list[str]:
    """Mark rows as removed that are not so marked yet, or only less exactly; the external ids of just those.

    A link that is gone leaves nothing to keep, and is deleted; so are the links that the row's own payload named.
    """
    await stage(session, "staged_removal", _REMOVED, removals)
    statement = _BURY_LINKS if issubclass(model, Link) else _BURY
    result = await session.execute(text(statement.format(table=table_of(model).name)), {"connection": connection_id})
    buried = result.all()
    raw_ids = [row.raw_id for row in buried]
    for link in leaves(Link) if raw_ids else ():
        await session.execute(text(_SWEEP_LINKS.format(table=table_of(link).name)), {"raw_ids": raw_ids})
    return [row.external_id for row in buried]


_BURY = """
    update {table} present
    set removal = gone.removal, removal_evidence = gone.evidence, merged_into = gone.merged_into,
        removed_at = coalesce(gone.removed_at, now()), observed_at = now()
    from staged_removal gone
    where present.connection_id = :connection and present.external_id = gone.external_id
      and (present.removal is null or (gone.removal = 'MERGED' and present.removal <> 'MERGED'))
    returning present.external_id, present.raw_id
"""

_BURY_LINKS = """
    delete from {table} present using staged_removal gone
    where present.connection_id = :connection and present.external_id = gone.external_id
    returning present.external_id, present.raw_id
"""


async def analyze(session: AsyncSession, model: type[Synced]) -> None:
    """Let PostgreSQL count the rows of a model now: what is read next refers to them."""
    await session.execute(text(f"analyze {table_of(model).name}"))


async def sweep(session: AsyncSession, raw_ids: Sequence[UUID]) -> None:
    """Remove all that was mapped from payloads which a whole reading of their stream no longer met."""
    for model in leaves(Synced):
        statement = _SWEEP_LINKS if issubclass(model, Link) else _SWEEP
        await session.execute(text(statement.format(table=table_of(model).name)), {"raw_ids": list(raw_ids)})


_SWEEP = """
    update {table} set removal = 'DELETED', removal_evidence = 'REPLACED_LIST', removed_at = now(), observed_at = now()
    where raw_id = any(:raw_ids) and removal is null
"""

_SWEEP_LINKS = "delete from {table} where raw_id = any(:raw_ids)"


def table_of(model: type[Synced]) -> Table:
    """The table that holds the rows of a model."""
    return cast("Table", inspect(model).local_table)


def leaves(model: type[Synced]) -> Iterator[type[Synced]]:
    below = model.__subclasses__()
    if not below:
        yield model
    for subclass in below:
        yield from leaves(subclass)
