"""The accounts of which a source has no row, as far as that is known, and what is said of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import (
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    Connection,
    Issue,
    IssueKind,
    Match,
    StreamState,
    Verdict,
    WriteItem,
    WriteOutcome,
    WritePlan,
)
from hub.store import undecided
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible
from hub.store.write_values import VALUES

VALUE = "value of "
"""What the columns of values begin with."""
NEVER = UUID(int=0)
"""Before every id."""
FRESH = timedelta(days=1)
"""How long the rows of a source pass for known after they were read."""


class Gap(StrEnum):
    """Why nobody knows which accounts a source has no row of, or why it is to have none."""

    OF_OTHERS = "OF_OTHERS"
    """It is a system of another organization than the connection's owner."""
    UNREAD = "UNREAD"
    """Its rows were not read to the end lately."""
    UNREADABLE = "UNREADABLE"
    """Some of them could not be read."""
    UNMAPPED = "UNMAPPED"
    """Of some it was not decided yet, as they are now, which accounts they are."""


class Said(NamedTuple):
    """What a record of the owner's says of an account."""

    name: str | None
    domain: str | None
    website: str | None
    duns: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """An account that the source has no row of."""

    account_id: UUID
    called: str
    """By its profile, which knows partners' lists, too: for the owner's eyes."""
    said: Sequence[Said]
    """By the owner's own records alone, by name."""
    values: Mapping[str, str | None]
    """By the names of ours."""
    is_doubtful: bool
    """Whether a person is to decide first if it is the same company as another: one that the source has a row of, or
    one that is missing, too, and comes first."""
    was_made: bool
    """Whether the hub made a row of it before, under this id or one that was retired, which has not come back."""
    was_sent: bool
    """Whether nobody knows if it did: no answer came, and the rows were not all read since that plan ended."""
    removed_row: str | None = None
    """The id of a removed row that may be this company, as far as mapping did not decide it."""

    @property
    def key(self) -> str:
        """What a row of it would be known by."""
        return f"{prefix_of(AccountProfile)}{self.account_id}"

    @property
    def domain(self) -> str | None:
        """Registrable, lower case, IDNA-encoded."""
        return self.values["domain"]


async def gap(session: AsyncSession, connection: Connection, stream: str) -> Gap | None:
    """The first reason why accounts may only seem to be missing; None: those that seem to be are."""
    if connection.subject_id != connection.owner_id:
        return Gap.OF_OTHERS
    gaps = (
        (~_read_lately(connection.id, stream), Gap.UNREAD),
        (_has_unreadable_rows(connection.id, stream), Gap.UNREADABLE),
        (_has_unmapped_rows(connection.id, stream), Gap.UNMAPPED),
    )
    found = await session.scalar(select(case(*((there, literal(kind.value)) for there, kind in gaps))))
    return None if found is None else Gap(found)


def _read_lately(connection_id: UUID, stream: str) -> ColumnElement[bool]:
    lately = StreamState.synced_at > func.now() - FRESH
    return select(1).where(StreamState.connection_id == connection_id, StreamState.stream == stream, lately).exists()


def _has_unreadable_rows(connection_id: UUID, stream: str) -> ColumnElement[bool]:
    unread = Issue.kind.in_((IssueKind.UNMAPPED_PAYLOAD, IssueKind.BAD_ROW))
    of_stream = (Issue.connection_id == connection_id, Issue.stream == stream)
    return select(1).where(*of_stream, unread, Issue.resolved_at.is_(None)).exists()


def _has_unmapped_rows(connection_id: UUID, stream: str) -> ColumnElement[bool]:
    """Rows that the hub made are known: webhooks bring them back while others are still being made."""
    made = select(1).where(
        WriteItem.connection_id == connection_id,
        WriteItem.stream == stream,
        WriteItem.key.is_not(None),
        WriteItem.external_id == AccountRecord.external_id,
        WriteItem.outcome == WriteOutcome.WRITTEN,
    )
    unmapped = (undecided.is_undecided(connection_id), AccountRecord.removal.is_(None), ~made.exists())
    return select(1).where(*unmapped).exists()


async def missing(
    session: AsyncSession, connection: Connection, plan_id: UUID, names: Collection[str], after: UUID, most: int
) -> Sequence[Missing]:
    """The owner's own accounts, by their ids, of which the connection has no record: not even a removed one.

    Its own are those that other systems of its name, not only partners' lists. So is what they are said to be called.
    """
    return await _found(session, connection, plan_id, names, lambda account_id: account_id > after, most)


async def still_missing(
    session: AsyncSession, connection: Connection, plan_id: UUID, keys: Collection[str]
) -> Sequence[Missing]:
    """Those of the rows' keys of whose accounts the connection still has no record."""
    ids = [UUID(key.removeprefix(prefix_of(AccountProfile))) for key in keys]
    return await _found(session, connection, plan_id, (), lambda account_id: account_id.in_(ids), len(ids))


async def _found(
    session: AsyncSession,
    connection: Connection,
    plan_id: UUID,
    names: Collection[str],
    which: Callable[[ColumnElement[Any]], ColumnElement[bool]],
    most: int,
) -> Sequence[Missing]:
    # What is costly to find out is asked of the chosen accounts only.
    chosen = _accounts(connection.id, which).limit(most).subquery()
    profile = AccountProfile.__table__.alias()
    asked = (
        select(
            chosen.c.account_id,
            profile.c.name,
            profile.c.domain,
            _said(chosen.c.account_id).label("said"),
            _doubtful(chosen, connection.id).label("is_doubtful"),
            _has_items(chosen, connection.id, WriteItem.outcome == WriteOutcome.WRITTEN).label("was_made"),
            _has_items(chosen, connection.id, _is_unanswered(chosen, plan_id)).label("was_sent"),
            *(VALUES[name].expression(chosen).label(f"{VALUE}{name}") for name in names),
        )
        .join(profile, (profile.c.id == chosen.c.account_id) & (profile.c.owner_id == VIEWER))
        .order_by(chosen.c.account_id)
    )
    rows = (await session.execute(asked, {VIEWER.key: connection.owner_id})).mappings()
    return [_missing(row) for row in rows]


def _accounts(connection_id: UUID, which: Callable[[ColumnElement[Any]], ColumnElement[bool]]) -> Select[Any]:
    """The accounts that are missing, in the order of their ids."""
    own, there = AccountRecord.__table__.alias(), AccountRecord.__table__.alias()
    # `which` bounds both: PostgreSQL merges them, and would go through `there` from its first account on each time.
    known = (
        select(1)
        .select_from(there)
        .where(
            there.c.connection_id == connection_id, there.c.account_id == own.c.account_id, which(there.c.account_id)
        )
    )
    lacks = ~known.correlate_except(there).exists()
    missing = select(own.c.account_id).where(_of_the_owner(own), lacks, which(own.c.account_id))
    return missing.distinct().order_by(own.c.account_id)


def _missing(row: Mapping[Any, Any]) -> Missing:
    told = {name.removeprefix(VALUE): value for name, value in row.items() if name.startswith(VALUE)}
    return Missing(
        account_id=row["account_id"],
        called=row["name"],
        said=[Said(*each) for each in row["said"]],
        values={**told, "domain": row["domain"]},
        is_doubtful=row["is_doubtful"],
        was_made=row["was_made"],
        was_sent=row["was_sent"],
    )


def _of_the_owner(own: FromClause) -> ColumnElement[bool]:
    """Whether a record stands in a list of the owner about itself."""
    lists = select(Connection.id).where(Connection.owner_id == VIEWER, Connection.subject_id == VIEWER)
    in_lists = own.c.connection_id == any_(func.array(lists.scalar_subquery()))
    return and_(in_lists, visible(AccountRecord, own, removed=False))


def _said(account_id: ColumnElement[Any]) -> ColumnElement[Any]:
    own = AccountRecord.__table__.alias()
    facts = func.jsonb_build_array(own.c.name, own.c.domain, own.c.website, own.c.duns)
    all_facts = func.jsonb_agg(aggregate_order_by(facts, own.c.name, own.c.id))
    said = select(all_facts).where(_of_the_owner(own), own.c.account_id == account_id)
    return said.correlate_except(own).scalar_subquery()


def _doubtful(own: FromClause, connection_id: UUID) -> ColumnElement[bool]:
    """Whether the account may be the same company as one that the connection has a record of.

    Or as one that is missing, too: of the two, the smaller id is made, and then the connection has a record of it.
    """
    match, ours, other = Match.__table__.alias(), AccountRecord.__table__.alias(), AccountRecord.__table__.alias()
    at_an_end = or_(match.c.left_id == ours.c.id, match.c.right_id == ours.c.id)
    at_the_other = other.c.id == case((match.c.left_id == ours.c.id, match.c.right_id), else_=match.c.left_id)
    is_there = _has_a_record(other.c.account_id, lambda record: record.c.connection_id == connection_id)
    is_missing_first = and_(other.c.account_id < own.c.account_id, _has_a_record(other.c.account_id, _of_the_owner))
    return (
        select(1)
        .select_from(ours)
        .join(match, at_an_end)
        .join(other, at_the_other)
        .where(
            ours.c.account_id == own.c.account_id,
            match.c.verdict == Verdict.UNSURE,
            visible(Match, match, removed=False),
            or_(is_there, is_missing_first),
        )
        .correlate(own)
        .exists()
    )


def _has_a_record(
    account_id: ColumnElement[Any], which: Callable[[FromClause], ColumnElement[bool]]
) -> ColumnElement[bool]:
    record = AccountRecord.__table__.alias()
    found = select(1).select_from(record).where(record.c.account_id == account_id, which(record))
    return found.correlate_except(record).exists()


def _has_items(own: FromClause, connection_id: UUID, which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there are such lines of rows that were to be made of the account, by any id that it had."""
    retired = select(_key(AccountRedirect.retired_id)).where(
        AccountRedirect.owner_id == VIEWER, AccountRedirect.account_id == own.c.account_id
    )
    keys = func.array_append(func.array(retired.correlate(own).scalar_subquery()), _key(own.c.account_id))
    items = select(WriteItem.id).where(WriteItem.connection_id == connection_id, WriteItem.key == any_(keys), which)
    return items.correlate(own).exists()


def _is_unanswered(own: FromClause, plan_id: UUID) -> ColumnElement[bool]:
    """Whether a line was sent, and nobody knows whether it arrived; lines of this very row are settled by its plan.

    What a plan sent before it expired, a reading of all rows after that has met.
    """
    is_elsewhere = or_(WriteItem.plan_id != plan_id, WriteItem.key != _key(own.c.account_id))
    unread = select(1).where(
        WritePlan.id == WriteItem.plan_id,
        StreamState.connection_id == WriteItem.connection_id,
        StreamState.stream == WriteItem.stream,
        StreamState.synced_at < WritePlan.expires_at,
    )
    return and_(WriteItem.outcome == WriteOutcome.SENDING, is_elsewhere, unread.correlate(WriteItem).exists())


def _key(account_id: SQLColumnExpression[Any]) -> ColumnElement[str]:
    return literal(prefix_of(AccountProfile)).concat(cast(account_id, Text))
