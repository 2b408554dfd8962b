"""Made-up worlds side by side: to map a few records takes as long as to map some hundred of them."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from hub.graph.company import Company
from hub.graph.decisions import Decision
from hub.graph.mapping import Mapping, mapping

ROOM = 10_000
_BRANDS = re.compile(r"acme|rockets|bolt|zenith|skyward", re.IGNORECASE)


def a_company(number=0, name="Acme", **facts):
    return Company(id=UUID(int=number), name=name, **facts)


def companies(*facts):
    return [a_company(number, **each) for number, each in enumerate(facts)]


@dataclass(frozen=True)
class World:
    """Facts of records, by their places the ids of these, and what people decided about them."""

    facts: Sequence[dict]
    decisions: Collection[Decision] = field(default=())


def mapped_apart(worlds: Sequence[World], order=lambda rows: rows) -> Mapping:
    """All worlds in one mapping, at most 26; the ids of each begin at ROOM times its number.

    No brand, domain or D-U-N-S number of one is in another.
    """
    records = [
        Company(id=UUID(int=ROOM * world + number), **{name: _moved(value, world) for name, value in each.items()})
        for world, each_world in enumerate(worlds)
        for number, each in enumerate(each_world.facts)
    ]
    decisions = [
        _shifted(each, ROOM * world) for world, each_world in enumerate(worlds) for each in each_world.decisions
    ]
    return mapping(order(records), order(decisions))


def clusters_apart(worlds: Sequence[World]) -> list[list[list[int]]]:
    """The clusters of each world, by the places of its records."""
    found = [[] for _ in worlds]
    for cluster in mapped_apart(worlds).clusters:
        worlds_of_it = {id_.int // ROOM for id_ in cluster}
        assert len(worlds_of_it) == 1
        found[worlds_of_it.pop()].append([id_.int % ROOM for id_ in cluster])
    return found


def _moved(value, world):
    if not isinstance(value, str):
        return value
    if value.isdecimal():
        return str(int(value) + 1000 * world)
    return _BRANDS.sub(lambda found: _rotated(found.group(), world), value)


def _rotated(word: str, by: int) -> str:
    return "".join(chr((ord(letter.lower()) - 97 + by) % 26 + (97 if letter.islower() else 65)) for letter in word)


def _shifted(decision: Decision, by: int) -> Decision:
    return replace(decision, left=UUID(int=decision.left.int + by), right=UUID(int=decision.right.int + by))
