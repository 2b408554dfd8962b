"""Which pairs of contacts are worth a comparison: those that share a key, and of a large group only neighbors."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from hub.graph.people_knowledge import Traits

_SMALL_GROUP = 12
_WINDOW = 6
_MOST_COMPANIES = 8
_SHORTEST_MAILBOX = 5

Pair = tuple[int, int]


def candidates(contacts: Sequence[Traits]) -> list[Pair]:
    """Pairs of positions in `contacts`, smaller first, ascending.

    Every contact takes part in a bounded number of pairs, however many share its name, its number or its company.
    """
    pairs: set[Pair] = set()
    # One kind of key after the other: what belongs to one is gone before the next.
    for keyed in (_addresses, _mailboxes, _phones):
        for group in _groups(keyed(contacts)):
            pairs.update(_pairs(group, contacts))
    for company in _groups(_companies(contacts)):
        for group in _groups(_heads(company, contacts)):
            pairs.update(_pairs(group, contacts))
    return sorted(pairs)


Keyed = Iterator[tuple[Hashable, int]]


def _addresses(contacts: Iterable[Traits]) -> Keyed:
    return ((each.address.key, place) for place, each in enumerate(contacts) if each.address is not None)


def _mailboxes(contacts: Iterable[Traits]) -> Keyed:
    """Those that may be somebody's invention."""
    for place, each in enumerate(contacts):
        mailbox = each.address.mailbox if each.address is not None else ""
        if len(mailbox) >= _SHORTEST_MAILBOX and "." not in mailbox:
            yield mailbox, place


def _phones(contacts: Iterable[Traits]) -> Keyed:
    return ((each.phone.number, place) for place, each in enumerate(contacts) if each.phone is not None)


def _companies(contacts: Iterable[Traits]) -> Keyed:
    return ((company, place) for place, each in enumerate(contacts) for company in each.companies[:_MOST_COMPANIES])


def _heads(company: Iterable[int], contacts: Sequence[Traits]) -> Keyed:
    for place in company:
        name = contacts[place].name
        for head in name.heads if name is not None else ():
            yield head, place


def _groups(keyed: Keyed) -> Iterator[list[int]]:
    """The positions of each key that several have."""
    first: dict[Hashable, int] = {}
    found: dict[Hashable, list[int]] = {}
    for key, place in keyed:
        before = first.setdefault(key, place)
        if before != place:
            found.setdefault(key, [before]).append(place)
    return iter(found.values())


def _pairs(group: list[int], contacts: Sequence[Traits]) -> Iterator[Pair]:
    """All of a small group; of a large one those next to each other by their names."""
    if len(group) <= _SMALL_GROUP:
        yield from combinations(group, 2)
        return
    group = sorted(group, key=lambda place: (_key(contacts[place]), place))
    for place, each in enumerate(group):
        for other in group[place + 1 : place + 1 + _WINDOW]:
            yield (each, other) if each < other else (other, each)


def _key(traits: Traits) -> str:
    return traits.name.key if traits.name is not None else ""
