"""What is sold."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base, Synced


class Product(Synced, Base, kw_only=True):
    """A product, as one connection lists it."""

    __tablename__ = "product"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    name: Mapped[str]
    code: Mapped[str | None] = mapped_column(default=None)
    family: Mapped[str | None] = mapped_column(default=None)
    is_active: Mapped[bool] = mapped_column(default=True)
