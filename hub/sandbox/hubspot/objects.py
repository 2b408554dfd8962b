"""Records read and written one by one."""

from bisect import bisect_right
from typing import Any

from hub.sandbox.hubspot.association_writing import check_links, link_new
from hub.sandbox.hubspot.associations import inlined
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import CONTACTS, ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.records import asked_properties, record
from hub.sandbox.hubspot.refusal import invalid, not_found
from hub.sandbox.hubspot.shelf import id_number
from hub.sandbox.hubspot.writing import archive, check, erase, merged, update
from hub.sandbox.hubspot.writing import create as create_one
from hub.sandbox.world import Entry, Fate

MOST_LISTED = 100
DEFAULT_LISTED = 10


def listed(portal: Portal, call: Call) -> dict[str, Any]:
    """A page of all records of a type, in the order of their ids."""
    kind = object_type(call.path["object_type"])
    limit = call.limit(DEFAULT_LISTED, MOST_LISTED)
    shelf = portal.shelf(kind)
    rows = shelf.archived if call.is_set("archived") else shelf.live
    start = bisect_right(rows, call.after(), key=id_number)
    page = rows[start : start + limit]
    properties = asked_properties(portal, kind, call.names("properties"))
    ties = call.names("associations")
    answer: dict[str, Any] = {
        "results": [record(portal, kind, entry, properties) | inlined(portal, kind, entry, ties) for entry in page]
    }
    if start + limit < len(rows):
        after = page[-1].id
        link = f"https://api.hubapi.com/crm/objects/{call.version}/{kind.plural}?limit={limit}&after={after}"
        answer["paging"] = {"next": {"after": after, "link": link}}
    return answer


def one(portal: Portal, call: Call) -> dict[str, Any]:
    """One record; for a merged-away id its survivor, under the survivor's id."""
    kind = object_type(call.path["object_type"])
    entry = _named(portal, kind, call)
    properties = asked_properties(portal, kind, call.names("properties"))
    return record(portal, kind, entry, properties) | inlined(portal, kind, entry, call.names("associations"))


def create(portal: Portal, call: Call) -> dict[str, Any]:
    """A new record."""
    kind = object_type(call.path["object_type"])
    content = call.json()
    values = content.get("properties") or {}
    check(portal, kind, values)
    check_links(portal, kind, content.get("associations") or [])
    entry = create_one(portal, kind, values)
    link_new(portal, kind, entry, content.get("associations") or [])
    return record(portal, kind, entry, properties_of(portal, kind).values())


def change(portal: Portal, call: Call) -> dict[str, Any]:
    """A record with new values."""
    kind = object_type(call.path["object_type"])
    entry = _named(portal, kind, call)
    values = call.json().get("properties") or {}
    check(portal, kind, values, entry)
    update(portal, kind, entry, values)
    return record(portal, kind, entry, properties_of(portal, kind).values())


def remove(portal: Portal, call: Call) -> None:
    """Archive a record; one that is not there is no error."""
    kind = object_type(call.path["object_type"])
    entry = portal.shelf(kind).found(call.path["object_id"])
    if entry is not None:
        archive(portal, kind, entry)


def merge(portal: Portal, call: Call) -> dict[str, Any]:
    """Two records made into a new one."""
    kind = object_type(call.path["object_type"])
    content = call.json()
    ids = [str(content.get("primaryObjectId", "")), str(content.get("objectIdToMerge", ""))]
    primary, other = (portal.shelf(kind).found(each) for each in ids)
    if primary is None or other is None:
        raise not_found()
    if primary is other:
        raise invalid("Cannot merge a record into itself")
    entry = merged(portal, kind, primary, other)
    return record(portal, kind, entry, properties_of(portal, kind).values())


def forget(portal: Portal, call: Call) -> None:
    """Erase a contact for the sake of its privacy; one that is not there is no error."""
    content = call.json()
    by = str(content.get("idProperty") or "hs_object_id")
    for fate in (Fate.LIVE, Fate.DELETED):
        entry = found_by(portal, CONTACTS, by, str(content.get("objectId", "")), fate)
        if entry is not None:
            erase(portal, CONTACTS, entry)


def found_by(portal: Portal, kind: ObjectType, name: str, value: str, fate: Fate) -> Entry | None:
    """The record whose unique property `name` has that value."""
    if name == "hs_object_id":
        entry: Entry | None = portal.shelf(kind).found(value, fate)
        return entry
    unique = properties_of(portal, kind).get(name)
    if unique is None or not unique.unique:
        raise invalid(f"{name} is not a unique property of {kind.plural}")
    shelf = portal.shelf(kind)
    if fate is Fate.LIVE:
        found: Entry | None = shelf.holder(name, lambda row: unique.read(row, portal), value)
        return found
    return next((row for row in shelf.archived if (unique.read(row, portal) or "").lower() == value.lower()), None)


def _named(portal: Portal, kind: ObjectType, call: Call) -> Any:
    fate = Fate.DELETED if call.is_set("archived") else Fate.LIVE
    entry = found_by(portal, kind, call.query.get("idProperty", "hs_object_id"), call.path["object_id"], fate)
    if entry is None:
        raise not_found()
    return entry
