"""The truth of an org, from the world's own rows."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hub import model
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.partnering import Partnering
from hub.sandbox.salesforce.setup import RECORD_TYPES
from hub.sandbox.world import Copy, Entry, Fate
from tests.chaos.truth import Expected, Table, Ties

ToFacts = Callable[[Any], dict[str, Any]]


def org_truth(org: Org) -> Iterator[Table | Ties]:
    """Every row, as an org should have been read."""
    copy = org.copy
    yield _table(model.SalesUser, copy.users, lambda user: {"is_active": user.is_active})
    yield _table(model.Product, copy.products, lambda product: {"name": product.name, "code": product.code})
    yield _table(model.AccountRecord, copy.accounts, lambda account: _account(account, copy))
    yield _table(model.ContactRecord, copy.contacts, _contact)
    yield _table(model.Opportunity, copy.opportunities, _deal)
    yield _table(model.Lead, copy.leads, _lead)
    yield _table(model.Campaign, copy.campaigns, lambda campaign: {"name": campaign.name, "status": campaign.status})
    yield from _parts(copy)
    yield from _set_up(org)
    yield from _programs(org.partnering)
    yield from _funds(org.partnering)
    yield from _relations(org)


def _table(kind: Any, entries: Sequence[Entry], facts: ToFacts) -> Table:
    return Table(model=kind, rows=[Expected(entry=entry, facts=facts(entry)) for entry in entries])


def _account(entry: Any, copy: Copy) -> dict[str, Any]:
    return {
        "name": entry.name,
        "website": entry.website,
        "phone": entry.phone,
        "city": entry.city,
        "revenue": entry.revenue,
        "parent_external_id": entry.parent,
        "owner_external_id": entry.owner or copy.users[0].id,  # no row is without
    }


def _contact(entry: Any) -> dict[str, Any]:
    return {"first_name": entry.first_name, "last_name": entry.last_name, "email": entry.email, "title": entry.title}


def _deal(entry: Any) -> dict[str, Any]:
    return {
        "name": entry.name,
        "stage_external_id": entry.stage,
        "amount": entry.amount,
        "close_date": entry.close_date,
        "campaign_external_id": entry.campaign,
    }


def _lead(entry: Any) -> dict[str, Any]:
    return {
        "company": entry.company,
        "last_name": entry.last_name,
        "status": entry.status,
        "partner_external_id": entry.partner,
        "converted_account_external_id": entry.converted_account,
        "converted_contact_external_id": entry.converted_contact,
        "converted_opportunity_external_id": entry.converted_opportunity,
    }


def _set_up(org: Org) -> Iterator[Ties]:
    yield Ties(
        model=model.Stage,
        columns=("name", "label", "position", "is_closed", "is_won"),
        rows={(one.name, one.name, one.position, one.is_closed, one.is_won) for one in org.world.stages},
    )
    yield Ties(
        model=model.RecordType,
        columns=("kind", "name", "label", "is_active"),
        rows={(kind, name, name.replace("_", " "), True) for kind, name in RECORD_TYPES},
    )


def _programs(held: Partnering) -> Iterator[Table]:
    yield _table(
        model.ProgramRecord,
        held.programs,
        lambda program: {"name": program.name, "kind": program.category, "is_active": program.is_active},
    )
    yield _table(
        model.ProgramLevel,
        held.levels,
        lambda level: {"name": level.name, "rank": level.rank, "program_external_id": level.program},
    )
    yield _table(
        model.ProgramMember,
        held.members,
        lambda member: {
            "program_external_id": member.program,
            "level_external_id": member.level,
            "account_external_id": member.partner,
        },
    )


def _funds(held: Partnering) -> Iterator[Table]:
    def budget(entry: Any) -> dict[str, Any]:
        return _fund(entry) | {"kind": entry.kind, "starts_on": entry.starts_on, "ends_on": entry.ends_on}

    def allocation(entry: Any) -> dict[str, Any]:
        return _fund(entry) | {"budget_external_id": entry.budget}

    def claim(entry: Any) -> dict[str, Any]:
        facts = allocation(entry) | {"status": entry.status, "request_external_id": entry.request}
        return facts | {"allocation_external_id": entry.allocation}

    yield _table(model.FundBudget, held.budgets, budget)
    yield _table(model.FundAllocation, held.allocations, allocation)
    yield _table(model.FundRequest, held.requests, lambda request: allocation(request) | _wish(request))
    yield _table(model.FundClaim, held.claims, claim)


def _fund(entry: Any) -> dict[str, Any]:
    return {"title": entry.title, "account_external_id": entry.partner, "amount": entry.amount}


def _wish(entry: Any) -> dict[str, Any]:
    return {
        "status": entry.status,
        "activity": entry.activity,
        "requested_amount": entry.requested,
        "allocation_external_id": entry.allocation,
        "campaign_external_id": entry.campaign,
    }


def _relations(org: Org) -> Iterator[Ties]:
    people = [person for person in _live(org.copy.contacts) if person.account]
    others = [one for one in _live(org.partnering.relations) if one.is_active]
    yield Ties(
        model=model.ContactAccount,
        columns=("external_id", "contact_external_id", "account_external_id", "is_primary"),
        rows={
            *((f"{person.id}:{person.account}", person.id, person.account, True) for person in people),
            *((one.id, one.contact, one.account, False) for one in others),
        },
    )
    partners = [one for one in _live(org.partnering.account_partners) if one.account_from]
    yield Ties(
        model=model.AccountPartner,
        columns=("external_id", "account_external_id", "partner_external_id", "role", "is_primary"),
        rows={(one.id, one.account_from, one.account_to, one.role, one.is_primary) for one in partners},
    )


def _parts(copy: Copy) -> Iterator[Ties]:
    deals = _live(copy.opportunities)
    yield Ties(
        model=model.OpportunityLine,
        columns=("external_id", "opportunity_external_id", "product_external_id", "quantity", "unit_price"),
        rows={
            (one.id, deal.id, one.product, one.quantity, one.unit_price) for deal in deals for one in _live(deal.lines)
        },
    )
    yield Ties(
        model=model.OpportunityContact,
        columns=("external_id", "opportunity_external_id", "contact_external_id", "role", "is_primary"),
        rows={
            (one.id, deal.id, one.contact, one.role, one.is_primary)
            for deal in deals
            for one in _live(deal.contact_roles)
        },
    )
    yield Ties(
        model=model.OpportunityPartner,
        columns=("external_id", "opportunity_external_id", "account_external_id", "role", "is_primary"),
        rows={
            (one.id, deal.id, one.account, one.role, one.is_primary)
            for deal in deals
            for one in _live(deal.partner_roles)
        },
    )
    yield Ties(
        model=model.StageChange,
        columns=("external_id", "opportunity_external_id", "stage_external_id"),
        rows={(one.id, deal.id, one.stage) for deal in deals for one in deal.steps},
    )
    yield Ties(
        model=model.CampaignMember,
        columns=("external_id", "contact_external_id", "lead_external_id", "status"),
        rows={
            (one.id, one.contact, one.lead, one.status)
            for campaign in _live(copy.campaigns)
            for one in _live(campaign.members)
        },
    )
    yield Ties(
        model=model.OpportunityAccount,
        columns=("opportunity_external_id", "account_external_id"),
        rows={(deal.id, deal.account) for deal in deals if deal.account},
    )


def _live(entries: Sequence[Any]) -> list[Any]:
    return [entry for entry in entries if entry.fate is Fate.LIVE]
