"""Companies: what each connection says about one, and the one company that results."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from hub import model
from hub.schema.fields import Node, column, one, shows
from hub.schema.filters import (
    AccountFilter,
    AccountRecordFilter,
    LeadFilter,
    OpportunityFilter,
    PersonFilter,
    TicketFilter,
)
from hub.schema.money import Money, money
from hub.schema.orders import AccountOrder, AccountRecordOrder, LeadOrder, OpportunityOrder, PersonOrder, TicketOrder
from hub.schema.paging import Listing, many
from hub.schema.records import SalesUser, Synced
from hub.store import decision_paths, lead_paths, partner_paths, paths, relation_paths

if TYPE_CHECKING:
    from hub.schema.account_groups import AccountGroup
    from hub.schema.decisions import Decision
    from hub.schema.leads import Lead
    from hub.schema.matches import Match
    from hub.schema.memberships import AccountMembership
    from hub.schema.opportunities import Opportunity
    from hub.schema.partner_programs import AccountPartner, FundBudget, FundClaim, FundRequest, ProgramMember
    from hub.schema.people import ContactRecord, Person
    from hub.schema.relations import Relation
    from hub.schema.tickets import Ticket

Decisions = Listing[Annotated["Decision", strawberry.lazy("hub.schema.decisions")]]
Leads = Listing[Annotated["Lead", strawberry.lazy("hub.schema.leads")]]
Memberships = Listing[Annotated["AccountMembership", strawberry.lazy("hub.schema.memberships")]]
Matches = Listing[Annotated["Match", strawberry.lazy("hub.schema.matches")]]
Opportunities = Listing[Annotated["Opportunity", strawberry.lazy("hub.schema.opportunities")]]
People = Listing[Annotated["Person", strawberry.lazy("hub.schema.people")]]
Contacts = Listing[Annotated["ContactRecord", strawberry.lazy("hub.schema.people")]]
Relations = Listing[Annotated["Relation", strawberry.lazy("hub.schema.relations")]]
Tickets = Listing[Annotated["Ticket", strawberry.lazy("hub.schema.tickets")]]

Partners = Listing[Annotated["AccountPartner", strawberry.lazy("hub.schema.partner_programs")]]
Programs = Listing[Annotated["ProgramMember", strawberry.lazy("hub.schema.partner_programs")]]
Budgets = Listing[Annotated["FundBudget", strawberry.lazy("hub.schema.partner_programs")]]
Requests = Listing[Annotated["FundRequest", strawberry.lazy("hub.schema.partner_programs")]]
Claims = Listing[Annotated["FundClaim", strawberry.lazy("hub.schema.partner_programs")]]


@shows(model.AccountProfile, "One company after matching: what all connections say about it, together.")
class Account(Node):
    """One company."""

    name: str = column(model.AccountProfile.name, 'The name, such as "Acme".')
    domain: str | None = column(model.AccountProfile.domain, 'The registrable domain, such as "acme.com".')
    created_at: datetime = column(model.AccountProfile.created_at, "When the hub first knew of it.")
    records: Listing["AccountRecord"] = many(
        paths.ACCOUNT_ACCOUNT_RECORDS,
        "What each connection says about it.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )
    people: People = many(paths.ACCOUNT_PEOPLE, "The people who belong to it.", where=PersonFilter, order=PersonOrder)
    opportunities: Opportunities = many(
        paths.ACCOUNT_OPPORTUNITIES, "The deals about it.", where=OpportunityFilter, order=OpportunityOrder
    )
    leads: Leads = many(
        lead_paths.ACCOUNT_LEADS, "The leads that were converted into it.", where=LeadFilter, order=LeadOrder
    )
    tickets: Tickets = many(paths.ACCOUNT_TICKETS, "The tickets about it.", where=TicketFilter, order=TicketOrder)
    matches: Matches = many(
        paths.ACCOUNT_MATCHES, "What its records were compared with, and why they are, or are not, one company."
    )
    relations: Relations = many(relation_paths.ACCOUNT_RELATIONS, "How it is related to other companies.")
    group: Annotated["AccountGroup", strawberry.lazy("hub.schema.account_groups")] = one(
        relation_paths.ACCOUNT_GROUP, "The companies that it belongs together with, itself among them."
    )
    memberships: Memberships = many(
        relation_paths.ACCOUNT_MEMBERSHIPS, "Which records belonged to it, and when; the oldest first."
    )


@shows(model.AccountRecord, "What one connection says about one company.")
class AccountRecord(Synced):
    """What one connection says about one company."""

    name: str | None = column(model.AccountRecord.name, 'The name, such as "Acme Inc.".')
    website: str | None = column(model.AccountRecord.website, 'The website, such as "https://www.acme.example".')
    domain: str | None = column(
        model.AccountRecord.domain, 'The domain as the source gives it, such as "acme.example"; unchecked.'
    )
    phone: str | None = column(
        model.AccountRecord.phone, 'The phone number as the source writes it, such as "+49 228 555 0100".'
    )
    industry: str | None = column(
        model.AccountRecord.industry, 'The industry, in the source\'s words, such as "Chemicals".'
    )
    employees: int | None = column(model.AccountRecord.employees, "The number of employees, such as 250.")
    revenue: Money | None = money(
        model.AccountRecord.revenue, model.AccountRecord.revenue_currency, "The revenue of a year."
    )
    street: str | None = column(model.AccountRecord.street, 'The street, such as "12 Main Street".')
    city: str | None = column(model.AccountRecord.city, 'The city, such as "Bonn".')
    region: str | None = column(model.AccountRecord.region, 'The state or region, such as "NRW".')
    postal_code: str | None = column(model.AccountRecord.postal_code, 'The postal code, such as "53113".')
    country: str | None = column(
        model.AccountRecord.country, 'The country, as the source spells it: "Germany", "DE", "GER".'
    )
    kind: str | None = column(
        model.AccountRecord.kind, 'The source\'s own word for what the company is to them, such as "Customer".'
    )
    duns: str | None = column(model.AccountRecord.duns, 'The D-U-N-S number, such as "150483782".')
    account: Account | None = one(paths.RECORD_ACCOUNT, "The company it belongs to; null until it was mapped.")
    parent: Optional["AccountRecord"] = one(paths.RECORD_PARENT, "The record that its source names as its parent.")
    owner: SalesUser | None = one(paths.owner_of(model.AccountRecord), "Who owns it at its source.")
    contacts: Contacts = many(paths.RECORD_CONTACTS, "Who works there, as the connection says.")
    opportunities: Opportunities = many(
        paths.RECORD_OPPORTUNITIES,
        "The deals about it, as the connection says.",
        where=OpportunityFilter,
        order=OpportunityOrder,
    )
    brought_leads: Leads = many(
        lead_paths.RECORD_BROUGHT_LEADS,
        "The leads that it brought as a partner, its deal registrations among them.",
        where=LeadFilter,
        order=LeadOrder,
    )
    memberships: Memberships = many(
        relation_paths.RECORD_MEMBERSHIPS, "Which accounts it belonged to, and when; the oldest first."
    )
    matches: Matches = many(paths.RECORD_MATCHES, "What it was compared with.")
    decisions: Decisions = many(decision_paths.RECORD_DECISIONS, "What people decided about it and another record.")
    partners: Partners = many(partner_paths.RECORD_PARTNERS, "Its partners, as the connection says.")
    programs: Programs = many(partner_paths.RECORD_PROGRAMS, "The partner programs it is in.")
    fund_budgets: Budgets = many(partner_paths.RECORD_BUDGETS, "What is set aside for marketing with it.")
    fund_requests: Requests = many(partner_paths.RECORD_REQUESTS, "What it asked for to market with.")
    fund_claims: Claims = many(partner_paths.RECORD_CLAIMS, "What it wants back of what it spent.")


@strawberry.type
class AccountQueries:
    """What can be asked of companies."""

    accounts: Listing[Account] = many(
        paths.ACCOUNTS,
        "The companies that the viewer's connections speak of.",
        where=AccountFilter,
        order=AccountOrder,
    )
    account_records: Listing[AccountRecord] = many(
        paths.ACCOUNT_RECORDS,
        "What the viewer's connections say about companies, one by one.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )
