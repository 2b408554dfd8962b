"""Deals, and what hangs on them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from hub import model
from hub.schema.accounts import Account, AccountRecord, Leads, Tickets
from hub.schema.context import Info
from hub.schema.fields import COLUMN, PATH, column, one, shows
from hub.schema.filters import AccountFilter, AccountRecordFilter, LeadFilter, OpportunityFilter, TicketFilter
from hub.schema.money import Money, money
from hub.schema.orders import AccountOrder, AccountRecordOrder, LeadOrder, OpportunityOrder, TicketOrder
from hub.schema.paging import Listing, many
from hub.schema.people import ContactRecord
from hub.schema.records import SalesUser, Synced
from hub.store import lead_paths, partner_paths, paths


@shows(model.Product, "A product, as one connection lists it.")
class Product(Synced):
    """What is sold."""

    name: str = column(model.Product.name, 'The name, such as "Lumen Pro".')
    code: str | None = column(model.Product.code, 'The source\'s code or SKU, such as "LMN-PRO".')
    family: str | None = column(model.Product.family, 'The family it belongs to, such as "Software".')
    is_active: bool = column(model.Product.is_active, "Whether it is sold at present.")


@shows(model.OpportunityContact, "A person's role in a deal.")
class OpportunityContact(Synced):
    """A contact's role."""

    role: str | None = column(model.OpportunityContact.role, 'The role, such as "Decision Maker".')
    is_primary: bool = column(model.OpportunityContact.is_primary, "Whether it is the main contact.")
    contact: ContactRecord | None = one(paths.CONTACT_ROLE_CONTACT, "The contact; null where the hub has not read it.")


@shows(model.OpportunityPartner, "A partner's role in a deal.")
class OpportunityPartner(Synced):
    """A partner's role."""

    role: str | None = column(model.OpportunityPartner.role, 'The role, such as "Reseller".')
    is_primary: bool = column(model.OpportunityPartner.is_primary, "Whether it is the main partner.")
    record: AccountRecord | None = one(
        paths.PARTNER_ROLE_RECORD, "The partner's account record; null where the hub has not read it."
    )


@shows(model.OpportunityLine, "A product sold in a deal.")
class OpportunityLine(Synced):
    """A line."""

    name: str | None = column(model.OpportunityLine.name, 'What is sold, such as "Lumen Pro, 3 years".')
    quantity: Decimal | None = column(model.OpportunityLine.quantity, 'How many, such as "2.5".')
    unit_price: Money | None = money(
        model.OpportunityLine.unit_price, model.OpportunityLine.currency, "The price of one."
    )
    total_price: Money | None = money(
        model.OpportunityLine.total_price, model.OpportunityLine.currency, "The price of all."
    )
    product: Product | None = one(paths.LINE_PRODUCT, "The product; null where the line names none.")


@shows(model.StageChange, "A deal entered a stage, or changed its amount or close date within one.")
class StageChange(Synced):
    """A step of a deal."""

    changed_at: datetime = column(model.StageChange.changed_at, "When it did.")
    stage_external_id: str = column(
        model.StageChange.stage_external_id, 'The stage, by the source\'s id or name, such as "Negotiation/Review".'
    )
    amount: Money | None = money(model.StageChange.amount, model.StageChange.currency, "The amount from then on.")
    close_date: date | None = column(model.StageChange.close_date, "The expected close date from then on.")


@shows(model.Opportunity, "A deal, as one connection says it.")
class Opportunity(Synced):
    """A deal."""

    name: str | None = column(model.Opportunity.name, 'The name, such as "Acme renewal".')
    amount: Money | None = money(model.Opportunity.amount, model.Opportunity.currency, "What it is worth.")
    probability: Decimal | None = column(
        model.Opportunity.probability, 'How likely it is to be won, from 0 to 1: "0.75".'
    )
    close_date: date | None = column(
        model.Opportunity.close_date, "The expected day while it is open, the actual one once it is closed."
    )
    is_closed: bool | None = column(model.Opportunity.is_closed, "Whether it is closed, won or lost.")
    is_won: bool | None = column(model.Opportunity.is_won, "Whether it was won.")
    kind: str | None = column(model.Opportunity.kind, 'The source\'s own word, such as "Renewal".')
    lead_source: str | None = column(model.Opportunity.lead_source, 'Where it came from, such as "Web".')
    owner: SalesUser | None = one(paths.owner_of(model.Opportunity), "Who owns it at its source.")
    accounts: Listing[Account] = many(
        paths.OPPORTUNITY_ACCOUNTS, "The companies it is about.", where=AccountFilter, order=AccountOrder
    )
    account_records: Listing[AccountRecord] = many(
        paths.OPPORTUNITY_RECORDS,
        "The account records it is about, as its connection says.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )
    contact_roles: Listing[OpportunityContact] = many(paths.OPPORTUNITY_CONTACTS, "Who plays a part in it.")
    partner_roles: Listing[OpportunityPartner] = many(paths.OPPORTUNITY_PARTNERS, "Which partners play a part in it.")
    lines: Listing[OpportunityLine] = many(paths.OPPORTUNITY_LINES, "What is sold in it.")
    leads: Leads = many(
        lead_paths.OPPORTUNITY_LEADS, "The leads that were converted into it.", where=LeadFilter, order=LeadOrder
    )
    tickets: Tickets = many(paths.OPPORTUNITY_TICKETS, "The tickets about it.", where=TicketFilter, order=TicketOrder)
    stage_history: Listing[StageChange] = many(paths.OPPORTUNITY_HISTORY, "The stages it went through, oldest first.")

    @strawberry.field(
        description='The label of its stage, such as "Negotiation"; null where the source has not told the hub.',
        metadata={PATH: paths.OPPORTUNITY_STAGE, COLUMN: model.Stage.label},
    )
    async def stage(self, info: Info) -> str | None:
        stage = await info.context.loaders.single(paths.OPPORTUNITY_STAGE, self.row)
        return stage and stage.label

    @strawberry.field(
        description="The label of its pipeline; null where the source has one pipeline only.",
        metadata={PATH: paths.OPPORTUNITY_PIPELINE, COLUMN: model.Pipeline.label},
    )
    async def pipeline(self, info: Info) -> str | None:
        pipeline = await info.context.loaders.single(paths.OPPORTUNITY_PIPELINE, self.row)
        return pipeline and pipeline.label

    @strawberry.field(
        description='The kind of deal its source takes it for, such as "Partner Sourced"; null where it has no kinds.',
        metadata={PATH: partner_paths.OPPORTUNITY_RECORD_TYPE, COLUMN: model.RecordType.label},
    )
    async def record_type(self, info: Info) -> str | None:
        kind = await info.context.loaders.single(partner_paths.OPPORTUNITY_RECORD_TYPE, self.row)
        return kind and kind.label


@strawberry.type
class OpportunityQueries:
    """What can be asked of deals."""

    opportunities: Listing[Opportunity] = many(
        paths.OPPORTUNITIES,
        "The deals that the viewer's connections speak of.",
        where=OpportunityFilter,
        order=OpportunityOrder,
    )
