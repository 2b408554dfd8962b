"""How rows of one table lead to rows of another: each relation that can be asked for, declared once.

Lists, single rows and filters read these declarations, and so will whatever compiles a whole operation.
"""

from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy.orm import QueryableAttribute

from hub.model import (
    AccountGroup,
    AccountGroupRedirect,
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    AuditEvent,
    Base,
    Connection,
    ContactAccount,
    ContactRecord,
    Export,
    Issue,
    Lead,
    Match,
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Organization,
    Partnership,
    PersonProfile,
    PersonRedirect,
    Pipeline,
    Product,
    Program,
    RawRecord,
    RawRecordVersion,
    SalesUser,
    Stage,
    StageChange,
    StreamState,
    Synced,
    SyncRun,
    Ticket,
    TicketAccount,
    TicketContact,
    TicketOpportunity,
    Tier,
    WriteItem,
    WritePlan,
    WritePlanField,
    WriteRule,
)

Column = QueryableAttribute[Any]
Columns = tuple[Column, ...]


def model_of(column: Column) -> type[Base]:
    """The model that a column belongs to."""
    return cast("type[Base]", column.class_)


@dataclass(frozen=True, slots=True)
class Hop:
    """From one row to others: those whose `right` columns equal its `left` columns."""

    left: Columns
    right: Columns
    nulls_match: bool = False
    """Whether null equals null in those right columns that may be null."""

    @property
    def arrival(self) -> type[Base]:
        """The model whose rows it leads to."""
        return model_of(self.right[0])


Way = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """Leads from a row to rows of `target`, by any of its ways; all ways start from the same columns.

    Without ways it leads from nowhere to every row.
    """

    name: str
    target: type[Base] = field(repr=False)
    ways: tuple[Way, ...] = field(default=(), repr=False)

    @property
    def start(self) -> Columns:
        """The columns whose values in a row say what it leads to."""
        return self.ways[0][0].left if self.ways else ()


PREFIXES: dict[type[Base], str] = {AccountProfile: "account_", PersonProfile: "person_"}
"""What the ids that clients know begin with, where it is not the table's name."""


REDIRECTS: dict[type[Base], tuple[Column, Column]] = {
    AccountProfile: (AccountRedirect.retired_id, AccountRedirect.account_id),
    AccountGroup: (AccountGroupRedirect.retired_id, AccountGroupRedirect.group_id),
    PersonProfile: (PersonRedirect.retired_id, PersonRedirect.person_id),
}
"""Where the rows went whose ids were retired: rows of their own, that not everyone may see."""


def prefix_of(model: type[Base]) -> str:
    """What the ids of a model's rows begin with, as clients know them."""
    return PREFIXES.get(model) or f"{model.__tablename__}_"


def _along(name: str, target: type[Base], *hops: Hop) -> Path:
    return Path(name, target, (hops,))


def _to_one(name: str, left: Column, target: type[Base]) -> Path:
    return _along(name, target, Hop((left,), (target.id,)))  # type: ignore[attr-defined]


def _to_many(name: str, right: Column, left: Column) -> Path:
    return _along(name, model_of(right), Hop((left,), (right,)))


def _named(left: Column, target: type[Synced]) -> Hop:
    """To the row of the same connection whose external id `left` holds."""
    return Hop((left.class_.connection_id, left), (target.connection_id, target.external_id))


def _naming(right: Column) -> Hop:
    """To the rows of the same connection that hold the row's external id in `right`."""
    source = SOURCES[right.key]
    return Hop((source.connection_id, source.external_id), (right.class_.connection_id, right))


SOURCES: dict[str, type[Synced]] = {
    "account_external_id": AccountRecord,
    "contact_external_id": ContactRecord,
    "opportunity_external_id": Opportunity,
    "ticket_external_id": Ticket,
}
"""What the columns that hold an external id point to."""

ORGANIZATIONS = Path("organizations", Organization)
CONNECTIONS = Path("connections", Connection)
SYNC_RUNS = Path("syncRuns", SyncRun)
ISSUES = Path("issues", Issue)
ACCOUNTS = Path("accounts", AccountProfile)
AUDIT_EVENTS = Path("auditEvents", AuditEvent)
ACCOUNT_RECORDS = Path("accountRecords", AccountRecord)
PEOPLE = Path("people", PersonProfile)
OPPORTUNITIES = Path("opportunities", Opportunity)
TICKETS = Path("tickets", Ticket)
EXPORTS = Path("exports", Export)

ORGANIZATION_CONNECTIONS = _to_many("Organization.connections", Connection.subject_id, Organization.id)
ORGANIZATION_PROGRAMS = _to_many("Organization.programs", Program.organization_id, Organization.id)
ORGANIZATION_PARTNERSHIPS = Path(
    "Organization.partnerships",
    Partnership,
    (
        (Hop((Organization.id,), (Partnership.organization_id,)),),
        (Hop((Organization.id,), (Partnership.partner_id,)),),
    ),
)
PARTNERSHIP_ORGANIZATION = _to_one("Partnership.organization", Partnership.organization_id, Organization)
PARTNERSHIP_PARTNER = _to_one("Partnership.partner", Partnership.partner_id, Organization)
PARTNERSHIP_TIER = _to_one("Partnership.tier", Partnership.tier_id, Tier)
PROGRAM_ORGANIZATION = _to_one("Program.organization", Program.organization_id, Organization)
PROGRAM_TIERS = _to_many("Program.tiers", Tier.program_id, Program.id)
TIER_PROGRAM = _to_one("Tier.program", Tier.program_id, Program)

CONNECTION_ORGANIZATION = _to_one("Connection.organization", Connection.subject_id, Organization)
CONNECTION_OWNER = _to_one("Connection.owner", Connection.owner_id, Organization)
CONNECTION_STREAMS = _to_many("Connection.streams", StreamState.connection_id, Connection.id)
CONNECTION_SYNC_RUNS = _to_many("Connection.syncRuns", SyncRun.connection_id, Connection.id)
CONNECTION_ISSUES = _to_many("Connection.issues", Issue.connection_id, Connection.id)
CONNECTION_RECORDS = _to_many("Connection.records", AccountRecord.connection_id, Connection.id)
CONNECTION_WRITE_RULES = _to_many("Connection.writeRules", WriteRule.connection_id, Connection.id)
CONNECTION_WRITE_PLANS = _to_many("Connection.writePlans", WritePlan.connection_id, Connection.id)
WRITE_RULE_CONNECTION = _to_one("WriteRule.connection", WriteRule.connection_id, Connection)
WRITE_PLAN_CONNECTION = _to_one("WritePlan.connection", WritePlan.connection_id, Connection)
WRITE_PLAN_FIELDS = _to_many("WritePlan.fields", WritePlanField.plan_id, WritePlan.id)
WRITE_PLAN_ITEMS = _to_many("WritePlan.items", WriteItem.plan_id, WritePlan.id)
SYNC_RUN_CONNECTION = _to_one("SyncRun.connection", SyncRun.connection_id, Connection)
ISSUE_CONNECTION = _to_one("Issue.connection", Issue.connection_id, Connection)

ACCOUNT_ACCOUNT_RECORDS = _to_many("Account.records", AccountRecord.account_id, AccountProfile.id)
_ACCOUNT_TO_RECORDS = Hop((AccountProfile.id,), (AccountRecord.account_id,))
ACCOUNT_OPPORTUNITIES = _along(
    "Account.opportunities",
    Opportunity,
    Hop((AccountProfile.id,), (OpportunityAccount.account_id,)),
    _named(OpportunityAccount.opportunity_external_id, Opportunity),
)
ACCOUNT_PEOPLE = _along(
    "Account.people",
    PersonProfile,
    Hop((AccountProfile.id,), (ContactAccount.account_id,)),
    _named(ContactAccount.contact_external_id, ContactRecord),
    Hop((ContactRecord.person_id,), (PersonProfile.id,)),
)
ACCOUNT_TICKETS = _along(
    "Account.tickets",
    Ticket,
    _ACCOUNT_TO_RECORDS,
    _naming(TicketAccount.account_external_id),
    _named(TicketAccount.ticket_external_id, Ticket),
)
ACCOUNT_MATCHES = Path(
    "Account.matches",
    Match,
    (
        (_ACCOUNT_TO_RECORDS, Hop((AccountRecord.id,), (Match.left_id,))),
        (_ACCOUNT_TO_RECORDS, Hop((AccountRecord.id,), (Match.right_id,))),
    ),
)
MATCH_LEFT = _to_one("Match.left", Match.left_id, AccountRecord)
MATCH_RIGHT = _to_one("Match.right", Match.right_id, AccountRecord)

RECORD_ACCOUNT = _to_one("AccountRecord.account", AccountRecord.account_id, AccountProfile)
RECORD_PARENT = _along("AccountRecord.parent", AccountRecord, _named(AccountRecord.parent_external_id, AccountRecord))
RECORD_OPPORTUNITIES = _along(
    "AccountRecord.opportunities",
    Opportunity,
    _naming(OpportunityAccount.account_external_id),
    _named(OpportunityAccount.opportunity_external_id, Opportunity),
)
RECORD_CONTACTS = _along(
    "AccountRecord.contacts",
    ContactRecord,
    _naming(ContactAccount.account_external_id),
    _named(ContactAccount.contact_external_id, ContactRecord),
)
RECORD_MATCHES = Path(
    "AccountRecord.matches",
    Match,
    ((Hop((AccountRecord.id,), (Match.left_id,)),), (Hop((AccountRecord.id,), (Match.right_id,)),)),
)
RAW_RECORD_HISTORY = _to_many("RawRecord.history", RawRecordVersion.raw_id, RawRecord.id)

PERSON_CONTACTS = _to_many("Person.contacts", ContactRecord.person_id, PersonProfile.id)
PERSON_ACCOUNTS = _along(
    "Person.accounts",
    AccountProfile,
    Hop((PersonProfile.id,), (ContactRecord.person_id,)),
    _naming(ContactAccount.contact_external_id),
    Hop((ContactAccount.account_id,), (AccountProfile.id,)),
)
PERSON_TICKETS = _along(
    "Person.tickets",
    Ticket,
    Hop((PersonProfile.id,), (ContactRecord.person_id,)),
    _naming(TicketContact.contact_external_id),
    _named(TicketContact.ticket_external_id, Ticket),
)
CONTACT_PERSON = _to_one("ContactRecord.person", ContactRecord.person_id, PersonProfile)
CONTACT_ACCOUNT_RECORDS = _along(
    "ContactRecord.accountRecords",
    AccountRecord,
    _naming(ContactAccount.contact_external_id),
    _named(ContactAccount.account_external_id, AccountRecord),
)

OPPORTUNITY_STAGE = _along(
    "Opportunity.stage",
    Stage,
    Hop(
        (Opportunity.connection_id, Opportunity.stage_external_id, Opportunity.pipeline_external_id),
        (Stage.connection_id, Stage.name, Stage.pipeline_external_id),
        nulls_match=True,
    ),
)
OPPORTUNITY_PIPELINE = _along("Opportunity.pipeline", Pipeline, _named(Opportunity.pipeline_external_id, Pipeline))
OPPORTUNITY_RECORDS = _along(
    "Opportunity.accountRecords",
    AccountRecord,
    _naming(OpportunityAccount.opportunity_external_id),
    _named(OpportunityAccount.account_external_id, AccountRecord),
)
OPPORTUNITY_ACCOUNTS = _along(
    "Opportunity.accounts",
    AccountProfile,
    _naming(OpportunityAccount.opportunity_external_id),
    Hop((OpportunityAccount.account_id,), (AccountProfile.id,)),
)
OPPORTUNITY_CONTACTS = _along(
    "Opportunity.contactRoles", OpportunityContact, _naming(OpportunityContact.opportunity_external_id)
)
OPPORTUNITY_PARTNERS = _along(
    "Opportunity.partnerRoles", OpportunityPartner, _naming(OpportunityPartner.opportunity_external_id)
)
OPPORTUNITY_LINES = _along("Opportunity.lines", OpportunityLine, _naming(OpportunityLine.opportunity_external_id))
OPPORTUNITY_TICKETS = _along(
    "Opportunity.tickets",
    Ticket,
    _naming(TicketOpportunity.opportunity_external_id),
    _named(TicketOpportunity.ticket_external_id, Ticket),
)
OPPORTUNITY_HISTORY = _along("Opportunity.stageHistory", StageChange, _naming(StageChange.opportunity_external_id))
CONTACT_ROLE_CONTACT = _along(
    "OpportunityContact.contact", ContactRecord, _named(OpportunityContact.contact_external_id, ContactRecord)
)
PARTNER_ROLE_RECORD = _along(
    "OpportunityPartner.record", AccountRecord, _named(OpportunityPartner.account_external_id, AccountRecord)
)
LINE_PRODUCT = _along("OpportunityLine.product", Product, _named(OpportunityLine.product_external_id, Product))

TICKET_STAGE = _along(
    "Ticket.stage",
    Stage,
    Hop(
        (Ticket.connection_id, Ticket.stage_external_id, Ticket.pipeline_external_id),
        (Stage.connection_id, Stage.name, Stage.pipeline_external_id),
        nulls_match=True,
    ),
)
TICKET_PIPELINE = _along("Ticket.pipeline", Pipeline, _named(Ticket.pipeline_external_id, Pipeline))
TICKET_RECORDS = _along(
    "Ticket.accountRecords",
    AccountRecord,
    _naming(TicketAccount.ticket_external_id),
    _named(TicketAccount.account_external_id, AccountRecord),
)
TICKET_ACCOUNTS = _along(
    "Ticket.accounts",
    AccountProfile,
    _naming(TicketAccount.ticket_external_id),
    _named(TicketAccount.account_external_id, AccountRecord),
    Hop((AccountRecord.account_id,), (AccountProfile.id,)),
)
TICKET_CONTACTS = _along(
    "Ticket.contacts",
    ContactRecord,
    _naming(TicketContact.ticket_external_id),
    _named(TicketContact.contact_external_id, ContactRecord),
)
TICKET_OPPORTUNITIES = _along(
    "Ticket.opportunities",
    Opportunity,
    _naming(TicketOpportunity.ticket_external_id),
    _named(TicketOpportunity.opportunity_external_id, Opportunity),
)


def connection_of(model: type[Synced]) -> Path:
    """From a copied row to its connection."""
    return _to_one(f"{model.__name__}.connection", model.connection_id, Connection)


def raw_of(model: type[Synced]) -> Path:
    """From a copied row to the payload it was mapped from."""
    return _to_one(f"{model.__name__}.raw", model.raw_id, RawRecord)


def owner_of(model: type[AccountRecord | ContactRecord | Lead | Opportunity | Ticket]) -> Path:
    """From a copied row to the sales user who owns it."""
    return _along(f"{model.__name__}.owner", SalesUser, _named(model.owner_external_id, SalesUser))
