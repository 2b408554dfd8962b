"""Interest that is not a deal yet, and the campaigns that raised it."""

from datetime import date
from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.model.base import CURRENCY, Base, Link, Synced


class Lead(Synced, Base, kw_only=True):
    """A person or company that may become a deal. Converted ones name what they became."""

    __tablename__ = "lead"
    __table_args__ = (UniqueConstraint("connection_id", "external_id"),)

    company: Mapped[str | None]
    first_name: Mapped[str | None] = mapped_column(default=None)
    last_name: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    title: Mapped[str | None] = mapped_column(default=None)
    website: Mapped[str | None] = mapped_column(default=None)
    country: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    lead_source: Mapped[str | None] = mapped_column(default=None)
    owner_external_id: Mapped[str | None] = mapped_column(default=None)
    record_type_external_id: Mapped[str | None] = mapped_column(default=None)
    is_converted: Mapped[bool] = mapped_column(default=False)
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
