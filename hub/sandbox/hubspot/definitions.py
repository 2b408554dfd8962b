"""The properties of each object type: one line says what one is called, what it means and where its value stands."""

from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    PRODUCTS,
    ObjectType,
)
from hub.sandbox.hubspot.pipelines import PIPELINE_ID, stage_id
from hub.sandbox.hubspot.portal import HOME_CURRENCY, LineItem, Portal
from hub.sandbox.hubspot.property import (
    Kind,
    Property,
    calculated,
    custom,
    number,
    number_spelled,
    slug,
    text,
)
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import AccountEntry, ContactEntry, LeadEntry, OpportunityEntry, ProductEntry, StageEntry

LIFECYCLE_STAGES = {"Customer": "customer", "Prospect": "opportunity", "Partner": "other"}


def properties_of(portal: Portal, kind: ObjectType) -> dict[str, Property]:
    """All properties of a type in this portal, by name."""
    if kind.plural not in portal.definitions:
        listed = (*_system(kind), *_OWN[kind.plural], *_stage_dates(portal, kind), *_custom(portal, kind))
        portal.definitions[kind.plural] = {each.name: each for each in listed}
    found: dict[str, Property] = portal.definitions[kind.plural]
    return found


def merged_ids(portal: Portal, kind: ObjectType, entry_id: str) -> str | None:
    """Ids of the records that were merged into this one."""
    return ";".join(portal.shelf(kind).losers.get(entry_id, ())) or None


def _system(kind: ObjectType) -> tuple[Property, ...]:
    return (
        calculated("hs_object_id", "Record ID", Kind.NUMBER, lambda entry, _: entry.id),
        calculated(kind.created, "Create Date", Kind.DATETIME, lambda entry, _: spelled(entry.created_at)),
        calculated(kind.modified, "Last Modified Date", Kind.DATETIME, lambda entry, _: spelled(entry.modified_at)),
        calculated(
            "hs_merged_object_ids",
            "Merged record IDs",
            Kind.ENUMERATION,
            lambda entry, portal: merged_ids(portal, kind, entry.id),
        ),
    )


_OWNER = text("hubspot_owner_id", "Owner", "owner", kind=Kind.ENUMERATION, external=True)


def _category(name: str, label: str, attribute: str) -> Property:
    def write(entry: Any, value: str, _: Portal) -> None:
        setattr(entry, attribute, value or None)

    return Property(
        name=name,
        label=label,
        kind=Kind.ENUMERATION,
        read=lambda entry, _: slug(getattr(entry, attribute)),
        write=write,
    )


def _parent(entry: AccountEntry, portal: Portal) -> str | None:
    return None if entry.parent is None else portal.shelf(COMPANIES).survivor_id(entry.parent)


_COMPANY = (
    text("name", "Company name", "name"),
    text("domain", "Company Domain Name", "domain"),
    text("website", "Website URL", "website"),
    text("phone", "Phone Number", "phone", field_type="phonenumber"),
    _category("industry", "Industry", "industry"),
    text("numberofemployees", "Number of Employees", "employees", kind=Kind.NUMBER),
    number("annualrevenue", "Annual Revenue", "revenue"),
    text("hs_annual_revenue_currency_code", "Annual Revenue Currency Code", "currency", kind=Kind.ENUMERATION),
    text("address", "Street Address", "street"),
    text("city", "City", "city"),
    text("zip", "Postal Code", "postal_code"),
    text("country", "Country/Region", "country"),
    _category("type", "Type", "kind"),
    calculated(
        "lifecyclestage", "Lifecycle Stage", Kind.ENUMERATION, lambda entry, _: LIFECYCLE_STAGES.get(entry.kind)
    ),
    calculated("hs_parent_company_id", "Parent Company", Kind.NUMBER, _parent),
    text("duns_number", "D-U-N-S number", "duns", custom=True),
    _OWNER,
)


def _employer(entry: ContactEntry, portal: Portal) -> str | None:
    if entry.account is None:
        return None
    account: AccountEntry | None = portal.shelf(COMPANIES).found(entry.account)
    return account.name if account is not None else None


def _employer_id(entry: ContactEntry, portal: Portal) -> str | None:
    return None if entry.account is None else portal.shelf(COMPANIES).survivor_id(entry.account)


_CONTACT = (
    text("firstname", "First Name", "first_name"),
    text("lastname", "Last Name", "last_name"),
    text("email", "Email", "email", unique=True),
    text("phone", "Phone Number", "phone", field_type="phonenumber"),
    text("jobtitle", "Job Title", "title"),
    calculated("company", "Company Name", Kind.STRING, _employer),
    calculated("website", "Website URL", Kind.STRING, lambda entry, _: None),
    calculated("associatedcompanyid", "Primary Associated Company ID", Kind.NUMBER, _employer_id),
    calculated(
        "hs_email_domain",
        "Email Domain",
        Kind.STRING,
        lambda entry, _: None if entry.email is None else entry.email.partition("@")[2],
    ),
    calculated(
        "hs_calculated_merged_vids",
        "Merged vids with timestamps of a contact",
        Kind.STRING,
        lambda entry, portal: merged_ids(portal, CONTACTS, entry.id),
    ),
    _OWNER,
)


def _stage(entry: OpportunityEntry, portal: Portal) -> StageEntry:
    return next(stage for stage in portal.world.stages if stage.name == entry.stage)


def _write_stage(entry: OpportunityEntry, value: str, portal: Portal) -> None:
    names = {stage_id(stage): stage.name for stage in portal.world.stages}
    if value not in names:
        raise ValueError(f"{value} was not one of the allowed options: {', '.join(names)}")
    entry.stage = names[value]


def _close_date(entry: OpportunityEntry, _: Portal) -> str:
    return f"{entry.close_date.isoformat()}T00:00:00Z"


def _write_close_date(entry: OpportunityEntry, value: str, _: Portal) -> None:
    entry.close_date = date.fromisoformat(value[:10])


def _home_amount(entry: OpportunityEntry, _: Portal) -> str | None:
    return number_spelled(entry.amount) if entry.currency in (None, HOME_CURRENCY) else None


_DEAL = (
    text("dealname", "Deal Name", "name"),
    number("amount", "Amount", "amount"),
    text("deal_currency_code", "Currency", "currency", kind=Kind.ENUMERATION),
    calculated("amount_in_home_currency", "Amount in company currency", Kind.NUMBER, _home_amount),
    Property(name="closedate", label="Close Date", kind=Kind.DATETIME, read=_close_date, write=_write_close_date),
    Property(
        name="pipeline", label="Pipeline", kind=Kind.ENUMERATION, external=True, read=lambda entry, _: PIPELINE_ID
    ),
    Property(
        name="dealstage",
        label="Deal Stage",
        kind=Kind.ENUMERATION,
        external=True,
        read=lambda entry, portal: stage_id(_stage(entry, portal)),
        write=_write_stage,
    ),
    _category("dealtype", "Deal Type", "kind"),
    text("lead_source", "Lead source", "lead_source", custom=True),
    calculated(
        "hs_is_closed", "Is Deal Closed?", Kind.BOOL, lambda entry, portal: str(_stage(entry, portal).is_closed).lower()
    ),
    calculated(
        "hs_is_closed_won",
        "Is Closed Won",
        Kind.BOOL,
        lambda entry, portal: str(_stage(entry, portal).is_won).lower(),
    ),
    calculated(
        "hs_deal_stage_probability",
        "Deal probability",
        Kind.NUMBER,
        lambda entry, portal: str(_stage(entry, portal).probability / 100),
    ),
    _OWNER,
)

_PRODUCT = (
    text("name", "Name", "name"),
    text("hs_sku", "SKU", "code"),
    calculated("description", "Product description", Kind.STRING, lambda entry, _: None),
    _category("hs_product_type", "Product Type", "family"),
    number("price", "Unit price", "price"),
)


def _product_name(entry: LineItem, portal: Portal) -> str | None:
    product: ProductEntry | None = portal.shelf(PRODUCTS).by_id.get(entry.product)
    return product.name if product is not None else None


def _line_total(entry: LineItem, _: Portal) -> str | None:
    return number_spelled((entry.quantity * entry.unit_price).quantize(Decimal("0.01")))


_LINE_ITEM = (
    calculated("name", "Name", Kind.STRING, _product_name),
    calculated("hs_product_id", "Product ID", Kind.NUMBER, lambda entry, _: entry.product),
    number("quantity", "Quantity", "quantity"),
    number("price", "Unit price", "unit_price"),
    calculated("amount", "Net price", Kind.NUMBER, _line_total),
    text("hs_line_item_currency_code", "Currency", "currency", kind=Kind.ENUMERATION),
)


def _lead_name(entry: LeadEntry, _: Portal) -> str:
    return " ".join(part for part in (entry.first_name, entry.last_name) if part) + f" - {entry.company}"


_LEAD = (
    calculated("hs_lead_name", "Lead name", Kind.STRING, _lead_name),
    text("hs_pipeline_stage", "Lead Pipeline Stage", "status", kind=Kind.ENUMERATION),
    text("hs_associated_company_name", "Associated Company Name", "company"),
    text("hs_associated_contact_firstname", "Associated Contact First Name", "first_name"),
    text("hs_associated_contact_lastname", "Associated Contact Last Name", "last_name"),
    text("hs_associated_contact_email", "Associated Contact Email", "email"),
    text("lead_source", "Lead source", "lead_source", custom=True),
    text("country", "Country", "country", custom=True),
)

_OWN = {
    COMPANIES.plural: _COMPANY,
    CONTACTS.plural: _CONTACT,
    DEALS.plural: _DEAL,
    PRODUCTS.plural: _PRODUCT,
    LINE_ITEMS.plural: _LINE_ITEM,
    LEADS.plural: _LEAD,
}


def _stage_dates(portal: Portal, kind: ObjectType) -> list[Property]:
    return [_stage_date(stage) for stage in portal.world.stages] if kind is DEALS else []


def _stage_date(stage: StageEntry) -> Property:
    def read(entry: OpportunityEntry, _: Portal) -> str | None:
        entered = [step.at for step in entry.steps if step.stage == stage.name]
        return spelled(entered[-1]) if entered else None

    name = f"hs_v2_date_entered_{stage_id(stage)}"
    return calculated(name, f'Date entered "{stage.name}"', Kind.DATETIME, read)


def _custom(portal: Portal, kind: ObjectType) -> list[Property]:
    if kind is not COMPANIES:
        return []
    samples: dict[str, object] = {}
    for entry in portal.copy.accounts:
        for name, value in entry.custom.items():
            samples.setdefault(name, value)
    return [custom(name, sample) for name, sample in sorted(samples.items())]
