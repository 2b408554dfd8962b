"""How two records can be associated, and how HubSpot numbers that in each direction."""

from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    TICKETS,
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

    @property
    def is_single(self) -> bool:
        """Whether a record has one tie of this type at most: its primary company, its parent."""
        return self in _SINGLE

    @property
    def is_unlabeled(self) -> bool:
        """Whether it says no more than that two records belong together."""
        return self.label is None

    def spelled(self) -> dict[str, Any]:
        """As HubSpot sends it."""
        return {"category": self.category, "typeId": self.type_id, "label": self.label}


@dataclass(frozen=True, slots=True)
class Tie:
    """One way to be associated, seen from both sides."""

    forward: AssociationType
    backward: AssociationType

    def turned(self) -> "Tie":
        """The same, seen from the other end."""
        return Tie(self.backward, self.forward)


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
TICKET_PRIMARY_COMPANY = _own(26, 25, "Primary")
TICKET_COMPANY = _own(339, 340)
TICKET_CONTACT = _own(16, 15)
TICKET_DEAL = _own(28, 27)
PARENT_COMPANY = _own(14, 13, "Parent Company", "Child Company")
"""From the child to its parent."""

DEFINED: dict[tuple[str, str], tuple[Tie, ...]] = {
    (CONTACTS.plural, COMPANIES.plural): (CONTACT_PRIMARY_COMPANY, CONTACT_COMPANY),
    (DEALS.plural, COMPANIES.plural): (DEAL_PRIMARY_COMPANY, DEAL_COMPANY),
    (DEALS.plural, CONTACTS.plural): (DEAL_CONTACT,),
    (DEALS.plural, LINE_ITEMS.plural): (DEAL_LINE_ITEM,),
    (LEADS.plural, CONTACTS.plural): (LEAD_PRIMARY_CONTACT, LEAD_CONTACT),
    (COMPANIES.plural, COMPANIES.plural): (PARENT_COMPANY,),
    (TICKETS.plural, COMPANIES.plural): (TICKET_PRIMARY_COMPANY, TICKET_COMPANY),
    (TICKETS.plural, CONTACTS.plural): (TICKET_CONTACT,),
    (TICKETS.plural, DEALS.plural): (TICKET_DEAL,),
}

_SINGLE = {
    each.forward
    for each in (
        CONTACT_PRIMARY_COMPANY,
        DEAL_PRIMARY_COMPANY,
        LEAD_PRIMARY_CONTACT,
        TICKET_PRIMARY_COMPANY,
        PARENT_COMPANY,
    )
}


def labelled(portal: Portal, to_kind: ObjectType, role: str) -> Tie:
    """The portal's own label of a deal's tie, numbered in the order in which the roles first occur in the world.

    A partner's is a pair: seen from the company it reads differently.
    """
    first = _FIRST_LABEL_ID[DEALS.plural, to_kind.plural] + 2 * roles(portal, to_kind).index(role)
    back = f"Deal as {role}" if to_kind is COMPANIES else role
    return Tie(AssociationType("USER_DEFINED", first, role), AssociationType("USER_DEFINED", first + 1, back))


def roles(portal: Portal, to_kind: ObjectType) -> list[str]:
    """The words for what a person's, or a partner's, part in a deal is."""
    if to_kind.plural not in portal.roles:
        parts = (
            part
            for deal in portal.copy.opportunities
            for part in (deal.contact_roles if to_kind is CONTACTS else deal.partner_roles)
        )
        portal.roles[to_kind.plural] = list(dict.fromkeys(part.role for part in parts))
    return portal.roles[to_kind.plural]


def types_between(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> list[AssociationType]:
    """All types there are from one object type to another."""
    return [tie.forward for tie in ties_between(portal, from_kind, to_kind)]


def ties_between(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> list[Tie]:
    """All ways to be associated, seen from the first type."""
    return [*_ties(portal, from_kind, to_kind), *(tie.turned() for tie in _ties(portal, to_kind, from_kind))]


def _ties(portal: Portal, from_kind: ObjectType, to_kind: ObjectType) -> list[Tie]:
    ties = list(DEFINED.get((from_kind.plural, to_kind.plural), ()))
    if (from_kind.plural, to_kind.plural) in _FIRST_LABEL_ID:
        ties += [labelled(portal, to_kind, role) for role in roles(portal, to_kind)]
    return ties
