"""Which pairs of contacts are worth a comparison: those that share a key, and of a large group only neighbors."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

from hub.graph.people_knowledge import Traits
from hub.graph.people_names import plain

_SMALL_GROUP = 12
_WINDOW = 6
_MOST_COMPANIES = 8
_HEAD = 3
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
    return ((each.address, place) for place, each in enumerate(contacts) if each.address is not None)


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
    """The beginning of each word of a name that is no initial, so that one slip further on changes nothing."""
    for place in company:
        name = contacts[place].name
        if name is not None:
            yield from {(plain(word)[:_HEAD], place) for word in name.words if len(word) > 1}


def _groups(keyed: Keyed) -> Iterator[list[int]]:
    """The positions of each key that several have."""
    found: dict[Hashable, list[int]] = defaultdict(list)
    for key, place in keyed:
        found[key].append(place)
    return (group for group in found.values() if len(group) > 1)


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
