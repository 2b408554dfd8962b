"""Records created, changed, archived, restored, merged and erased, in the world's own rows."""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from hub.sandbox.hubspot.blanks import BLANKS
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.links import drop_links, move_links
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, LINE_ITEMS, TICKETS, ObjectType
from hub.sandbox.hubspot.portal import PORTAL_ID, Portal
from hub.sandbox.hubspot.property import Property
from hub.sandbox.hubspot.refusal import Conflict, invalid, missing_scopes
from hub.sandbox.hubspot.validation import InvalidProperties, TakenValue, complaint
from hub.sandbox.hubspot.webhooks import Change
from hub.sandbox.world import AccountEntry, ContactEntry, Entry, Fate, OpportunityEntry

Values = Mapping[str, Any]
"""Properties by name, as sent."""


def check(portal: Portal, kind: ObjectType, values: Values, entry: Entry | None = None) -> None:
    """Refuse what cannot be written: a Conflict or InvalidProperties. `entry` is the record to change, if any."""
    if kind is LINE_ITEMS:
        raise missing_scopes(f"crm.objects.{kind.plural}.write")
    known = properties_of(portal, kind)
    complaints = [complaint(name, "PROPERTY_DOESNT_EXIST") for name in values if name not in known]
    complaints += [complaint(name, "READ_ONLY_VALUE") for name in values if name in known and not known[name].write]
    if complaints:
        raise InvalidProperties(complaints)
    target = BLANKS[kind.plural](portal, "0", portal.now()) if entry is None else entry
    # Values are tried on a copy, so that a record takes all of them or none.
    trial = dataclasses.replace(target, custom=dict(target.custom))
    for name, value in values.items():
        complaints += _tried(portal, trial, known[name], value)
    if complaints:
        raise InvalidProperties(complaints)
    for name, value in values.items():
        _check_unique(portal, kind, known[name], (value, entry))


def create(portal: Portal, kind: ObjectType, values: Values) -> Any:
    """A new row with these values, which were checked."""
    entry = BLANKS[kind.plural](portal, portal.shelf(kind).next_id(), portal.now())
    _assign(portal, kind, entry, values)
    portal.rows(kind).append(entry)
    portal.shelf(kind).add(entry)
    portal.ripen_later(kind, entry)
    portal.written(kind)
    portal.webhooks.tell(kind, Change.CREATION, objectId=int(entry.id), changeFlag="NEW")
    return entry


def update(portal: Portal, kind: ObjectType, entry: Entry, values: Values) -> None:
    """Write these values, which were checked, into a row and stamp it."""
    known = properties_of(portal, kind)
    before = {name: known[name].read(entry, portal) for name in values}
    portal.stamp(kind, entry, portal.now(), lambda: _assign(portal, kind, entry, values))
    for name in values:
        value = known[name].read(entry, portal)
        if value != before[name]:
            portal.webhooks.tell(kind, Change.PROPERTY_CHANGE, name, objectId=int(entry.id), propertyValue=value or "")


def archive(portal: Portal, kind: ObjectType, entry: Entry) -> None:
    """Put a row among the archived ones. This does not stamp it as modified."""
    if kind is LINE_ITEMS:
        raise missing_scopes(f"crm.objects.{kind.plural}.write")
    portal.shelf(kind).archive(entry)
    entry.removed_at = portal.now()
    portal.written(kind)
    _tell_deletion(portal, kind, entry)


def restore(portal: Portal, kind: ObjectType, entry: Entry) -> None:
    """Bring an archived row back. Nothing on the record says when: its modified date stays where it was."""
    portal.shelf(kind).restore(entry)
    entry.removed_at = None
    portal.written(kind)
    portal.webhooks.tell(kind, Change.RESTORE, objectId=int(entry.id), changeFlag="RESTORED")


def erase(portal: Portal, kind: ObjectType, entry: Entry) -> None:
    """Take a row away for good: neither the archive nor anything else knows it any more."""
    was_live = entry.fate is Fate.LIVE
    drop_links(portal, kind, entry.id)
    portal.shelf(kind).purge(entry)
    entry.removed_at = portal.now()
    portal.written(kind)
    if kind is CONTACTS:
        portal.webhooks.tell(kind, Change.PRIVACY_DELETION, objectId=int(entry.id), changeFlag="DELETED")
    elif was_live:
        _tell_deletion(portal, kind, entry)


def merged(portal: Portal, kind: ObjectType, primary: Entry, other: Entry) -> Any:
    """The row that takes the place of both: under a new id, or the first one's where the portal is so disposed."""
    if kind not in (COMPANIES, CONTACTS, DEALS, TICKETS):
        raise invalid(f"Cannot merge {kind.plural}")
    keeps_id = portal.quirks.merges_keep_id
    losers = (other,) if keeps_id else (primary, other)
    survivor = primary if keeps_id else _successor(portal, kind, primary)
    if isinstance(survivor, OpportunityEntry):
        _move_lines(losers, survivor)
    for loser in losers:
        move_links(portal, kind, loser.id, survivor.id)
        loser.removed_at = portal.now()
    portal.shelf(kind).merge(losers, survivor)
    gaps = _gaps(portal, kind, survivor, other)
    portal.stamp(kind, survivor, portal.now(), lambda: _take_over(portal, kind, survivor, (other, gaps)))
    _tell_merge(portal, kind, (primary, other), survivor, len(gaps))
    return survivor


def _gaps(portal: Portal, kind: ObjectType, survivor: Entry, other: Entry) -> dict[str, str]:
    """What the other had where the survivor has nothing."""
    known = properties_of(portal, kind).values()
    held = {each.name: each.read(other, portal) for each in known if each.write and not each.read(survivor, portal)}
    return {name: value for name, value in held.items() if value}


def _take_over(portal: Portal, kind: ObjectType, survivor: Entry, left: tuple[Entry, Values]) -> None:
    other, gaps = left
    _assign(portal, kind, survivor, gaps)
    if isinstance(survivor, ContactEntry) and isinstance(other, ContactEntry):
        survivor.other_emails = _united(survivor.email, survivor.other_emails, other.email, other.other_emails)
    if isinstance(survivor, AccountEntry) and isinstance(other, AccountEntry):
        survivor.other_domains = _united(survivor.domain, survivor.other_domains, other.domain, other.other_domains)


def _united(first: str | None, more: tuple[str, ...], other: str | None, others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in (*more, other, *others) if each and each != first))


def _successor(portal: Portal, kind: ObjectType, primary: Entry) -> Entry:
    survivor = dataclasses.replace(primary, id=portal.shelf(kind).next_id(), custom=dict(primary.custom))
    portal.rows(kind).append(survivor)
    portal.shelf(kind).add(survivor)
    return survivor


def _move_lines(losers: Iterable[Any], survivor: OpportunityEntry) -> None:
    moved = [line for loser in losers for line in loser.lines if line not in survivor.lines]
    for loser in losers:
        loser.lines = []
    survivor.lines = [*survivor.lines, *moved]


def _tell_merge(portal: Portal, kind: ObjectType, ends: tuple[Entry, Entry], survivor: Entry, moved: int) -> None:
    primary, other = ends
    portal.webhooks.tell(
        kind,
        Change.MERGE,
        objectId=int(survivor.id),
        primaryObjectId=int(primary.id),
        mergedObjectIds=[int(other.id)],
        newObjectId=int(survivor.id),
        numberOfPropertiesMoved=moved,
        changeFlag="MERGED",
    )
    for loser in ends:
        if loser is not survivor:
            _tell_deletion(portal, kind, loser)


def _tell_deletion(portal: Portal, kind: ObjectType, entry: Entry) -> None:
    portal.webhooks.tell(kind, Change.DELETION, objectId=int(entry.id), changeFlag="DELETED")


def _assign(portal: Portal, kind: ObjectType, entry: Entry, values: Values) -> None:
    known = properties_of(portal, kind)
    for name, value in values.items():
        write = known[name].write
        if write is not None:
            write(entry, _text(value), portal)


def _tried(portal: Portal, trial: Entry, found: Property, value: object) -> list[dict[str, str]]:
    if found.write is None:
        return []
    try:
        found.write(trial, _text(value), portal)
    except ValueError as error:
        return [complaint(found.name, "INVALID_OPTION", str(error))]
    return []


def _check_unique(portal: Portal, kind: ObjectType, found: Property, wish: tuple[object, Entry | None]) -> None:
    value, entry = _text(wish[0]), wish[1]
    if not found.unique or not value:
        return
    holder = portal.shelf(kind).holder(found.name, lambda row: found.read(row, portal), value)
    if holder is None or holder is entry:
        return
    if found.name == "email":
        raise Conflict(kind.singular.capitalize(), holder.id)
    where = f"objectTypeId=ObjectTypeId{{legacyObjectType={kind.singular.upper()}}}, propertyName={found.name}"
    record_id = portal.shelf(kind).next_id() if entry is None else entry.id
    raise TakenValue(f"portalId={PORTAL_ID}, {where}", value, record_id, holder.id)


def _text(value: object) -> str:
    return "" if value is None else str(value)
