"""What Salesforce's payloads say. Pure: asks nothing.

Members read by [] are in every org. Those read by .get may be absent: an edition lacks the field,
or field-level security hides it from the user we sign in as.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hub.connectors.base import Payload
from hub.connectors.salesforce.values import currency, day, flag, instant, number, required, share, text, whole
from hub.model import (
    AccountRecord,
    Campaign,
    CampaignMember,
    ContactAccount,
    ContactRecord,
    Lead,
    Opportunity,
    OpportunityAccount,
    OpportunityContact,
    OpportunityLine,
    Product,
    Removal,
    RemovalEvidence,
    SalesUser,
    Stage,
    StageChange,
)

CUSTOM_SUFFIXES = ("__c", "__pc")
"""An org's own fields, and a person account's."""


def modified_at(payload: Payload) -> datetime | None:
    """When the org last changed a row; None where it does not stamp them."""
    stamp = payload.get("SystemModstamp")
    return None if stamp is None else instant(stamp)


def account(payload: Payload) -> Iterator[AccountRecord]:
    """A company."""
    yield AccountRecord(
        **row_of(payload),
        **removal_of(payload),
        name=text(payload["Name"]),
        website=text(payload.get("Website")),
        phone=text(payload.get("Phone")),
        industry=text(payload.get("Industry")),
        employees=whole(payload.get("NumberOfEmployees")),
        revenue=number(payload.get("AnnualRevenue")),
        revenue_currency=currency(payload.get("CurrencyIsoCode")),
        street=text(payload.get("BillingStreet")),
        city=text(payload.get("BillingCity")),
        region=text(payload.get("BillingState")),
        postal_code=text(payload.get("BillingPostalCode")),
        country=text(payload.get("BillingCountry")),
        kind=text(payload.get("Type")),
        duns=text(payload.get("DunsNumber")),
        parent_external_id=text(payload.get("ParentId")),
        owner_external_id=text(payload.get("OwnerId")),
    )


def contact(payload: Payload) -> Iterator[ContactRecord | ContactAccount]:
    """A person, and the company they work at."""
    yield ContactRecord(
        **row_of(payload),
        **removal_of(payload),
        first_name=text(payload.get("FirstName")),
        last_name=text(payload["LastName"]),
        email=text(payload.get("Email")),
        phone=text(payload.get("Phone")),
        title=text(payload.get("Title")),
        owner_external_id=text(payload.get("OwnerId")),
    )
    account_id = text(payload.get("AccountId"))
    if account_id is not None:
        yield ContactAccount(
            **_joined(payload, account_id),
            contact_external_id=payload["Id"],
            account_external_id=account_id,
            is_primary=True,
        )


def opportunity(payload: Payload) -> Iterator[Opportunity | OpportunityAccount]:
    """A deal, and the company it is about."""
    yield Opportunity(
        **row_of(payload),
        **removal_of(payload),
        name=text(payload["Name"]),
        stage_external_id=text(payload["StageName"]),
        amount=number(payload.get("Amount")),
        currency=currency(payload.get("CurrencyIsoCode")),
        probability=share(payload.get("Probability")),
        close_date=day(payload["CloseDate"]),
        is_closed=flag(payload["IsClosed"]),
        is_won=flag(payload["IsWon"]),
        kind=text(payload.get("Type")),
        lead_source=text(payload.get("LeadSource")),
        owner_external_id=text(payload.get("OwnerId")),
        campaign_external_id=text(payload.get("CampaignId")),
        record_type_external_id=text(payload.get("RecordTypeId")),
    )
    account_id = text(payload.get("AccountId"))
    if account_id is not None:
        yield OpportunityAccount(
            **_joined(payload, account_id),
            opportunity_external_id=payload["Id"],
            account_external_id=account_id,
            is_primary=True,
        )


def opportunity_contact(payload: Payload) -> Iterator[OpportunityContact]:
    """A person's role in a deal."""
    yield OpportunityContact(
        **row_of(payload),
        **removal_of(payload),
        opportunity_external_id=required(payload["OpportunityId"]),
        contact_external_id=required(payload["ContactId"]),
        role=text(payload.get("Role")),
        is_primary=flag(payload["IsPrimary"]),
    )


def user(payload: Payload) -> Iterator[SalesUser]:
    """A login. It can be deactivated, never deleted."""
    yield SalesUser(
        **row_of(payload),
        name=text(payload["Name"]),
        email=text(payload.get("Email")),
        is_active=flag(payload["IsActive"]),
    )


def stage(payload: Payload) -> Iterator[Stage]:
    """A step of the one pipeline that an org has."""
    yield Stage(
        **row_of(payload),
        name=required(payload["ApiName"]),
        label=required(payload["MasterLabel"]),
        position=whole(payload.get("SortOrder")),
        probability=share(payload.get("DefaultProbability")),
        is_closed=flag(payload["IsClosed"]),
        is_won=flag(payload["IsWon"]),
    )


def opportunity_line(payload: Payload) -> Iterator[OpportunityLine]:
    """A product sold in a deal."""
    yield OpportunityLine(
        **row_of(payload),
        **removal_of(payload),
        opportunity_external_id=required(payload["OpportunityId"]),
        product_external_id=text(payload.get("Product2Id")),
        name=text(payload.get("Name")),
        quantity=number(payload.get("Quantity")),
        unit_price=number(payload.get("UnitPrice")),
        total_price=number(payload.get("TotalPrice")),
        currency=currency(payload.get("CurrencyIsoCode")),
    )


def stage_change(payload: Payload) -> Iterator[StageChange]:
    """A deal as it stood after a change of its stage, amount or close date."""
    yield StageChange(
        **row_of(payload),
        **removal_of(payload),
        opportunity_external_id=required(payload["OpportunityId"]),
        stage_external_id=required(payload["StageName"]),
        changed_at=instant(payload["CreatedDate"]),
        amount=number(payload.get("Amount")),
        currency=currency(payload.get("CurrencyIsoCode")),
        close_date=day(payload.get("CloseDate")),
    )


def lead(payload: Payload) -> Iterator[Lead]:
    """A person or company that may become a deal."""
    yield Lead(
        **row_of(payload),
        **removal_of(payload),
        company=text(payload["Company"]),
        first_name=text(payload.get("FirstName")),
        last_name=text(payload["LastName"]),
        email=text(payload.get("Email")),
        phone=text(payload.get("Phone")),
        title=text(payload.get("Title")),
        website=text(payload.get("Website")),
        country=text(payload.get("Country")),
        status=text(payload["Status"]),
        origin=text(payload.get("LeadSource")),
        owner_external_id=text(payload.get("OwnerId")),
        record_type_external_id=text(payload.get("RecordTypeId")),
        partner_external_id=text(payload.get("PartnerAccountId")),
        is_converted=flag(payload["IsConverted"]),
        converted_at=day(payload.get("ConvertedDate")),
        converted_account_external_id=text(payload.get("ConvertedAccountId")),
        converted_contact_external_id=text(payload.get("ConvertedContactId")),
        converted_opportunity_external_id=text(payload.get("ConvertedOpportunityId")),
    )


def campaign(payload: Payload) -> Iterator[Campaign]:
    """A marketing effort."""
    yield Campaign(
        **row_of(payload),
        **removal_of(payload),
        name=required(payload["Name"]),
        kind=text(payload.get("Type")),
        status=text(payload.get("Status")),
        starts_on=day(payload.get("StartDate")),
        ends_on=day(payload.get("EndDate")),
        budgeted_cost=number(payload.get("BudgetedCost")),
        actual_cost=number(payload.get("ActualCost")),
        currency=currency(payload.get("CurrencyIsoCode")),
    )


def campaign_member(payload: Payload) -> Iterator[CampaignMember]:
    """A lead or contact that a campaign reached. The day of the first response is no instant, so it stays raw."""
    yield CampaignMember(
        **row_of(payload),
        **removal_of(payload),
        campaign_external_id=required(payload["CampaignId"]),
        contact_external_id=text(payload.get("ContactId")),
        lead_external_id=text(payload.get("LeadId")),
        status=text(payload.get("Status")),
        has_responded=flag(payload["HasResponded"]),
    )


def product(payload: Payload) -> Iterator[Product]:
    """Something that is sold. One that deals still name is archived rather than deleted."""
    removal = removal_of(payload)
    if not removal and payload.get("IsArchived"):
        removal = {"removal": Removal.ARCHIVED, "removal_evidence": RemovalEvidence.SOURCE_ROW}
    yield Product(
        **row_of(payload),
        **removal,
        name=required(payload["Name"]),
        code=text(payload.get("ProductCode")),
        family=text(payload.get("Family")),
        is_active=flag(payload["IsActive"]),
    )


def row_of(payload: Payload) -> dict[str, Any]:
    """What every row says of itself."""
    return {
        "external_id": required(payload["Id"]),
        "source_created_at": instant(payload["CreatedDate"]),
        "source_modified_at": instant(payload["SystemModstamp"]),
        "custom": {name: value for name, value in payload.items() if name.endswith(CUSTOM_SUFFIXES)},
    }


def removal_of(payload: Payload) -> dict[str, Any]:
    """What became of a row: nothing can change one in the recycle bin, so its stamp is when it got there."""
    if not flag(payload["IsDeleted"]):
        return {}
    winner = text(payload.get("MasterRecordId"))
    return {
        "removal": Removal.DELETED if winner is None else Removal.MERGED,
        "removal_evidence": RemovalEvidence.SOURCE_ROW,
        "removed_at": instant(payload["SystemModstamp"]),
        "merged_into": winner,
    }


def _joined(payload: Payload, account_id: str) -> dict[str, Any]:
    """The row that joins a payload to its company: it goes and comes with the payload, and is never merged."""
    removal = removal_of(payload)
    if removal:
        removal |= {"removal": Removal.DELETED, "merged_into": None}
    return {**row_of(payload), **removal, "external_id": f"{payload['Id']}:{account_id}", "custom": {}}
