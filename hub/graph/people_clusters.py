"""From accepted pairs of contacts to persons: no union brings together what cannot be one person's."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

from hub.graph.people_addresses import Address
from hub.graph.people_candidates import candidates
from hub.graph.people_knowledge import Knowledge, Traits
from hub.graph.people_likeness import are_apart
from hub.graph.people_names import Name
from hub.graph.people_scoring import SAME, have_other_numbers, score

_FEW = 8
_MOST_MARKS = 64
"""Nobody has more names and addresses; it bounds what one union costs."""
_TWO = 2


class Edge(NamedTuple):
    """Two contacts, by their positions, that are one person as far as the two of them tell."""

    bits: float
    one: int
    other: int


class _Mark(NamedTuple):
    """What of a contact may keep it apart from others."""

    name: Name | None
    address: Address | None


def clusters_of(contacts: Sequence[Traits], known: Knowledge) -> list[list[int]]:
    """Positions in `contacts` that are one person, each in exactly one cluster, ascending."""
    edges = list(_edges(contacts, known))
    whole = _Forest(range(len(contacts)))
    for edge in edges:
        whole.join(edge.one, edge.other)
    found = whole.groups()
    suspects = [members for members in found.values() if len(members) > _TWO and _is_suspicious(contacts, members)]
    if suspects:
        doubtful = {each for members in suspects for each in members}
        for members in suspects:
            del found[members[0]]
        between = [edge for edge in edges if edge.one in doubtful]
        return sorted([*found.values(), *_agreeing(contacts, between, sorted(doubtful))])
    return sorted(found.values())


def _edges(contacts: Sequence[Traits], known: Knowledge) -> Iterator[Edge]:
    for one, other in candidates(contacts):
        bits = score(contacts[one], contacts[other], known)
        if bits >= SAME:
            yield Edge(bits, one, other)


class _Forest:
    """Positions, each alone until it is joined; a group is known by its smallest."""

    def __init__(self, positions: Iterable[int]) -> None:
        self._parents = {each: each for each in positions}

    def root(self, each: int) -> int:
        parents = self._parents
        while parents[each] != each:
            parents[each] = parents[parents[each]]
            each = parents[each]
        return each

    def join(self, one: int, other: int) -> None:
        one, other = self.root(one), self.root(other)
        self._parents[max(one, other)] = min(one, other)

    def groups(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for each in sorted(self._parents):
            found.setdefault(self.root(each), []).append(each)
        return found


def _is_suspicious(contacts: Sequence[Traits], members: Iterable[int]) -> bool:
    marks = {_mark(contacts[each]) for each in members}
    return len(marks) > _FEW or any(_are_apart(one, other) for one, other in combinations(marks, 2))


def _mark(traits: Traits) -> _Mark:
    return _Mark(traits.name, traits.address)


def _are_apart(one: _Mark, other: _Mark) -> bool:
    return are_apart(one.name, other.name) or have_other_numbers(one.address, other.address)


def _agreeing(contacts: Sequence[Traits], edges: Sequence[Edge], members: Collection[int]) -> list[list[int]]:
    """The strongest edges first; each only where nothing of the one side is against anything of the other."""
    allowed = {pair for edge in edges for pair in _both_ways(_mark(contacts[edge.one]), _mark(contacts[edge.other]))}
    torn = _torn(contacts, edges, allowed)
    forest = _Forest(members)
    marks = {each: {_mark(contacts[each])} for each in members}
    for edge in sorted(edges, key=lambda edge: (-edge.bits, edge.one, edge.other)):
        one, other = sorted((forest.root(edge.one), forest.root(edge.other)))
        if one == other or edge.one in torn or edge.other in torn or len(marks[one] | marks[other]) > _MOST_MARKS:
            continue
        if any(_are_apart(*pair) and pair not in allowed for pair in product(marks[one], marks[other])):
            continue
        forest.join(one, other)
        marks[one] |= marks.pop(other)
    return list(forest.groups().values())


Pair = tuple[_Mark, _Mark]


def _both_ways(one: _Mark, other: _Mark) -> tuple[Pair, Pair]:
    return (one, other), (other, one)


def _torn(contacts: Sequence[Traits], edges: Iterable[Edge], allowed: Collection[Pair]) -> set[int]:
    """Contacts that fit two persons equally well; to choose one of them would be a guess."""
    best: dict[int, tuple[float, set[_Mark]]] = {}
    for edge in sorted(edges, reverse=True):
        for each, neighbor in ((edge.one, edge.other), (edge.other, edge.one)):
            bits, marks = best.setdefault(each, (edge.bits, set()))
            if bits == edge.bits and len(marks) < _FEW:
                marks.add(_mark(contacts[neighbor]))
    return {
        each
        for each, (_, marks) in best.items()
        if any(_are_apart(*pair) and pair not in allowed for pair in combinations(marks, 2))
    }
