"""Which records are associated with which: rows of the world, seen from both ends."""

from collections.abc import Iterable, Iterator, Mapping
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
    AssociationType,
    Tie,
    labelled,
    types_between,
)
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, LEADS, LINE_ITEMS, ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import invalid, not_found, part_failed
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import Entry

MOST_FROM = 1_000
MOST_TO = 500
MOST_INLINED = 100

Bond = tuple[str, str, Tie]
"""Ids of the two ends, and how they are tied."""
Links = dict[str, dict[str, list[AssociationType]]]
"""By the id of the one end: the ids of the others, and the types."""


def links(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> Links:
    """All associations between live records of two types. Those of merged-away records are their survivors'."""
    key = ("links", from_kind.plural, to_kind.plural)
    if key not in portal.derived:
        found: Links = {}
        for one, other, tie in _live(portal, from_kind, to_kind):
            _add(found, one, other, tie.forward)
        for one, other, tie in _live(portal, to_kind, from_kind):
            _add(found, other, one, tie.backward)
        portal.derived[key] = found
    known: Links = portal.derived[key]
    return known


def batch_read(portal: Portal, call: Call) -> tuple[int, dict[str, Any]]:
    """The associations of up to a thousand records; those without any are among the errors."""
    from_kind, to_kind = object_type(call.path["from_type"]), object_type(call.path["to_type"])
    inputs = call.json().get("inputs")
    if not isinstance(inputs, list) or len(inputs) > MOST_FROM:
        raise invalid(f"inputs must be a list of at most {MOST_FROM}")
    known = links(portal, from_kind, to_kind)
    asked = [(str(each.get("id", "")), str(each.get("after") or "0")) for each in inputs]
    results = [_from_one(one, known[one], int(after)) for one, after in asked if one in known]
    errors = [_none_found(from_kind, to_kind, one) for one, _ in asked if one not in known]
    now = spelled(portal.now())
    body: dict[str, Any] = {"completedAt": now, "status": "COMPLETE", "startedAt": now, "results": results}
    return (207, {**body, "errors": errors, "numErrors": len(errors)}) if errors else (200, body)


def of_one(portal: Portal, call: Call) -> dict[str, Any]:
    """The associations of one record."""
    from_kind, to_kind = object_type(call.path["object_type"]), object_type(call.path["to_type"])
    entry = portal.shelf(from_kind).found(call.path["object_id"])
    if entry is None:
        raise not_found()
    others = links(portal, from_kind, to_kind).get(entry.id, {})
    return _page(others, call.after(), call.limit(MOST_TO, MOST_TO))


def labels(portal: Portal, call: Call) -> dict[str, Any]:
    """The types of association from one object type to another."""
    from_kind, to_kind = object_type(call.path["from_type"]), object_type(call.path["to_type"])
    return {"results": [each.spelled() for each in types_between(portal, from_kind, to_kind)]}


def inlined(portal: Portal, kind: ObjectType, entry: Entry, names: Iterable[str]) -> dict[str, Any]:
    """A record's associations as they come within it: ids only, by object type."""
    found = {}
    for name in names:
        to_kind = object_type(name)
        others = links(portal, kind, to_kind).get(entry.id, {})
        if others:
            found[to_kind.plural] = _inlined_page(kind, to_kind, others)
    return {"associations": found} if found else {}


def link_new(portal: Portal, kind: ObjectType, entry: Any, wanted: Iterable[Mapping[str, Any]]) -> None:
    """Associate a record with a company as it is created; nothing else is offered."""
    offered = {CONTACTS.plural: {1, 279}, DEALS.plural: {5, 341}}.get(kind.plural, set())
    for each in wanted:
        type_ids = {int(one["associationTypeId"]) for one in each.get("types", ())}
        to_id = str(each.get("to", {}).get("id"))
        if not type_ids or not type_ids <= offered or portal.shelf(COMPANIES).found(to_id) is None:
            raise invalid(f"Cannot associate a {kind.singular} with {to_id} by {sorted(type_ids)}")
        entry.account = to_id
        portal.written()


def _live(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> Iterator[Bond]:
    bonds = _BONDS.get((from_kind.plural, to_kind.plural))
    ends = portal.shelf(from_kind), portal.shelf(to_kind)
    for one, other, tie in bonds(portal) if bonds is not None else ():
        found = ends[0].found(one), ends[1].found(other)
        if found[0] is not None and found[1] is not None:
            yield found[0].id, found[1].id, tie


def _add(found: Links, one: str, other: str, how: AssociationType) -> None:
    types = found.setdefault(one, {}).setdefault(other, [])
    if how not in types:
        types.append(how)


def _contact_companies(portal: Portal) -> Iterator[Bond]:
    for contact in portal.shelf(CONTACTS).live:
        if contact.account is not None:
            yield contact.id, contact.account, CONTACT_PRIMARY_COMPANY
            yield contact.id, contact.account, CONTACT_COMPANY


def _deal_companies(portal: Portal) -> Iterator[Bond]:
    for deal in portal.shelf(DEALS).live:
        if deal.account is not None:
            yield deal.id, deal.account, DEAL_PRIMARY_COMPANY
            yield deal.id, deal.account, DEAL_COMPANY
        for part in deal.partner_roles:
            yield deal.id, part.account, DEAL_COMPANY
            yield deal.id, part.account, labelled(portal, COMPANIES, part.role)


def _deal_contacts(portal: Portal) -> Iterator[Bond]:
    for deal in portal.shelf(DEALS).live:
        for part in deal.contact_roles:
            yield deal.id, part.contact, DEAL_CONTACT
            yield deal.id, part.contact, labelled(portal, CONTACTS, part.role)


def _deal_line_items(portal: Portal) -> Iterator[Bond]:
    for item in portal.shelf(LINE_ITEMS).live:
        yield item.deal, item.id, DEAL_LINE_ITEM


def _lead_contacts(portal: Portal) -> Iterator[Bond]:
    for lead in portal.shelf(LEADS).live:
        if lead.converted_contact is not None:
            yield lead.id, lead.converted_contact, LEAD_PRIMARY_CONTACT
            yield lead.id, lead.converted_contact, LEAD_CONTACT


def _parent_companies(portal: Portal) -> Iterator[Bond]:
    for company in portal.shelf(COMPANIES).live:
        if company.parent is not None:
            yield company.id, company.parent, PARENT_COMPANY


_BONDS = {
    (CONTACTS.plural, COMPANIES.plural): _contact_companies,
    (DEALS.plural, COMPANIES.plural): _deal_companies,
    (DEALS.plural, CONTACTS.plural): _deal_contacts,
    (DEALS.plural, LINE_ITEMS.plural): _deal_line_items,
    (LEADS.plural, CONTACTS.plural): _lead_contacts,
    (COMPANIES.plural, COMPANIES.plural): _parent_companies,
}


def _from_one(one: str, others: dict[str, list[AssociationType]], after: int) -> dict[str, Any]:
    page = _page(others, after, MOST_TO)
    return {"from": {"id": one}, "to": page.pop("results"), **page}


def _page(others: dict[str, list[AssociationType]], after: int, limit: int) -> dict[str, Any]:
    # The spec calls toObjectId a string; on the wire it is a number.
    ids = sorted(number for number in map(int, others) if number > after)
    page: dict[str, Any] = {
        "results": [
            {"toObjectId": number, "associationTypes": [each.spelled() for each in others[str(number)]]}
            for number in ids[:limit]
        ]
    }
    if len(ids) > limit:
        page["paging"] = {"next": {"after": str(ids[limit - 1])}}
    return page


def _inlined_page(kind: ObjectType, to_kind: ObjectType, others: dict[str, list[AssociationType]]) -> dict[str, Any]:
    name = f"{kind.singular}_to_{to_kind.singular}"
    ids = sorted(others, key=int)
    page: dict[str, Any] = {
        "results": [
            {"id": other, "type": name if each.label == "Primary" else f"{name}_unlabeled"}
            for other in ids[:MOST_INLINED]
            for each in others[other]
            if each.category == "HUBSPOT_DEFINED"
        ]
    }
    if len(ids) > MOST_INLINED:
        page["paging"] = {"next": {"after": ids[MOST_INLINED - 1]}}
    return page


def _none_found(from_kind: ObjectType, to_kind: ObjectType, one: str) -> dict[str, Any]:
    return part_failed(
        "OBJECT_NOT_FOUND",
        f"No {to_kind.singular} is associated with {from_kind.singular} {one}.",
        {"fromObjectId": [one], "fromObjectType": [from_kind.singular], "toObjectType": [to_kind.singular]},
        subCategory="crm.associations.NO_ASSOCIATIONS_FOUND",
    )
