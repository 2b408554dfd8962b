"""What people say about matches, and what waits for them."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified
from hub.model.match import Verdict
from hub.model.relation import RelationKind

LONGEST_REASON = 1_000
"""Characters."""


class Decision(Identified, Base, kw_only=True):
    """A person's verdict on two account records: it outranks every rule until it is withdrawn. Left is the smaller id.

    A pair has one that stands, at most. None is ever deleted.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint("left_id < right_id", name="ordered"),
        CheckConstraint(f"char_length(reason) <= {LONGEST_REASON}", name="short_reason"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_by_somebody"),
        CheckConstraint("relation is null or verdict = 'RELATED'", name="related"),
        CheckConstraint("(relation is null) = (from_id is null)", name="directed"),
        CheckConstraint("from_id in (left_id, right_id)", name="from_a_side"),
        Index(
            "decision_one_stands_idx",
            "left_id",
            "right_id",
            unique=True,
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    left_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"), index=True)
    right_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"), index=True)
    verdict: Mapped[Verdict]
    relation: Mapped[RelationKind | None] = mapped_column(default=None)
    """How the companies are related, where the verdict is RELATED and it was said."""
    from_id: Mapped[UUID | None] = mapped_column(default=None)
    """The record of the two whose company is `relation` to the other's."""
    reason: Mapped[str | None] = mapped_column(default=None)
    decided_by: Mapped[str]
    """Who decided, as the audit log names them."""
    decided_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    withdrawn_by: Mapped[str | None] = mapped_column(default=None)
    """Who took it back, or decided otherwise."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)


class Amount(TypedDict):
    """Money, in one currency."""

    amount: str
    """The exact number."""
    currency: str | None
    """ISO 4217; None where the source names none."""


class Review(Identified, Base, kw_only=True):
    """A match that waits for a person, and what is at stake in it. Written by mapping."""

    __tablename__ = "review"
    __table_args__ = (Index("review_queue_idx", "priority", "uncertainty", "id"),)

    match_id: Mapped[UUID] = mapped_column(ForeignKey("match.id", ondelete="CASCADE"), unique=True)
    amounts: Mapped[list[Amount]] = mapped_column(JSONB)
    """Of the open deals of both accounts, as the records' owner knows them, by currency."""
    stake: Mapped[Decimal]
    """The same in one number: amounts of each currency are counted in its owner's average open deals of that
    currency, because without rates they cannot be compared otherwise."""
    uncertainty: Mapped[Decimal]
    """1 where the score is in the middle between the two thresholds, ½ at one of them."""
    priority: Mapped[Decimal]
    """The product of both."""
