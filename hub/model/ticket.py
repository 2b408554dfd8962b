"""Requests for help."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Link, Synced


class Ticket(Synced, Base, kw_only=True):
    """What somebody asks to be helped with. Its accounts, contacts and deals are links."""

    __tablename__ = "ticket"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    subject: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(default=None)
    pipeline_external_id: Mapped[str | None] = mapped_column(default=None)
    stage_external_id: Mapped[str | None] = mapped_column(default=None)
    priority: Mapped[str | None] = mapped_column(default=None)
    """The source's own word: "HIGH", …"""
    kind: Mapped[str | None] = mapped_column(default=None)
    """The source's own word: "BILLING_ISSUE", …"""
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)


class TicketAccount(Link, Base, kw_only=True):
    """A company that a ticket is about."""

    __tablename__ = "ticket_account"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ticket_account_ticket_idx", "connection_id", "ticket_external_id"),
        Index("ticket_account_account_idx", "connection_id", "account_external_id"),
    )

    ticket_external_id: Mapped[str]
    account_external_id: Mapped[str]
    label: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class TicketContact(Link, Base, kw_only=True):
    """A person who asks, or is asked, in a ticket."""

    __tablename__ = "ticket_contact"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ticket_contact_ticket_idx", "connection_id", "ticket_external_id"),
        Index("ticket_contact_contact_idx", "connection_id", "contact_external_id"),
    )

    ticket_external_id: Mapped[str]
    contact_external_id: Mapped[str]
    label: Mapped[str | None] = mapped_column(default=None)


class TicketOpportunity(Link, Base, kw_only=True):
    """A deal that a ticket is about."""

    __tablename__ = "ticket_opportunity"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("ticket_opportunity_ticket_idx", "connection_id", "ticket_external_id"),
        Index("ticket_opportunity_opportunity_idx", "connection_id", "opportunity_external_id"),
    )

    ticket_external_id: Mapped[str]
    opportunity_external_id: Mapped[str]
    label: Mapped[str | None] = mapped_column(default=None)
