"""Requests for help."""

from datetime import datetime

import strawberry

from hub import model
from hub.schema.accounts import Account, AccountRecord, Tickets
from hub.schema.context import Info
from hub.schema.fields import COLUMN, PATH, column, one, shows
from hub.schema.filters import AccountFilter, AccountRecordFilter, OpportunityFilter, TicketFilter
from hub.schema.opportunities import Opportunity
from hub.schema.orders import AccountOrder, AccountRecordOrder, OpportunityOrder, TicketOrder
from hub.schema.paging import Listing, many
from hub.schema.people import ContactRecord
from hub.schema.records import SalesUser, Synced
from hub.schema.scopes import reading
from hub.store import paths


@shows(model.Ticket, "What somebody asks to be helped with, as one connection says it.")
class Ticket(Synced):
    """A request for help."""

    subject: str | None = column(model.Ticket.subject, 'What it is about, such as "The export stops at page 40".')
    description: str | None = column(model.Ticket.description, "What was asked, in full.")
    priority: str | None = column(model.Ticket.priority, 'The source\'s own word, such as "HIGH".')
    kind: str | None = column(model.Ticket.kind, 'The source\'s own word, such as "BILLING_ISSUE".')
    closed_at: datetime | None = column(model.Ticket.closed_at, "When it was closed; null while it is open.")
    owner: SalesUser | None = one(paths.owner_of(model.Ticket), "Who owns it at its source.")
    accounts: Listing[Account] = many(
        paths.TICKET_ACCOUNTS, "The companies it is about.", where=AccountFilter, order=AccountOrder
    )
    account_records: Listing[AccountRecord] = many(
        paths.TICKET_RECORDS,
        "The account records it is about, as its connection says.",
        where=AccountRecordFilter,
        order=AccountRecordOrder,
    )
    contacts: Listing[ContactRecord] = many(paths.TICKET_CONTACTS, "Who has a part in it, as its connection says.")
    opportunities: Listing[Opportunity] = many(
        paths.TICKET_OPPORTUNITIES, "The deals it is about.", where=OpportunityFilter, order=OpportunityOrder
    )

    @strawberry.field(
        description='The label of its stage, such as "Waiting on us"; null where the source has not told the hub.',
        metadata={PATH: paths.TICKET_STAGE, COLUMN: model.Stage.label},
        directives=reading(model.Stage),
    )
    async def stage(self, info: Info) -> str | None:
        stage = await info.context.loaders.single(paths.TICKET_STAGE, self.row)
        return stage and stage.label

    @strawberry.field(
        description="The label of its pipeline; null where the source has one pipeline only.",
        metadata={PATH: paths.TICKET_PIPELINE, COLUMN: model.Pipeline.label},
        directives=reading(model.Pipeline),
    )
    async def pipeline(self, info: Info) -> str | None:
        pipeline = await info.context.loaders.single(paths.TICKET_PIPELINE, self.row)
        return pipeline and pipeline.label


@strawberry.type
class TicketQueries:
    """What can be asked of tickets."""

    tickets: Tickets = many(
        paths.TICKETS, "The tickets that the viewer's connections speak of.", where=TicketFilter, order=TicketOrder
    )
