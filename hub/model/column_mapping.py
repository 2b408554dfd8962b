"""What a person said the columns of an organization's lists hold."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Json


class ColumnMapping(Base, kw_only=True):
    """The columns of one layout of an organization's lists. Lists with the same headers, in any order, share one."""

    __tablename__ = "column_mapping"

    subject_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"), primary_key=True)
    """The organization whose lists these are."""
    layout: Mapped[str] = mapped_column(primary_key=True)
    """`sha256:` and the digest of the sorted headers."""
    columns: Mapped[Json]
    """Header → the field that the column holds, `custom` or `-`, which leaves it out."""
    saved_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
