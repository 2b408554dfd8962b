"""How two records can be associated, and how HubSpot numbers that in each direction."""

from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    ObjectType,
)
from hub.sandbox.hubspot.portal import Portal

_FIRST_LABEL_ID = {(DEALS.plural, CONTACTS.plural): 101, (DEALS.plural, COMPANIES.plural): 501}


@dataclass(frozen=True, slots=True)
class AssociationType:
    """One way to be associated, seen from one side."""

    category: str
    type_id: int
    label: str | None

    def spelled(self) -> dict[str, Any]:
        """As HubSpot sends it."""
        return {"category": self.category, "typeId": self.type_id, "label": self.label}


@dataclass(frozen=True, slots=True)
class Tie:
    """One way to be associated, seen from both sides."""

    forward: AssociationType
    backward: AssociationType


def _own(forward: int, backward: int, label: str | None = None, back_label: str | None = None) -> Tie:
    return Tie(
        AssociationType("HUBSPOT_DEFINED", forward, label),
        AssociationType("HUBSPOT_DEFINED", backward, back_label or label),
    )


CONTACT_PRIMARY_COMPANY = _own(1, 2, "Primary")
CONTACT_COMPANY = _own(279, 280)
DEAL_PRIMARY_COMPANY = _own(5, 6, "Primary")
DEAL_COMPANY = _own(341, 342)
DEAL_CONTACT = _own(3, 4)
DEAL_LINE_ITEM = _own(19, 20)
LEAD_PRIMARY_CONTACT = _own(578, 579, "Primary")
LEAD_CONTACT = _own(608, 609)
PARENT_COMPANY = _own(14, 13, "Parent Company", "Child Company")
"""From the child to its parent."""

DEFINED: dict[tuple[str, str], tuple[Tie, ...]] = {
    (CONTACTS.plural, COMPANIES.plural): (CONTACT_PRIMARY_COMPANY, CONTACT_COMPANY),
    (DEALS.plural, COMPANIES.plural): (DEAL_PRIMARY_COMPANY, DEAL_COMPANY),
    (DEALS.plural, CONTACTS.plural): (DEAL_CONTACT,),
    (DEALS.plural, LINE_ITEMS.plural): (DEAL_LINE_ITEM,),
    (LEADS.plural, CONTACTS.plural): (LEAD_PRIMARY_CONTACT, LEAD_CONTACT),
    (COMPANIES.plural, COMPANIES.plural): (PARENT_COMPANY,),
}


def labelled(portal: Portal, to_kind: ObjectType, role: str) -> Tie:
    """The portal's own label of a deal's tie, numbered in the order in which the roles first occur in the world."""
    place = list(roles(portal, to_kind)).index(role)
    first = _FIRST_LABEL_ID[DEALS.plural, to_kind.plural] + 2 * place
    return Tie(AssociationType("USER_DEFINED", first, role), AssociationType("USER_DEFINED", first + 1, role))


def roles(portal: Portal, to_kind: ObjectType) -> list[str]:
    """The words for what a person's, or a partner's, part in a deal is."""
    key = ("roles", to_kind.plural)
    if key not in portal.derived:
        parts = (
            part
            for deal in portal.copy.opportunities
            for part in (deal.contact_roles if to_kind is CONTACTS else deal.partner_roles)
        )
        portal.derived[key] = list(dict.fromkeys(part.role for part in parts))
    found: list[str] = portal.derived[key]
    return found


def types_between(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> list[AssociationType]:
    """All types there are from one object type to another."""
    forward = [tie.forward for tie in _ties(portal, from_kind, to_kind)]
    return forward + [tie.backward for tie in _ties(portal, to_kind, from_kind)]


def _ties(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> list[Tie]:
    ties = list(DEFINED.get((from_kind.plural, to_kind.plural), ()))
    if (from_kind.plural, to_kind.plural) in _FIRST_LABEL_ID:
        ties += [labelled(portal, to_kind, role) for role in roles(portal, to_kind)]
    return ties
