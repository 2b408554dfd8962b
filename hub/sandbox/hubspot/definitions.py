"""The properties of each object type in one portal."""

from hub.sandbox.hubspot import (
    company_properties,
    contact_properties,
    deal_properties,
    lead_properties,
    product_properties,
    ticket_properties,
)
from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    PRODUCTS,
    TICKETS,
    ObjectType,
)
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import Kind, Property, calculated, custom, kind_of, merged_ids
from hub.sandbox.hubspot.stamps import spelled

_OWN = {
    COMPANIES.plural: company_properties.PROPERTIES,
    CONTACTS.plural: contact_properties.PROPERTIES,
    DEALS.plural: deal_properties.PROPERTIES,
    PRODUCTS.plural: product_properties.PRODUCT_PROPERTIES,
    LINE_ITEMS.plural: product_properties.LINE_ITEM_PROPERTIES,
    LEADS.plural: lead_properties.PROPERTIES,
    TICKETS.plural: ticket_properties.PROPERTIES,
}


def properties_of(portal: Portal, kind: ObjectType) -> dict[str, Property]:
    """All properties of a type in this portal, by name."""
    if kind.plural not in portal.definitions:
        known = {name: each for name, each in _all(portal, kind).items() if each.archived_at is None}
        portal.definitions[kind.plural] = known
    found: dict[str, Property] = portal.definitions[kind.plural]
    return found


def archived_properties_of(portal: Portal, kind: ObjectType) -> dict[str, Property]:
    """The properties of a type that somebody archived, by name."""
    return {name: each for name, each in _all(portal, kind).items() if each.archived_at is not None}


def _all(portal: Portal, kind: ObjectType) -> dict[str, Property]:
    stage_dates = deal_properties.stage_dates(portal) if kind is DEALS else []
    shipped = {each.name: each for each in (*_system(kind), *_OWN[kind.plural], *stage_dates)}
    invented = {each.name: each for each in _invented(portal, kind) if each.name not in shipped}
    return shipped | invented | portal.made_properties.get(kind.plural, {})


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


def _invented(portal: Portal, kind: ObjectType) -> list[Property]:
    """The owner's own properties of companies, known by the values that the history holds."""
    if kind is not COMPANIES:
        return []
    samples: dict[str, object] = {}
    for entry in portal.copy.accounts:
        for name, value in entry.custom.items():
            samples.setdefault(name, value)
    return [custom(name, kind_of(sample)) for name, sample in sorted(samples.items())]
