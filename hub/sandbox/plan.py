"""What is true in the ecosystem, and which system knows of it, before anybody types anything."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.sandbox.chance import happens
from hub.sandbox.companies import PARTNER_DOMAINS, KnownCompany, known_companies
from hub.sandbox.deals import Deal, made_up_deals
from hub.sandbox.facts import Human
from hub.sandbox.people import people

PARTNER_KEYS = tuple(range(1, len(PARTNER_DOMAINS) + 1))

_CRM_SHARE = 0.46
_OUTSIDE_SHARE = 0.17
"""The companies in a CRM, and those only on partners' lists, for each account row wanted."""
_BOTH_SHARE = 0.45
_SALESFORCE_ONLY_SHARE = 0.35
"""Of the companies in a CRM; the rest is in HubSpot only."""
_CUSTOMER_SHARE = 0.3
_LISTS = ((0.12, 0.40), (0.10, 0.35), (0.08, 0.30))
"""Each partner's list: its length for each account row wanted, and which part of it stands in a CRM too."""
_DEAL_IN_BOTH_SHARE = 0.45
_DEAL_IN_SALESFORCE_ONLY_SHARE = 0.40


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Which companies, by key, and which deals are known to a CRM."""

    companies: Sequence[int]
    deals: Sequence[Deal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The truth, and who knows what of it."""

    known: dict[int, KnownCompany]
    customers: frozenset[int]
    humans: dict[int, Human]
    staff: Mapping[int, Sequence[Human]]
    """The people of each company in a CRM."""
    salesforce: Members
    hubspot: Members
    lists: tuple[Sequence[int], ...]


def made_up_plan(accounts: int, rng: random.Random) -> Plan:
    """The plan for about that many account rows."""
    inside_count = round(accounts * _CRM_SHARE)
    known = known_companies(inside_count + round(accounts * _OUTSIDE_SHARE), rng)
    others = [key for key in known if key not in PARTNER_KEYS]
    rng.shuffle(others)
    inside, outside = [*PARTNER_KEYS, *others[:inside_count]], others[inside_count:]
    customers = frozenset(key for key in inside if key not in PARTNER_KEYS and happens(rng, _CUSTOMER_SHARE))
    lists = tuple(_listed(round(accounts * share), part, inside, outside, rng) for share, part in _LISTS)
    buyers = [known[key] for key in inside if key not in PARTNER_KEYS]
    deals = made_up_deals(buyers, customers, _listed_by(lists), rng)
    humans = people((known[key].company for key in inside), rng)
    salesforce, hubspot = _members(inside, deals, rng)
    return Plan(
        known=known,
        customers=customers,
        humans=humans,
        staff=_staff(humans),
        salesforce=salesforce,
        hubspot=hubspot,
        lists=lists,
    )


def _listed(
    length: int, overlap: float, inside: Sequence[int], outside: Sequence[int], rng: random.Random
) -> Sequence[int]:
    """A partner's list; no partner stands on one."""
    common = min(round(length * overlap), len(inside) - len(PARTNER_KEYS))
    return rng.sample(inside[len(PARTNER_KEYS) :], common) + rng.sample(outside, min(length - common, len(outside)))


def _listed_by(lists: Sequence[Sequence[int]]) -> Mapping[int, Sequence[int]]:
    listed_by: dict[int, list[int]] = {}
    for partner, keys in enumerate(lists):
        for key in keys:
            listed_by.setdefault(key, []).append(partner)
    return listed_by


def _members(inside: Sequence[int], deals: Sequence[Deal], rng: random.Random) -> tuple[Members, Members]:
    both = round(len(inside) * _BOTH_SHARE)
    salesforce_only = round(len(inside) * _SALESFORCE_ONLY_SHARE)
    salesforce = inside[: both + salesforce_only]
    hubspot = [*inside[:both], *inside[both + salesforce_only :]]
    in_both = frozenset(inside[:both])
    draws = [rng.random() if deal.company in in_both else 0.0 for deal in deals]
    to_both = _DEAL_IN_BOTH_SHARE
    to_salesforce = to_both + _DEAL_IN_SALESFORCE_ONLY_SHARE
    return (
        Members(companies=salesforce, deals=[d for d, draw in zip(deals, draws, strict=True) if draw < to_salesforce]),
        Members(
            companies=hubspot,
            deals=[d for d, draw in zip(deals, draws, strict=True) if draw < to_both or draw >= to_salesforce],
        ),
    )


def _staff(humans: Mapping[int, Human]) -> Mapping[int, Sequence[Human]]:
    staff: dict[int, list[Human]] = {}
    for human in humans.values():
        staff.setdefault(human.company, []).append(human)
    return staff
