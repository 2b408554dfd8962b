"""Which companies belong together, and which of them is above all others."""

from collections.abc import Iterable, Mapping
from uuid import UUID

import networkx as nx

from hub.model import Member, RelationKind, Tie

DOWNWARD = frozenset({RelationKind.PARENT_OF, RelationKind.SUCCESSOR_OF})
"""Kinds of which `from` is above `to`."""


def heads(members: Iterable[Member], ties: Iterable[Tie]) -> dict[Member, UUID]:
    """The head of each account's group: of `members`, and of all that ties lead to.

    It is an account that nobody is above. Of several, it is the one with most accounts right below it, and the oldest
    of equals. Where companies own each other in a circle, all of it is as if it were at the top.
    """
    places: dict[Member, int] = {}
    for member in members:
        places.setdefault(member, len(places))
    pairs, down = _numbered(ties, places)
    known = list(places)
    found: dict[Member, UUID] = {}
    below, covered = [0] * len(known), bytearray(len(known))
    for above, under in down:
        below[above] += 1
        covered[under] = True
    groups = _groups(len(known), pairs)
    circular = _circular([group for group in groups if all(covered[place] for place in group)], down)
    for group in groups:
        tops = [place for place in group if not covered[place] or place in circular]
        head = min(tops, key=lambda place: (-below[place], known[place].account_id))
        found.update(dict.fromkeys((known[place] for place in group), known[head].account_id))
    return found


Pair = tuple[int, int]


def _numbered(ties: Iterable[Tie], places: dict[Member, int]) -> tuple[set[Pair], set[Pair]]:
    """The ties between numbers, which new members get: all of them, and those that say who is above whom."""
    pairs: set[Pair] = set()
    down: set[Pair] = set()
    for tie in ties:
        one = places.setdefault(Member(tie.owner_id, tie.from_id), len(places))
        other = places.setdefault(Member(tie.owner_id, tie.to_id), len(places))
        pairs.add((one, other))
        if tie.kind is not None:
            down.add((one, other) if tie.kind in DOWNWARD else (other, one))
    return pairs, down


def _groups(count: int, pairs: Iterable[Pair]) -> list[list[int]]:
    """The numbers up to `count`, by what is connected."""
    leads = list(range(count))

    def root(place: int) -> int:
        while leads[place] != place:
            leads[place] = place = leads[leads[place]]
        return place

    for pair in pairs:
        one, other = map(root, pair)
        leads[max(one, other)] = min(one, other)
    groups: dict[int, list[int]] = {}
    for place in range(count):
        groups.setdefault(root(place), []).append(place)
    return list(groups.values())


def _circular(groups: list[list[int]], down: set[Pair]) -> set[int]:
    """Of groups in which everybody is below somebody: those that nobody is above who is not below them too."""
    inside = {place for group in groups for place in group}
    graph: nx.DiGraph[int] = nx.DiGraph(pair for pair in down if pair[0] in inside)
    circles = nx.condensation(graph)
    return {place for circle, above in circles.in_degree() if not above for place in circles.nodes[circle]["members"]}


def circles(parents: Mapping[str, str]) -> list[list[str]]:
    """Where following parents comes back: the keys of each circle from child to parent, the smallest key first.

    `parents` is key → the key that it names as its parent.
    """
    seen: set[str] = set()
    found = []
    for start in parents:
        path: dict[str, int] = {}
        here = start
        while here in parents and here not in seen:
            seen.add(here)
            path[here] = len(path)
            here = parents[here]
        if here in path:
            found.append(_from_smallest(list(path)[path[here] :]))
    return sorted(found)


def _from_smallest(circle: list[str]) -> list[str]:
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]
