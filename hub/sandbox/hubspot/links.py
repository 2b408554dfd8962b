"""Which records are associated, seen from both ends: as the world's rows say, until somebody ties or unties them."""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.sandbox.hubspot.association_types import (
    CONTACT_COMPANY,
    CONTACT_PRIMARY_COMPANY,
    DEAL_COMPANY,
    DEAL_CONTACT,
    DEAL_LINE_ITEM,
    DEAL_PRIMARY_COMPANY,
    LEAD_CONTACT,
    LEAD_PRIMARY_CONTACT,
    PARENT_COMPANY,
    TICKET_COMPANY,
    TICKET_CONTACT,
    TICKET_DEAL,
    TICKET_PRIMARY_COMPANY,
    AssociationType,
    Tie,
    labelled,
    roles,
)
from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    OBJECT_TYPES,
    TICKETS,
    ObjectType,
)
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.shelf import Shelf
from hub.sandbox.world import Entry, Fate

Types = tuple[AssociationType, ...]
Links = dict[str, dict[str, Types]]
"""By the id of the one end: the ids of the others, and the types. Archived records keep theirs."""
Bond = tuple[str, str, Tie]
"""Ids of the two ends, and how they are tied."""
Sides = tuple[Types, Types]
"""Several ways at once, seen from the one end and from the other: made once and shared by millions of pairs."""
Pair = tuple[str, str, Sides]


def linked(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, entry_id: str) -> dict[str, Types]:
    """The live records that a live record is associated with, and how."""
    if not portal.shelf(from_kind).is_live(entry_id):
        return {}
    others = _links(portal, from_kind, to_kind).get(entry_id, {})
    shelf = portal.shelf(to_kind)
    return {other: types for other, types in others.items() if shelf.is_live(other)}


def linked_by(
    portal: Portal, from_kind: ObjectType, to_kind: ObjectType, entry_id: str, how: AssociationType
) -> str | None:
    """The record at the other end of a tie of that type, of which there is one at most."""
    others = _links(portal, from_kind, to_kind).get(entry_id, {})
    return next((other for other, types in others.items() if how in types), None)


def all_linked(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> Iterator[tuple[str, str, Types]]:
    """All associations between live records of two types: what a complete reading finds."""
    for one in list(_links(portal, from_kind, to_kind)):
        for other, types in linked(portal, from_kind, to_kind, one).items():
            yield one, other, types


def tie(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, bond: Bond) -> bool:
    """Associate two records in one way; whether they were not before. No modified date moves."""
    one, other, how = bond
    found = _links(portal, from_kind, to_kind)
    if how.forward in found.get(one, {}).get(other, ()):
        return False
    _add(found, one, other, (how.forward,))
    _add(_links(portal, to_kind, from_kind), other, one, (how.backward,))
    _outdate(portal, from_kind, to_kind)
    return True


def untie(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, bond: Bond) -> bool:
    """Take one way of being associated off two records; whether it was there."""
    one, other, how = bond
    found = _links(portal, from_kind, to_kind)
    if how.forward not in found.get(one, {}).get(other, ()):
        return False
    _remove(found, one, other, (how.forward,))
    _remove(_links(portal, to_kind, from_kind), other, one, (how.backward,))
    _outdate(portal, from_kind, to_kind)
    return True


def move_links(portal: Portal, kind: ObjectType, old_id: str, new_id: str) -> None:
    """Hand all associations of a merged-away record to the survivor, which keeps its own primary company."""
    for to_kind in OBJECT_TYPES:
        there, back = _links(portal, kind, to_kind), _links(portal, to_kind, kind)
        for other, types in there.pop(old_id, {}).items():
            backward = back.get(other, {}).pop(old_id, ())
            for how in map(Tie, types, backward):
                has_one = how.forward.is_single and linked_by(portal, kind, to_kind, new_id, how.forward) is not None
                if other != new_id and not has_one:
                    tie(portal, kind, to_kind, (new_id, other, how))


def drop_links(portal: Portal, kind: ObjectType, entry_id: str) -> None:
    """Forget all associations of a record that is gone for good."""
    for to_kind in OBJECT_TYPES:
        back = _links(portal, to_kind, kind)
        for other in _links(portal, kind, to_kind).pop(entry_id, {}):
            back.get(other, {}).pop(entry_id, None)


def _links(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> Links:
    key = from_kind.plural, to_kind.plural
    if key not in portal.links:
        turned = key not in _PAIRS and key[::-1] in _PAIRS
        kinds = (to_kind, from_kind) if turned else (from_kind, to_kind)
        forward: Links = {}
        backward = forward if from_kind is to_kind else {}
        _fill(portal, kinds, forward, backward)
        portal.links[kinds[0].plural, kinds[1].plural] = forward
        portal.links[kinds[1].plural, kinds[0].plural] = backward
    found: Links = portal.links[key]
    return found


def _fill(portal: Portal, kinds: tuple[ObjectType, ObjectType], forward: Links, backward: Links) -> None:
    """Take over the world's pairs of records that still exist. Those of merged-away records are their survivors'."""
    pairs = _PAIRS.get((kinds[0].plural, kinds[1].plural))
    shelves = portal.shelf(kinds[0]), portal.shelf(kinds[1])
    for one, other, (there, back) in pairs(portal) if pairs is not None else ():
        left, right = _existing(shelves[0], one), _existing(shelves[1], other)
        if left is not None and right is not None:
            _add(forward, left, right, there)
            _add(backward, right, left, back)


def _existing(shelf: Shelf[Any], entry_id: str) -> str | None:
    entry = shelf.by_id.get(entry_id)
    if entry is not None and entry.fate is Fate.MERGED:
        entry = shelf.by_id.get(shelf.survivor_id(entry_id))
    return None if entry is None or entry.fate not in _EXISTING else str(entry.id)


def _outdate(portal: Portal, *kinds: ObjectType) -> None:
    for kind in kinds:
        portal.written(kind)


def _add(found: Links, one: str, other: str, how: Types) -> None:
    others = found.setdefault(one, {})
    types = others.get(other)
    others[other] = how if types is None else types + tuple(each for each in how if each not in types)


def _remove(found: Links, one: str, other: str, how: Types) -> None:
    others = found.get(one, {})
    left = tuple(each for each in others.pop(other, ()) if each not in how)
    if left:
        others[other] = left


def _sides(*ties: Tie) -> Sides:
    return tuple(each.forward for each in ties), tuple(each.backward for each in ties)


def _to_company(entries: Iterable[Any], sides: Sides) -> Iterator[Pair]:
    return ((entry.id, entry.account, sides) for entry in entries if entry.account is not None)


def _contact_companies(portal: Portal) -> Iterator[Pair]:
    return _to_company(_existing_rows(portal.copy.contacts), _sides(CONTACT_PRIMARY_COMPANY, CONTACT_COMPANY))


def _deal_companies(portal: Portal) -> Iterator[Pair]:
    sides = {role: _sides(DEAL_COMPANY, labelled(portal, COMPANIES, role)) for role in roles(portal, COMPANIES)}
    deals = list(_existing_rows(portal.copy.opportunities))
    yield from _to_company(deals, _sides(DEAL_PRIMARY_COMPANY, DEAL_COMPANY))
    for deal in deals:
        yield from ((deal.id, part.account, sides[part.role]) for part in deal.partner_roles)


def _deal_contacts(portal: Portal) -> Iterator[Pair]:
    sides = {role: _sides(DEAL_CONTACT, labelled(portal, CONTACTS, role)) for role in roles(portal, CONTACTS)}
    for deal in _existing_rows(portal.copy.opportunities):
        yield from ((deal.id, part.contact, sides[part.role]) for part in deal.contact_roles)


def _deal_line_items(portal: Portal) -> Iterator[Pair]:
    sides = _sides(DEAL_LINE_ITEM)
    for deal in _existing_rows(portal.copy.opportunities):
        yield from ((deal.id, line.id, sides) for line in deal.lines)


def _lead_contacts(portal: Portal) -> Iterator[Pair]:
    sides = _sides(LEAD_PRIMARY_CONTACT, LEAD_CONTACT)
    rows = _existing_rows(portal.copy.leads)
    return ((row.id, row.converted_contact, sides) for row in rows if row.converted_contact is not None)


def _parent_companies(portal: Portal) -> Iterator[Pair]:
    sides = _sides(PARENT_COMPANY)
    return ((row.id, row.parent, sides) for row in _existing_rows(portal.copy.accounts) if row.parent is not None)


def _ticket_companies(portal: Portal) -> Iterator[Pair]:
    return _to_company(_existing_rows(portal.copy.tickets), _sides(TICKET_PRIMARY_COMPANY, TICKET_COMPANY))


def _ticket_contacts(portal: Portal) -> Iterator[Pair]:
    sides = _sides(TICKET_CONTACT)
    return ((row.id, row.contact, sides) for row in _existing_rows(portal.copy.tickets) if row.contact is not None)


def _ticket_deals(portal: Portal) -> Iterator[Pair]:
    sides = _sides(TICKET_DEAL)
    rows = _existing_rows(portal.copy.tickets)
    return ((row.id, row.opportunity, sides) for row in rows if row.opportunity is not None)


def _existing_rows(rows: Iterable[Entry]) -> Iterator[Any]:
    return (row for row in rows if row.fate in _EXISTING)


_EXISTING = (Fate.LIVE, Fate.DELETED)
_PAIRS = {
    (CONTACTS.plural, COMPANIES.plural): _contact_companies,
    (DEALS.plural, COMPANIES.plural): _deal_companies,
    (DEALS.plural, CONTACTS.plural): _deal_contacts,
    (DEALS.plural, LINE_ITEMS.plural): _deal_line_items,
    (LEADS.plural, CONTACTS.plural): _lead_contacts,
    (COMPANIES.plural, COMPANIES.plural): _parent_companies,
    (TICKETS.plural, COMPANIES.plural): _ticket_companies,
    (TICKETS.plural, CONTACTS.plural): _ticket_contacts,
    (TICKETS.plural, DEALS.plural): _ticket_deals,
}
