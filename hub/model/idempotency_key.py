"""What was done under the keys that clients choose, so that nothing is done twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Json


class IdempotencyKey(Base, kw_only=True):
    """One key of one organization: what was asked with it, and what came of it."""

    __tablename__ = "idempotency_key"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, repr=False)
    """Of the mutation's name and its input."""
    answer: Mapped[Json]
    """What the payload is made from: ids and counts."""
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now(), index=True)
