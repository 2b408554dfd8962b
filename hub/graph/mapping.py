"""Which records are the same company: the one function that the mapping job calls, and what it answers."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from hub.graph.candidates import candidates
from hub.graph.clusters import Edge, clusters_of
from hub.graph.company import Company, Traits, traits
from hub.graph.decisions import Decision, awake
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
    """The rules' own, whatever people decided."""
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
    """The compared pairs that are the same company, may be, or are kept apart by a veto, and those that people decided
    about; by ids.

    What one owner's records say of each other is told in full whatever others' say: who sees those of one owner only
    misses nothing.
    """
    decided_by: str = VERSION


def mapping(companies: Iterable[Company], decisions: Collection[Decision] = ()) -> Mapping:
    """Decide which of `companies` are the same, each record given once; what people decided outranks every rule."""
    records: dict[Traits, list[UUID]] = defaultdict(list)
    owners: dict[UUID, UUID | None] = {}
    for company in companies:
        records[traits(company)].append(company.id)
        owners[company.id] = company.owner_id
    for alike in records.values():
        alike.sort()
    known = learned(records)
    sides = [side(each, known) for each in sorted(records)]
    ids = [records[each.traits] for each in sides]
    decided = awake(decisions, owners)
    asked = _asked(ids, decided)
    edges = [edge for edge in _compared(sides, records) if _says_much(edge) or (edge.left, edge.right) in asked]
    clusters = clusters_of(sides, ids, [edge for edge in edges if edge.bits >= ACCEPTED], decided)
    owned = cache(lambda position: _by_owner(ids[position], owners))
    pairs = ((edge, _pairs(edge, owned, asked)) for edge in edges)
    findings = sorted(_findings(pairs, sides), key=lambda finding: (finding.left.int, finding.right.int))
    return Mapping(clusters, findings)


def _says_much(edge: Edge) -> bool:
    return edge.bits >= REVIEWED or edge.bits <= VETO / 2


Asked = dict[tuple[int, int], list[tuple[UUID, UUID]]]
"""The pairs of records that people decided about, by the positions of their traits."""


def _asked(ids: list[list[UUID]], decisions: list[Decision]) -> Asked:
    wanted = {id_ for each in decisions for id_ in (each.left, each.right)}
    place = {id_: position for position, alike in enumerate(ids) for id_ in alike if id_ in wanted} if wanted else {}
    found: Asked = defaultdict(list)
    for each in decisions:
        (left, one), (right, other) = sorted(((place[each.left], each.left), (place[each.right], each.right)))
        found[left, right].append((one, other))
    return found


def _compared(sides: list[Side], records: dict[Traits, list[UUID]]) -> Iterator[Edge]:
    weights = [len(records[each.traits]) for each in sides]
    for position, each in enumerate(sides):
        if weights[position] > 1:
            yield Edge(position, position, *bits_of(each, each))
    for left, right in candidates(sides, weights):
        yield Edge(left, right, *bits_of(sides[left], sides[right]))


Owned = dict[UUID | None, list[UUID]]
"""Records with the same traits by their owners, ids ascending, owners by their first."""


def _pairs(edge: Edge, owned: Callable[[int], Owned], asked: Asked) -> Iterable[tuple[UUID, UUID]]:
    """The records by which an edge is told."""
    told: Iterable[tuple[UUID, UUID]] = ()
    if _says_much(edge):
        told = _ties(owned(edge.left)) if edge.left == edge.right else _links(owned(edge.left), owned(edge.right))
    decided = asked.get((edge.left, edge.right))
    return dict.fromkeys((*told, *decided)) if decided else told


def _findings(edges: Iterable[tuple[Edge, Iterable[tuple[UUID, UUID]]]], sides: list[Side]) -> Iterator[Finding]:
    for edge, pairs in edges:
        traits_of = sides[edge.left].traits, sides[edge.right].traits
        for left, right in pairs:
            yield _finding(edge, traits_of, left, right)


def _by_owner(alike: list[UUID], owners: dict[UUID, UUID | None]) -> Owned:
    found: Owned = {}
    for id_ in alike:
        found.setdefault(owners[id_], []).append(id_)
    return found


def _ties(alike: Owned) -> Iterator[tuple[UUID, UUID]]:
    """Of records that say the same, each is tied to the first of its owner, and these to the first of all."""
    (first, *_), *others = alike.values()
    for own in alike.values():
        yield from ((own[0], other) for other in own[1:])
    yield from ((first, other) for other, *_ in others)


def _links(left: Owned, right: Owned) -> Iterator[tuple[UUID, UUID]]:
    """Where records say different things, one pair for each owner of both, or else one of two owners."""
    both = [(own[0], right[owner][0]) for owner, own in left.items() if owner in right]
    yield from both or [(next(iter(left.values()))[0], next(iter(right.values()))[0])]


def _finding(edge: Edge, pair: tuple[Traits, Traits], left: UUID, right: UUID) -> Finding:
    if left > right:
        left, right, pair = right, left, (pair[1], pair[0])
    return Finding(left, right, edge.bits, _verdict(edge.bits), edge.found, pair)


def _verdict(bits: float) -> Verdict:
    if bits >= ACCEPTED:
        return Verdict.SAME
    return Verdict.UNSURE if bits >= REVIEWED else Verdict.DIFFERENT
