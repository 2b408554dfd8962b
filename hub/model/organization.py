"""The companies taking part, and how they are related."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from hub.model.base import Base, Identified


class Organization(Identified, Base, kw_only=True):
    """A company taking part in the hub: it owns connections. Ours, and each partner's."""

    __tablename__ = "organization"
    __table_args__ = (Index("organization_one_home", "is_home", unique=True, postgresql_where=text("is_home")),)

    name: Mapped[str] = mapped_column(unique=True)
    domain: Mapped[str | None] = mapped_column(default=None)
    is_home: Mapped[bool] = mapped_column(default=False)
    """True for the one organization whose hub this is."""


class Program(Identified, Base, kw_only=True):
    """A partner program that an organization runs."""

    __tablename__ = "program"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    name: Mapped[str]


class Tier(Identified, Base, kw_only=True):
    """A level of a program; the higher the rank, the higher the level."""

    __tablename__ = "tier"
    __table_args__ = (UniqueConstraint("program_id", "name"), UniqueConstraint("program_id", "rank"))

    program_id: Mapped[UUID] = mapped_column(ForeignKey("program.id", ondelete="CASCADE"))
    name: Mapped[str]
    rank: Mapped[int]


class PartnershipType(StrEnum):
    """What a partner does with us."""

    RESELLER = "RESELLER"
    INTEGRATOR = "INTEGRATOR"
    MARKETPLACE = "MARKETPLACE"
    TECHNOLOGY = "TECHNOLOGY"


class Partnership(Identified, Base, kw_only=True):
    """The relation of two organizations; the partner is the other side of one."""

    __tablename__ = "partnership"
    __table_args__ = (
        UniqueConstraint("organization_id", "partner_id"),
        CheckConstraint("organization_id <> partner_id", name="two_sides"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), index=True)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text), default_factory=list)
    """PartnershipType values."""
    tier_id: Mapped[UUID | None] = mapped_column(ForeignKey("tier.id"), default=None)
    since: Mapped[date | None] = mapped_column(default=None)
