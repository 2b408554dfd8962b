"""Interest that is not a deal yet, and the campaigns that raised it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import CURRENCY, Base, Link, Synced


def _index(end: str, column: str) -> Index:
    """Of the few leads that name such an end."""
    return Index(f"lead_{end}_idx", "connection_id", column, postgresql_where=text(f"{column} is not null"))


class Lead(Synced, Base, kw_only=True):
    """A person or company that may become a deal. Converted ones name what they became."""

    __tablename__ = "lead"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        _index("partner", "partner_external_id"),
        _index("account", "converted_account_external_id"),
        _index("opportunity", "converted_opportunity_external_id"),
    )

    company: Mapped[str | None]
    first_name: Mapped[str | None] = mapped_column(default=None)
    last_name: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    title: Mapped[str | None] = mapped_column(default=None)
    website: Mapped[str | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    origin: Mapped[str | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)
    record_type_external_id: Mapped[str | None] = mapped_column(default=None)
    partner_external_id: Mapped[str | None] = mapped_column(default=None)
    """The account record of the partner who brought it."""
    is_converted: Mapped[bool | None] = mapped_column(default=None)
    """None where the source does not say."""
    converted_at: Mapped[date | None] = mapped_column(default=None)
    converted_account_external_id: Mapped[str | None] = mapped_column(default=None)
    converted_contact_external_id: Mapped[str | None] = mapped_column(default=None)
    converted_opportunity_external_id: Mapped[str | None] = mapped_column(default=None)


class Campaign(Synced, Base, kw_only=True):
    """A marketing effort."""

    __tablename__ = "campaign"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    name: Mapped[str]
    kind: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    starts_on: Mapped[date | None] = mapped_column(default=None)
    ends_on: Mapped[date | None] = mapped_column(default=None)
    budgeted_cost: Mapped[Decimal | None] = mapped_column(default=None)
    actual_cost: Mapped[Decimal | None] = mapped_column(default=None)
    currency: Mapped[str | None] = mapped_column(CURRENCY, default=None)


class CampaignMember(Link, Base, kw_only=True):
    """A lead or contact that a campaign reached."""

    __tablename__ = "campaign_member"
    __table_args__ = (
        UniqueConstraint("connection_id", "external_id"),
        Index("campaign_member_campaign_idx", "connection_id", "campaign_external_id"),
    )

    campaign_external_id: Mapped[str]
    contact_external_id: Mapped[str | None] = mapped_column(default=None)
    lead_external_id: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    has_responded: Mapped[bool] = mapped_column(default=False)
    responded_on: Mapped[date | None] = mapped_column(default=None)
