"""The accounts of which a source has no row, as far as one may be made of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Select, and_, any_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import AccountProfile, AccountRecord, Connection, Match, StreamState, Verdict, WriteItem, WriteOutcome
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible
from hub.store.write_values import VALUES, Wanted

VALUE = "value of "
"""What the columns of values begin with."""
NEVER = UUID(int=0)
"""Before every id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An account that the source has no row of."""

    account_id: UUID
    row: Wanted
    """As it would be created. Without a name where no record of the owner's has both a name and the domain: then it
    cannot be."""
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
    return await _found(session, connection, names, lambda account_id: account_id > after, most)


async def still_missing(session: AsyncSession, connection: Connection, keys: Collection[str]) -> frozenset[str]:
    """Those of the rows' keys of whose accounts a row may be created now."""
    ids = [UUID(key.removeprefix(prefix_of(AccountProfile))) for key in keys]
    found = await _found(session, connection, (), lambda account_id: account_id.in_(ids), len(ids))
    return frozenset(
        each.row.external_id for each in found if each.row.name and not (each.is_doubtful or each.was_made)
    )


async def _found(
    session: AsyncSession,
    connection: Connection,
    names: Collection[str],
    which: Callable[[ColumnElement[Any]], ColumnElement[bool]],
    most: int,
) -> Sequence[Missing]:
    # What is costly to find out is asked of the chosen accounts only.
    chosen = _accounts(connection.id, which).limit(most).subquery()
    profile = AccountProfile.__table__.alias()
    told = {name: VALUES[name].expression(chosen).label(f"{VALUE}{name}") for name in ("account_id", *names)}
    asked = (
        select(
            chosen.c.account_id,
            _own_name(chosen.c.account_id, profile.c.domain).label("name"),
            profile.c.domain,
            _doubtful(chosen, connection.id).label("is_doubtful"),
            _made(chosen, connection.id).label("was_made"),
            *told.values(),
        )
        .join(profile, (profile.c.id == chosen.c.account_id) & (profile.c.owner_id == VIEWER))
        .order_by(chosen.c.account_id)
    )
    rows = (await session.execute(asked, {VIEWER.key: connection.owner_id})).mappings()
    return [_missing(row) for row in rows]


def _accounts(connection_id: UUID, which: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> Select[Any]:
    """The accounts that are missing, in the order of their ids."""
    own = AccountRecord.__table__.alias()
    lacks = ~_has_records(own.c.account_id, connection_id, removed=True)
    missing = select(own.c.account_id).where(_of_the_owner(own), lacks, which(own.c.account_id))
    return missing.distinct().order_by(own.c.account_id)


def _missing(row: Mapping[Any, Any]) -> Missing:
    told = {name.removeprefix(VALUE): value for name, value in row.items() if name.startswith(VALUE)}
    told |= {"name": row["name"], "domain": row["domain"]}
    return Missing(
        account_id=row["account_id"],
        row=Wanted(external_id=told["account_id"], name=told["name"], values=told),
        is_doubtful=row["is_doubtful"],
        was_made=row["was_made"],
    )


def _of_the_owner(own: FromClause) -> ColumnElement[bool]:
    """Whether a record stands in a list of the owner about itself."""
    lists = select(Connection.id).where(Connection.owner_id == VIEWER, Connection.subject_id == VIEWER)
    in_lists = own.c.connection_id == any_(func.array(lists.scalar_subquery()))
    return and_(in_lists, visible(AccountRecord, own, removed=False))


def _own_name(account_id: ColumnElement[Any], domain: ColumnElement[Any]) -> ColumnElement[Any]:
    """What such a record calls the account, where it also says the domain; null: none does."""
    own = AccountRecord.__table__.alias()
    said = func.lower(func.concat_ws(" ", own.c.domain, own.c.website))
    escaped = func.regexp_replace(domain, "([^[:alnum:]])", r"\\\1", "g")
    whole = func.concat("(^|[^a-z0-9-])", escaped, "($|[^a-z0-9.-])")
    named = (own.c.account_id == account_id, own.c.name.is_not(None), domain.is_not(None), said.regexp_match(whole))
    found = select(own.c.name).where(_of_the_owner(own), *named).order_by(own.c.name, own.c.id).limit(1)
    return found.correlate_except(own).scalar_subquery()


def _has_records(account_id: ColumnElement[Any], connection_id: UUID, *, removed: bool) -> ColumnElement[bool]:
    """Whether the connection has a record of an account; one that was removed counts where `removed` says so."""
    there = AccountRecord.__table__.alias()
    which = [there.c.connection_id == connection_id, there.c.account_id == account_id]
    if not removed:
        which.append(there.c.removal.is_(None))
    return select(1).select_from(there).where(*which).correlate_except(there).exists()


def _doubtful(own: FromClause, connection_id: UUID) -> ColumnElement[bool]:
    """Whether the account may be the same company as one that the connection has a record of."""
    match, ours, other = Match.__table__.alias(), AccountRecord.__table__.alias(), AccountRecord.__table__.alias()
    at_an_end = or_(match.c.left_id == ours.c.id, match.c.right_id == ours.c.id)
    at_the_other = other.c.id == case((match.c.left_id == ours.c.id, match.c.right_id), else_=match.c.left_id)
    return (
        select(1)
        .select_from(ours)
        .join(match, at_an_end)
        .join(other, at_the_other)
        .where(
            ours.c.account_id == own.c.account_id,
            match.c.verdict == Verdict.UNSURE,
            visible(Match, match, removed=False),
            _has_records(other.c.account_id, connection_id, removed=False),
        )
        .correlate(own)
        .exists()
    )


def _made(own: FromClause, connection_id: UUID) -> ColumnElement[bool]:
    key = VALUES["account_id"].expression(own)
    made = (WriteItem.connection_id == connection_id, WriteItem.key == key, WriteItem.outcome == WriteOutcome.WRITTEN)
    return select(WriteItem.id).where(*made).correlate(own).exists()
