"""Account records, as people know and name them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Row, Subquery, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import AccountRecord, Connection
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible


@dataclass(frozen=True, slots=True)
class Known:
    """A record as a person knows it."""

    id: UUID
    connection: str
    external_id: str
    name: str | None
    domain: str | None
    country: str | None

    @property
    def label(self) -> str:
        """What `named` finds it by."""
        return f"{self.connection}:{self.external_id}"

    @classmethod
    def selected(cls, side: str) -> Subquery:
        """Of each record, what is known, in columns that begin with the side."""
        facts = (AccountRecord.external_id, AccountRecord.name, AccountRecord.domain, AccountRecord.country)
        columns = zip(cls.__slots__, (AccountRecord.id, Connection.name, *facts), strict=True)
        told: list[ColumnElement[Any]] = [column.label(f"{side}_{name}") for name, column in columns]
        return select(*told).join(Connection, Connection.id == AccountRecord.connection_id).subquery(side)

    @classmethod
    def of(cls, row: Row[Any], side: str) -> Self:
        """The record of a side, from a row that has such columns."""
        return cls(*(getattr(row, f"{side}_{name}") for name in cls.__slots__))


async def known(session: AsyncSession, organization_id: UUID, ids: Collection[UUID]) -> dict[UUID, Known]:
    """Those of `ids` that an organization sees, as it knows them."""
    rows, told = AccountRecord.__table__.alias(), Known.selected("told")
    seen = visible(AccountRecord, rows, removed=True)
    found = select(*told.c).join(rows, rows.c.id == told.c.told_id).where(rows.c.id.in_(list(ids)), seen)
    return {row.told_id: Known.of(row, "told") for row in await session.execute(found, {VIEWER.key: organization_id})}


async def named(session: AsyncSession, organization_id: UUID, name: str) -> UUID:
    """The id of the record that an organization sees by its id, or as CONNECTION:ID, the latter its source's.

    Raises NotFound; InputError where a name means several.
    """
    rows = AccountRecord.__table__.alias()
    found = select(rows.c.id).where(_is_called(rows, name), visible(AccountRecord, rows, removed=True)).limit(2)
    ids: list[UUID] = list(await session.scalars(found, {VIEWER.key: organization_id}))
    if not ids:
        raise NotFound(f"There is no account record {name[:100]!r}: name it by its id, or as CONNECTION:ID.")
    if len(ids) > 1:
        raise InputError(f"{name[:100]!r} names several account records: take their ids.")
    return ids[0]


def _is_called(rows: FromClause, name: str) -> ColumnElement[bool]:
    try:
        return rows.c.id == UUID(name.removeprefix(prefix_of(AccountRecord)))
    except ValueError:
        its_own = func.substr(name, func.length(Connection.name) + 2)
        there = func.starts_with(name, Connection.name.concat(":"))
        return tuple_(rows.c.connection_id, rows.c.external_id).in_(select(Connection.id, its_own).where(there))
