"""How good the rules are, by what people decided."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Decision, Match, Verdict
from hub.store.sharing import VIEWER, visible

SMALLEST_SAMPLE = 30
"""Pairs below which a share of them says nothing."""


@dataclass(frozen=True, slots=True)
class Measure:
    """How the verdicts of the rules compare with what people decided, in pairs of live records."""

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
