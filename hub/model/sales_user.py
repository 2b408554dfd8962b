"""Who works in a source."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Synced


class SalesUser(Synced, Base, kw_only=True):
    """A login of a source: the owner of accounts, contacts and deals there."""

    __tablename__ = "sales_user"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    name: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(default=None)
    is_active: Mapped[bool | None] = mapped_column(default=None)
