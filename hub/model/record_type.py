"""Kinds of rows that a source tells apart within one object."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Synced


class RecordType(Synced, Base, kw_only=True):
    """A kind of lead or deal that a source tells apart: deal registrations are leads of such a kind."""

    __tablename__ = "record_type"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    name: Mapped[str]
    """The same in every copy of the source: "Deal_Registration"."""
    label: Mapped[str]
    kind: Mapped[str]
    """The source's own word for what it is a kind of: "Lead"."""
    is_active: Mapped[bool | None] = mapped_column(default=None)
