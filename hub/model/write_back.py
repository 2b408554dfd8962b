"""What is written into sources: what a person allowed, what was planned, and what became of each value."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class WriteRule(Identified, Base, kw_only=True):
    """A person allowed a value of ours to be written into a field of a source. Without a rule nothing is written."""

    __tablename__ = "write_rule"
    __table_args__ = (
        UniqueConstraint("connection_id", "stream", "field"),
        Index("write_rule_creates_idx", "connection_id", "stream", unique=True, postgresql_where=text("creates_rows")),
    )

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    stream: Mapped[str]
    field: Mapped[str]
    """The source's name of it."""
    value: Mapped[str]
    """Ours, as hub.store.write_values names it."""
    creates_rows: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether rows may be made of accounts that the source has none of; this field then holds what they are known
    by."""
    enabled_by: Mapped[str]
    """Who allowed it, as the audit log names them."""
    enabled_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())


class WritePlanState(StrEnum):
    """How a plan stands."""

    PLANNING = "PLANNING"
    """The source is being compared with what we would write."""
    READY = "READY"
    """It can be read, and applied until it expires."""
    APPLYING = "APPLYING"
    STOPPED = "STOPPED"
    """Applying ended before all was written. Apply it again: it goes on where it ended."""
    APPLIED = "APPLIED"
    FAILED = "FAILED"
    """It could not be made."""


class WritePlan(Identified, Base, kw_only=True):
    """What would be written into one connection's source. What was shown is what is written, or nothing."""

    __tablename__ = "write_plan"
    __table_args__ = (Index("write_plan_connection_created_idx", "connection_id", "created_at"),)

    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    state: Mapped[WritePlanState] = mapped_column(default=WritePlanState.PLANNING)
    planned_by: Mapped[str]
    records: Mapped[int] = mapped_column(default=0)
    """Rows of the source that were compared."""
    records_to_change: Mapped[int] = mapped_column(default=0)
    records_to_create: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Rows that the source does not have."""
    applied_by: Mapped[str | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
    """Why it failed or stopped."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    expires_at: Mapped[datetime]
    """From when on it is too old to be applied."""
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    """When all of it was applied, or it failed."""


class WritePlanField(Base, kw_only=True):
    """One field of a plan, and how many rows it concerns."""

    __tablename__ = "write_plan_field"

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("write_plan.id", ondelete="CASCADE"), primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    is_key: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether rows that are made are known by it."""
    obstacle: Mapped[str | None] = mapped_column(default=None)
    """Why nothing can be written into it."""
    unchanged: Mapped[int] = mapped_column(default=0)
    """Rows that hold the value already."""
    to_fill: Mapped[int] = mapped_column(default=0)
    """Rows in which it is empty."""
    to_replace: Mapped[int] = mapped_column(default=0)
    """Rows in which it holds something else."""
    to_clear: Mapped[int] = mapped_column(default=0)
    """Rows in which it holds something, and we have nothing to say."""
    to_create: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Rows that are made with it."""
    skipped: Mapped[int] = mapped_column(default=0)


class WriteOutcome(StrEnum):
    """What became of a value that was to be written."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    """It was sent, or about to be, and no answer came: before it is sent again, the source is asked whether it
    arrived."""
    WRITTEN = "WRITTEN"
    UNCHANGED = "UNCHANGED"
    """The source held it already when it was to be written."""
    CONFLICT = "CONFLICT"
    """Somebody else changed it since it was planned. It was left as it is."""
    REFUSED = "REFUSED"
    RETRY = "RETRY"
    """The source could not do it just then."""
    SKIPPED = "SKIPPED"
    """It was never to be written; the reason says why."""


class WriteItem(Identified, Base, kw_only=True):
    """One value in one field of one row: a line of a plan, and later what became of it."""

    __tablename__ = "write_item"
    __table_args__ = (
        Index("write_item_plan_idx", "plan_id", "id"),
        Index(
            "write_item_open_idx",
            "plan_id",
            "stream",
            "external_id",
            postgresql_where=text("outcome in ('PENDING', 'SENDING', 'RETRY')"),
        ),
        Index(
            "write_item_echo_idx",
            "connection_id",
            "stream",
            "external_id",
            postgresql_where=text("echoed_at is null and outcome in ('SENDING', 'WRITTEN')"),
        ),
        Index("write_item_key_idx", "connection_id", "key", postgresql_where=text("key is not null")),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("write_plan.id", ondelete="CASCADE"))
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    stream: Mapped[str]
    external_id: Mapped[str]
    """The source's id of the row; its key until it is made."""
    key: Mapped[str | None] = mapped_column(default=None)
    """What the row is known by, which the line is to make; None: the row is there."""
    noun: Mapped[str]
    """The source's word for such a row: "Account"."""
    name: Mapped[str | None]
    """What the row is called, for people."""
    field: Mapped[str]
    before: Mapped[str | None]
    """What the field held when it was planned."""
    after: Mapped[str | None]
    """What is written; None empties the field."""
    version: Mapped[str | None]
    """What the source said of when the row was last changed, when this was planned."""
    outcome: Mapped[WriteOutcome] = mapped_column(default=WriteOutcome.PENDING)
    reason: Mapped[str | None] = mapped_column(default=None)
    version_after: Mapped[str | None] = mapped_column(default=None)
    """The same once it was written, where the source told."""
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    echoed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a sync brought the value back."""
