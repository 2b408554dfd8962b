"""Which records are associated: the rows of the world and what was tied and untied since, seen from both ends."""

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
from hub.sandbox.world import Entry, Fate

Types = tuple[AssociationType, ...]
Links = dict[str, dict[str, Types]]
"""By the id of the one end: the ids of the others, and the types. Archived records keep theirs."""
Bond = tuple[str, str, Tie]
"""Ids of the two ends, and how they are tied."""

_SAME: dict[Types, Types] = {}
"""One tuple for all that are equal: there are millions of ties and a dozen of combinations."""


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
    _add(found, one, other, how.forward)
    _add(_links(portal, to_kind, from_kind), other, one, how.backward)
    _remember(portal, from_kind, to_kind, bond, holds=True)
    return True


def untie(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, bond: Bond) -> bool:
    """Take one way of being associated off two records; whether it was there."""
    one, other, how = bond
    found = _links(portal, from_kind, to_kind)
    if how.forward not in found.get(one, {}).get(other, ()):
        return False
    _remove(found, one, other, how.forward)
    _remove(_links(portal, to_kind, from_kind), other, one, how.backward)
    _remember(portal, from_kind, to_kind, bond, holds=False)
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
        forward: Links = {}
        backward = forward if from_kind is to_kind else {}
        portal.links[key], portal.links[key[::-1]] = forward, backward
        for one, other, how in _resolved(portal, from_kind, to_kind):
            _add(forward, one, other, how.forward)
            _add(backward, other, one, how.backward)
        _repeat_edits(portal, from_kind, to_kind)
    found: Links = portal.links[key]
    return found


def _resolved(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> Iterator[Bond]:
    """The world's bonds between records that still exist. Those of merged-away records are their survivors'."""
    for turned, bonds in (
        (False, _BONDS.get((from_kind.plural, to_kind.plural))),
        (True, _BONDS.get((to_kind.plural, from_kind.plural)) if from_kind is not to_kind else None),
    ):
        for one, other, how in bonds(portal) if bonds is not None else ():
            ends = (other, one) if turned else (one, other)
            left, right = _existing(portal, from_kind, ends[0]), _existing(portal, to_kind, ends[1])
            if left is not None and right is not None:
                yield left, right, how.turned() if turned else how


def _existing(portal: Portal, kind: ObjectType, entry_id: str) -> str | None:
    shelf = portal.shelf(kind)
    entry = shelf.by_id.get(shelf.survivor_id(entry_id))
    return None if entry is None or entry.fate not in (Fate.LIVE, Fate.DELETED) else str(entry.id)


def _remember(portal: Portal, from_kind: ObjectType, to_kind: ObjectType, bond: Bond, *, holds: bool) -> None:
    one, other, how = bond
    edits = portal.retied.setdefault((from_kind.plural, to_kind.plural), {})
    back = portal.retied.setdefault((to_kind.plural, from_kind.plural), {})
    edits[one, other, how] = holds
    back[other, one, how.turned()] = holds
    for kind in (from_kind, to_kind):
        portal.written(kind)


def _repeat_edits(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> None:
    forward, backward = portal.links[from_kind.plural, to_kind.plural], portal.links[to_kind.plural, from_kind.plural]
    for (one, other, how), holds in portal.retied.get((from_kind.plural, to_kind.plural), {}).items():
        left, right = _existing(portal, from_kind, one), _existing(portal, to_kind, other)
        if left is not None and right is not None:
            change = _add if holds else _remove
            change(forward, left, right, how.forward)
            change(backward, right, left, how.backward)


def _add(found: Links, one: str, other: str, *how: AssociationType) -> None:
    others = found.setdefault(one, {})
    types = others.get(other, ())
    types += tuple(each for each in how if each not in types)
    if types:
        others[other] = _SAME.setdefault(types, types)


def _remove(found: Links, one: str, other: str, how: AssociationType) -> None:
    others = found.get(one, {})
    left = tuple(each for each in others.pop(other, ()) if each != how)
    if left:
        others[other] = left


def _to_company(entries: Iterable[Any], *ties: Tie) -> Iterator[Bond]:
    for entry in entries:
        if entry.account is not None:
            for how in ties:
                yield entry.id, entry.account, how


def _contact_companies(portal: Portal) -> Iterator[Bond]:
    return _to_company(_existing_rows(portal.copy.contacts), CONTACT_PRIMARY_COMPANY, CONTACT_COMPANY)


def _deal_companies(portal: Portal) -> Iterator[Bond]:
    deals = list(_existing_rows(portal.copy.opportunities))
    yield from _to_company(deals, DEAL_PRIMARY_COMPANY, DEAL_COMPANY)
    for deal in deals:
        for part in deal.partner_roles:
            yield deal.id, part.account, DEAL_COMPANY
            yield deal.id, part.account, labelled(portal, COMPANIES, part.role)


def _deal_contacts(portal: Portal) -> Iterator[Bond]:
    for deal in _existing_rows(portal.copy.opportunities):
        for part in deal.contact_roles:
            yield deal.id, part.contact, DEAL_CONTACT
            yield deal.id, part.contact, labelled(portal, CONTACTS, part.role)


def _deal_line_items(portal: Portal) -> Iterator[Bond]:
    for deal in _existing_rows(portal.copy.opportunities):
        for line in deal.lines:
            yield deal.id, line.id, DEAL_LINE_ITEM


def _lead_contacts(portal: Portal) -> Iterator[Bond]:
    for lead in _existing_rows(portal.copy.leads):
        if lead.converted_contact is not None:
            yield lead.id, lead.converted_contact, LEAD_PRIMARY_CONTACT
            yield lead.id, lead.converted_contact, LEAD_CONTACT


def _parent_companies(portal: Portal) -> Iterator[Bond]:
    for company in _existing_rows(portal.copy.accounts):
        if company.parent is not None:
            yield company.id, company.parent, PARENT_COMPANY


def _ticket_companies(portal: Portal) -> Iterator[Bond]:
    return _to_company(_existing_rows(portal.copy.tickets), TICKET_PRIMARY_COMPANY, TICKET_COMPANY)


def _ticket_contacts(portal: Portal) -> Iterator[Bond]:
    return ((row.id, row.contact, TICKET_CONTACT) for row in _existing_rows(portal.copy.tickets) if row.contact)


def _ticket_deals(portal: Portal) -> Iterator[Bond]:
    return ((row.id, row.opportunity, TICKET_DEAL) for row in _existing_rows(portal.copy.tickets) if row.opportunity)


def _existing_rows(rows: Iterable[Entry]) -> Iterator[Any]:
    return (row for row in rows if row.fate in (Fate.LIVE, Fate.DELETED))


_BONDS = {
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
