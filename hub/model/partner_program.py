"""Partner programs as a source runs them: who is in one, at which level, and the money that partners market with."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import CURRENCY, Base, Link, Synced


class AccountPartner(Link, Base, kw_only=True):
    """A company is a partner of another, as one connection says; both are records of that connection."""

    __tablename__ = "account_partner"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("account_partner_account_idx", "connection_id", "account_external_id"),
        Index("account_partner_partner_idx", "connection_id", "partner_external_id"),
    )

    account_external_id: Mapped[str]
    partner_external_id: Mapped[str]
    role: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class ProgramRecord(Synced, Base, kw_only=True):
    """What one connection says about one partner program."""

    __tablename__ = "program_record"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    name: Mapped[str]
    kind: Mapped[str | None] = mapped_column(default=None)
    is_active: Mapped[bool | None] = mapped_column(default=None)


class ProgramLevel(Synced, Base, kw_only=True):
    """A level of a partner program, as one connection says."""

    __tablename__ = "program_level"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    program_external_id: Mapped[str]
    name: Mapped[str]
    rank: Mapped[int | None] = mapped_column(default=None)


class ProgramMember(Link, Base, kw_only=True):
    """A company that is in a partner program, at a level."""

    __tablename__ = "program_member"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("program_member_account_idx", "connection_id", "account_external_id"),
        Index("program_member_program_idx", "connection_id", "program_external_id"),
    )

    program_external_id: Mapped[str]
    level_external_id: Mapped[str | None] = mapped_column(default=None)
    account_external_id: Mapped[str]


class FundBudget(Synced, Base, kw_only=True):
    """Money set aside for marketing with a partner."""

    __tablename__ = "fund_budget"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("fund_budget_account_idx", "connection_id", "account_external_id"),
    )

    title: Mapped[str]
    kind: Mapped[str | None] = mapped_column(default=None)
    account_external_id: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)


class FundAllocation(Synced, Base, kw_only=True):
    """A part of a budget, given to a partner."""

    __tablename__ = "fund_allocation"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("fund_allocation_budget_idx", "connection_id", "budget_external_id"),
    )

    title: Mapped[str]
    budget_external_id: Mapped[str | None] = mapped_column(default=None)
    account_external_id: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)


class FundRequest(Synced, Base, kw_only=True):
    """What a partner asks for before it spends."""

    __tablename__ = "fund_request"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("fund_request_account_idx", "connection_id", "account_external_id"),
    )

    title: Mapped[str]
    status: Mapped[str | None] = mapped_column(default=None)
    activity: Mapped[str | None] = mapped_column(default=None)
    account_external_id: Mapped[str | None] = mapped_column(default=None)
    budget_external_id: Mapped[str | None] = mapped_column(default=None)
    allocation_external_id: Mapped[str | None] = mapped_column(default=None)
    campaign_external_id: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    """What was granted."""
    requested_amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)


class FundClaim(Synced, Base, kw_only=True):
    """What a partner wants back after it spent."""

    __tablename__ = "fund_claim"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("fund_claim_request_idx", "connection_id", "request_external_id"),
        Index("fund_claim_account_idx", "connection_id", "account_external_id"),
    )

    title: Mapped[str]
    status: Mapped[str | None] = mapped_column(default=None)
    account_external_id: Mapped[str | None] = mapped_column(default=None)
    request_external_id: Mapped[str | None] = mapped_column(default=None)
    budget_external_id: Mapped[str | None] = mapped_column(default=None)
    allocation_external_id: Mapped[str | None] = mapped_column(default=None)
    amount: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)
