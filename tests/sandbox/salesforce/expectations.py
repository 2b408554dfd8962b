"""What a client must read of each object, as far as the world says it, in the world's order."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from hub.sandbox.salesforce.currencies import CORPORATE_CURRENCY
from hub.sandbox.salesforce.made_up_partnering import made_up_partnering
from hub.sandbox.salesforce.partnering import AccountPartnerEntry
from hub.sandbox.world import AccountEntry, CampaignEntry, Entry, Fate, OpportunityEntry, World

Rows = Iterator[dict[str, Any]]


def present(entries: Iterable[Any], *fates: Fate) -> list[Any]:
    return [entry for entry in entries if entry.fate in (fates or (Fate.LIVE,))]


def known(entries: Iterable[Any]) -> list[Any]:
    return present(entries, Fate.LIVE, Fate.DELETED, Fate.MERGED)


def spelled(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def stamps(entry: Entry) -> dict[str, Any]:
    return {
        "Id": entry.id,
        "CreatedDate": spelled(entry.created_at),
        "LastModifiedDate": spelled(entry.modified_at),
        "SystemModstamp": spelled(entry.modified_at),
    }


def removable(entry: Entry) -> dict[str, Any]:
    return stamps(entry) | {"IsDeleted": entry.fate is not Fate.LIVE}


def part(entry: Entry, held: Any) -> dict[str, Any]:
    return removable(entry) | {"Id": held.id}


def accounts(world: World) -> Rows:
    for row in known(world.salesforce.accounts):
        yield removable(row) | {
            "Name": row.name or None,
            "Website": row.website or None,
            "Phone": row.phone or None,
            "Industry": row.industry or None,
            "AnnualRevenue": row.revenue,
            "BillingStreet": row.street or None,
            "BillingCity": row.city or None,
            "BillingPostalCode": row.postal_code or None,
            "BillingCountry": row.country or None,
            "NumberOfEmployees": whole_number(row),
            "Type": row.kind or None,
            "DunsNumber": row.duns or None,
            "ParentId": row.parent,
            "MasterRecordId": row.merged_into,
            "OwnerId": row.owner or world.salesforce.users[0].id,
            "CurrencyIsoCode": row.currency or CORPORATE_CURRENCY,
        }


def whole_number(row: AccountEntry) -> int | None:
    try:
        return int(row.employees or "")
    except ValueError:
        return None


def contacts(world: World) -> Rows:
    for row in known(world.salesforce.contacts):
        yield removable(row) | {
            "AccountId": row.account,
            "FirstName": row.first_name or None,
            "LastName": row.last_name or None,
            "Email": row.email or None,
            "Phone": row.phone or None,
            "Title": row.title or None,
            "MasterRecordId": row.merged_into,
        }


def opportunities(world: World) -> Rows:
    stages = {stage.name: stage for stage in world.stages}
    for row in known(world.salesforce.opportunities):
        yield removable(row) | {
            "Name": row.name or None,
            "AccountId": row.account,
            "StageName": row.stage,
            "Amount": row.amount,
            "CurrencyIsoCode": row.currency or CORPORATE_CURRENCY,
            "CloseDate": row.close_date.isoformat(),
            "Type": row.kind or None,
            "LeadSource": row.lead_source or None,
            "CampaignId": row.campaign,
            "IsClosed": stages[row.stage].is_closed,
            "IsWon": stages[row.stage].is_won,
            "Probability": stages[row.stage].probability,
            "HasOpportunityLineItem": bool(row.lines),
        }


def of_deals(column: str, spell: Callable[[OpportunityEntry, Any], dict[str, Any]]) -> Callable[[World], Rows]:
    def rows(world: World) -> Rows:
        for row in known(world.salesforce.opportunities):
            for held in getattr(row, column):
                yield {"Id": held.id, "IsDeleted": row.fate is not Fate.LIVE, **spell(row, held)}

    return rows


def contact_role(deal: OpportunityEntry, held: Any) -> dict[str, Any]:
    return stamps(deal) | {
        "Id": held.id,
        "OpportunityId": deal.id,
        "ContactId": held.contact,
        "Role": held.role,
        "IsPrimary": held.is_primary,
    }


def opportunity_partner(deal: OpportunityEntry, held: Any) -> dict[str, Any]:
    return stamps(deal) | {
        "Id": held.id,
        "OpportunityId": deal.id,
        "AccountToId": held.account,
        "Role": held.role,
        "IsPrimary": held.is_primary,
    }


def partner(deal: OpportunityEntry, held: Any) -> dict[str, Any]:
    return opportunity_partner(deal, held) | {"AccountFromId": deal.account}


def partners(world: World) -> Rows:
    yield from of_deals("partner_roles", partner)(world)
    for row in made_up_partnering(world).account_partners:
        if row.opportunity is None:
            yield account_partner(row) | {"OpportunityId": None}


def account_partners(world: World) -> Rows:
    for row in known(made_up_partnering(world).account_partners):
        yield account_partner(row) | {"OpportunityId": row.opportunity}


def account_partner(row: AccountPartnerEntry) -> dict[str, Any]:
    return removable(row) | {
        "AccountFromId": row.account_from,
        "AccountToId": row.account_to,
        "Role": row.role,
        "IsPrimary": row.is_primary,
        "ReversePartnerId": row.reverse,
    }


def relations(world: World) -> Rows:
    for row in known(world.salesforce.contacts):
        if row.account is not None:
            yield {"ContactId": row.id, "AccountId": row.account, "IsDirect": True, "IsActive": True}
    for row in made_up_partnering(world).relations:
        yield removable(row) | {"ContactId": row.contact, "AccountId": row.account, "IsDirect": False}


def line(deal: OpportunityEntry, held: Any) -> dict[str, Any]:
    return stamps(deal) | {
        "Id": held.id,
        "OpportunityId": deal.id,
        "Product2Id": held.product,
        "Quantity": held.quantity,
        "UnitPrice": held.unit_price,
        "TotalPrice": held.quantity * held.unit_price,
    }


def step(deal: OpportunityEntry, held: Any) -> dict[str, Any]:
    return {"OpportunityId": deal.id, "StageName": held.stage, "CreatedDate": spelled(held.at)}


def stages(world: World) -> Rows:
    for stage in world.stages:
        yield {
            "MasterLabel": stage.name,
            "SortOrder": stage.position,
            "DefaultProbability": stage.probability,
            "IsClosed": stage.is_closed,
            "IsWon": stage.is_won,
        }


def users(world: World) -> Rows:
    for row in world.salesforce.users:
        yield stamps(row) | {
            "FirstName": row.first_name,
            "LastName": row.last_name,
            "Email": row.email,
            "IsActive": row.is_active,
            "Name": f"{row.first_name} {row.last_name}",
        }


def leads(world: World) -> Rows:
    for row in known(world.salesforce.leads):
        yield removable(row) | {
            "Company": row.company or None,
            "FirstName": row.first_name or None,
            "LastName": row.last_name or None,
            "Email": row.email or None,
            "Status": row.status,
            "Country": row.country or None,
            "LeadSource": row.lead_source or None,
            "IsConverted": row.converted_on is not None,
            "ConvertedDate": row.converted_on and row.converted_on.isoformat(),
            "ConvertedAccountId": row.converted_account,
            "ConvertedContactId": row.converted_contact,
            "ConvertedOpportunityId": row.converted_opportunity,
        }


def campaigns(world: World) -> Rows:
    for row in known(world.salesforce.campaigns):
        yield removable(row) | {
            "Name": row.name,
            "Type": row.kind,
            "Status": row.status,
            "StartDate": row.starts_on.isoformat(),
            "EndDate": row.ends_on.isoformat(),
            "BudgetedCost": row.budget,
        }


def campaign_members(world: World) -> Rows:
    for row in known(world.salesforce.campaigns):
        for held in row.members:
            yield member(row, held)


def member(campaign: CampaignEntry, held: Any) -> dict[str, Any]:
    return part(campaign, held) | {
        "CampaignId": campaign.id,
        "ContactId": held.contact,
        "LeadId": held.lead,
        "Status": held.status,
        "HasResponded": held.has_responded,
    }


def products(world: World) -> Rows:
    for row in known(world.salesforce.products):
        yield removable(row) | {"Name": row.name, "ProductCode": row.code, "Family": row.family}


def organization(world: World) -> Rows:
    yield {"Name": world.home_name, "IsSandbox": True}


EXPECTED: dict[str, Callable[[World], Rows]] = {
    "Account": accounts,
    "Contact": contacts,
    "Opportunity": opportunities,
    "OpportunityContactRole": of_deals("contact_roles", contact_role),
    "OpportunityPartner": of_deals("partner_roles", opportunity_partner),
    "AccountContactRelation": relations,
    "AccountPartner": account_partners,
    "Partner": partners,
    "OpportunityLineItem": of_deals("lines", line),
    "OpportunityHistory": of_deals("steps", step),
    "OpportunityStage": stages,
    "User": users,
    "Lead": leads,
    "Campaign": campaigns,
    "CampaignMember": campaign_members,
    "Product2": products,
    "Organization": organization,
}
