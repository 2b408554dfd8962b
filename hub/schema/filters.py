"""What lists may be filtered by."""

from typing import Optional

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.comparisons import (
    BooleanComparison,
    ChoiceComparison,
    DateComparison,
    DateTimeComparison,
    DecimalComparison,
    Filter,
    IdComparison,
    Related,
    TextComparison,
    absent,
    all_of,
    any_of,
    compared,
    identified,
    leading,
    not_of,
    related,
)
from hub.store import lead_paths, paths, relation_paths

_DESCRIPTION = "Which rows to list. All that is given must hold."


@strawberry.input(description=_DESCRIPTION)
class OrganizationFilter(Filter):
    """Filters organizations."""

    and_: list["OrganizationFilter"] | None = all_of()
    or_: list["OrganizationFilter"] | None = any_of()
    not_: Optional["OrganizationFilter"] = not_of()
    id: IdComparison | None = identified(model.Organization.id, model.Organization, "By id.")
    name: TextComparison | None = compared(model.Organization.name, "By name.")
    domain: TextComparison | None = compared(model.Organization.domain, "By domain.")
    is_home: BooleanComparison | None = compared(model.Organization.is_home, "By whether this hub is its own.")


@strawberry.input(description=_DESCRIPTION)
class ConnectionFilter(Filter):
    """Filters connections."""

    and_: list["ConnectionFilter"] | None = all_of()
    or_: list["ConnectionFilter"] | None = any_of()
    not_: Optional["ConnectionFilter"] = not_of()
    id: IdComparison | None = identified(model.Connection.id, model.Connection, "By id.")
    name: TextComparison | None = compared(model.Connection.name, "By name.")
    connector: TextComparison | None = compared(
        model.Connection.connector, 'By the connector\'s name, such as "hubspot".'
    )
    state: ChoiceComparison[choices.ConnectionState] | None = compared(model.Connection.state, "By state.")
    organization: OrganizationFilter | None = leading(
        paths.CONNECTION_ORGANIZATION, "By the organization whose accounts these are."
    )
    owner: OrganizationFilter | None = leading(paths.CONNECTION_OWNER, "By the organization that owns it.")


@strawberry.input(description=_DESCRIPTION)
class SyncRunFilter(Filter):
    """Filters sync runs."""

    and_: list["SyncRunFilter"] | None = all_of()
    or_: list["SyncRunFilter"] | None = any_of()
    not_: Optional["SyncRunFilter"] = not_of()
    id: IdComparison | None = identified(model.SyncRun.id, model.SyncRun, "By id.")
    stream: TextComparison | None = compared(model.SyncRun.stream, "By stream.")
    state: ChoiceComparison[choices.SyncRunState] | None = compared(model.SyncRun.state, "By state.")
    started_at: DateTimeComparison | None = compared(model.SyncRun.started_at, "By when it started.")
    connection: ConnectionFilter | None = leading(paths.SYNC_RUN_CONNECTION, "By connection.")


@strawberry.input(description=_DESCRIPTION)
class IssueFilter(Filter):
    """Filters issues."""

    and_: list["IssueFilter"] | None = all_of()
    or_: list["IssueFilter"] | None = any_of()
    not_: Optional["IssueFilter"] = not_of()
    id: IdComparison | None = identified(model.Issue.id, model.Issue, "By id.")
    kind: ChoiceComparison[choices.IssueKind] | None = compared(model.Issue.kind, "By kind.")
    stream: TextComparison | None = compared(model.Issue.stream, "By stream.")
    subject: TextComparison | None = compared(model.Issue.subject, "By what it is about.")
    is_open: bool | None = absent(model.Issue.resolved_at, "By whether later syncs still met it.")
    last_seen_at: DateTimeComparison | None = compared(model.Issue.last_seen_at, "By when it was last met.")
    connection: ConnectionFilter | None = leading(paths.ISSUE_CONNECTION, "By connection.")


@strawberry.input(description=_DESCRIPTION)
class AccountRecordFilter(Filter):
    """Filters account records."""

    and_: list["AccountRecordFilter"] | None = all_of()
    or_: list["AccountRecordFilter"] | None = any_of()
    not_: Optional["AccountRecordFilter"] = not_of()
    id: IdComparison | None = identified(model.AccountRecord.id, model.AccountRecord, "By id.")
    external_id: TextComparison | None = compared(model.AccountRecord.external_id, "By the source's id.")
    name: TextComparison | None = compared(model.AccountRecord.name, "By name.")
    domain: TextComparison | None = compared(model.AccountRecord.domain, "By the domain that the source gives.")
    industry: TextComparison | None = compared(model.AccountRecord.industry, "By industry.")
    country: TextComparison | None = compared(model.AccountRecord.country, "By country, as the source spells it.")
    kind: TextComparison | None = compared(model.AccountRecord.kind, "By the source's word for what it is to them.")
    removal: ChoiceComparison[choices.Removal] | None = compared(
        model.AccountRecord.removal, "By what became of it at its source; list removed rows with `includeRemoved`."
    )
    source_modified_at: DateTimeComparison | None = compared(
        model.AccountRecord.source_modified_at, "By when it last changed at its source."
    )
    is_unmapped: bool | None = absent(model.AccountRecord.account_id, "By whether it still belongs to no account.")
    connection: ConnectionFilter | None = leading(paths.connection_of(model.AccountRecord), "By connection.")


@strawberry.input(description=_DESCRIPTION)
class DecisionFilter(Filter):
    """Filters decisions."""

    and_: list["DecisionFilter"] | None = all_of()
    or_: list["DecisionFilter"] | None = any_of()
    not_: Optional["DecisionFilter"] = not_of()
    id: IdComparison | None = identified(model.Decision.id, model.Decision, "By id.")
    verdict: ChoiceComparison[choices.Verdict] | None = compared(model.Decision.verdict, "By verdict.")
    decided_by: TextComparison | None = compared(model.Decision.decided_by, "By who decided.")
    decided_at: DateTimeComparison | None = compared(model.Decision.decided_at, "By when.")
    stands: bool | None = absent(
        model.Decision.withdrawn_at, "By whether it was not withdrawn; list withdrawn ones with `includeRemoved`."
    )


@strawberry.input(description=_DESCRIPTION)
class OpportunityFilter(Filter):
    """Filters opportunities."""

    and_: list["OpportunityFilter"] | None = all_of()
    or_: list["OpportunityFilter"] | None = any_of()
    not_: Optional["OpportunityFilter"] = not_of()
    id: IdComparison | None = identified(model.Opportunity.id, model.Opportunity, "By id.")
    external_id: TextComparison | None = compared(model.Opportunity.external_id, "By the source's id.")
    name: TextComparison | None = compared(model.Opportunity.name, "By name.")
    stage: TextComparison | None = compared(
        model.Stage.label, "By the label of its stage.", through=paths.OPPORTUNITY_STAGE
    )
    amount: DecimalComparison | None = compared(model.Opportunity.amount, "By amount, whatever its currency.")
    currency: TextComparison | None = compared(model.Opportunity.currency, "By currency (ISO 4217).")
    close_date: DateComparison | None = compared(
        model.Opportunity.close_date, "By the day it closed or is expected to."
    )
    is_closed: BooleanComparison | None = compared(model.Opportunity.is_closed, "By whether it is closed.")
    is_won: BooleanComparison | None = compared(model.Opportunity.is_won, "By whether it was won.")
    kind: TextComparison | None = compared(model.Opportunity.kind, "By the source's word for the kind of deal.")
    source_modified_at: DateTimeComparison | None = compared(
        model.Opportunity.source_modified_at, "By when it last changed at its source."
    )
    connection: ConnectionFilter | None = leading(paths.connection_of(model.Opportunity), "By connection.")
    accounts: Related["AccountFilter"] | None = related(paths.OPPORTUNITY_ACCOUNTS, "By the accounts it is about.")


@strawberry.input(description=_DESCRIPTION)
class LeadFilter(Filter):
    """Filters leads."""

    and_: list["LeadFilter"] | None = all_of()
    or_: list["LeadFilter"] | None = any_of()
    not_: Optional["LeadFilter"] = not_of()
    id: IdComparison | None = identified(model.Lead.id, model.Lead, "By id.")
    external_id: TextComparison | None = compared(model.Lead.external_id, "By the source's id.")
    company: TextComparison | None = compared(model.Lead.company, "By the company's name.")
    email: TextComparison | None = compared(model.Lead.email, "By e-mail address.")
    country: TextComparison | None = compared(model.Lead.country, "By country, as the source spells it.")
    status: TextComparison | None = compared(model.Lead.status, "By the source's word for how far it is.")
    origin: TextComparison | None = compared(model.Lead.origin, "By the source's word for where it is from.")
    record_type: TextComparison | None = compared(
        model.RecordType.label, "By the label of its kind.", through=lead_paths.LEAD_RECORD_TYPE
    )
    is_converted: BooleanComparison | None = compared(model.Lead.is_converted, "By whether it was converted.")
    converted_at: DateComparison | None = compared(model.Lead.converted_at, "By the day it was converted.")
    source_modified_at: DateTimeComparison | None = compared(
        model.Lead.source_modified_at, "By when it last changed at its source."
    )
    partner: AccountRecordFilter | None = leading(lead_paths.LEAD_PARTNER, "By the partner who brought it.")
    connection: ConnectionFilter | None = leading(paths.connection_of(model.Lead), "By connection.")


@strawberry.input(description=_DESCRIPTION)
class TicketFilter(Filter):
    """Filters tickets."""

    and_: list["TicketFilter"] | None = all_of()
    or_: list["TicketFilter"] | None = any_of()
    not_: Optional["TicketFilter"] = not_of()
    id: IdComparison | None = identified(model.Ticket.id, model.Ticket, "By id.")
    external_id: TextComparison | None = compared(model.Ticket.external_id, "By the source's id.")
    subject: TextComparison | None = compared(model.Ticket.subject, "By subject.")
    stage: TextComparison | None = compared(model.Stage.label, "By the label of its stage.", through=paths.TICKET_STAGE)
    priority: TextComparison | None = compared(model.Ticket.priority, "By the source's word for its priority.")
    kind: TextComparison | None = compared(model.Ticket.kind, "By the source's word for what it is about.")
    closed_at: DateTimeComparison | None = compared(model.Ticket.closed_at, "By when it was closed.")
    source_modified_at: DateTimeComparison | None = compared(
        model.Ticket.source_modified_at, "By when it last changed at its source."
    )
    connection: ConnectionFilter | None = leading(paths.connection_of(model.Ticket), "By connection.")
    accounts: Related["AccountFilter"] | None = related(paths.TICKET_ACCOUNTS, "By the accounts it is about.")


@strawberry.input(description=_DESCRIPTION)
class PersonFilter(Filter):
    """Filters people."""

    and_: list["PersonFilter"] | None = all_of()
    or_: list["PersonFilter"] | None = any_of()
    not_: Optional["PersonFilter"] = not_of()
    id: IdComparison | None = identified(model.PersonProfile.id, model.PersonProfile, "By id.")
    name: TextComparison | None = compared(model.PersonProfile.name, "By name.")
    email: TextComparison | None = compared(model.PersonProfile.email, "By e-mail address.")
    accounts: Related["AccountFilter"] | None = related(paths.PERSON_ACCOUNTS, "By the accounts they belong to.")


@strawberry.input(description=_DESCRIPTION)
class AccountFilter(Filter):
    """Filters accounts."""

    and_: list["AccountFilter"] | None = all_of()
    or_: list["AccountFilter"] | None = any_of()
    not_: Optional["AccountFilter"] = not_of()
    id: IdComparison | None = identified(model.AccountProfile.id, model.AccountProfile, "By id.")
    name: TextComparison | None = compared(model.AccountProfile.name, "By name.")
    domain: TextComparison | None = compared(model.AccountProfile.domain, "By domain.")
    created_at: DateTimeComparison | None = compared(
        model.AccountProfile.created_at, "By when the hub first knew of it."
    )
    records: Related[AccountRecordFilter] | None = related(
        paths.ACCOUNT_ACCOUNT_RECORDS, "By its records, such as those of one connector."
    )
    opportunities: Related[OpportunityFilter] | None = related(paths.ACCOUNT_OPPORTUNITIES, "By its opportunities.")
    people: Related[PersonFilter] | None = related(paths.ACCOUNT_PEOPLE, "By its people.")
    group: Optional["AccountGroupFilter"] = leading(relation_paths.ACCOUNT_GROUP, "By its group.")


@strawberry.input(description=_DESCRIPTION)
class AccountGroupFilter(Filter):
    """Filters groups of accounts."""

    and_: list["AccountGroupFilter"] | None = all_of()
    or_: list["AccountGroupFilter"] | None = any_of()
    not_: Optional["AccountGroupFilter"] = not_of()
    id: IdComparison | None = identified(model.AccountGroup.id, model.AccountGroup, "By id.")
    name: TextComparison | None = compared(model.AccountGroup.name, "By the name of its head.")
    accounts: Related[AccountFilter] | None = related(relation_paths.GROUP_ACCOUNTS, "By its accounts.")
    opportunities: Related[OpportunityFilter] | None = related(
        relation_paths.GROUP_OPPORTUNITIES, "By the opportunities of all its accounts."
    )


@strawberry.input(description=_DESCRIPTION)
class AuditEventFilter(Filter):
    """Filters audit events."""

    and_: list["AuditEventFilter"] | None = all_of()
    or_: list["AuditEventFilter"] | None = any_of()
    not_: Optional["AuditEventFilter"] = not_of()
    id: IdComparison | None = identified(model.AuditEvent.id, model.AuditEvent, "By id.")
    at: DateTimeComparison | None = compared(model.AuditEvent.at, "By when it was.")
    kind: ChoiceComparison[choices.AuditKind] | None = compared(model.AuditEvent.kind, "By kind.")
    client: TextComparison | None = compared(model.AuditEvent.client, "By who did it.")
    action: TextComparison | None = compared(model.AuditEvent.action, "By what was done.")
    outcome: TextComparison | None = compared(model.AuditEvent.outcome, "By what became of it.")
    request_id: TextComparison | None = compared(model.AuditEvent.request_id, "By the request's id.")


@strawberry.input(description=_DESCRIPTION)
class WriteItemFilter(Filter):
    """Filters lines of plans of writes."""

    and_: list["WriteItemFilter"] | None = all_of()
    or_: list["WriteItemFilter"] | None = any_of()
    not_: Optional["WriteItemFilter"] = not_of()
    outcome: ChoiceComparison[choices.WriteOutcome] | None = compared(model.WriteItem.outcome, "By what became of it.")
    field: TextComparison | None = compared(model.WriteItem.field, "By the field.")
    external_id: TextComparison | None = compared(model.WriteItem.external_id, "By the source's id of the row.")
    key: TextComparison | None = compared(model.WriteItem.key, "By what a row that is to be created is known by.")
