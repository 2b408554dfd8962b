"""The nouns of the made-up ecosystem, before any vendor spells them in its own way.

What is true stands in facts.py; what the vendors' rows say is in the Entry classes here, each of which
names the truth it speaks of, so that mapping can be scored against it.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from hub.sandbox.facts import Company, Human


class System(StrEnum):
    """The systems that hold a copy of the ecosystem."""

    SALESFORCE = "SALESFORCE"
    HUBSPOT = "HUBSPOT"
    PARTNER_LIST = "PARTNER_LIST"


class Fate(StrEnum):
    """What became of a row in its system."""

    LIVE = "LIVE"
    DELETED = "DELETED"
    """In the recycle bin (Salesforce) or archived (HubSpot)."""
    MERGED = "MERGED"
    PURGED = "PURGED"
    """Gone for good: only the list of deleted ids knows it."""


@dataclass(slots=True, kw_only=True)
class Entry:
    """A row of a system. `id` is the system's own id."""

    id: str
    created_at: datetime
    modified_at: datetime
    fate: Fate = Fate.LIVE
    removed_at: datetime | None = None
    merged_into: str | None = None
    custom: dict[str, object] = field(default_factory=dict)
    """Values of fields that the system's owner invented."""


@dataclass(slots=True, kw_only=True)
class UserEntry(Entry):
    """A login of the system."""

    first_name: str
    last_name: str
    email: str
    is_active: bool = True


@dataclass(slots=True, kw_only=True)
class AccountEntry(Entry):
    """A company as somebody typed it. `truth` is the Company's key."""

    truth: int
    name: str | None
    website: str | None = None
    domain: str | None = None
    phone: str | None = None
    industry: str | None = None
    employees: str | None = None
    """As typed: mostly digits, not always."""
    revenue: Decimal | None = None
    currency: str | None = None
    street: str | None = None
    city: str | None = None
    postal_code: str | None = None
    country: str | None = None
    kind: str | None = None
    """"Customer", "Prospect", "Partner"."""
    duns: str | None = None
    parent: str | None = None
    """Id of another AccountEntry in the same system."""
    owner: str | None = None
    """Id of a UserEntry."""
    other_domains: tuple[str, ...] = ()
    planted: tuple[str, ...] = ()
    """The kinds of noise in it: "typo", "legal-form", "trade-name", "no-website", "wrong-website",
    "shared-domain", "free-mail", "subsidiary", "duplicate", "url-shape", "odd-text", "no-name"."""


@dataclass(slots=True, kw_only=True)
class ContactEntry(Entry):
    """A person as somebody typed them. `truth` is the Human's key."""

    truth: int
    account: str | None
    first_name: str | None
    last_name: str | None
    email: str | None = None
    other_emails: tuple[str, ...] = ()
    phone: str | None = None
    title: str | None = None
    owner: str | None = None


@dataclass(slots=True, kw_only=True)
class StageEntry:
    """A step of the one sales pipeline."""

    name: str
    """Salesforce's label; HubSpot has its own id for it."""
    position: int
    probability: int
    """Percent."""
    is_closed: bool
    is_won: bool


@dataclass(slots=True, kw_only=True)
class Hanging:
    """Something that hangs on a row: it shares the row's stamps and fate, unless it changes or ends by itself."""

    id: str
    changed_at: datetime | None = None
    fate: Fate = Fate.LIVE
    removed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class ContactRole(Hanging):
    """A person's part in a deal."""

    contact: str
    role: str
    is_primary: bool


@dataclass(slots=True, kw_only=True)
class PartnerRole(Hanging):
    """A partner's part in a deal; `account` is the partner's own AccountEntry."""

    account: str
    role: str
    is_primary: bool


@dataclass(slots=True, kw_only=True)
class LineEntry(Hanging):
    """A product sold in a deal."""

    product: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(slots=True, kw_only=True)
class StageStep:
    """A deal entering a stage."""

    id: str
    stage: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class OpportunityEntry(Entry):
    """A deal. `truth` numbers the deal: the same deal may stand in two systems."""

    truth: int
    name: str
    account: str | None
    stage: str
    amount: Decimal | None
    currency: str | None
    close_date: date
    kind: str | None = None
    lead_source: str | None = None
    owner: str | None = None
    campaign: str | None = None
    contact_roles: list[ContactRole] = field(default_factory=list)
    partner_roles: list[PartnerRole] = field(default_factory=list)
    lines: list[LineEntry] = field(default_factory=list)
    steps: list[StageStep] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ProductEntry(Entry):
    """Something that is sold."""

    name: str
    code: str
    family: str
    price: Decimal


@dataclass(slots=True, kw_only=True)
class LeadEntry(Entry):
    """A person or company that may become a deal."""

    company: str
    first_name: str | None
    last_name: str
    email: str | None
    status: str
    lead_source: str | None = None
    country: str | None = None
    partner: str | None = None
    """The account of the partner who brought it."""
    converted_account: str | None = None
    converted_contact: str | None = None
    converted_opportunity: str | None = None
    converted_on: date | None = None


@dataclass(slots=True, kw_only=True)
class TicketEntry(Entry):
    """What somebody asks to be helped with."""

    subject: str
    content: str | None
    stage: str
    """Id of a step of the support pipeline: "1" to "4", the last one closed."""
    priority: str | None = None
    account: str | None = None
    contact: str | None = None
    opportunity: str | None = None
    """The deal that a partner needs help with."""
    owner: str | None = None
    closed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class CampaignMemberEntry(Hanging):
    """A contact or lead that a campaign reached."""

    contact: str | None
    lead: str | None
    status: str
    has_responded: bool


@dataclass(slots=True, kw_only=True)
class CampaignEntry(Entry):
    """A marketing effort."""

    name: str
    kind: str
    status: str
    starts_on: date
    ends_on: date
    budget: Decimal
    members: list[CampaignMemberEntry] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Copy:
    """All rows of one system, each list in the order of creation."""

    users: list[UserEntry] = field(default_factory=list)
    accounts: list[AccountEntry] = field(default_factory=list)
    contacts: list[ContactEntry] = field(default_factory=list)
    opportunities: list[OpportunityEntry] = field(default_factory=list)
    products: list[ProductEntry] = field(default_factory=list)
    leads: list[LeadEntry] = field(default_factory=list)
    campaigns: list[CampaignEntry] = field(default_factory=list)
    tickets: list[TicketEntry] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """A partner of the home organization: a real company, and the list of accounts it sends."""

    name: str
    domain: str
    types: tuple[str, ...]
    tier: str
    since: date
    accounts: list[AccountEntry]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The whole made-up ecosystem."""

    home_name: str
    home_domain: str
    program: str
    tiers: tuple[str, ...]
    """From the lowest to the highest."""
    companies: dict[int, Company]
    humans: dict[int, Human]
    stages: tuple[StageEntry, ...]
    salesforce: Copy
    hubspot: Copy
    partners: tuple[Partner, ...]
