"""Opportunity and what hangs on it: contact roles, partners, lines, history."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.accounts import NO_TRUTH
from hub.sandbox.salesforce.fields import (
    computed,
    constant,
    created,
    currency,
    found,
    instant,
    is_deleted,
    linked,
    own_currency,
    owner,
    parent_row,
    part,
    refers,
    row_id,
    second,
    stamps,
    stored,
    unused,
)
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.setup import FORECAST_LABELS, forecast_category, record_type
from hub.sandbox.salesforce.sobject import Field, HangingPart, HangingT, Kind, Part, SObject, Value
from hub.sandbox.world import Fate, OpportunityEntry, StageEntry

PERCENT = Decimal(100)


def opportunity(*, partner_licences: bool) -> SObject[OpportunityEntry]:
    """Opportunity. Only an org with partner licences has PartnerAccountId."""
    return SObject(
        name="Opportunity",
        label="Opportunity",
        plural="Opportunities",
        prefix="006",
        rows=lambda org: org.copy.opportunities,
        blank=_blank,
        fields=(
            row_id(),
            is_deleted(),
            refers("AccountId", "account", "Account", children="Opportunities", cascade=True),
            record_type("Opportunity", lambda row: "Partner_Sourced" if row.partner_roles else "Direct"),
            *_terms(),
            *_stage_facts(),
            *_origin(),
            owner(),
            own_currency(),
            *_fiscal(),
            *stamps(),
            *([_partner_account()] if partner_licences else []),
        ),
    )


def _terms() -> tuple[Field[Any], ...]:
    return (
        stored("Name", Kind.STRING, "name", length=120, required=True),
        unused("Description", Kind.TEXTAREA, length=32000),
        stored("StageName", Kind.PICKLIST, "stage", required=True, allowed=lambda org: org.stages),
        stored("Amount", Kind.CURRENCY, "amount"),
        stored("CloseDate", Kind.DATE, "close_date", required=True),
        stored("Type", Kind.PICKLIST, "kind"),
        unused("NextStep", Kind.STRING, length=255),
        computed("HasOpportunityLineItem", Kind.BOOLEAN, lambda _, row: any(_live(row.lines))),
        constant("PushCount", Kind.INT, 0),
    )


def _live(held: Iterable[HangingT]) -> Iterator[HangingT]:
    return (each for each in held if each.fate is Fate.LIVE)


def _origin() -> tuple[Field[Any], ...]:
    return (
        stored("LeadSource", Kind.PICKLIST, "lead_source"),
        refers("CampaignId", "campaign", "Campaign", children="Opportunities"),
        computed(
            "ContactId",
            Kind.REFERENCE,
            lambda _, row: next((role.contact for role in _live(row.contact_roles) if role.is_primary), None),
            references=("Contact",),
            relationship="Contact",
        ),
    )


def _blank(external_id: str, at: datetime) -> OpportunityEntry:
    return OpportunityEntry(
        id=external_id,
        created_at=at,
        modified_at=at,
        truth=NO_TRUTH,
        name="",
        account=None,
        stage="",
        amount=None,
        currency=None,
        close_date=at.date(),
    )


def _stage_facts() -> tuple[Field[Any], ...]:
    def of(fact: Callable[[StageEntry], Value]) -> Callable[[Org, OpportunityEntry], Value]:
        return lambda org, row: fact(org.stages[row.stage])

    return (
        computed("Probability", Kind.PERCENT, of(lambda stage: Decimal(stage.probability))),
        computed("ExpectedRevenue", Kind.CURRENCY, _expected),
        computed(
            "LastStageChangeDate",
            Kind.DATETIME,
            lambda _, row: second(row.steps[-1].at) if len(row.steps) > 1 else None,
        ),
        computed("IsClosed", Kind.BOOLEAN, of(lambda stage: stage.is_closed)),
        computed("IsWon", Kind.BOOLEAN, of(lambda stage: stage.is_won)),
        computed("ForecastCategory", Kind.PICKLIST, of(forecast_category)),
        computed("ForecastCategoryName", Kind.PICKLIST, of(lambda stage: FORECAST_LABELS[forecast_category(stage)])),
    )


def _expected(org: Org, row: OpportunityEntry) -> Decimal | None:
    return None if row.amount is None else row.amount * org.stages[row.stage].probability / PERCENT


def _fiscal() -> tuple[Field[Any], ...]:
    def quarter(day: date) -> int:
        return (day.month - 1) // 3 + 1

    return (
        computed("FiscalYear", Kind.INT, lambda _, row: row.close_date.year),
        computed("FiscalQuarter", Kind.INT, lambda _, row: quarter(row.close_date)),
        computed("Fiscal", Kind.STRING, lambda _, row: f"{row.close_date.year} {quarter(row.close_date)}", length=6),
    )


def _partner_account() -> Field[Any]:
    return computed(
        "PartnerAccountId",
        Kind.REFERENCE,
        lambda _, row: next((role.account for role in _live(row.partner_roles) if role.is_primary), None),
        references=("Account",),
        relationship="PartnerAccount",
    )


def _parts(column: str) -> Callable[[Org], Iterable[Part[OpportunityEntry, Any]]]:
    def rows(org: Org) -> Iterator[Part[OpportunityEntry, Any]]:
        for deal in org.copy.opportunities:
            for held in getattr(deal, column):
                yield HangingPart(held.id, deal, held)

    return rows


def contact_roles() -> SObject[Any]:
    """OpportunityContactRole."""
    return SObject(
        name="OpportunityContactRole",
        label="Opportunity Contact Role",
        plural="Opportunity Contact Role",
        prefix="00K",
        rows=_parts("contact_roles"),
        removable=True,
        fields=(
            row_id(),
            is_deleted(),
            parent_row("Opportunity", "OpportunityContactRoles"),
            linked("ContactId", "contact", "Contact", cascade=True),
            part("Role", Kind.PICKLIST, "role"),
            part("IsPrimary", Kind.BOOLEAN, "is_primary"),
            currency(lambda row: row.parent.currency),
            *stamps(),
        ),
    )


def line_items() -> SObject[Any]:
    """OpportunityLineItem: a product sold in a deal."""
    return SObject(
        name="OpportunityLineItem",
        label="Opportunity Product",
        plural="Opportunity Products",
        prefix="00k",
        rows=_parts("lines"),
        removable=True,
        fields=(
            row_id(),
            is_deleted(),
            parent_row("Opportunity", "OpportunityLineItems"),
            linked("Product2Id", "product", "Product2"),
            unused("PricebookEntryId", Kind.REFERENCE, references=("PricebookEntry",)),
            computed("ProductCode", Kind.STRING, _of_product("code"), length=255),
            computed("Name", Kind.STRING, _line_name, length=376),
            part("Quantity", Kind.DOUBLE, "quantity"),
            part("UnitPrice", Kind.CURRENCY, "unit_price"),
            computed("ListPrice", Kind.CURRENCY, _of_product("price")),
            unused("Discount", Kind.PERCENT),
            *(computed(name, Kind.CURRENCY, _total) for name in ("Subtotal", "TotalPrice")),
            unused("ServiceDate", Kind.DATE),
            unused("SortOrder", Kind.INT),
            currency(lambda row: row.parent.currency),
            *stamps(),
        ),
    )


def _of_product(column: str) -> Callable[[Org, Any], Value]:
    return lambda org, row: found(org.product(row.part.product), column)


def _total(_: Org, row: Any) -> Decimal:
    amount: Decimal = row.part.quantity * row.part.unit_price
    return amount


def _line_name(org: Org, row: Any) -> str:
    name = found(org.product(row.part.product), "name")
    return f"{row.parent.name} {name}" if name else row.parent.name


def _history_rows(org: Org) -> Iterator[Part[OpportunityEntry, Any]]:
    for deal in org.copy.opportunities:
        for step in deal.steps:
            yield Part(step.id, deal, step, step.at)


def histories() -> SObject[Any]:
    """OpportunityHistory: a deal entering a stage. Written once, so it has no LastModifiedDate."""
    return SObject(
        name="OpportunityHistory",
        label="Opportunity: Stage History",
        plural="Opportunity: Stage History",
        prefix="008",
        rows=_history_rows,
        fields=(
            row_id(),
            is_deleted(),
            parent_row("Opportunity", "OpportunityHistories"),
            part("StageName", Kind.PICKLIST, "stage"),
            computed("Amount", Kind.CURRENCY, lambda _, row: row.parent.amount),
            computed("CloseDate", Kind.DATE, lambda _, row: row.parent.close_date),
            computed("Probability", Kind.PERCENT, lambda org, row: Decimal(org.stages[row.part.stage].probability)),
            computed("ForecastCategory", Kind.PICKLIST, lambda org, row: forecast_category(org.stages[row.part.stage])),
            currency(lambda row: row.parent.currency),
            *created(),
            instant("SystemModstamp", "modified_at"),
        ),
    )
