"""The nouns."""

from hub.model.account import (
    Account,
    AccountMembership,
    AccountProfile,
    AccountRecord,
    AccountRedirect,
    Restatement,
)
from hub.model.account_group import AccountGroup, AccountGroupRedirect, Member, Tie
from hub.model.api_key import ApiKey
from hub.model.audit_event import AuditEvent, AuditKind
from hub.model.base import Base, Identified, Json, Link, Removal, RemovalEvidence, Synced
from hub.model.change import Change, ChangeAction, ChangeHorizon, ChangeType
from hub.model.column_mapping import ColumnMapping
from hub.model.connection import (
    Connection,
    ConnectionState,
    StreamState,
    StreamStatus,
    SyncRun,
    SyncRunState,
)
from hub.model.decision import LONGEST_REASON, Amount, Decision, Review
from hub.model.export import Export, ExportChunk, ExportState
from hub.model.idempotency_key import IdempotencyKey
from hub.model.issue import Issue, IssueKind
from hub.model.lead import Campaign, CampaignMember, Lead
from hub.model.match import Evidence, Match, MatchReason, Verdict
from hub.model.opportunity import (
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    OpportunityPartner,
    Pipeline,
    Stage,
    StageChange,
)
from hub.model.organization import Organization, Partnership, PartnershipType, Program, Tier
from hub.model.partner_program import (
    AccountPartner,
    FundAllocation,
    FundBudget,
    FundClaim,
    FundRequest,
    ProgramLevel,
    ProgramMember,
    ProgramRecord,
)
from hub.model.person import ContactAccount, ContactRecord, Person, PersonProfile, PersonRedirect
from hub.model.product import Product
from hub.model.raw_record import ChangeHint, RawRecord, RawRecordVersion, SeenKey
from hub.model.record_type import RecordType
from hub.model.relation import Relation, RelationFound, RelationKind, RelationSource
from hub.model.role import SCOPES, Role, Scope
from hub.model.sales_user import SalesUser
from hub.model.ticket import Ticket, TicketAccount, TicketContact, TicketOpportunity
from hub.model.trusted_document import TrustedDocument
from hub.model.write_back import WriteItem, WriteOutcome, WritePlan, WritePlanField, WritePlanState, WriteRule

__all__ = [
    "LONGEST_REASON",
    "SCOPES",
    "Account",
    "AccountGroup",
    "AccountGroupRedirect",
    "AccountMembership",
    "AccountPartner",
    "AccountProfile",
    "AccountRecord",
    "AccountRedirect",
    "Amount",
    "ApiKey",
    "AuditEvent",
    "AuditKind",
    "Base",
    "Campaign",
    "CampaignMember",
    "Change",
    "ChangeAction",
    "ChangeHint",
    "ChangeHorizon",
    "ChangeType",
    "ColumnMapping",
    "Connection",
    "ConnectionState",
    "ContactAccount",
    "ContactRecord",
    "Decision",
    "Evidence",
    "Export",
    "ExportChunk",
    "ExportState",
    "FundAllocation",
    "FundBudget",
    "FundClaim",
    "FundRequest",
    "IdempotencyKey",
    "Identified",
    "Issue",
    "IssueKind",
    "Json",
    "Lead",
    "Link",
    "Match",
    "MatchReason",
    "Member",
    "Opportunity",
    "OpportunityAccount",
    "OpportunityContact",
    "OpportunityLine",
    "OpportunityPartner",
    "Organization",
    "Partnership",
    "PartnershipType",
    "Person",
    "PersonProfile",
    "PersonRedirect",
    "Pipeline",
    "Product",
    "Program",
    "ProgramLevel",
    "ProgramMember",
    "ProgramRecord",
    "RawRecord",
    "RawRecordVersion",
    "RecordType",
    "Relation",
    "RelationFound",
    "RelationKind",
    "RelationSource",
    "Removal",
    "RemovalEvidence",
    "Restatement",
    "Review",
    "Role",
    "SalesUser",
    "Scope",
    "SeenKey",
    "Stage",
    "StageChange",
    "StreamState",
    "StreamStatus",
    "SyncRun",
    "SyncRunState",
    "Synced",
    "Ticket",
    "TicketAccount",
    "TicketContact",
    "TicketOpportunity",
    "Tie",
    "Tier",
    "TrustedDocument",
    "Verdict",
    "WriteItem",
    "WriteOutcome",
    "WritePlan",
    "WritePlanField",
    "WritePlanState",
    "WriteRule",
]
