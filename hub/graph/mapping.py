"""Which records are the same company: the one function that the mapping job calls, and what it answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from hub.graph.candidates import candidates
from hub.graph.clusters import Edge, clusters_of
from hub.graph.company import Company, Traits, traits
from hub.graph.knowledge import learned
from hub.graph.rules import ACCEPTED, REVIEWED, VERSION, VETO, Feature, Side, bits_of, side
from hub.model import Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """Two records compared. Left is the smaller id."""

    left: UUID
    right: UUID
    bits: float
    verdict: Verdict
    _found: tuple[Feature, ...]
    _traits: tuple[Traits, Traits]

    @property
    def evidence(self) -> list[Evidence]:
        """Each reason for or against; their bits sum up to `bits`."""
        left, right = self._traits
        return [
            Evidence(feature=feature.name, left=feature.shown(left), right=feature.shown(right), bits=feature.bits)
            for feature in self._found
        ]


@dataclass(frozen=True, slots=True)
class Mapping:
    """What mapping found. Neither part depends on the order of the records."""

    clusters: list[tuple[UUID, ...]]
    """Every record in exactly one, ids ascending, clusters by their first id."""
    findings: list[Finding]
    """The compared pairs that are the same company, may be, or are kept apart by a veto; by ids."""
    decided_by: str = VERSION


def mapping(companies: Iterable[Company]) -> Mapping:
    """Decide which of `companies` are the same, each record given once."""
    records: dict[Traits, list[UUID]] = defaultdict(list)
    for company in companies:
        records[traits(company)].append(company.id)
    for alike in records.values():
        alike.sort()
    known = learned(records)
    sides = [side(each, known) for each in sorted(records)]
    edges = [edge for edge in _compared(sides, records) if edge.bits >= REVIEWED or edge.bits <= VETO / 2]
    ids = [records[each.traits] for each in sides]
    clusters = clusters_of(sides, ids, [edge for edge in edges if edge.bits >= ACCEPTED])
    findings = sorted(_findings(edges, sides, ids), key=lambda finding: (finding.left.int, finding.right.int))
    return Mapping(clusters, findings)


def _compared(sides: list[Side], records: dict[Traits, list[UUID]]) -> Iterator[Edge]:
    weights = [len(records[each.traits]) for each in sides]
    for position, each in enumerate(sides):
        if weights[position] > 1:
            yield Edge(position, position, *bits_of(each, each))
    for left, right in candidates(sides, weights):
        yield Edge(left, right, *bits_of(sides[left], sides[right]))


def _findings(edges: Iterable[Edge], sides: list[Side], ids: list[list[UUID]]) -> Iterator[Finding]:
    """One per edge between unlike traits; a record with the same traits as others is tied to the first of them."""
    for edge in edges:
        pair = sides[edge.left].traits, sides[edge.right].traits
        first, *others = ids[edge.left]
        if edge.left != edge.right:
            others = ids[edge.right][:1]
        for other in others:
            yield _finding(edge, pair, first, other)


def _finding(edge: Edge, pair: tuple[Traits, Traits], left: UUID, right: UUID) -> Finding:
    if left > right:
        left, right, pair = right, left, (pair[1], pair[0])
    return Finding(left, right, edge.bits, _verdict(edge.bits), edge.found, pair)


def _verdict(bits: float) -> Verdict:
    if bits >= ACCEPTED:
        return Verdict.SAME
    return Verdict.UNSURE if bits >= REVIEWED else Verdict.DIFFERENT
