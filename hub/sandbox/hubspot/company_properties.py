"""What a portal keeps of companies."""

from hub.sandbox.hubspot.association_types import PARENT_COMPANY
from hub.sandbox.hubspot.links import linked_by
from hub.sandbox.hubspot.object_types import COMPANIES
from hub.sandbox.hubspot.property import OWNER, Kind, calculated, category, custom, number, text

LIFECYCLE_STAGES = {"Customer": "customer", "Prospect": "opportunity", "Partner": "other"}

PROPERTIES = (
    text("name", "Company name", "name"),
    text("domain", "Company Domain Name", "domain"),
    text("website", "Website URL", "website"),
    text("phone", "Phone Number", "phone", field_type="phonenumber"),
    category("industry", "Industry", "industry"),
    text("numberofemployees", "Number of Employees", "employees", kind=Kind.NUMBER),
    number("annualrevenue", "Annual Revenue", "revenue"),
    text("hs_annual_revenue_currency_code", "Annual Revenue Currency Code", "currency", kind=Kind.ENUMERATION),
    text("address", "Street Address", "street"),
    text("city", "City", "city"),
    text("zip", "Postal Code", "postal_code"),
    text("country", "Country/Region", "country"),
    category("type", "Type", "kind"),
    calculated(
        "lifecyclestage", "Lifecycle Stage", Kind.ENUMERATION, lambda entry, _: LIFECYCLE_STAGES.get(entry.kind)
    ),
    calculated(
        "hs_parent_company_id",
        "Parent Company",
        Kind.NUMBER,
        lambda entry, portal: linked_by(portal, COMPANIES, COMPANIES, entry.id, PARENT_COMPANY.forward),
    ),
    calculated(
        "hs_additional_domains",
        "Additional Domains",
        Kind.ENUMERATION,
        lambda entry, _: ";".join(entry.other_domains) or None,
    ),
    custom("hub_account_id", label="Hub account ID", unique=True),
    custom("hub_overlapping_partners"),
    text("duns_number", "D-U-N-S number", "duns", custom=True),
    OWNER,
)
