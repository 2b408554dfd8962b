"""Entries spelled as HubSpot sends records."""

from collections.abc import Iterable
from typing import Any

from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import ObjectType
from hub.sandbox.hubspot.portal import PORTAL_ID, Portal
from hub.sandbox.hubspot.property import Property
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import Entry, Fate


def asked_properties(
    portal: Portal, kind: ObjectType, names: Iterable[str], defaults: tuple[str, ...] | None = None
) -> list[Property]:
    """The properties to send: those named, or else the defaults; the system's always; unknown names are ignored."""
    wanted = {*(names or defaults or kind.defaults), *kind.system}
    known = properties_of(portal, kind)
    return [known[name] for name in sorted(wanted & known.keys())]


def record(portal: Portal, kind: ObjectType, entry: Entry, properties: Iterable[Property]) -> dict[str, Any]:
    """One record."""
    spelling: dict[str, Any] = {
        "id": entry.id,
        "properties": {each.name: each.read(entry, portal) for each in properties},
        "createdAt": spelled(entry.created_at),
        "updatedAt": spelled(entry.modified_at),
        "archived": entry.fate is Fate.DELETED,
    }
    if entry.fate is Fate.DELETED:
        spelling["archivedAt"] = spelled(entry.removed_at or entry.modified_at)
    spelling["url"] = f"https://app.hubspot.com/contacts/{PORTAL_ID}/record/{kind.type_id}/{entry.id}"
    return spelling
