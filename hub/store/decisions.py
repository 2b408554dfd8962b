"""What people decided about matches: kept for good, and followed by mapping until it is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import LONGEST_REASON, AccountRecord, Decision, Issue, IssueKind, Match, RelationKind, Review, Verdict
from hub.store import issues, undecided
from hub.store.account_records import Known
from hub.store.locks import hold
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible


async def decide(session: AsyncSession, decision: Decision) -> UUID:
    """The decision on the pair from now on; it takes the place of an earlier one. The same again changes nothing.

    Its sides may come in any order. Raises InputError, and Busy while somebody else decides about the same two.
    """
    if decision.left_id == decision.right_id:
        raise InputError("A record cannot be compared with itself: name two.")
    decision.left_id, decision.right_id = sorted((decision.left_id, decision.right_id))
    decision.reason = _reason(decision.reason)
    if decision.relation is not None and decision.verdict is not Verdict.RELATED:
        raise InputError("Only of companies that are RELATED can be said how.")
    pair = Decision.left_id == decision.left_id, Decision.right_id == decision.right_id
    await hold(session, f"the decision on {decision.left_id} and {decision.right_id}")
    earlier = await session.scalar(_standing().where(*pair))
    if earlier is not None:
        if _said(earlier) == _said(decision):
            return earlier.id
        await _end(session, earlier.id, decision.decided_by)
    session.add(decision)
    await session.flush()
    await _take_off_the_queue(session, decision)
    await undecided.note(session, (decision.left_id, decision.right_id))
    return decision.id


def _said(decision: Decision) -> tuple[object, ...]:
    return decision.verdict, decision.relation, decision.from_id, decision.reason


def _reason(given: str | None) -> str | None:
    reason = (given or "").strip()
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise InputError(f"A reason is a text of up to {LONGEST_REASON:,} characters.")
    return reason or None


async def withdraw(session: AsyncSession, decision_id: UUID, by: str) -> None:
    """Let rules decide again. The decision is kept, but no longer followed. Raises NotFound where none stands."""
    ended = await _end(session, decision_id, by)
    if ended is None:
        raise NotFound("There is no such decision, or it was withdrawn already.")
    await undecided.note(session, ended)


async def _end(session: AsyncSession, decision_id: UUID, by: str) -> tuple[UUID, UUID] | None:
    """The pair that it was about; None where it does not stand."""
    ended = update(Decision).where(Decision.id == decision_id, Decision.withdrawn_at.is_(None))
    values = ended.values(withdrawn_at=func.now(), withdrawn_by=by).returning(Decision.left_id, Decision.right_id)
    found = (await session.execute(values)).one_or_none()
    return None if found is None else (found.left_id, found.right_id)


async def _take_off_the_queue(session: AsyncSession, decision: Decision) -> None:
    """Nobody need be asked again before the next mapping."""
    if decision.verdict is not Verdict.UNSURE:
        pair = (Match.left_id == decision.left_id, Match.right_id == decision.right_id)
        await session.execute(delete(Review).where(Review.match_id.in_(select(Match.id).where(*pair))))


def _standing() -> Select[Decision]:
    return select(Decision).where(Decision.withdrawn_at.is_(None))


async def standing(session: AsyncSession) -> Sequence[Decision]:
    """All decisions that were not withdrawn, those that sleep among them."""
    return (await session.scalars(_standing().order_by(Decision.id))).all()


@dataclass(frozen=True, slots=True)
class Standing:
    """A decision that was not withdrawn, for people."""

    id: UUID
    verdict: Verdict
    relation: RelationKind | None
    """Left is this to right."""
    reason: str | None
    by: str
    at: datetime
    left: Known
    right: Known


async def newest(session: AsyncSession, organization_id: UUID, most: int) -> list[Standing]:
    """The decisions on live records that an organization sees and that stand, the newest first."""
    rows = Decision.__table__.alias()
    left, right = Known.selected("left"), Known.selected("right")
    told = (
        rows.c.id,
        rows.c.verdict,
        rows.c.relation,
        rows.c.from_id,
        rows.c.reason,
        rows.c.decided_by,
        rows.c.decided_at,
    )
    found = (
        select(*told, *left.c, *right.c)
        .join(left, left.c.left_id == rows.c.left_id)
        .join(right, right.c.right_id == rows.c.right_id)
        .where(visible(Decision, rows, removed=False))
        .order_by(rows.c.decided_at.desc(), rows.c.id.desc())
        .limit(most)
    )
    return [_standing_for_people(row) for row in await session.execute(found, {VIEWER.key: organization_id})]


def _standing_for_people(row: Any) -> Standing:
    sides = (Known.of(row, "left"), Known.of(row, "right"))
    left, right = sides[::-1] if row.from_id == row.right_id else sides
    return Standing(
        id=row.id,
        verdict=row.verdict,
        relation=row.relation,
        reason=row.reason,
        by=row.decided_by,
        at=row.decided_at,
        left=left,
        right=right,
    )


async def note_contradictions(session: AsyncSession, messages: Mapping[UUID, str]) -> None:
    """Tell of the decisions that cannot be followed, by their ids, and close what was told of others."""
    told = {f"{prefix_of(Decision)}{id_}": message for id_, message in messages.items()}
    kind = IssueKind.CONTRADICTION
    others = update(Issue).where(Issue.kind == kind, Issue.resolved_at.is_(None), Issue.subject.not_in(list(told)))
    await session.execute(others.values(resolved_at=func.now()))
    connection = (
        select(Decision.id, AccountRecord.connection_id)
        .join(AccountRecord, AccountRecord.id == Decision.left_id)
        .where(Decision.id.in_(list(messages)))
    )
    for decision_id, connection_id in (await session.execute(connection)).all():
        subject = f"{prefix_of(Decision)}{decision_id}"
        await issues.report(session, connection_id, "accounts", kind, {subject: told[subject]})
