"""Property definitions, as HubSpot lists them."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import FIELD_TYPES, Kind, Property
from hub.sandbox.hubspot.refusal import not_found

_DEFINED_AT = "2020-06-30T15:57:37.277Z"
_CUSTOM_AT = "2025-02-11T09:14:02.512Z"
_ADMIN = "7000001"


def properties(portal: Portal, call: Call) -> dict[str, Any]:
    """All properties of an object type."""
    kind = object_type(call.path["object_type"])
    listed = [] if call.is_set("archived") else properties_of(portal, kind).values()
    return {"results": [_definition(portal, kind, place, each) for place, each in enumerate(listed)]}


def one_property(portal: Portal, call: Call) -> dict[str, Any]:
    """One property of an object type."""
    kind = object_type(call.path["object_type"])
    known = properties_of(portal, kind)
    name = call.path["property_name"]
    if name not in known:
        raise not_found(f"Property {name} does not exist")
    return _definition(portal, kind, list(known).index(name), known[name])


def _definition(portal: Portal, kind: ObjectType, place: int, found: Property) -> dict[str, Any]:
    stamp = _CUSTOM_AT if found.custom else _DEFINED_AT
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
    if found.custom:
        return spelling | {"createdUserId": _ADMIN, "updatedUserId": _ADMIN, "archived": False}
    return spelling | {"hubspotDefined": True}


def _options(portal: Portal, kind: ObjectType, found: Property) -> list[dict[str, Any]]:
    if found.kind is Kind.BOOL:
        values = ["true", "false"]
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
    if found.name == "hs_merged_object_ids":
        return []
    key = ("options", kind.plural, found.name)
    if key not in portal.derived:
        values = {found.read(entry, portal) for entry in portal.shelf(kind).live}
        portal.derived[key] = sorted(value for value in values if value is not None)
    known: list[str] = portal.derived[key]
    return known
