"""Why records are thought to be the same company."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy import Enum as EnumType
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class Verdict(StrEnum):
    """What two compared records are to each other."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    RELATED = "RELATED"
    UNSURE = "UNSURE"


class MatchReason(StrEnum):
    """Why two records are one account, or are not."""

    ALIKE = "ALIKE"
    THROUGH_OTHERS = "THROUGH_OTHERS"
    DECIDED = "DECIDED"
    VETOED = "VETOED"
    TOO_LITTLE = "TOO_LITTLE"
    NOT_COMPARED = "NOT_COMPARED"
    KEPT_APART = "KEPT_APART"
    NOT_MAPPED = "NOT_MAPPED"


class Evidence(TypedDict):
    """One comparison that speaks for or against a match."""

    feature: str
    """What was compared: "domain", "name", …"""
    left: str
    right: str
    bits: float
    """log2 of how much likelier the observation is for one company than for two."""


class Match(Identified, Base, kw_only=True):
    """Two account records compared. Left is the smaller id."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("left_id", "right_id"),
        CheckConstraint("left_id < right_id", name="ordered"),
    )

    left_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"))
    right_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"), index=True)
    score: Mapped[Decimal]
    """The sum of the evidence, in bits."""
    evidence: Mapped[list[Evidence]] = mapped_column(JSONB)
    verdict: Mapped[Verdict]
    decided_by: Mapped[str]
    """The weights by their version, such as "bits-4"; who decided, as the audit log names them, where a person did."""
    rule_verdict: Mapped[Verdict | None] = mapped_column(
        EnumType(Verdict, name="rule_verdict", native_enum=False, create_constraint=True, length=40), default=None
    )
    """What the rules say; None where they did not compare the two, as nothing that both say led them to."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
