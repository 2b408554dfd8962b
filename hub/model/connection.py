"""Where rows come from: connections, how far each stream was read, and the runs that read it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified, Json


class ConnectionState(StrEnum):
    """Whether a connection can be synced."""

    ACTIVE = "ACTIVE"
    REAUTH_REQUIRED = "REAUTH_REQUIRED"
    """The source refuses the credentials: the owner must connect again."""


class Connection(Identified, Base, kw_only=True):
    """One authorized link to one system."""

    __tablename__ = "connection"

    name: Mapped[str] = mapped_column(unique=True)
    connector: Mapped[str]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    """The organization that may see the rows."""
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), index=True)
    """The organization whose accounts these are."""
    config: Mapped[Json]
    """What the connector needs and anyone may read, such as the base URL."""
    credentials: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """The rest, encrypted."""
    state: Mapped[ConnectionState] = mapped_column(default=ConnectionState.ACTIVE)
    sync_every: Mapped[int | None] = mapped_column(default=None)
    """Minutes between the beginnings of two syncs; None: only when somebody asks."""
    sync_due_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the next sync is to begin."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class StreamStatus(StrEnum):
    """Whether a stream can be read."""

    READY = "READY"
    UNAVAILABLE = "UNAVAILABLE"
    """The source lacks the object, or the credentials may not read it."""


class StreamState(Base, kw_only=True):
    """How far one stream of a connection was read."""

    __tablename__ = "stream_state"

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    bookmark: Mapped[Json | None] = mapped_column(default=None)
    """Where to resume, in the connector's own terms. Moves in the transaction that stores the page before it."""
    status: Mapped[StreamStatus] = mapped_column(default=StreamStatus.READY)
    reason: Mapped[str | None] = mapped_column(default=None)
    """Why the stream is unavailable."""
    synced_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the stream was last read to its end."""
    swept_at: Mapped[datetime | None] = mapped_column(default=None)
    """When all its ids were last compared with the source's."""
    is_full_due: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the next reading begins at the start, whatever the bookmark says, and compares all ids."""
    fields: Mapped[Json | None] = mapped_column(default=None)
    """The fields that the source last said the stream has, with its word for the type of each."""


class SyncRunState(StrEnum):
    """How a sync run stands."""

    QUEUED = "QUEUED"
    """Asked for; a worker takes it up."""
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    INTERRUPTED = "INTERRUPTED"
    """The process ended in the middle; the next run resumes from the bookmark."""
    UNAVAILABLE = "UNAVAILABLE"
    """The source lacks the object, or the credentials may not read it."""


class SyncRun(Identified, Base, kw_only=True):
    """One reading of one stream."""

    __tablename__ = "sync_run"
    __table_args__ = (
        Index("sync_run_connection_started_idx", "connection_id", "started_at"),
        Index("sync_run_stream_started_idx", "connection_id", "stream", text("started_at desc")),
        Index(
            "sync_run_one_running", "connection_id", "stream", unique=True, postgresql_where=text("state = 'RUNNING'")
        ),
        Index("sync_run_one_queued", "connection_id", "stream", unique=True, postgresql_where=text("state = 'QUEUED'")),
    )

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    stream: Mapped[str]
    state: Mapped[SyncRunState] = mapped_column(default=SyncRunState.RUNNING)
    started_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    """When it was asked for, while it is queued."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    pages: Mapped[int] = mapped_column(default=0)
    payloads_seen: Mapped[int] = mapped_column(default=0)
    payloads_changed: Mapped[int] = mapped_column(default=0)
    """Payloads that were new or differed from what was stored."""
    payloads_unmapped: Mapped[int] = mapped_column(default=0)
    """Payloads kept raw because they could not be understood."""
    payloads_expected: Mapped[int | None] = mapped_column(default=None)
    """Payloads that the source says the reading gives in all; None where it does not say."""
    rows_removed: Mapped[int] = mapped_column(default=0)
    """Rows that were marked as removed, or deleted as links."""
    quota_used: Mapped[int | None] = mapped_column(default=None)
    """Requests of the source's day that were used up, by all its clients, when the last page was stored."""
    quota_limit: Mapped[int | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
