"""Plans of what is to be written into sources, and what became of each value."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import RawRecord, RawRecordVersion, WriteItem, WriteOutcome, WritePlan, WritePlanField, WritePlanState

LASTS = timedelta(hours=24)
"""How long a plan can be applied: what a person read must not be long ago."""
KEPT = timedelta(days=90)
OPEN = (WriteOutcome.PENDING, WriteOutcome.SENDING, WriteOutcome.RETRY)
"""Outcomes that are none yet."""
WRONG = (WriteOutcome.CONFLICT, WriteOutcome.REFUSED, WriteOutcome.SENDING)
"""What a person should look at once a plan was applied."""
APPLICABLE = (WritePlanState.READY, WritePlanState.APPLYING, WritePlanState.STOPPED)


async def begin(session: AsyncSession, connection_id: UUID, by: str) -> UUID:
    """A new plan, still empty."""
    await session.execute(delete(WritePlan).where(WritePlan.created_at < func.now() - KEPT))
    now = (await session.execute(select(func.now()))).scalar_one()
    plan = WritePlan(connection_id=connection_id, planned_by=by, expires_at=now + LASTS)
    session.add(plan)
    await session.flush()
    return plan.id


async def by_id(session: AsyncSession, plan_id: UUID) -> WritePlan:
    """The plan; raises NotFound."""
    plan = await session.get(WritePlan, plan_id)
    if plan is None:
        raise NotFound("There is no such plan.")
    return plan


async def empty(session: AsyncSession, plan: WritePlan) -> None:
    """Forget what was planned before the one who made it was cut off."""
    await session.execute(delete(WriteItem).where(WriteItem.plan_id == plan.id))
    await session.execute(delete(WritePlanField).where(WritePlanField.plan_id == plan.id))
    plan.records = plan.records_to_change = plan.records_to_create = 0


async def add(session: AsyncSession, plan: WritePlan, fields: Iterable[WritePlanField], items: list[WriteItem]) -> None:
    """Store how far a plan came: its counts, its fields' counts, and the lines that are new."""
    for each in (plan, *fields):
        await session.merge(each)
    session.add_all(items)
    await session.flush()


async def close(session: AsyncSession, plan_id: UUID, state: WritePlanState, error: str | None = None) -> None:
    """Note how a plan stands now, and why."""
    ended = state in (WritePlanState.APPLIED, WritePlanState.FAILED)
    values = {"state": state, "error": error, "finished_at": func.now() if ended else None}
    await session.execute(update(WritePlan).where(WritePlan.id == plan_id).values(values))


EXPIRED = "The plan has expired: what it compared may have changed. Make a new one."


async def close_expired(session: AsyncSession, connection_id: UUID) -> None:
    """Close the plans that were cut off while they were applied, and have expired since."""
    cut_off = (WritePlan.state == WritePlanState.APPLYING, WritePlan.expires_at < func.now())
    closed = update(WritePlan).where(WritePlan.connection_id == connection_id, *cut_off)
    await session.execute(closed.values(state=WritePlanState.STOPPED, error=EXPIRED))


async def applicable(session: AsyncSession, plan_id: UUID) -> WritePlan:
    """The plan, which can be applied, or was. Raises NotFound, and InputError saying why it cannot be."""
    plan = await by_id(session, plan_id)
    if plan.state in (*APPLICABLE, WritePlanState.APPLIED):
        if plan.state is WritePlanState.APPLIED or await session.scalar(select(plan.expires_at > func.now())):
            return plan
        raise InputError(EXPIRED)
    waits = plan.state is WritePlanState.PLANNING
    raise InputError(
        "The plan is still being made, or its making was cut off: make a new one then."
        if waits
        else "The plan could not be made: make a new one."
    )


async def take_up(session: AsyncSession, plan_id: UUID, by: str) -> None:
    """Begin to apply a plan, or go on. Only for one who holds the connection's lock."""
    values = {"state": WritePlanState.APPLYING, "applied_by": by, "error": None}
    await session.execute(update(WritePlan).where(WritePlan.id == plan_id).values(values))


async def fields(session: AsyncSession, plan_id: UUID) -> list[WritePlanField]:
    """The fields of a plan."""
    found = select(WritePlanField).where(WritePlanField.plan_id == plan_id)
    return list(await session.scalars(found.order_by(WritePlanField.stream, WritePlanField.field)))


async def items(session: AsyncSession, plan_id: UUID, most: int) -> list[WriteItem]:
    """The first lines of a plan, those that went wrong before the others."""
    lines = select(WriteItem).where(WriteItem.plan_id == plan_id)
    ordered = lines.order_by(WriteItem.outcome.in_(WRONG).desc(), WriteItem.id)
    return list(await session.scalars(ordered.limit(most)))


async def outcomes(session: AsyncSession, plan_id: UUID) -> dict[WriteOutcome, int]:
    """How many lines came to what."""
    counted = select(WriteItem.outcome, func.count()).where(WriteItem.plan_id == plan_id).group_by(WriteItem.outcome)
    return {row[0]: row[1] for row in await session.execute(counted)}


async def open_items(session: AsyncSession, plan_id: UUID, stream: str, after: str, rows: int) -> Sequence[WriteItem]:
    """The lines that are still to be written of the next rows after this external id."""
    still = (WriteItem.plan_id == plan_id, WriteItem.stream == stream, WriteItem.outcome.in_(OPEN))
    following = select(WriteItem.external_id).where(*still, WriteItem.external_id > after)
    chosen = following.group_by(WriteItem.external_id).order_by(WriteItem.external_id).limit(rows)
    found = select(WriteItem).where(*still, WriteItem.external_id.in_(chosen))
    return (await session.scalars(found.order_by(WriteItem.external_id, WriteItem.field))).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of one line."""

    item_id: UUID
    outcome: WriteOutcome
    reason: str | None = None
    version: str | None = None
    external_id: str | None = None
    """Of a row that was made."""


async def settle(session: AsyncSession, settled: Collection[Settled]) -> None:
    """Note what became of lines."""
    if not settled:
        return
    now = await session.scalar(select(func.now()))
    rows = [
        {
            "id": each.item_id,
            "outcome": each.outcome,
            "reason": each.reason,
            "version_after": each.version,
            "settled_at": None if each.outcome in OPEN else now,
            **({} if each.external_id is None else {"external_id": each.external_id}),
        }
        for each in settled
    ]
    await session.execute(update(WriteItem), rows)


async def give_up(session: AsyncSession, plan_id: UUID) -> None:
    """Refuse the lines that the source still could not write, with the reason it gave.

    What may have been written though the source never said so is left as it is.
    """
    still = (WriteItem.plan_id == plan_id, WriteItem.outcome.in_((WriteOutcome.PENDING, WriteOutcome.RETRY)))
    await session.execute(update(WriteItem).where(*still).values(outcome=WriteOutcome.REFUSED, settled_at=func.now()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was written into a row and was not seen to come back yet, with the row's two newest payloads."""

    external_id: str
    values: Mapping[str, str | None]
    """By field, the last that was written."""
    before: Any
    """None: there is no earlier payload."""
    after: Any


async def sent(
    session: AsyncSession, connection_id: UUID, stream: str, external_ids: Collection[str]
) -> Sequence[Sent]:
    """What was written into these rows and did not come back yet."""
    written = (
        select(WriteItem.external_id, WriteItem.field, WriteItem.after, RawRecord, RawRecordVersion.payload)
        .join(
            RawRecord,
            (RawRecord.connection_id == WriteItem.connection_id)
            & (RawRecord.stream == WriteItem.stream)
            & (RawRecord.external_id == WriteItem.external_id),
        )
        .outerjoin(
            RawRecordVersion,
            (RawRecordVersion.raw_id == RawRecord.id) & (RawRecordVersion.version == RawRecord.version - 1),
        )
        .where(*_unheard(connection_id, stream), _among(external_ids))
        .order_by(WriteItem.id)
    )
    found: dict[str, Sent] = {}
    for external_id, field, after, raw, before in await session.execute(written):
        known = found.get(external_id)
        values = {**(known.values if known else {}), field: after}
        found[external_id] = Sent(external_id=external_id, values=values, before=before, after=raw.payload)
    return list(found.values())


async def hear(session: AsyncSession, connection_id: UUID, stream: str, external_ids: Collection[str]) -> None:
    """Note that what was written into these rows came back."""
    heard = update(WriteItem).where(*_unheard(connection_id, stream), _among(external_ids))
    await session.execute(heard.values(echoed_at=func.now()))


def _among(external_ids: Collection[str]) -> ColumnElement[bool]:
    return WriteItem.external_id == any_(literal(list(external_ids), ARRAY(Text)))


def _unheard(connection_id: UUID, stream: str) -> tuple[Any, ...]:
    arrived = WriteItem.outcome.in_((WriteOutcome.SENDING, WriteOutcome.WRITTEN))
    return (
        WriteItem.connection_id == connection_id,
        WriteItem.stream == stream,
        WriteItem.echoed_at.is_(None),
        arrived,
    )
