"""From accepted pairs to clusters that no veto and no person forbids."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from uuid import UUID

from hub.graph.decisions import Decision, Part, Parts, settled
from hub.graph.rules import Feature, Side
from hub.model import Verdict


@dataclass(frozen=True, slots=True)
class Edge:
    """Two sides compared, by position; a side with itself stands for all its records."""

    left: int
    right: int
    bits: float
    found: tuple[Feature, ...]


Cluster = tuple[UUID, ...]


def clusters_of(
    sides: Sequence[Side],
    ids: Sequence[Sequence[UUID]],
    accepted: Sequence[Edge],
    decisions: Sequence[Decision] = (),
) -> list[Cluster]:
    """Every record in one cluster. Of records with traits too poor to match each other, only the first may join one.

    What people decided about the records comes first: what they say is the same is joined whatever the rules say, and
    no cluster holds two records that they keep apart.
    """
    rich = {edge.left for edge in accepted if edge.left == edge.right}
    followed = [each for each in settled(decisions)[0] if each.verdict is not Verdict.UNSURE]
    place = _places(ids, followed)
    decided = frozenset(place.values())
    clusters, suspects = [], set[int]()
    for component in _components(sides, accepted, followed, place):
        if _is_harmless(component, sides, decided):
            whole = (id_ for each in component for id_ in (ids[each] if each in rich else ids[each][:1]))
            clusters.append(tuple(sorted(whole)))
        else:
            suspects.update(component)
    if suspects:
        pieces = {each: _pieces(ids[each], place, is_rich=each in rich) for each in suspects}
        clusters += _checked(sides, pieces, [edge for edge in accepted if edge.left in suspects], followed)
    poor = (group[1:] for position, group in enumerate(ids) if position not in rich)
    clusters += [(id_,) for group in poor for id_ in group if id_ not in place]
    return sorted(clusters, key=lambda cluster: cluster[0].int)


def _places(ids: Sequence[Sequence[UUID]], decisions: Sequence[Decision]) -> dict[UUID, int]:
    """The positions of the records that people decided about."""
    decided = {id_ for each in decisions for id_ in (each.left, each.right)}
    if not decided:
        return {}
    return {id_: position for position, group in enumerate(ids) for id_ in group if id_ in decided}


def _components(
    sides: Sequence[Side], accepted: Sequence[Edge], decisions: Sequence[Decision], place: Mapping[UUID, int]
) -> Iterable[set[int]]:
    import networkx as nx  # noqa: PLC0415 - 140 ms that only mapping should pay

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(sides)))
    graph.add_edges_from((edge.left, edge.right) for edge in accepted)
    graph.add_edges_from((place[each.left], place[each.right]) for each in decisions if each.verdict is Verdict.SAME)
    return nx.connected_components(graph)


def _is_harmless(component: set[int], sides: Sequence[Side], decided: frozenset[int]) -> bool:
    """Whether nothing keeps records of a component apart, and nobody decided about any."""
    return component.isdisjoint(decided) and len({sides[each].traits.duns for each in component} - {""}) <= 1


def _checked(
    sides: Sequence[Side], pieces: Mapping[int, "_Pieces"], edges: Sequence[Edge], decisions: Sequence[Decision]
) -> Iterator[Cluster]:
    """What people say is the same is joined first, then the strongest edges; each only where nothing is against it."""
    parts = Parts((piece[0] for each in pieces.values() for piece in each.whole), decisions)
    for position, each in pieces.items():
        for piece in each.whole:
            parts.of(piece[0]).duns |= {sides[position].traits.duns} - {""}
    for same in decisions:
        if same.verdict is Verdict.SAME:
            parts.join(parts.of(same.left), parts.of(same.right))
    for edge in sorted(edges, key=lambda edge: (-edge.bits, edge.left, edge.right)):
        left, right = pieces[edge.left].linked, pieces[edge.right].linked
        for one, other in combinations(left, 2) if edge.left == edge.right else product(left, right):
            _join_unless_barred(parts, parts.of(one), parts.of(other))
    whole = {piece[0]: piece for each in pieces.values() for piece in each.whole}
    for part in parts.all():
        yield tuple(sorted(id_ for first in part.members for id_ in whole[first]))


def _join_unless_barred(parts: Parts, one: Part, other: Part) -> None:
    has_other_duns = one.duns and other.duns and one.duns.isdisjoint(other.duns)
    if not has_other_duns and not one.bars(other):
        parts.join(one, other)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The records of a side in pieces: each that people decided about alone, the others together."""

    whole: Sequence[Cluster]
    linked: Sequence[UUID]
    """The first records of the pieces that edges of the side join."""


def _pieces(group: Sequence[UUID], decided: Collection[UUID], *, is_rich: bool) -> _Pieces:
    if not is_rich:
        alone = [(group[0],), *((id_,) for id_ in group[1:] if id_ in decided)]
        return _Pieces(alone, [group[0]])
    others = tuple(id_ for id_ in group if id_ not in decided)
    whole = [others] * bool(others) + [(id_,) for id_ in group if id_ in decided]
    return _Pieces(whole, [piece[0] for piece in whole])
