"""The kinds of objects a portal holds, and how HubSpot calls each."""

from dataclasses import dataclass

from hub.sandbox.hubspot.refusal import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One kind of object. `plural` is its name in paths."""

    plural: str
    singular: str
    type_id: str
    defaults: tuple[str, ...]
    """The properties sent where none are asked for; the three system ones come always."""
    searched: tuple[str, ...]
    """The properties that a free-text query looks at."""
    created: str = "createdate"
    modified: str = "hs_lastmodifieddate"
    search_defaults: tuple[str, ...] = ()
    """What search sends beyond the defaults."""

    @property
    def system(self) -> tuple[str, ...]:
        """The properties that every answer holds."""
        return (self.created, self.modified, "hs_object_id")


COMPANIES = ObjectType(
    plural="companies",
    singular="company",
    type_id="0-2",
    defaults=("domain", "name"),
    searched=("name", "domain", "phone", "website"),
)
CONTACTS = ObjectType(
    plural="contacts",
    singular="contact",
    type_id="0-1",
    defaults=("email", "firstname", "lastname"),
    searched=("firstname", "lastname", "email", "phone", "company"),
    modified="lastmodifieddate",
    search_defaults=("company", "phone", "website"),
)
DEALS = ObjectType(
    plural="deals",
    singular="deal",
    type_id="0-3",
    defaults=("amount", "closedate", "dealname", "dealstage", "pipeline"),
    searched=("dealname",),
)
PRODUCTS = ObjectType(
    plural="products",
    singular="product",
    type_id="0-7",
    defaults=("description", "name", "price"),
    searched=("name", "hs_sku"),
)
LINE_ITEMS = ObjectType(
    plural="line_items",
    singular="line_item",
    type_id="0-8",
    defaults=("amount", "price", "quantity"),
    searched=("name",),
)
LEADS = ObjectType(
    plural="leads",
    singular="lead",
    type_id="0-136",
    defaults=("hs_lead_name",),
    searched=("hs_lead_name",),
    created="hs_createdate",
)
TICKETS = ObjectType(
    plural="tickets",
    singular="ticket",
    type_id="0-5",
    defaults=("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject"),
    searched=("subject", "content"),
)

OBJECT_TYPES = (COMPANIES, CONTACTS, DEALS, PRODUCTS, LINE_ITEMS, LEADS, TICKETS)
_BY_NAME = {name: kind for kind in OBJECT_TYPES for name in (kind.plural, kind.singular, kind.type_id)}


def object_type(name: str) -> ObjectType:
    """The type that a path names, by plural, singular or id."""
    kind = _BY_NAME.get(name.lower())
    if kind is None:
        raise Refusal(400, f"Unable to infer object type from: {name}")
    return kind
