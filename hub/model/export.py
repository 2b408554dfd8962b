"""Bulk exports: a list read to its end in the background, one JSON line per row."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified
from hub.model.role import Role


class ExportState(StrEnum):
    """How an export stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


class Export(Identified, Base, kw_only=True):
    """One list, asked for as a GraphQL document and written to its end."""

    __tablename__ = "export"
    __table_args__ = (
        Index("export_organization_created_idx", "organization_id", "created_at"),
        Index("export_unfinished_idx", "created_at", postgresql_where=text("finished_at is null")),
        Index("export_expires_idx", "expires_at"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    """Who asked, with whose eyes it is read, and who alone may have it."""
    role: Mapped[Role]
    """Of who asked: its contract and limits hold."""
    scopes: Mapped[list[str]]
    """Of who asked: who lacks one of them does not get the file."""
    document: Mapped[str]
    """As it was asked."""
    state: Mapped[ExportState] = mapped_column(default=ExportState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    """How often it was begun since it last came on."""
    cursor: Mapped[str | None] = mapped_column(default=None)
    """Where it resumes. Moves in the transaction that stores the chunk before it."""
    chunks: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    bytes: Mapped[int] = mapped_column(default=0)
    """The size of the file so far, compressed."""
    error: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """From when on the file is no longer to be had."""


class ExportChunk(Base, kw_only=True):
    """A part of an export's file: whole lines, as one gzip member. Members in a row are a gzip file (RFC 1952, 2.2)."""

    __tablename__ = "export_chunk"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("export.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """Counts from 0."""
    start: Mapped[int]
    """Where in the file it begins, in bytes."""
    size: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
