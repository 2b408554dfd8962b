"""What a hub should hold of a vendor, told by the world behind the vendor, and where it holds something else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select

from hub.model import Link, Removal, Synced
from hub.sandbox.world import Entry, Fate
from hub.store.database import Database

Facts = Mapping[str, Any]
"""Values by the model's names for them."""
Rows = Mapping[str, Any]
"""By external id."""
MOST_TOLD = 12


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A row of the vendor, in the hub's terms."""

    entry: Entry
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class Table:
    """All rows of one kind that should be there."""

    model: type[Synced]
    rows: Iterable[Expected]
    deleted: Removal = Removal.DELETED
    merged_may_lack: bool = False
    """Whether rows that were merged before anybody read them leave no trace."""


@dataclass(frozen=True, kw_only=True)
class Ties:
    """All live rows of one kind that join others, by the values of some columns."""

    model: type[Synced]
    columns: tuple[str, ...]
    rows: set[tuple[Any, ...]] = field(default_factory=set)


async def differences(database: Database, connection_id: UUID, tables: Iterable[Table | Ties]) -> list[str]:
    """Where the hub holds something else; the first ones."""
    told: list[str] = []
    for table in tables:
        rows = await _stored(database, connection_id, table.model)
        found = _in_table(table, rows) if isinstance(table, Table) else _in_ties(table, rows)
        told += [f"{table.model.__name__} {each}" for each in found]
    return told[:MOST_TOLD]


async def _stored(database: Database, connection_id: UUID, model: type[Synced]) -> Rows:
    async with database.session() as session:
        found = await session.scalars(select(model).where(model.connection_id == connection_id))
        return {row.external_id: row for row in found}


def _in_table(table: Table, rows: Rows) -> Iterator[str]:
    expected = {each.entry.id: each for each in table.rows}
    for external_id in rows.keys() - expected.keys():
        yield f"{external_id}: nobody made it"
    for external_id, each in expected.items():
        problem = _problem(table, each, rows.get(external_id), rows)
        if problem:
            yield f"{external_id}: {problem}"


def _problem(table: Table, expected: Expected, row: Any, rows: Rows) -> str | None:
    fate = expected.entry.fate
    if row is None:
        may_lack = fate is Fate.PURGED or (fate is Fate.MERGED and table.merged_may_lack)
        return None if may_lack else f"lacks, and is {fate}"
    if fate is Fate.PURGED:
        return "is gone for good, and live here" if row.removal is None else None
    if fate is Fate.MERGED:
        return _merger(table, expected, row, rows)
    wanted = None if fate is Fate.LIVE else table.deleted
    if row.removal != wanted:
        return f"is {fate}, and here {row.removal} by {row.removal_evidence}"
    wrong = [f"{name} {getattr(row, name)!r}, not {value!r}" for name, value in expected.facts.items()
             if getattr(row, name) != value]  # fmt: skip
    return "; ".join(wrong) or None


def _merger(table: Table, expected: Expected, row: Any, rows: Rows) -> str | None:
    """A chain of mergers may stand here link by link, or at once."""
    entries = {each.entry.id: each.entry for each in table.rows}
    meant = expected.entry
    while meant.fate is Fate.MERGED and meant.merged_into is not None:
        meant = entries[meant.merged_into]
    if meant.fate is Fate.PURGED and row.removal is not None:
        return None
    if row.removal is not Removal.MERGED:
        return f"was merged, and is here {row.removal} by {row.removal_evidence}"
    seen = {row.external_id}
    told = row
    while told is not None and told.removal is Removal.MERGED and told.merged_into not in seen:
        seen.add(told.merged_into)
        if told.merged_into == meant.id:
            return None
        told = rows.get(told.merged_into)
    return f"was merged into {meant.id}, and here into {row.merged_into}"


def _in_ties(ties: Ties, rows: Rows) -> Iterator[str]:
    there = [tuple(getattr(row, name) for name in ties.columns) for row in rows.values() if row.removal is None]
    if len(there) != len(set(there)) and issubclass(ties.model, Link):
        yield f"{ties.columns}: some twice"
    for each in sorted(ties.rows - set(there), key=str):
        yield f"{each} lacks"
    for each in sorted(set(there) - ties.rows, key=str):
        yield f"{each} is none"
