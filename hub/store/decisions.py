"""What people decided about matches: kept for good, and followed by mapping until it is withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import LONGEST_REASON, AccountRecord, Decision, Issue, IssueKind, Match, Review, Verdict
from hub.store import issues
from hub.store.account_records import Known
from hub.store.locks import hold
from hub.store.paths import prefix_of
from hub.store.sharing import VIEWER, visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a person says about two records, in any order."""

    left_id: UUID
    right_id: UUID
    verdict: Verdict
    reason: str | None
    by: str
    """Who says so, as the audit log names them."""


async def decide(session: AsyncSession, ruling: Ruling) -> UUID:
    """The decision on the pair from now on; it takes the place of an earlier one. The same again changes nothing.

    Raises InputError, and Busy while somebody else decides about the same two.
    """
    reason = _reason(ruling.reason)
    if ruling.left_id == ruling.right_id:
        raise InputError("A record cannot be compared with itself: name two.")
    left, right = sorted((ruling.left_id, ruling.right_id))
    await hold(session, f"the decision on {left} and {right}")
    standing = await session.scalar(_standing().where(Decision.left_id == left, Decision.right_id == right))
    if standing is not None and (standing.verdict, standing.reason) == (ruling.verdict, reason):
        return standing.id
    if standing is not None:
        await _end(session, standing.id, ruling.by)
    decision = Decision(left_id=left, right_id=right, verdict=ruling.verdict, reason=reason, decided_by=ruling.by)
    session.add(decision)
    await session.flush()
    await _take_off_the_queue(session, decision)
    return decision.id


def _reason(given: str | None) -> str | None:
    reason = (given or "").strip()
    if len(reason) > LONGEST_REASON or "\0" in reason:
        raise InputError(f"A reason is a text of up to {LONGEST_REASON:,} characters.")
    return reason or None


async def withdraw(session: AsyncSession, decision_id: UUID, by: str) -> None:
    """Let rules decide again. The decision is kept, but no longer followed. Raises NotFound where none stands."""
    if not await _end(session, decision_id, by):
        raise NotFound("There is no such decision, or it was withdrawn already.")


async def _end(session: AsyncSession, decision_id: UUID, by: str) -> bool:
    ended = update(Decision).where(Decision.id == decision_id, Decision.withdrawn_at.is_(None))
    values = ended.values(withdrawn_at=func.now(), withdrawn_by=by).returning(Decision.id)
    return (await session.execute(values)).scalar_one_or_none() is not None


async def _take_off_the_queue(session: AsyncSession, decision: Decision) -> None:
    """Nobody need be asked again before the next mapping."""
    if decision.verdict is Verdict.UNSURE:
        return
    pair = and_(Match.left_id == decision.left_id, Match.right_id == decision.right_id)
    asked = select(Match.id).where(pair)
    await session.execute(Review.__table__.delete().where(Review.match_id.in_(asked)))  # type: ignore[attr-defined]


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
    reason: str | None
    by: str
    at: datetime
    left: Known
    right: Known


async def newest(session: AsyncSession, organization_id: UUID, most: int) -> list[Standing]:
    """The decisions on live records that an organization sees and that stand, the newest first."""
    rows = Decision.__table__.alias()
    left, right = Known.selected("left"), Known.selected("right")
    said = (rows.c.id, rows.c.verdict, rows.c.reason, rows.c.decided_by, rows.c.decided_at)
    found = (
        select(*said, *left.c, *right.c)
        .join(left, left.c.left_id == rows.c.left_id)
        .join(right, right.c.right_id == rows.c.right_id)
        .where(visible(Decision, rows, removed=False))
        .order_by(rows.c.decided_at.desc(), rows.c.id.desc())
        .limit(most)
    )
    return [
        Standing(
            id=row.id,
            verdict=row.verdict,
            reason=row.reason,
            by=row.decided_by,
            at=row.decided_at,
            left=Known.of(row, "left"),
            right=Known.of(row, "right"),
        )
        for row in await session.execute(found, {VIEWER.key: organization_id})
    ]


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


SMALLEST_SAMPLE = 30
"""Pairs below which a share of them says nothing."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How the verdicts of the rules compare with what people decided, of the pairs that wait for nothing."""

    right: int
    """Pairs that are the same for people and rules."""
    wrong: int
    """Pairs that only the rules say are the same."""
    missed: int
    """Pairs that only people say are the same."""
    kept_apart: int
    """Pairs that are the same for neither."""

    @property
    def precision(self) -> float | None:
        """What share of what the rules say is the same is so; None where too few pairs are known."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """What share of what is the same the rules find; None where too few pairs are known."""
        return _share(self.right, self.right + self.missed)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole >= SMALLEST_SAMPLE else None


def measure() -> Select[Any]:
    """Selects what a Measure is made of, of the pairs that VIEWER may see and that live."""
    decision, match = Decision.__table__.alias(), Match.__table__.alias()
    is_same = decision.c.verdict == Verdict.SAME
    ruled_same = func.coalesce(match.c.rule_verdict == Verdict.SAME, False)
    cells = {
        "right": and_(is_same, ruled_same),
        "wrong": and_(~is_same, ruled_same),
        "missed": and_(is_same, ~ruled_same),
        "kept_apart": ~or_(is_same, ruled_same),
    }
    counts: list[ColumnElement[Any]] = [func.count().filter(cell).label(name) for name, cell in cells.items()]
    pair = and_(match.c.left_id == decision.c.left_id, match.c.right_id == decision.c.right_id)
    return (
        select(*counts)
        .select_from(decision)
        .outerjoin(match, pair)
        .where(visible(Decision, decision, removed=False), decision.c.verdict != Verdict.UNSURE)
    )


async def measured(session: AsyncSession, organization_id: UUID) -> Measure:
    """How the rules do, as an organization sees it."""
    return Measure(**(await session.execute(measure(), {VIEWER.key: organization_id})).one()._asdict())
