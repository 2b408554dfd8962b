"""Empty rows of each type that can be made through the API."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, LEADS, PRODUCTS, TICKETS
from hub.sandbox.hubspot.pipelines import TICKET_STAGES
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.world import AccountEntry, ContactEntry, LeadEntry, OpportunityEntry, ProductEntry, TicketEntry

NO_TRUTH = -1
"""The truth of what was typed in through the API: nobody knows."""
FIRST_LEAD_STAGE = "new-stage-id"


def _company(portal: Portal, entry_id: str, now: datetime) -> AccountEntry:
    return AccountEntry(id=entry_id, created_at=now, modified_at=now, truth=NO_TRUTH, name=None)


def _contact(portal: Portal, entry_id: str, now: datetime) -> ContactEntry:
    return ContactEntry(
        id=entry_id, created_at=now, modified_at=now, truth=NO_TRUTH, account=None, first_name=None, last_name=None
    )


def _deal(portal: Portal, entry_id: str, now: datetime) -> OpportunityEntry:
    first = min(portal.world.stages, key=lambda stage: stage.position)
    return OpportunityEntry(
        id=entry_id,
        created_at=now,
        modified_at=now,
        truth=NO_TRUTH,
        name="",
        account=None,
        stage=first.name,
        amount=None,
        currency=None,
        close_date=date(now.year, now.month, now.day),
    )


def _product(portal: Portal, entry_id: str, now: datetime) -> ProductEntry:
    return ProductEntry(id=entry_id, created_at=now, modified_at=now, name="", code="", family="", price=Decimal(0))


def _lead(portal: Portal, entry_id: str, now: datetime) -> LeadEntry:
    return LeadEntry(
        id=entry_id,
        created_at=now,
        modified_at=now,
        company="",
        first_name=None,
        last_name="",
        email=None,
        status=FIRST_LEAD_STAGE,
    )


def _ticket(portal: Portal, entry_id: str, now: datetime) -> TicketEntry:
    return TicketEntry(
        id=entry_id, created_at=now, modified_at=now, subject="", content=None, stage=TICKET_STAGES[0].id
    )


BLANKS: dict[str, Callable[[Portal, str, datetime], Any]] = {
    COMPANIES.plural: _company,
    CONTACTS.plural: _contact,
    DEALS.plural: _deal,
    LEADS.plural: _lead,
    PRODUCTS.plural: _product,
    TICKETS.plural: _ticket,
}
