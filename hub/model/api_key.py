"""Keys that programs present."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, false, func, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified
from hub.model.role import Role


class ApiKey(Identified, Base, kw_only=True):
    """A key's public half and the hash of the whole; the secret half is shown once and never stored."""

    __tablename__ = "api_key"
    __table_args__ = (Index("api_key_one_name", "name", unique=True, postgresql_where=text("revoked_at is null")),)

    name: Mapped[str]
    """What people call it; of the keys that are not revoked, one has it."""
    prefix: Mapped[str] = mapped_column(unique=True)
    """The part of the key that may be shown, and by which it is found. A rotation keeps it."""
    digest: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """SHA-256 of the whole key: its 256 random bits need no slow hash."""
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    """Whose eyes the key sees with."""
    role: Mapped[Role]
    scopes: Mapped[list[str] | None] = mapped_column(default=None)
    """The scopes it was narrowed to; None where it has all of its role, whatever these come to be."""
    networks: Mapped[list[str]] = mapped_column(default_factory=list, server_default=text("'{}'"))
    """From where it may be used, as CIDR; empty: from anywhere."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    app: Mapped[str | None] = mapped_column(default=None)
    """The client app whose trusted documents it runs; None runs those of any."""
    documents_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it runs trusted documents and nothing else."""
    previous_digest: Mapped[bytes | None] = mapped_column(LargeBinary, default=None, repr=False)
    """Of the key before the last rotation."""
    previous_until: Mapped[datetime | None] = mapped_column(default=None)
    """How long that one still works."""
