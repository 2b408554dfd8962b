"""What the contacts taken together teach: which names, addresses, numbers and companies tell little of a person."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from hub.graph.people_addresses import Address
from hub.graph.people_likeness import CONTRARY, likeness
from hub.graph.people_names import Name
from hub.graph.people_phones import Phone

Thing = TypeVar("Thing", bound=Hashable)

_NAMES_OF_A_SHARED_ADDRESS = 3
_NAMES_OF_A_SWITCHBOARD = 3
_BEARERS_OF_A_COMMON_NAME = 4
_BEARERS_OF_A_FREQUENT_NAME = 16
_LARGE_COMPANY = 500
_VAST_COMPANY = 5_000
_HOSTS_OF_A_COMMON_MAILBOX = 3


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of a contact record; records with equal traits are one."""

    name: Name | None
    address: Address | None
    phone: Phone | None
    companies: tuple[str, ...]
    """Accounts, by id, and the company's domain of the address; ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Learned from all contacts; equal for any order of them. Without it, everything is taken for rare."""

    shared_addresses: Collection[str] = frozenset()
    """Addresses that several names use, and mailboxes of roles."""
    switchboards: Collection[Phone] = frozenset()
    """Numbers of many names."""
    shared_phones: Collection[Phone] = frozenset()
    """Numbers of two names."""
    common_names: Collection[str] = frozenset()
    """Keys of names that several people seem to bear."""
    frequent_names: Collection[str] = frozenset()
    """Those that many do."""
    common_mailboxes: Collection[str] = frozenset()
    """Mailboxes that there are at many hosts."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Contacts of each company that has many."""
    ambiguous: Collection[tuple[str, str]] = frozenset()
    """Initials and family names, by company, that stand for several people there."""


def learned(contacts: Collection[Traits]) -> Knowledge:
    """What distinct traits teach."""
    addresses, phones = _names_by(contacts)
    companies: dict[str, set[str]] = defaultdict(set)
    mailboxes: dict[str, set[str]] = defaultdict(set)
    hosts: dict[str, set[str]] = defaultdict(set)
    sizes: dict[str, int] = defaultdict(int)
    for each in contacts:
        for company in each.companies:
            sizes[company] += 1
        if each.name is not None:
            companies[each.name.key].update(each.companies[:1])
            if each.address is not None:
                mailboxes[each.name.key].add(each.address.key)
        if each.address is not None:
            hosts[each.address.mailbox].add(each.address.host)
    bearers = {name: max(len(found), len(mailboxes.get(name, ()))) for name, found in companies.items()}
    return Knowledge(
        shared_addresses=_borne(addresses, _NAMES_OF_A_SHARED_ADDRESS),
        switchboards=_borne(phones, _NAMES_OF_A_SWITCHBOARD),
        shared_phones=_borne(phones, 2),
        common_names=frozenset(name for name, count in bearers.items() if count >= _BEARERS_OF_A_COMMON_NAME),
        frequent_names=frozenset(name for name, count in bearers.items() if count >= _BEARERS_OF_A_FREQUENT_NAME),
        common_mailboxes=frozenset(box for box, found in hosts.items() if len(found) >= _HOSTS_OF_A_COMMON_MAILBOX),
        sizes={company: size for company, size in sizes.items() if size >= _LARGE_COMPANY},
        ambiguous=_ambiguous(contacts),
    )


def is_large(size: int) -> bool:
    """Whether a company has so many contacts that two of one name are not rare among them."""
    return size >= _LARGE_COMPANY


def is_vast(size: int) -> bool:
    """Whether it says next to nothing that two contacts are of the company."""
    return size >= _VAST_COMPANY


def _names_by(contacts: Iterable[Traits]) -> tuple[dict[str, set[Name]], dict[Phone, set[Name]]]:
    addresses: dict[str, set[Name]] = defaultdict(set)
    phones: dict[Phone, set[Name]] = defaultdict(set)
    for each in contacts:
        if each.name is None:
            continue
        if each.address is not None:
            addresses[each.address.key].add(each.name)
        if each.phone is not None:
            phones[each.phone].add(each.name)
    return addresses, phones


def _borne(names: Mapping[Thing, set[Name]], least: int) -> frozenset[Thing]:
    """What at least so many people use, as their names tell."""
    return frozenset(thing for thing, found in names.items() if len(found) >= least and _has_people(found, least))


def _has_people(names: Iterable[Name], least: int) -> bool:
    heads: list[Name] = []
    for name in sorted(names, key=lambda name: (-len(name.words), name.words)):
        if all(likeness(name, head) in CONTRARY for head in heads):
            heads.append(name)
            if len(heads) == least:
                return True
    return False


def initials(name: Name) -> str | None:
    """The first letter of the given name, and the family name; None where one is missing."""
    if not name.is_split or not name.given or not name.family:
        return None
    return f"{name.given[0][0]} {''.join(name.family)}"


def _ambiguous(contacts: Iterable[Traits]) -> frozenset[tuple[str, str]]:
    contacts = [each for each in contacts if each.name is not None and initials(each.name)]
    short = {place for each in contacts if _is_initial(each) for place in places(each)}
    names: dict[tuple[str, str], set[Name]] = defaultdict(set)
    for each in contacts:
        if each.name is not None and not _is_initial(each):
            for place in places(each):
                if place in short:
                    names[place].add(each.name)
    return frozenset(place for place, found in names.items() if len(found) > 1 and _has_people(found, 2))


def places(traits: Traits) -> list[tuple[str, str]]:
    """Where the initials of a contact stand for somebody: each of its companies."""
    short = initials(traits.name) if traits.name is not None else None
    return [(company, short) for company in traits.companies] if short else []


def _is_initial(traits: Traits) -> bool:
    return traits.name is not None and len(traits.name.given[0]) == 1
