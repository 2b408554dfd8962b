"""From accepted pairs to clusters that no veto forbids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from hub.graph.company import Traits


@dataclass(frozen=True, slots=True)
class Edge:
    """Two sides compared, by position; a side with itself stands for all its records."""

    left: int
    right: int
    bits: float
    added: tuple[tuple[str, float], ...]
    """What each comparison adds to the bits."""


def clusters_of(
    sides: Sequence[Traits], ids: Sequence[Sequence[UUID]], accepted: Sequence[Edge]
) -> list[tuple[UUID, ...]]:
    """Every record in one cluster. Of records with traits too poor to match each other, only the first may join one."""
    rich = {edge.left for edge in accepted if edge.left == edge.right}
    clusters: list[tuple[UUID, ...]] = [
        tuple(sorted(id_ for position in part for id_ in (ids[position] if position in rich else ids[position][:1])))
        for part in _parts(sides, accepted)
    ]
    clusters += [(id_,) for position, group in enumerate(ids) if position not in rich for id_ in group[1:]]
    return sorted(clusters, key=lambda cluster: cluster[0].int)


def _parts(sides: Sequence[Traits], accepted: Sequence[Edge]) -> Iterator[Iterable[int]]:
    import networkx as nx  # noqa: PLC0415 - 140 ms that only mapping should pay

    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(len(sides)))
    graph.add_edges_from((edge.left, edge.right) for edge in accepted)
    suspects: set[int] = set()
    for component in nx.connected_components(graph):
        if len({sides[position].duns for position in component} - {""}) > 1:
            suspects.update(component)
        else:
            yield component
    if suspects:
        yield from _without_conflict(suspects, sides, [edge for edge in accepted if edge.left in suspects])


def _without_conflict(positions: Iterable[int], sides: Sequence[Traits], edges: list[Edge]) -> list[list[int]]:
    """The strongest edges join first; one that would bring two D-U-N-S numbers together is left out."""
    part_of = {position: [position] for position in positions}
    duns = {position: sides[position].duns for position in part_of}
    for edge in sorted(edges, key=lambda edge: (-edge.bits, edge.left, edge.right)):
        large, small = part_of[edge.left], part_of[edge.right]
        if large is small or (duns[large[0]] and duns[small[0]] and duns[large[0]] != duns[small[0]]):
            continue
        if len(large) < len(small):
            large, small = small, large
        duns[large[0]] = duns[large[0]] or duns[small[0]]
        large += small
        part_of.update(dict.fromkeys(small, large))
    return list({part[0]: part for part in part_of.values()}.values())
