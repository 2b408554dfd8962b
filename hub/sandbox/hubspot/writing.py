"""Records created, changed, archived and merged, in the world's own rows."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, LEADS, LINE_ITEMS, PRODUCTS, ObjectType
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import Write
from hub.sandbox.hubspot.refusal import Conflict, Refusal, invalid
from hub.sandbox.world import AccountEntry, ContactEntry, Entry, Fate, OpportunityEntry, ProductEntry

NO_TRUTH = -1
"""The truth of what was typed in through the API: nobody knows."""


def created_entry(portal: Portal, kind: ObjectType, properties: Mapping[str, Any]) -> Any:
    """A new row with these values."""
    _may_write(kind)
    writes = _writes(portal, kind, properties)
    _check_unique(portal, kind, properties)
    entry = _BLANKS[kind.plural](portal, portal.shelf(kind).next_id(), portal.now())
    _assign(portal, entry, writes, properties)
    portal.rows(kind).append(entry)
    portal.shelf(kind).add(entry)
    portal.written()
    return entry


def update(portal: Portal, kind: ObjectType, entry: Entry, properties: Mapping[str, Any]) -> None:
    """Write these values into a row and stamp it."""
    _may_write(kind)
    _assign(portal, entry, _writes(portal, kind, properties), properties)
    entry.modified_at = portal.now()
    portal.written()


def archive(portal: Portal, kind: ObjectType, entry: Entry) -> None:
    """Put a row among the archived ones. This does not stamp it as modified."""
    _may_write(kind)
    entry.fate = Fate.DELETED
    entry.removed_at = portal.now()
    portal.shelf(kind).archive(entry)
    portal.written()


def merged(portal: Portal, kind: ObjectType, primary: Entry, other: Entry) -> Entry:
    """The row that takes the place of both, under a new id."""
    if kind not in (COMPANIES, CONTACTS):
        raise invalid(f"Cannot merge {kind.plural}")
    now = portal.now()
    survivor = dataclasses.replace(primary, id=portal.shelf(kind).next_id(), modified_at=now)
    for loser in (primary, other):
        loser.fate = Fate.MERGED
        loser.removed_at = now
        loser.merged_into = survivor.id
    portal.rows(kind).append(survivor)
    portal.changed()
    return survivor


def _may_write(kind: ObjectType) -> None:
    if kind in (LINE_ITEMS, LEADS):
        raise missing_scopes(f"crm.objects.{kind.plural}.write")


def missing_scopes(*scopes: str) -> Refusal:
    """The key may not do this."""
    context = {"requiredGranularScopes": list(scopes), "links": ["https://developers.hubspot.com/scopes"]}
    return Refusal(403, "One or more of the following scopes are required.", "MISSING_SCOPES", context=context)


def _writes(portal: Portal, kind: ObjectType, properties: Mapping[str, Any]) -> dict[str, Write]:
    """How to write each property; refused where one is unknown or cannot be written."""
    known = properties_of(portal, kind)
    complaints = [_complaint(name, "PROPERTY_DOESNT_EXIST") for name in properties if name not in known]
    writes = {name: known[name].write for name in properties if name in known}
    complaints += [_complaint(name, "READ_ONLY_VALUE") for name, write in writes.items() if write is None]
    if complaints:
        raise _invalid_properties(complaints)
    return {name: write for name, write in writes.items() if write is not None}


def _check_unique(portal: Portal, kind: ObjectType, properties: Mapping[str, Any]) -> None:
    email = properties.get("email")
    if kind is not CONTACTS or not email:
        return
    for row in portal.shelf(kind).live:
        if row.email is not None and row.email.lower() == str(email).lower():
            raise Conflict("Contact", row.id)


def _assign(portal: Portal, entry: Entry, writes: Mapping[str, Write], properties: Mapping[str, Any]) -> None:
    """Write all values or, where one does not fit, none: they are tried on a copy first."""
    for target in (copy.deepcopy(entry), entry):
        complaints = []
        for name, write in writes.items():
            value = properties[name]
            try:
                write(target, "" if value is None else str(value), portal)
            except ValueError as error:
                complaints.append(_complaint(name, "INVALID_OPTION", str(error)))
        if complaints:
            raise _invalid_properties(complaints)


def _complaint(name: str, code: str, message: str | None = None) -> dict[str, str]:
    default = (
        f'Property "{name}" does not exist' if code == "PROPERTY_DOESNT_EXIST" else f"{name} is a read only property"
    )
    return {"message": message or default, "error": code, "name": name}


def _invalid_properties(complaints: list[dict[str, str]]) -> Refusal:
    listing = orjson.dumps([{"isValid": False, **each} for each in complaints]).decode()
    errors = [
        {"message": each["message"], "code": each["error"], "context": {"propertyName": [each["name"]]}}
        for each in complaints
    ]
    return invalid(f"Property values were not valid: {listing}", errors=errors)


def _blank_company(portal: Portal, entry_id: str, now: datetime) -> AccountEntry:
    return AccountEntry(id=entry_id, created_at=now, modified_at=now, truth=NO_TRUTH, name=None)


def _blank_contact(portal: Portal, entry_id: str, now: datetime) -> ContactEntry:
    return ContactEntry(
        id=entry_id, created_at=now, modified_at=now, truth=NO_TRUTH, account=None, first_name=None, last_name=None
    )


def _blank_deal(portal: Portal, entry_id: str, now: datetime) -> OpportunityEntry:
    first = min(portal.world.stages, key=lambda stage: stage.position)
    return OpportunityEntry(
        id=entry_id,
        created_at=now,
        modified_at=now,
        truth=NO_TRUTH,
        name="",
        account=None,
        stage=first.name,
        amount=None,
        currency=None,
        close_date=date(now.year, now.month, now.day),
    )


def _blank_product(portal: Portal, entry_id: str, now: datetime) -> ProductEntry:
    return ProductEntry(id=entry_id, created_at=now, modified_at=now, name="", code="", family="", price=Decimal(0))


_BLANKS: dict[str, Callable[[Portal, str, datetime], Entry]] = {
    COMPANIES.plural: _blank_company,
    CONTACTS.plural: _blank_contact,
    DEALS.plural: _blank_deal,
    PRODUCTS.plural: _blank_product,
}
