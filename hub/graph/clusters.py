"""From scored pairs to clusters: what agrees is joined, unless more speaks against it, or a person forbids it.

Where all compared pairs of a connected component agree, it is a cluster. Where some do not, the pair of parts between
which most speaks for one company is joined first, all that was compared between them taken together, until nothing
speaks for a union any more: greedy additive edge contraction (Keuper et al. 2015, https://arxiv.org/abs/1505.06973).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from uuid import UUID

from hub.graph.decisions import Decision, Part, Parts, settled
from hub.graph.scoring import SAME
from hub.model import Verdict

_FOR, _AGAINST, _MOST_AGAINST = 4.0, -4.0, -20.0


@dataclass(frozen=True, slots=True)
class Piece:
    """Records of one trait that stay together; such as people decided about are pieces of their own."""

    records: tuple[UUID, ...]
    duns: str


@dataclass(frozen=True, slots=True)
class Scored:
    """Two pieces, by their first records, and what speaks for one company, in bits."""

    one: UUID
    other: UUID
    bits: float


def clusters_of(
    pieces: Sequence[Piece], scored: Iterable[Scored], decisions: Sequence[Decision]
) -> list[tuple[UUID, ...]]:
    """The records of `pieces` in clusters, ids ascending.

    What people say is the same is joined first, and no cluster holds what they keep apart. No union brings together
    two D-U-N-S numbers, unless a person says so.
    """
    followed = settled(decisions)[0]
    parts = Parts((piece.records[0] for piece in pieces), followed)
    for piece in pieces:
        parts.of(piece.records[0]).duns |= {piece.duns} - {""}
    for same in followed:
        if same.verdict is Verdict.SAME:
            parts.join(parts.of(same.left), parts.of(same.right))
    _contract(parts, scored)
    whole = {piece.records[0]: piece.records for piece in pieces}
    return [tuple(sorted(id_ for first in part.members for id_ in whole[first])) for part in parts.all()]


def _contract(parts: Parts, scored: Iterable[Scored]) -> None:
    weights = _weights(parts, scored)
    queue = [_ranked(weight, one, other) for one, others in weights.items() for other, weight in others.items()]
    heapify(queue)
    while queue:
        rank, one, other = heappop(queue)
        if other not in weights.get(one, ()) or rank != -weights[one][other] or rank >= 0:
            continue
        if _are_barred(parts.of(one), parts.of(other)):
            del weights[one][other], weights[other][one]
            continue
        parts.join(parts.of(one), parts.of(other))
        for each in _merge(weights, one, other):
            heappush(queue, each)


Weights = dict[UUID, dict[UUID, float]]
"""What speaks for and against a union of two parts, both ways; a part goes by one of its records."""
Ranked = tuple[float, UUID, UUID]
"""What speaks for a union, negated, and the two parts: the first in order is joined first."""


def _weights(parts: Parts, scored: Iterable[Scored]) -> Weights:
    found: Weights = {}
    for each in scored:
        one, other = sorted((min(parts.of(each.one).members), min(parts.of(each.other).members)))
        if one != other:
            for left, right in ((one, other), (other, one)):
                sums = found.setdefault(left, {})
                sums[right] = sums.get(right, 0.0) + weight_of(each.bits)
    return found


def weight_of(bits: float) -> float:
    """What a pair says of the union of the parts that its records are in.

    Nothing where the rules are not sure: two records of one company may have little in common but a third.
    """
    if bits >= SAME:
        return bits - SAME + _FOR
    return max(_MOST_AGAINST, min(0.0, bits - _AGAINST))


def _ranked(weight: float, one: UUID, other: UUID) -> Ranked:
    return (-weight, one, other) if one < other else (-weight, other, one)


def _merge(weights: Weights, one: UUID, other: UUID) -> Iterator[Ranked]:
    """Let the one with more neighbors stand for both; the sums that are others now, where they speak for a union."""
    kept, gone = (one, other) if len(weights[one]) >= len(weights[other]) else (other, one)
    del weights[kept][gone]
    for third, weight in weights.pop(gone).items():
        if third == kept:
            continue
        del weights[third][gone]
        total = weights[kept].get(third, 0.0) + weight
        weights[kept][third] = weights[third][kept] = total
        if total > 0:
            yield _ranked(total, kept, third)


def _are_barred(one: Part, other: Part) -> bool:
    return bool(one.duns and other.duns and one.duns.isdisjoint(other.duns)) or one.bars(other)
