"""Deals, and what hangs on them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import CURRENCY, Base, Link, Synced


class Opportunity(Synced, Base, kw_only=True):
    """A deal, as one connection says it. Its accounts, contacts and partners are links."""

    __tablename__ = "opportunity"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("opportunity_name_idx", "name", "id"),
        Index("opportunity_amount_idx", "amount", "id"),
        Index("opportunity_close_date_idx", "close_date", "id"),
    )

    name: Mapped[str | None]
    pipeline_external_id: Mapped[str | None] = mapped_column(default=None)
    """None where the source has one pipeline only."""
    stage_external_id: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)
    probability: Mapped[Decimal | None] = mapped_column(default=None)
    """Between 0 and 1."""
    close_date: Mapped[date | None] = mapped_column(default=None)
    """The expected day while it is open, the actual one once it is closed."""
    is_closed: Mapped[bool | None] = mapped_column(default=None)
    is_won: Mapped[bool | None] = mapped_column(default=None)
    kind: Mapped[str | None] = mapped_column(default=None)
    """The source's own word: "New Business", "Renewal", …"""
    lead_source: Mapped[str | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)
    campaign_external_id: Mapped[str | None] = mapped_column(default=None)
    record_type_external_id: Mapped[str | None] = mapped_column(default=None)


class OpportunityAccount(Link, Base, kw_only=True):
    """A company that a deal is about."""

    __tablename__ = "opportunity_account"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("opportunity_account_opportunity_idx", "connection_id", "opportunity_external_id"),
        Index("opportunity_account_account_idx", "connection_id", "account_external_id"),
        Index("opportunity_account_placed_idx", "account_id", "connection_id", "opportunity_external_id"),
    )

    opportunity_external_id: Mapped[str]
    account_external_id: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(init=False, default=None)
    """The account of the record it names, while that record lives. Kept by triggers, and by mapping."""
    label: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class OpportunityContact(Link, Base, kw_only=True):
    """A person's role in a deal."""

    __tablename__ = "opportunity_contact"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("opportunity_contact_opportunity_idx", "connection_id", "opportunity_external_id"),
        Index("opportunity_contact_contact_idx", "connection_id", "contact_external_id"),
    )

    opportunity_external_id: Mapped[str]
    contact_external_id: Mapped[str]
    role: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class OpportunityPartner(Link, Base, kw_only=True):
    """A partner's role in a deal; the partner is a company record of the same connection."""

    __tablename__ = "opportunity_partner"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("opportunity_partner_opportunity_idx", "connection_id", "opportunity_external_id"),
        Index("opportunity_partner_account_idx", "connection_id", "account_external_id"),
    )

    opportunity_external_id: Mapped[str]
    account_external_id: Mapped[str]
    role: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class OpportunityLine(Synced, Base, kw_only=True):
    """A product sold in a deal."""

    __tablename__ = "opportunity_line"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("opportunity_line_opportunity_idx", "connection_id", "opportunity_external_id"),
    )

    opportunity_external_id: Mapped[str | None]
    product_external_id: Mapped[str | None] = mapped_column(default=None)
    name: Mapped[str | None] = mapped_column(default=None)
    quantity: Mapped[Decimal | None] = mapped_column(default=None)
    unit_price: Mapped[Decimal | None] = mapped_column(default=None)
    total_price: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)


class StageChange(Synced, Base, kw_only=True):
    """A deal entering a stage, or changing its amount or close date within one."""

    __tablename__ = "stage_change"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("stage_change_opportunity_idx", "connection_id", "opportunity_external_id", "changed_at"),
    )

    opportunity_external_id: Mapped[str]
    stage_external_id: Mapped[str]
    changed_at: Mapped[datetime]
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)
    close_date: Mapped[date | None] = mapped_column(default=None)


class Pipeline(Synced, Base, kw_only=True):
    """A sequence of stages that deals or tickets go through."""

    __tablename__ = "pipeline"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    label: Mapped[str]


class Stage(Synced, Base, kw_only=True):
    """A step of a pipeline, with what it means for a deal or ticket."""

    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("stage_name_idx", "connection_id", "name"),
    )

    name: Mapped[str]
    """What deals and tickets hold in `stage_external_id`."""
    label: Mapped[str]
    pipeline_external_id: Mapped[str | None] = mapped_column(default=None)
    position: Mapped[int | None] = mapped_column(default=None)
    probability: Mapped[Decimal | None] = mapped_column(default=None)
    """Between 0 and 1."""
    is_closed: Mapped[bool | None] = mapped_column(default=None)
    is_won: Mapped[bool | None] = mapped_column(default=None)
