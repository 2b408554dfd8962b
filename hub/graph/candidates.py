"""Which pairs of traits are worth a comparison: those that share a key, and of a large group only neighbors."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations

from hub.graph.company import Traits
from hub.graph.names import similarity
from hub.graph.rules import Side

_SMALL_GROUP = 12
_WINDOW = 6
_ENDING = 5
_SHORTEST_WITH_ENDINGS = 7

Order = Callable[[Traits], tuple[object, ...]]


def candidates(sides: Sequence[Side], weights: Sequence[int]) -> set[tuple[int, int]]:
    """Pairs of positions in `sides`, smaller first. `weights` are the numbers of records behind each.

    Every side takes part in a bounded number of pairs, however large its groups are.
    """
    pairs: set[tuple[int, int]] = set()
    for key, group in _groups(sides).items():
        found = _pairs(group, sides, weights, reverse=key.startswith("$"))
        pairs.update(_alike(found, sides) if key[0] in "^$" else found)
    return pairs


def _groups(sides: Sequence[Side]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for position, side in enumerate(sides):
        for key in _keys(side):
            groups[key].append(position)
    return groups


def _keys(side: Side) -> Iterator[str]:
    traits = side.traits
    yield from (f"@{domain}" for domain in side.domains.union(traits.email_domains))
    if traits.duns:
        yield f"#{traits.duns}"
    if traits.letters:
        yield f"={traits.letters}"
    if len(traits.letters) >= _SHORTEST_WITH_ENDINGS:
        yield f"^{traits.letters[:_ENDING]}"
        yield f"${traits.letters[-_ENDING:]}"


def _pairs(
    group: list[int], sides: Sequence[Side], weights: Sequence[int], *, reverse: bool
) -> Iterator[tuple[int, int]]:
    if len(group) <= _SMALL_GROUP:
        yield from combinations(group, 2)
        return
    order = _from_the_end if reverse else _from_the_start
    group = sorted(group, key=lambda position: order(sides[position].traits))
    pivot = max(group, key=lambda position: weights[position])
    for place, position in enumerate(group):
        for other in {pivot, *group[place + 1 : place + 1 + _WINDOW]} - {position}:
            yield (position, other) if position < other else (other, position)


def _alike(pairs: Iterable[tuple[int, int]], sides: Sequence[Side]) -> Iterator[tuple[int, int]]:
    for left, right in pairs:
        if similarity(sides[left].traits.letters, sides[right].traits.letters) > 0:
            yield left, right


def _from_the_start(traits: Traits) -> tuple[object, ...]:
    return traits.letters, traits.country, traits


def _from_the_end(traits: Traits) -> tuple[object, ...]:
    return traits.letters[::-1], traits.country, traits
