"""People: what each connection says about one, and the one human that results."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified, Link, Synced


class Person(Identified, Base, kw_only=True):
    """One human after matching: an id, minted once."""

    __tablename__ = "person"

    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class PersonProfile(Base, kw_only=True):
    """A person as one organization sees them: what the connections it owns say, together."""

    __tablename__ = "person_profile"
    __table_args__ = (Index("person_profile_name_idx", "owner_id", "name", "id"),)

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, index=True)
    """The person's."""
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(default=None)
    is_removed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether all their records were removed at their sources. Kept by a trigger on contact_record."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class ContactRecord(Synced, Base, kw_only=True):
    """What one connection says about one human."""

    __tablename__ = "contact_record"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("contact_record_person_idx", "person_id", "last_name", "id"),
    )

    first_name: Mapped[str | None]
    last_name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    title: Mapped[str | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), init=False, default=None)
    """The person it belongs to; None until it was mapped. Written by mapping only."""


class ContactAccount(Link, Base, kw_only=True):
    """A contact works at, or is otherwise tied to, a company, as one connection says."""

    __tablename__ = "contact_account"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("contact_account_contact_idx", "connection_id", "contact_external_id"),
        Index("contact_account_account_idx", "connection_id", "account_external_id"),
        Index("contact_account_placed_idx", "account_id", "connection_id", "contact_external_id"),
    )

    contact_external_id: Mapped[str]
    account_external_id: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(init=False, default=None)
    """The account of the record it names, while that record lives. Kept by triggers, and by mapping."""
    label: Mapped[str | None] = mapped_column(default=None)
    is_primary: Mapped[bool] = mapped_column(default=False)


class PersonRedirect(Base, kw_only=True):
    """Where most of the records went that an organization had of a person of whom it has none any more.

    Who never had a record of the retired one is told nothing of it. Chains are never longer than one step, and an
    organization has no redirect of what it has a profile of.
    """

    __tablename__ = "person_redirect"

    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    retired_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    retired_at: Mapped[datetime]
