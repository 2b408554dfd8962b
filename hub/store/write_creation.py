"""The accounts of which a source has no row, as far as one may be made of them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, any_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import AccountProfile, AccountRecord, Connection, Match, StreamState, Verdict, WriteItem, WriteOutcome
from hub.store.sharing import VIEWER, visible
from hub.store.write_values import VALUES, Wanted

NEVER = UUID(int=0)
"""Before every id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An account that the source has no row of."""

    account_id: UUID
    row: Wanted
    """As it would be made."""
    is_doubtful: bool
    """Whether a person is to decide first if a row that is there is the same company."""
    was_made: bool
    """Whether the hub made a row of it before, which has not come back."""


async def is_comparable(session: AsyncSession, connection_id: UUID, stream: str) -> bool:
    """Whether all rows of the source are known, and which accounts they are. Before that, any may seem missing."""
    unmapped = select(1).where(
        AccountRecord.connection_id == connection_id,
        AccountRecord.removal.is_(None),
        AccountRecord.account_id.is_(None),
    )
    read = select(StreamState.synced_at.is_not(None) & ~unmapped.exists())
    whose = (StreamState.connection_id == connection_id, StreamState.stream == stream)
    return bool(await session.scalar(read.where(*whose)))


async def missing(
    session: AsyncSession, connection: Connection, names: Collection[str], after: UUID, most: int
) -> Sequence[Missing]:
    """The owner's own accounts, by their ids, of which the connection has no record: not even a removed one.

    Its own are those that other systems of its name, not only partners' lists. So are their names and domains: who
    reads the source learns nothing from partners by them.
    """
    own, profile = AccountRecord.__table__.alias(), AccountProfile.__table__.alias()
    values = {
        "name": own.c.name,
        "domain": profile.c.domain,
        **{name: VALUES[name].expression(own) for name in names},
    }
    page = (
        select(
            own.c.account_id.label("company"),
            own.c.name.label("called"),
            _doubtful(own, connection.id).label("is_doubtful"),
            _made(own, connection.id).label("was_made"),
            *(value.label(f"value_{name}") for name, value in values.items()),
        )
        .ext(distinct_on(own.c.account_id))
        .join(profile, (profile.c.id == own.c.account_id) & (profile.c.owner_id == VIEWER))
        .where(*_of_the_owner(own, profile), ~_records(connection.id, own).exists(), own.c.account_id > after)
        .order_by(own.c.account_id, own.c.name, own.c.id)
        .limit(most)
    )
    found = (await session.execute(page, {VIEWER.key: connection.owner_id})).mappings()
    return [_missing(row, values) for row in found]


def _missing(row: Mapping[Any, Any], values: Iterable[str]) -> Missing:
    told = {name: row[f"value_{name}"] for name in values}
    return Missing(
        account_id=row["company"],
        row=Wanted(external_id=told["account_id"], name=row["called"], values=told),
        is_doubtful=row["is_doubtful"],
        was_made=row["was_made"],
    )


def _of_the_owner(own: FromClause, profile: FromClause) -> tuple[ColumnElement[bool], ...]:
    """Records in lists of the owner about itself, which name the company and its domain."""
    lists = select(Connection.id).where(Connection.owner_id == VIEWER, Connection.subject_id == VIEWER)
    said = func.lower(func.concat_ws(" ", own.c.domain, own.c.website))
    return (
        own.c.connection_id == any_(func.array(lists.scalar_subquery())),
        visible(AccountRecord, own, removed=False),
        own.c.name.is_not(None),
        func.strpos(said, profile.c.domain) > 0,
    )


def _records(connection_id: UUID, own: FromClause) -> Any:
    """The connection's records of an account."""
    there = AccountRecord.__table__.alias()
    which = (there.c.connection_id == connection_id, there.c.account_id == own.c.account_id)
    return select(1).select_from(there).where(*which).correlate(own)


def _doubtful(own: FromClause, connection_id: UUID) -> ColumnElement[bool]:
    """Whether a record of the account may be the same company as one of the connection's."""
    match, ours, there = Match.__table__.alias(), AccountRecord.__table__.alias(), AccountRecord.__table__.alias()
    ends = or_(
        (match.c.left_id == ours.c.id) & (match.c.right_id == there.c.id),
        (match.c.right_id == ours.c.id) & (match.c.left_id == there.c.id),
    )
    return (
        select(1)
        .select_from(ours)
        .join(match, or_(match.c.left_id == ours.c.id, match.c.right_id == ours.c.id))
        .join(there, ends)
        .where(
            ours.c.account_id == own.c.account_id,
            match.c.verdict == Verdict.UNSURE,
            there.c.connection_id == connection_id,
            there.c.removal.is_(None),
        )
        .correlate(own)
        .exists()
    )


def _made(own: FromClause, connection_id: UUID) -> ColumnElement[bool]:
    key = VALUES["account_id"].expression(own)
    made = (WriteItem.connection_id == connection_id, WriteItem.key == key, WriteItem.outcome == WriteOutcome.WRITTEN)
    return select(WriteItem.id).where(*made).correlate(own).exists()
