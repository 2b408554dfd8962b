"""Companies: what each connection says about one, and the one company that results."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import CURRENCY, Base, Identified, Synced


class Account(Identified, Base, kw_only=True):
    """One company after matching: an id, minted once, that outlives every re-mapping."""

    __tablename__ = "account"

    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class AccountProfile(Base, kw_only=True):
    """An account as one organization sees it: what the connections it owns say of the company, together.

    There is one for each organization that owns a record of the account: who owns none does not know of it.
    """

    __tablename__ = "account_profile"
    __table_args__ = (
        Index("account_profile_name_idx", "owner_id", "name", "id"),
        Index("account_profile_domain_idx", "owner_id", "domain", "id"),
        Index("account_profile_head_idx", "owner_id", "head_id", postgresql_where=text("head_id is not null")),
        ForeignKeyConstraint(
            ["owner_id", "head_id"], ["account_profile.owner_id", "account_profile.id"], ondelete="SET NULL (head_id)"
        ),
    )

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)
    """The account's."""
    name: Mapped[str]
    domain: Mapped[str | None] = mapped_column(default=None)
    """Registrable domain, lower case, IDNA-encoded."""
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether all its records were removed at their sources. Kept by a trigger on account_record."""
    head_id: Mapped[UUID | None] = mapped_column(default=None)
    """The account at the head of its group; None where it is the head itself."""
    group_id: Mapped[UUID] = mapped_column(Computed("coalesce(head_id, id)", persisted=True), init=False)
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class AccountRecord(Synced, Base, kw_only=True):
    """What one connection says about one company."""

    __tablename__ = "account_record"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("account_record_account_idx", "account_id", "name", "id"),
        Index("account_record_name_idx", "name", "id"),
        Index(
            "account_record_connection_name_idx",
            "connection_id",
            "name",
            "id",
            postgresql_where=text("removal is null"),
        ),
    )

    name: Mapped[str | None]
    website: Mapped[str | None] = mapped_column(default=None)
    domain: Mapped[str | None] = mapped_column(default=None)
    """The domain as the source gives it; unchecked."""
    phone: Mapped[str | None] = mapped_column(default=None)
    industry: Mapped[str | None] = mapped_column(default=None)
    employees: Mapped[int | None] = mapped_column(default=None)
    revenue: Mapped[Decimal | None] = mapped_column(default=None)
    """Annual revenue, in `revenue_currency`."""
    revenue_currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)
    street: Mapped[str | None] = mapped_column(default=None)
    city: Mapped[str | None] = mapped_column(default=None)
    region: Mapped[str | None] = mapped_column(default=None)
    postal_code: Mapped[str | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    """As the source spells it."""
    kind: Mapped[str | None] = mapped_column(default=None)
    """The source's own word for what the company is to them: "Customer", "Partner", …"""
    duns: Mapped[str | None] = mapped_column(default=None)
    parent_external_id: Mapped[str | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)
    """external_id of the SalesUser who owns it."""

    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), init=False, default=None)
    """The account it belongs to; None until it was mapped. Written by mapping only."""


class Restatement(Base, kw_only=True):
    """A mapped record says something else of what mapping compares, or a person of it: its account may be another.

    Written by a trigger on account_record, once for each change, and by decisions; deleted by the mapping that read it.
    """

    __tablename__ = "restatement"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, init=False)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"), index=True)


class AccountMembership(Identified, Base, kw_only=True):
    """Which account a record belonged to, and when. The open interval is the present one."""

    __tablename__ = "account_membership"
    __table_args__ = (
        Index("account_membership_one_open", "record_id", "valid_to", unique=True, postgresql_nulls_not_distinct=True),
    )

    record_id: Mapped[UUID] = mapped_column(ForeignKey("account_record.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    valid_from: Mapped[datetime]
    valid_to: Mapped[datetime | None] = mapped_column(default=None)


class AccountRedirect(Base, kw_only=True):
    """Where most of the records went that an organization had of an account of which it has none any more.

    Who never had a record of the retired one is told nothing of it. Chains are never longer than one step, and an
    organization has no redirect of what it has a profile of.
    """

    __tablename__ = "account_redirect"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    retired_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    retired_at: Mapped[datetime]
