"""Documents that clients run by their id."""

from datetime import date, datetime

from sqlalchemy import func
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import Base


class TrustedDocument(Base, kw_only=True):
    """A GraphQL document that an app pushed before its programs run it. Its id is the digest of its text."""

    __tablename__ = "trusted_document"

    app: Mapped[str] = mapped_column(primary_key=True)
    """The client app that it belongs to, such as "web"."""
    document_id: Mapped[str] = mapped_column(primary_key=True, index=True)
    """`sha256:` and the digest of the text."""
    text: Mapped[str] = mapped_column(repr=False)
    operation_names: Mapped[list[str]]
    first_seen_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
    last_used_on: Mapped[date | None] = mapped_column(default=None)
