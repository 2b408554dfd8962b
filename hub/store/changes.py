"""The log of changes: what became of each thing that an organization sees, in an order that is safe to resume from.

A transaction's rows become readable when every transaction that began to write before it has ended. Read in the order
of (transaction, position), nothing is ever committed behind what was read: whoever keeps the last position misses
nothing and meets nothing twice, whichever transactions overlap.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError
from hub.model import ChangeAction, ChangeType
from hub.store.database import Session

KEPT = timedelta(days=30)
"""How long a change is remembered: who was away for longer reads everything again."""


class CursorExpired(InputError):
    """The changes after this position are no longer all known."""


class Position(NamedTuple):
    """A place in the log."""

    transaction: int
    position: int


START = Position(0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One change."""

    place: Position
    kind: ChangeType
    node_id: UUID
    action: ChangeAction
    at: datetime
    other_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """Changes in order."""

    changes: Sequence[Told]
    end: Position
    """Where to go on: all before it was read, whether it was of the kinds asked for or not."""
    more: bool
    """Whether there are more to read at once."""
    unsettled: bool
    """Whether there are more that wait for a transaction to end."""


async def page(
    session: AsyncSession, organization_id: UUID, kinds: Collection[ChangeType], after: Position | None, limit: int
) -> ChangePage:
    """Changes after a position, or from the oldest that is known; raises CursorExpired."""
    given = {"organization": organization_id, "kinds": list(kinds), "limit": limit + 1}
    start = after or START
    found = (
        await session.execute(_PAGE, {**given, "transaction": start.transaction, "position": start.position})
    ).all()
    log = found[0]
    horizon = Position(log.horizon_transaction, log.horizon_position)
    if after is not None and (after < horizon or after.transaction > log.ahead):
        raise CursorExpired(_EXPIRED)
    changes = [
        Told(
            place=Position(row.transaction, row.position),
            kind=ChangeType(row.kind),
            node_id=row.node_id,
            action=ChangeAction(row.action),
            at=row.at,
            other_id=row.other_id,
        )
        for row in found[:limit]
        if row.position is not None
    ]
    more = len(found) > limit
    settled = Position(log.settled, 0)
    end = changes[-1].place if more else max(settled, start)
    return ChangePage(changes=changes, end=end, more=more, unsettled=log.unsettled)


_EXPIRED = (
    f"The changes after this cursor are no longer known: they are kept for {KEPT.days} days. "
    "Start over: take `head` of `changes`, read everything, then follow from it."
)

# One snapshot for all of it. pg_snapshot_xmin: all transactions before it have ended.
_PAGE = text("""
    with log as materialized (
        select pg_snapshot_xmin(seen)::text::bigint as settled, pg_snapshot_xmax(seen)::text::bigint as ahead
        from pg_current_snapshot() seen
    )
    select log.settled, log.ahead, coalesce(horizon.transaction, 0) as horizon_transaction,
           coalesce(horizon.position, 0) as horizon_position, told.*,
           exists (
               select from change where organization_id = :organization and transaction >= log.settled
           ) as unsettled
    from log
    left join change_horizon horizon on horizon.organization_id = :organization
    left join lateral (
        select transaction, position, kind, node_id, action, at, other_id from change
        where organization_id = :organization and kind = any(:kinds)
          and (transaction, position) > (:transaction, :position) and transaction < log.settled
        order by transaction, position limit :limit
    ) told on true
    order by told.transaction, told.position
""")


async def head(session: AsyncSession) -> Position:
    """The present end of the log: what is committed from now on comes after it."""
    settled = await session.scalar(text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint"))
    return Position(settled, 0)


async def prune(session: Session, kept: timedelta = KEPT) -> int:
    """Forget what is older; how many changes were forgotten."""
    gone = await session.execute(_PRUNE, {"kept": kept})
    return int(gone.scalar_one())


_PRUNE = text("""
    with gone as (
        delete from change where at < now() - cast(:kept as interval) returning organization_id, transaction, position
    ), horizon as (
        insert into change_horizon as known (organization_id, transaction, position)
        select distinct on (organization_id) organization_id, transaction, position from gone
        order by organization_id, transaction desc, position desc
        on conflict (organization_id) do update
        set transaction = excluded.transaction, position = excluded.position
        where (known.transaction, known.position) < (excluded.transaction, excluded.position)
    )
    select count(*) from gone
""")
