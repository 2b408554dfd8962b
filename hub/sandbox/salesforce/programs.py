"""The partner program and its money: ChannelProgram and PartnerFund objects, where the org has partner licences."""

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.fields import (
    computed,
    constant,
    is_deleted,
    own_currency,
    owner,
    refers,
    row_id,
    stamps,
    stored,
)
from hub.sandbox.salesforce.made_up_partnering import PREFIXES
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.partnering import (
    AllocationEntry,
    BudgetEntry,
    ClaimEntry,
    FundEntry,
    FundRequestEntry,
    LevelEntry,
    MemberEntry,
    Partnering,
    ProgramEntry,
)
from hub.sandbox.salesforce.sobject import Field, Kind, SObject
from hub.sandbox.world import AccountEntry, Entry, Fate


def program_objects() -> tuple[SObject[Any], ...]:
    """All of them."""
    return (_programs(), _levels(), _members(), _budgets(), _allocations(), _requests(), _claims())


def _known(name: str, label: str, made: type[Entry], column: str, *fields: Field[Any]) -> SObject[Any]:
    def blank(external_id: str, at: datetime) -> Entry:
        return made(id=external_id, created_at=at, modified_at=at)

    def rows(org: Org) -> Iterable[Any]:
        held: Iterable[Any] = getattr(org.partnering, column)
        return held

    return SObject(
        name=name,
        label=label,
        plural=f"{label}s",
        prefix=PREFIXES[made],
        rows=rows,
        blank=blank,
        fields=(row_id(), is_deleted(), *fields, *stamps()),
    )


def _programs() -> SObject[Any]:
    return _known(
        "ChannelProgram",
        "Channel Program",
        ProgramEntry,
        "programs",
        stored("Name", Kind.STRING, "name", length=255, required=True),
        stored("Category", Kind.PICKLIST, "category"),
        stored("IsActive", Kind.BOOLEAN, "is_active"),
        stored("Description", Kind.TEXTAREA, "description", length=4000),
        owner(),
    )


def _levels() -> SObject[Any]:
    return _known(
        "ChannelProgramLevel",
        "Channel Program Level",
        LevelEntry,
        "levels",
        stored("Name", Kind.STRING, "name", length=255, required=True),
        refers("ProgramId", "program", "ChannelProgram", children="Levels", cascade=True, required=True),
        stored("Rank", Kind.INT, "rank"),
        stored("BenefitsInformation", Kind.TEXTAREA, "benefits", length=4000),
    )


def _members() -> SObject[Any]:
    return _known(
        "ChannelProgramMember",
        "Channel Program Member",
        MemberEntry,
        "members",
        stored("Name", Kind.STRING, "name", length=255, required=True),
        refers("ProgramId", "program", "ChannelProgram", children="Members", cascade=True, required=True),
        refers("LevelId", "level", "ChannelProgramLevel"),
        refers("PartnerId", "partner", "Account", children="ChannelProgramMembers", cascade=True, required=True),
    )


def _fund(name: str, label: str, made: type[FundEntry], column: str, *fields: Field[Any]) -> SObject[Any]:
    return _known(
        name,
        label,
        made,
        column,
        stored("Title", Kind.STRING, "title", length=255, required=True),
        stored("Amount", Kind.CURRENCY, "amount"),
        refers("ChannelPartnerId", "partner", "Account"),
        *fields,
        own_currency(),
        owner(),
    )


def _budget_of(children: str) -> Field[Any]:
    return refers("BudgetId", "budget", "PartnerMarketingBudget", children=children)


def _budgets() -> SObject[Any]:
    return _fund(
        "PartnerMarketingBudget",
        "Partner Marketing Budget",
        BudgetEntry,
        "budgets",
        stored("Type", Kind.PICKLIST, "kind"),
        stored("StartDate", Kind.DATE, "starts_on"),
        stored("EndDate", Kind.DATE, "ends_on"),
        constant("IsIgnoreValidation", Kind.BOOLEAN, value=False),
        _total("TotalAllocatedAmount", "budget", lambda held: held.allocations),
        *_totals("budget"),
    )


def _allocations() -> SObject[Any]:
    return _fund(
        "PartnerFundAllocation",
        "Partner Fund Allocation",
        AllocationEntry,
        "allocations",
        _budget_of("PartnerFundAllocations"),
        *_totals("allocation"),
    )


def _requests() -> SObject[Any]:
    return _fund(
        "PartnerFundRequest",
        "Partner Fund Request",
        FundRequestEntry,
        "requests",
        stored("Status", Kind.PICKLIST, "status", picklist=("Draft", "Submitted", "Approved", "Rejected")),
        stored("Activity", Kind.PICKLIST, "activity"),
        stored("RequestedAmount", Kind.CURRENCY, "requested"),
        refers("AllocationId", "allocation", "PartnerFundAllocation", children="PartnerFundRequests"),
        _budget_of("PartnerFundRequests"),
        refers("CampaignId", "campaign", "Campaign", children="PartnerFundRequests"),
        stored("DesiredOutcome", Kind.TEXTAREA, "desired_outcome", length=255),
        *_totals("request")[1:],
    )


def _claims() -> SObject[Any]:
    return _fund(
        "PartnerFundClaim",
        "Partner Fund Claim",
        ClaimEntry,
        "claims",
        stored("Status", Kind.PICKLIST, "status", picklist=("Draft", "Submitted", "Approved", "Rejected", "Paid")),
        refers("RequestId", "request", "PartnerFundRequest", children="PartnerFundClaims"),
        refers("AllocationId", "allocation", "PartnerFundAllocation", children="PartnerFundClaims"),
        _budget_of("PartnerFundClaims"),
    )


def _totals(link: str) -> tuple[Field[Any], ...]:
    """What was granted, what was claimed with reason, what was paid, of all that points here."""
    return (
        _total("TotalApprovedFrs", link, lambda held: held.requests, "Approved"),
        _total("TotalApprovedFcs", link, lambda held: held.claims, "Approved", "Paid"),
        _total("TotalReimbursedFcs", link, lambda held: held.claims, "Paid"),
    )


def _total(name: str, link: str, of: Callable[[Partnering], Iterable[Any]], *statuses: str) -> Field[Any]:
    def value(org: Org, row: FundEntry) -> Decimal:
        return sum(
            (
                each.amount or Decimal(0)
                for each in of(org.partnering)
                if getattr(each, link) == row.id
                and each.fate is Fate.LIVE
                and (not statuses or each.status in statuses)
            ),
            Decimal(0),
        )

    return computed(name, Kind.CURRENCY, value)


def partner_fields() -> tuple[Field[Any], ...]:
    """What an org with partner licences says of an account."""
    return (
        computed("IsPartner", Kind.BOOLEAN, lambda org, row: org.partnering.member(row.id) is not None),
        computed("ChannelProgramName", Kind.STRING, _program_name, length=255),
        computed("ChannelProgramLevelName", Kind.STRING, _level_name, length=255),
    )


def _program_name(org: Org, row: AccountEntry) -> str | None:
    member = org.partnering.member(row.id)
    return None if member is None else next(p.name for p in org.partnering.programs if p.id == member.program)


def _level_name(org: Org, row: AccountEntry) -> str | None:
    member = org.partnering.member(row.id)
    level = None if member is None else org.partnering.level(member)
    return None if level is None else level.name
