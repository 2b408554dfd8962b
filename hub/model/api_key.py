"""Keys that programs present."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, false, func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Identified


class ApiKey(Identified, Base, kw_only=True):
    """A key's public half and the hash of its secret half; the secret itself is shown once and never stored."""

    __tablename__ = "api_key"

    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    """The part of the key that may be shown, and by which it is found."""
    digest: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """SHA-256 of the whole key: its 256 random bits need no slow hash."""
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    """Whose eyes the key sees with."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    last_used_at: Mapped[datetime | None] = mapped_column(default=None)
    app: Mapped[str | None] = mapped_column(default=None)
    """The client app whose trusted documents it runs; None runs those of any."""
    documents_only: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it runs trusted documents and nothing else."""
