"""The truth of a portal, from the world's own rows and the ties between them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from hub import model
from hub.model import Removal
from hub.sandbox.hubspot.links import all_linked
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, TICKETS, ObjectType
from hub.sandbox.hubspot.pipelines import DEAL_PIPELINE_ID, TICKET_PIPELINE_ID, TICKET_STAGES, stage_id
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.world import Entry, Fate
from tests.chaos.truth import Expected, Table, Ties

ToFacts = Callable[[Any], dict[str, Any]]


def portal_truth(portal: Portal) -> Iterator[Table | Ties]:
    """Every row, as a portal should have been read."""
    copy = portal.copy
    users = [replace(user, fate=user.fate if user.is_active else Fate.DELETED) for user in copy.users]
    yield _table(model.SalesUser, users, lambda user: {"email": user.email, "is_active": user.is_active})
    yield from _pipelines(portal)
    yield _table(model.Product, copy.products, lambda product: {"name": product.name})
    yield _table(model.AccountRecord, copy.accounts, _account)
    yield _table(model.ContactRecord, copy.contacts, _contact)
    yield _table(model.Opportunity, copy.opportunities, _deal)
    yield _table(model.Lead, copy.leads, _lead)
    yield _table(model.Ticket, copy.tickets, _ticket)
    deals = [deal for deal in copy.opportunities if deal.fate is Fate.LIVE]
    yield Ties(
        model=model.OpportunityLine,
        columns=("external_id", "opportunity_external_id", "product_external_id", "quantity", "unit_price"),
        rows={(one.id, deal.id, one.product, one.quantity, one.unit_price) for deal in deals for one in deal.lines},
    )
    yield from _ties(portal)
    yield from _ties_of_tickets(portal)


def _table(kind: Any, entries: Sequence[Entry], facts: ToFacts) -> Table:
    rows = [Expected(entry=entry, facts=facts(entry)) for entry in entries]
    return Table(model=kind, rows=rows, deleted=Removal.ARCHIVED, merged_may_lack=True)


def _account(entry: Any) -> dict[str, Any]:
    return {
        "name": entry.name or None,
        "domain": entry.domain or None,
        "phone": entry.phone or None,
        "city": entry.city or None,
        "revenue": entry.revenue,
        "owner_external_id": entry.owner,
    }


def _contact(entry: Any) -> dict[str, Any]:
    return {
        "first_name": entry.first_name or None,
        "last_name": entry.last_name or None,
        "email": entry.email or None,
        "title": entry.title or None,
    }


def _deal(entry: Any) -> dict[str, Any]:
    return {"name": entry.name or None, "amount": entry.amount, "close_date": entry.close_date}


def _lead(entry: Any) -> dict[str, Any]:
    return {
        "company": entry.company or None,
        "first_name": entry.first_name or None,
        "last_name": entry.last_name or None,
        "email": entry.email or None,
        "status": entry.status,
    }


def _ticket(entry: Any) -> dict[str, Any]:
    return {
        "subject": entry.subject or None,
        "description": entry.content or None,
        "pipeline_external_id": TICKET_PIPELINE_ID,
        "stage_external_id": entry.stage,
        "priority": entry.priority or None,
        "owner_external_id": entry.owner,
    }


def _pipelines(portal: Portal) -> Iterator[Ties]:
    yield Ties(
        model=model.Pipeline,
        columns=("external_id", "label"),
        rows={(DEAL_PIPELINE_ID, "Sales Pipeline"), (TICKET_PIPELINE_ID, "Support Pipeline")},
    )
    ordered = sorted(portal.world.stages, key=lambda stage: stage.position)
    deals = [(DEAL_PIPELINE_ID, stage_id(stage), stage.name, stage.is_closed) for stage in ordered]
    tickets = [(TICKET_PIPELINE_ID, stage.id, stage.label, stage.is_closed) for stage in TICKET_STAGES]
    yield Ties(
        model=model.Stage,
        columns=("pipeline_external_id", "name", "label", "is_closed", "position"),
        rows={(*stage, place) for stages in (deals, tickets) for place, stage in enumerate(stages)},
    )


def _ties_of_tickets(portal: Portal) -> Iterator[Ties]:
    yield Ties(
        model=model.TicketAccount,
        columns=("ticket_external_id", "account_external_id", "is_primary"),
        rows={(one, other, _is_primary(types)) for one, other, types in all_linked(portal, TICKETS, COMPANIES)},
    )
    yield Ties(
        model=model.TicketContact,
        columns=("ticket_external_id", "contact_external_id"),
        rows=_pairs(portal, TICKETS, CONTACTS),
    )
    yield Ties(
        model=model.TicketOpportunity,
        columns=("ticket_external_id", "opportunity_external_id"),
        rows=_pairs(portal, TICKETS, DEALS),
    )


def _pairs(portal: Portal, kind: ObjectType, to_kind: ObjectType) -> set[tuple[str, str]]:
    return {(one, other) for one, other, _ in all_linked(portal, kind, to_kind)}


def _ties(portal: Portal) -> Iterator[Ties]:
    yield Ties(
        model=model.ContactAccount,
        columns=("contact_external_id", "account_external_id", "is_primary"),
        rows={(one, other, _is_primary(types)) for one, other, types in all_linked(portal, CONTACTS, COMPANIES)},
    )
    yield Ties(
        model=model.OpportunityContact,
        columns=("opportunity_external_id", "contact_external_id", "role"),
        rows={
            (one, other, label)
            for one, other, types in all_linked(portal, DEALS, CONTACTS)
            for label in _labels(types) or [None]
        },
    )
    companies = list(all_linked(portal, DEALS, COMPANIES))
    yield Ties(
        model=model.OpportunityAccount,
        columns=("opportunity_external_id", "account_external_id", "is_primary"),
        rows={
            (one, other, _is_primary(types))
            for one, other, types in companies
            if _is_primary(types) or not _labels(types)
        },
    )
    yield Ties(
        model=model.OpportunityPartner,
        columns=("opportunity_external_id", "account_external_id", "role"),
        rows={(one, other, label) for one, other, types in companies for label in _labels(types)},
    )


def _is_primary(types: Sequence[Any]) -> bool:
    return any(each.label == "Primary" for each in types)


def _labels(types: Sequence[Any]) -> list[str]:
    return [each.label for each in types if each.category == "USER_DEFINED"]
