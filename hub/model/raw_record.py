"""Payloads, kept exactly as a source sent them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class RawRecord(Identified, Base, kw_only=True):
    """The newest payload of one object in one stream."""

    __tablename__ = "raw_record"
    __table_args__ = (UniqueConstraint("connection_id", "stream", "external_id"),)

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    stream: Mapped[str]
    external_id: Mapped[str]
    payload: Mapped[object] = mapped_column(JSON)
    """`json`, not `jsonb`: key order, number spelling and duplicates stay as sent."""
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """16-byte BLAKE2b of the payload's text: equal digests, nothing to do."""
    version: Mapped[int] = mapped_column(default=1)
    modified_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the source changed the object, as the payload says it. A payload that is older is not taken."""
    observed_at: Mapped[datetime]


class RawRecordVersion(Base, kw_only=True):
    """An earlier payload of the same object."""

    __tablename__ = "raw_record_version"

    raw_id: Mapped[UUID] = mapped_column(ForeignKey("raw_record.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    payload: Mapped[object] = mapped_column(JSON)
    observed_at: Mapped[datetime]
    superseded_at: Mapped[datetime]


class ChangeHint(Base, kw_only=True):
    """A source told that something happened to a row; it is to be read again."""

    __tablename__ = "change_hint"

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]
    """When it was last told."""


class SeenKey(Base, kw_only=True):
    """A key met so far by the run that now reads a whole stream, or all its ids; what it does not meet is gone."""

    __tablename__ = "seen_key"

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(primary_key=True)
