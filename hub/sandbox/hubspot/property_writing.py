"""Properties made, changed and archived."""

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.properties import definition
from hub.sandbox.hubspot.property import Kind, Property, custom
from hub.sandbox.hubspot.refusal import Refusal, invalid, not_found

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REQUIRED = ("fieldType", "groupName", "label", "name", "type")


def create(portal: Portal, call: Call) -> dict[str, Any]:
    """A new property."""
    kind, content = object_type(call.path["object_type"]), call.json()
    missing = [name for name in _REQUIRED if not content.get(name)]
    if missing:
        raise invalid(f"Invalid input JSON: some of required attributes are not set [{', '.join(missing)}]")
    define(
        portal,
        kind,
        custom(
            str(content["name"]),
            _kind(content),
            _options(content),
            label=str(content["label"]),
            field_type=str(content["fieldType"]),
            unique=bool(content.get("hasUniqueValue")),
        ),
    )
    return definition(portal, kind, str(content["name"]))


def change(portal: Portal, call: Call) -> dict[str, Any]:
    """A property with another label, type or other options. What records hold stays as it is."""
    kind, content = object_type(call.path["object_type"]), call.json()
    found = properties_of(portal, kind).get(call.path["property_name"])
    if found is None:
        raise not_found(f"Property {call.path['property_name']} does not exist")
    retype(
        portal,
        kind,
        found.name,
        custom(
            found.name,
            _kind(content) if "type" in content else found.kind,
            _options(content) or found.options,
            label=str(content.get("label") or found.label),
            field_type=str(content.get("fieldType") or ""),
            unique=found.unique,
        ),
    )
    return definition(portal, kind, found.name)


def remove(portal: Portal, call: Call) -> None:
    """Archive a property."""
    archive(portal, object_type(call.path["object_type"]), call.path["property_name"])


def define(portal: Portal, kind: ObjectType, made: Property) -> None:
    """Add a property to a type. One that was archived comes back, with the values that records still hold."""
    if not _NAME.fullmatch(made.name):
        raise invalid(f"Property name {made.name} must be lower case letters, digits and underscores")
    if made.name in properties_of(portal, kind):
        message = f"A property named '{made.name}' already exists."
        raise Refusal(409, message, "OBJECT_ALREADY_EXISTS", subCategory="PropertiesError.PROPERTY_EXISTS")
    _keep(portal, kind, dataclasses.replace(made, made_at=portal.now()))


def retype(portal: Portal, kind: ObjectType, name: str, other: Property) -> None:
    """Put another definition in the place of a property that somebody made; HubSpot's own cannot be changed."""
    found = _own(portal, kind, name)
    _keep(portal, kind, dataclasses.replace(other, read=found.read, made_at=portal.now()))


def archive(portal: Portal, kind: ObjectType, name: str) -> None:
    """Take a property off a type: records are no longer sent with it."""
    _keep(portal, kind, dataclasses.replace(_own(portal, kind, name), archived_at=portal.now()))


def _own(portal: Portal, kind: ObjectType, name: str) -> Property:
    found = properties_of(portal, kind).get(name)
    if found is None:
        raise not_found(f"Property {name} does not exist")
    if not found.custom:
        raise invalid(f"Property {name} is read-only and cannot be changed")
    return found


def _keep(portal: Portal, kind: ObjectType, made: Property) -> None:
    portal.made_properties.setdefault(kind.plural, {})[made.name] = made
    portal.definitions.pop(kind.plural, None)
    portal.written(kind)


def _kind(content: Mapping[str, Any]) -> Kind:
    try:
        return Kind(str(content["type"]))
    except ValueError as error:
        raise invalid(f"Invalid input JSON: Cannot deserialize type {content['type']}") from error


def _options(content: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["value"]) for each in content.get("options") or ())
