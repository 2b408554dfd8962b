"""What changed, for those who follow it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base


class ChangeType(StrEnum):
    """The kinds of things whose changes are told, by their tables' names; and what mapping did to accounts."""

    ACCOUNT = "account"
    PERSON = "person"
    ACCOUNT_RECORD = "account_record"
    CONTACT_RECORD = "contact_record"
    OPPORTUNITY = "opportunity"
    OPPORTUNITY_CONTACT = "opportunity_contact"
    OPPORTUNITY_LINE = "opportunity_line"
    OPPORTUNITY_PARTNER = "opportunity_partner"
    STAGE_CHANGE = "stage_change"
    PRODUCT = "product"
    TICKET = "ticket"
    LEAD = "lead"
    SALES_USER = "sales_user"
    CONNECTION = "connection"
    SYNC_RUN = "sync_run"
    ACCOUNT_MERGED = "account_merged"
    ACCOUNT_SPLIT = "account_split"
    MEMBERSHIP_MOVED = "membership_moved"


class ChangeAction(StrEnum):
    """What became of a thing, as one organization sees it."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    REMOVED = "REMOVED"


class Change(Base, kw_only=True):
    """One change of one thing, as one organization sees it. Triggers write it; see the migration that made it.

    Its place in the order of all changes is (transaction, position): of two rows, the one whose transaction began to
    write later may be committed first, so that the position alone is not safe to resume from.
    """

    __tablename__ = "change"
    __table_args__ = (Index("change_at_idx", "at", postgresql_using="brin"),)

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Who may see it. No foreign key: it costs a look-up a row, and rows go with time anyway."""
    transaction: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """pg_current_xact_id() of the transaction that wrote it."""
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    kind: Mapped[str]
    """A ChangeType; a process of an older version skips those that it does not know."""
    node_id: Mapped[UUID]
    action: Mapped[ChangeAction]
    other_id: Mapped[UUID | None] = mapped_column(default=None)
    """Of what mapping did, the other account: that took the merged one's place, that the part which was split off
    became, or that the record belonged to before."""
    at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    """When its transaction began."""


class ChangeHorizon(Base, kw_only=True):
    """The newest change of an organization that was forgotten: who stands before it must start over."""

    __tablename__ = "change_horizon"

    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
    transaction: Mapped[int] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger)
