"""What the contacts taken together teach: which names, addresses, numbers and companies tell little of a person."""

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from hub.graph.people_addresses import Address
from hub.graph.people_likeness import likeness
from hub.graph.people_names import Name, is_initial
from hub.graph.people_phones import Phone

Thing = TypeVar("Thing", bound=Hashable)
Other = TypeVar("Other", bound=Hashable)

_SHARED = 3
_TWO_PEOPLE = frozenset({"other", "other_given"})
"""One given name with several family names may be one person's."""
_NAMES_OF_A_SWITCHBOARD = 3
_ADDRESSES_OF_A_SWITCHBOARD = 8
_BEARERS_OF_A_COMMON_NAME = 4
_BEARERS_OF_A_FREQUENT_NAME = 16
_LARGE_COMPANY = 500
_VAST_COMPANY = 5_000
_HOSTS_OF_A_COMMON_MAILBOX = 3


class Traits(NamedTuple):
    """What is compared of a contact record; records with equal traits are one."""

    name: Name | None
    address: Address | None
    phone: Phone | None
    accounts: tuple[str, ...]
    """Those of its companies, by id, ascending; where none is told, that of all others with addresses at its domain."""

    companies: tuple[str, ...]
    """The accounts, and the company's domain of the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Learned from all contacts; equal for any order of them. Without it, everything is taken for rare."""

    shared_addresses: Collection[str] = frozenset()
    """Addresses that several names use, and mailboxes of roles."""
    switchboards: Collection[Phone] = frozenset()
    """Numbers of many names, or of many addresses."""
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
    phones = _used(((each.phone, each.name) for each in contacts if each.phone is not None), 2)
    addresses = _used(((each.address.key, each.name) for each in contacts if each.address is not None), _SHARED)
    sizes = Counter(company for each in contacts for company in each.companies)
    bearers = _bearers(contacts)
    return Knowledge(
        shared_addresses=_of_people(addresses, _SHARED),
        switchboards=_of_people(phones, _NAMES_OF_A_SWITCHBOARD) | _of_many_addresses(contacts),
        shared_phones=_of_people(phones, 2),
        common_names=frozenset(name for name, count in bearers.items() if count >= _BEARERS_OF_A_COMMON_NAME),
        frequent_names=frozenset(name for name, count in bearers.items() if count >= _BEARERS_OF_A_FREQUENT_NAME),
        common_mailboxes=_common_mailboxes(contacts),
        sizes={company: size for company, size in sizes.items() if size >= _LARGE_COMPANY},
        ambiguous=_ambiguous(contacts),
    )


def is_large(size: int) -> bool:
    """Whether a company has so many contacts that two of one name are not rare among them."""
    return size >= _LARGE_COMPANY


def is_vast(size: int) -> bool:
    """Whether it says next to nothing that two contacts are of the company."""
    return size >= _VAST_COMPANY


def _used(pairs: Iterable[tuple[Thing, Other]], least: int) -> dict[Thing, set[Other]]:
    """What comes with each thing that there is at least so often."""
    pairs = list(pairs)
    count = Counter(thing for thing, _ in pairs)
    found: dict[Thing, set[Other]] = defaultdict(set)
    for thing, other in pairs:
        if count[thing] >= least:
            found[thing].add(other)
    return found


def _of_many_addresses(contacts: Iterable[Traits]) -> frozenset[Phone]:
    both = ((each.phone, each.address.key) for each in contacts if each.phone is not None and each.address is not None)
    addresses = _used(both, _ADDRESSES_OF_A_SWITCHBOARD)
    return frozenset(phone for phone, found in addresses.items() if len(found) >= _ADDRESSES_OF_A_SWITCHBOARD)


def _bearers(contacts: Collection[Traits]) -> dict[str, int]:
    """At how many companies, or with how many addresses, there is a name, of those that there may be at many."""
    least = _BEARERS_OF_A_COMMON_NAME
    named = [(each.name.key, each) for each in contacts if each.name is not None]
    companies = _used(((name, each.companies[0]) for name, each in named if each.companies), least)
    addresses = _used(((name, each.address.key) for name, each in named if each.address is not None), least)
    names = companies.keys() | addresses.keys()
    return {name: max(len(companies.get(name, ())), len(addresses.get(name, ()))) for name in names}


def _common_mailboxes(contacts: Iterable[Traits]) -> frozenset[str]:
    addresses = [each.address for each in contacts if each.address is not None]
    hosts = _used(((each.mailbox, each.host) for each in addresses), _HOSTS_OF_A_COMMON_MAILBOX)
    return frozenset(mailbox for mailbox, found in hosts.items() if len(found) >= _HOSTS_OF_A_COMMON_MAILBOX)


def _of_people(names: Mapping[Thing, Collection[Name | None]], least: int) -> frozenset[Thing]:
    """What at least so many people use, as their names tell."""
    return frozenset(thing for thing, found in names.items() if len(found) >= least and _has_people(found, least))


def _has_people(names: Iterable[Name | None], least: int) -> bool:
    heads: list[Name] = []
    for name in sorted((each for each in names if each is not None), key=lambda name: (-len(name.words), name)):
        if all(likeness(name, head) in _TWO_PEOPLE for head in heads):
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
    contacts = [each for each in contacts if each.name is not None and each.name.is_split and each.name.given]
    short = {place for each in contacts if _is_initial(each) for place in places(each)}
    if not short:
        return frozenset()
    names: dict[tuple[str, str], set[Name | None]] = defaultdict(set)
    for each in contacts:
        for place in () if _is_initial(each) else places(each):
            if place in short:
                names[place].add(each.name)
    return _of_people(names, 2)


def places(traits: Traits) -> list[tuple[str, str]]:
    """Where the initials of a contact stand for somebody: each of its companies."""
    short = initials(traits.name) if traits.name is not None else None
    return [(company, short) for company in traits.companies] if short else []


def _is_initial(traits: Traits) -> bool:
    return traits.name is not None and is_initial(traits.name.given[0])
