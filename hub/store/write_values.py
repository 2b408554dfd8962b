"""What the hub can write into a source: each value with its name, and how it is read, as the connection's owner may."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, and_, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError
from hub.model import AccountProfile, AccountRecord, Connection, Organization, Partnership
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible

Expression = Callable[[FromClause], ColumnElement[Any]]
"""The value of each row of account_record, text or null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteValue:
    """A value of ours, as text."""

    name: str
    description: str
    stream: str
    """The rows that have it."""
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a row of a source should hold."""

    external_id: str
    name: str | None
    values: Mapping[str, str | None]
    """By the names of ours."""


def _account_id(records: FromClause) -> ColumnElement[Any]:
    return literal(prefix_of(AccountProfile)).concat(cast(records.c.account_id, Text))


def _overlapping_partners(records: FromClause) -> ColumnElement[Any]:
    """The partners of the viewer about whom a connection of the viewer's holds a record of the same account."""
    theirs, lists = AccountRecord.__table__.alias(), Connection.__table__.alias()
    partner, ties = Organization.__table__.alias(), Partnership.__table__.alias()
    tie = or_(
        and_(ties.c.organization_id == VIEWER, ties.c.partner_id == partner.c.id),
        and_(ties.c.partner_id == VIEWER, ties.c.organization_id == partner.c.id),
    )
    found = (
        # Sources trim what they are given: untrimmed, a name would differ for ever.
        select(func.btrim(partner.c.name).label("name"))
        .distinct()
        .select_from(theirs)
        .join(lists, lists.c.id == theirs.c.connection_id)
        .join(partner, partner.c.id == lists.c.subject_id)
        .where(
            theirs.c.account_id == records.c.account_id,
            partner.c.id != VIEWER,
            select(1).select_from(ties).where(tie).exists(),
            *(
                visible(kind, rows, removed=False)
                for kind, rows in ((AccountRecord, theirs), (Connection, lists), (Organization, partner))
            ),
        )
        .correlate(records)
        .subquery()
    )
    names = func.string_agg(found.c.name, aggregate_order_by(literal("; "), found.c.name))
    return select(names).scalar_subquery()


VALUES: Mapping[str, WriteValue] = {
    value.name: value
    for value in (
        WriteValue(
            name="account_id",
            description="The hub's id of the account, such as account_0199a3c8-…, the same for all of its records.",
            stream="accounts",
            expression=_account_id,
        ),
        WriteValue(
            name="overlapping_partners",
            description="The partners whose lists hold the same account, by name, with a semicolon between them.",
            stream="accounts",
            expression=_overlapping_partners,
        ),
    )
}


def value_named(name: str, stream: str) -> WriteValue:
    """The value of this name; raises InputError, naming those there are."""
    known = [value.name for value in VALUES.values() if value.stream == stream]
    if name not in known:
        raise InputError(f"There is no value {name!r} of {stream}: {', '.join(known) or 'nothing of them is written'}.")
    return VALUES[name]


async def wanted(
    session: AsyncSession, connection: Connection, names: Iterable[str], after: str, most: int
) -> Sequence[Wanted]:
    """What the connection's rows should hold, from the external id `after` on, as its owner sees it.

    Rows that were not mapped yet have no values, and do not come.
    """
    rows = AccountRecord.__table__.alias()
    columns = {name: VALUES[name].expression(rows).label(name) for name in names}
    page = (
        select(rows.c.external_id, rows.c.name.label("called"), *columns.values())
        .where(
            rows.c.connection_id == connection.id,
            rows.c.account_id.is_not(None),
            rows.c.removal.is_(None),
            rows.c.external_id > after,
        )
        .order_by(rows.c.external_id)
        .limit(most)
    )
    found = (await session.execute(page, {VIEWER.key: connection.owner_id})).mappings()
    return [
        Wanted(external_id=row["external_id"], name=row["called"], values={name: row[name] for name in columns})
        for row in found
    ]
