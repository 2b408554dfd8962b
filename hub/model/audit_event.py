"""What was done, and what was refused."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class AuditKind(StrEnum):
    """What kind of thing an audit event tells of."""

    MUTATION = "MUTATION"
    ADMINISTRATION = "ADMINISTRATION"
    """Done by a command."""
    REFUSAL = "REFUSAL"
    """Somebody known asked for what they may not have."""


class AuditEvent(Identified, Base, kw_only=True):
    """One thing that was done or refused. Rows are only ever added; each is chained to the one before.

    An organization is named by its id alone: its removal removes nothing here.
    """

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(BigInteger, unique=True)
    """Counts from 1, without a gap."""
    at: Mapped[datetime]
    kind: Mapped[AuditKind]
    client: Mapped[str]
    """The key, token subject or command that did it; never a secret."""
    organization_id: Mapped[UUID | None] = mapped_column(default=None)
    role: Mapped[str | None] = mapped_column(default=None)
    action: Mapped[str]
    """The operation's name, or what a command did."""
    document_hash: Mapped[str | None] = mapped_column(default=None)
    """SHA-256 of the document, in hexadecimal."""
    scopes: Mapped[list[str]] = mapped_column(default_factory=list)
    """Those that were needed, or, of a refusal, those that were missing."""
    root_fields: Mapped[list[str]] = mapped_column(default_factory=list)
    ids: Mapped[list[str]] = mapped_column(default_factory=list)
    """What it was done to."""
    outcome: Mapped[str]
    """BEGUN, OK, or an error code."""
    request_id: Mapped[str | None] = mapped_column(default=None)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary)
    """The hash of the event before; zeros for the first."""
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 over all of the above."""
