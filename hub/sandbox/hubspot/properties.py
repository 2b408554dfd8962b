"""Property definitions, as HubSpot lists them."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import archived_properties_of, properties_of
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import FIELD_TYPES, Kind, Property
from hub.sandbox.hubspot.refusal import not_found
from hub.sandbox.hubspot.stamps import spelled

_DEFINED_AT = "2020-06-30T15:57:37.277Z"
_CUSTOM_AT = "2025-02-11T09:14:02.512Z"
_ADMIN = "7000001"


def properties(portal: Portal, call: Call) -> dict[str, Any]:
    """All properties of an object type, or those of it that were archived."""
    kind = object_type(call.path["object_type"])
    listed = archived_properties_of(portal, kind) if call.is_set("archived") else properties_of(portal, kind)
    return {"results": [_definition(portal, kind, place, each) for place, each in enumerate(listed.values())]}


def one_property(portal: Portal, call: Call) -> dict[str, Any]:
    """One property of an object type."""
    return definition(portal, object_type(call.path["object_type"]), call.path["property_name"])


def definition(portal: Portal, kind: ObjectType, name: str) -> dict[str, Any]:
    """One property as HubSpot defines it."""
    known = properties_of(portal, kind)
    if name not in known:
        raise not_found(f"Property {name} does not exist")
    return _definition(portal, kind, list(known).index(name), known[name])


def _definition(portal: Portal, kind: ObjectType, place: int, found: Property) -> dict[str, Any]:
    stamp = _CUSTOM_AT if found.custom else _DEFINED_AT
    stamp = stamp if found.made_at is None else spelled(found.made_at)
    spelling: dict[str, Any] = {
        "updatedAt": stamp,
        "createdAt": stamp,
        "name": found.name,
        "label": found.label,
        "type": found.kind,
        "fieldType": found.field_type or FIELD_TYPES[found.kind],
        "description": "",
        "groupName": "partner_ecosystem" if found.custom else f"{kind.singular}information",
        "options": _options(portal, kind, found),
        "displayOrder": place,
        "calculated": found.write is None,
        "externalOptions": found.external,
        "hasUniqueValue": found.unique,
        "hidden": False,
        "modificationMetadata": {
            "archivable": True,
            "readOnlyDefinition": not found.custom,
            "readOnlyValue": found.write is None,
        },
        "formField": found.write is not None,
        "dataSensitivity": "non_sensitive",
    }
    if not found.custom:
        return spelling | {"hubspotDefined": True}
    archived: dict[str, Any] = {"archived": found.archived_at is not None}
    if found.archived_at is not None:
        archived["archivedAt"] = spelled(found.archived_at)
    return spelling | {"createdUserId": _ADMIN, "updatedUserId": _ADMIN, **archived}


def _options(portal: Portal, kind: ObjectType, found: Property) -> list[dict[str, Any]]:
    if found.kind is Kind.BOOL:
        values = ["true", "false"]
    elif found.options:
        values = list(found.options)
    elif found.kind is Kind.ENUMERATION and not found.external:
        values = _values_in_use(portal, kind, found)
    else:
        values = []
    return [
        {
            "label": value.replace("_", " ").title(),
            "value": value,
            "description": "",
            "displayOrder": place,
            "hidden": False,
        }
        for place, value in enumerate(values)
    ]


def _values_in_use(portal: Portal, kind: ObjectType, found: Property) -> list[str]:
    if found.write is None and found.name != "lifecyclestage":
        return []
    derived, key = portal.derived(kind), ("options", found.name)
    if key not in derived:
        values = {found.read(entry, portal) for entry in portal.shelf(kind).live}
        derived[key] = sorted(value for value in values if value is not None)
    known: list[str] = derived[key]
    return known
