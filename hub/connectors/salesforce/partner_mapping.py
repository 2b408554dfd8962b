"""What Salesforce's payloads say of partners: who is one, in which program, and the money they market with. Pure."""

from collections.abc import Iterator

from hub.connectors.base import Payload
from hub.connectors.salesforce.mapping import removal_of, row_of
from hub.connectors.salesforce.values import currency, day, flag, number, required, text, whole
from hub.model import (
    AccountPartner,
    ContactAccount,
    FundAllocation,
    FundBudget,
    FundClaim,
    FundRequest,
    OpportunityPartner,
    ProgramLevel,
    ProgramMember,
    ProgramRecord,
    RecordType,
)


def contact_account(payload: Payload) -> Iterator[ContactAccount]:
    """What ties a person to a company, beyond what the contact itself says: that it is their main one.

    A direct relation without roles says no more than that; one that is over says nothing of now.
    """
    roles = text(payload.get("Roles"))
    if not flag(payload["IsActive"]) or (flag(payload["IsDirect"]) and roles is None):
        return
    yield ContactAccount(
        **row_of(payload),
        **removal_of(payload),
        contact_external_id=required(payload["ContactId"]),
        account_external_id=required(payload["AccountId"]),
        label=roles,
        is_primary=False,
    )


def account_partner(payload: Payload) -> Iterator[AccountPartner]:
    """A company that is a partner of another; nothing, where a partner's deal is about no company.

    Salesforce has a second row for the way back.
    """
    account_id = text(payload["AccountFromId"])
    if account_id is None:
        return
    yield AccountPartner(
        **row_of(payload),
        **removal_of(payload),
        account_external_id=account_id,
        partner_external_id=required(payload["AccountToId"]),
        role=text(payload.get("Role")),
        is_primary=flag(payload["IsPrimary"]),
    )


def opportunity_partner(payload: Payload) -> Iterator[OpportunityPartner]:
    """A partner's role in a deal."""
    yield OpportunityPartner(
        **row_of(payload),
        **removal_of(payload),
        opportunity_external_id=required(payload["OpportunityId"]),
        account_external_id=required(payload["AccountToId"]),
        role=text(payload.get("Role")),
        is_primary=flag(payload["IsPrimary"]),
    )


def record_type(payload: Payload) -> Iterator[RecordType]:
    """A kind of row, by a name that is the same in every copy of the org."""
    yield RecordType(
        **row_of(payload),
        name=required(payload["DeveloperName"]),
        label=required(payload["Name"]),
        kind=required(payload["SobjectType"]),
        is_active=flag(payload["IsActive"]),
    )


def program(payload: Payload) -> Iterator[ProgramRecord]:
    """A partner program."""
    yield ProgramRecord(
        **row_of(payload),
        **removal_of(payload),
        name=required(payload["Name"]),
        kind=text(payload.get("Category")),
        is_active=flag(payload["IsActive"]),
    )


def program_level(payload: Payload) -> Iterator[ProgramLevel]:
    """A level of one."""
    yield ProgramLevel(
        **row_of(payload),
        **removal_of(payload),
        program_external_id=required(payload["ProgramId"]),
        name=required(payload["Name"]),
        rank=whole(payload.get("Rank")),
    )


def program_member(payload: Payload) -> Iterator[ProgramMember]:
    """A company in one."""
    yield ProgramMember(
        **row_of(payload),
        **removal_of(payload),
        program_external_id=required(payload["ProgramId"]),
        level_external_id=text(payload.get("LevelId")),
        account_external_id=required(payload["PartnerId"]),
    )


def fund_budget(payload: Payload) -> Iterator[FundBudget]:
    """Money set aside for marketing with a partner."""
    yield FundBudget(
        **row_of(payload),
        **removal_of(payload),
        title=required(payload["Title"]),
        kind=text(payload.get("Type")),
        account_external_id=text(payload.get("ChannelPartnerId")),
        amount=number(payload.get("Amount")),
        currency=currency(payload.get("CurrencyIsoCode")),
        starts_on=day(payload.get("StartDate")),
        ends_on=day(payload.get("EndDate")),
    )


def fund_allocation(payload: Payload) -> Iterator[FundAllocation]:
    """A part of a budget, given to a partner."""
    yield FundAllocation(
        **row_of(payload),
        **removal_of(payload),
        title=required(payload["Title"]),
        budget_external_id=text(payload.get("BudgetId")),
        account_external_id=text(payload.get("ChannelPartnerId")),
        amount=number(payload.get("Amount")),
        currency=currency(payload.get("CurrencyIsoCode")),
    )


def fund_request(payload: Payload) -> Iterator[FundRequest]:
    """What a partner asks for before it spends."""
    yield FundRequest(
        **row_of(payload),
        **removal_of(payload),
        title=required(payload["Title"]),
        status=text(payload.get("Status")),
        activity=text(payload.get("Activity")),
        account_external_id=text(payload.get("ChannelPartnerId")),
        budget_external_id=text(payload.get("BudgetId")),
        allocation_external_id=text(payload.get("AllocationId")),
        campaign_external_id=text(payload.get("CampaignId")),
        amount=number(payload.get("Amount")),
        requested_amount=number(payload.get("RequestedAmount")),
        currency=currency(payload.get("CurrencyIsoCode")),
    )


def fund_claim(payload: Payload) -> Iterator[FundClaim]:
    """What a partner wants back after it spent."""
    yield FundClaim(
        **row_of(payload),
        **removal_of(payload),
        title=required(payload["Title"]),
        status=text(payload.get("Status")),
        account_external_id=text(payload.get("ChannelPartnerId")),
        request_external_id=text(payload.get("RequestId")),
        budget_external_id=text(payload.get("BudgetId")),
        allocation_external_id=text(payload.get("AllocationId")),
        amount=number(payload.get("Amount")),
        currency=currency(payload.get("CurrencyIsoCode")),
    )
