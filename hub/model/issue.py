"""What a person should look at."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class IssueKind(StrEnum):
    """What went wrong, by what a person can do about it."""

    UNMAPPED_PAYLOAD = "UNMAPPED_PAYLOAD"
    """A payload lacks a mandatory field or holds an unknown value; it is kept raw."""
    NEW_FIELD = "NEW_FIELD"
    """A source has a field that it did not have before; it is kept."""
    VANISHED_FIELD = "VANISHED_FIELD"
    """A source no longer has a field, or hides it from us; what was read of it is kept."""
    RETYPED_FIELD = "RETYPED_FIELD"
    """A source changed the type of a field."""
    MASS_REMOVAL = "MASS_REMOVAL"
    """So much of a stream is gone that nothing was removed: a person must say that it is right."""
    STREAM_UNAVAILABLE = "STREAM_UNAVAILABLE"
    """A source lacks a kind of object, or the credentials may not read it."""
    BAD_ROW = "BAD_ROW"
    """A line of a file cannot be read; it was left out."""
    CONTRADICTION = "CONTRADICTION"
    """People's decisions about matches contradict each other; one of them is not followed."""
    CIRCULAR_PARENTS = "CIRCULAR_PARENTS"
    """A source says of records that they are, in the end, their own parents."""


class Issue(Identified, Base, kw_only=True):
    """Something a person should look at. One row per (connection, stream, kind, subject), however often seen."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("connection_id", "stream", "kind", "subject"),)

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    stream: Mapped[str]
    kind: Mapped[IssueKind]
    subject: Mapped[str]
    """What it is about: a payload's external id, a field's name, a line number, or the stream's name."""
    message: Mapped[str]
    first_seen_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    last_seen_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a later sync no longer met it."""
