"""Which records are the same company: the one function that the mapping job calls, and what it answers."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import duckdb
import pyarrow as pa

from hub.graph.candidates import candidates, keys
from hub.graph.clusters import Edge, clusters_of
from hub.graph.company import Company, Traits, traits
from hub.graph.knowledge import Knowledge, learned
from hub.graph.likeness import compare_names
from hub.graph.scoring import COMPARISONS, SAME, UNSURE, VERSION, VETO, compared, scored
from hub.model import Evidence, Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """Two records compared. Left is the smaller id."""

    left: UUID
    right: UUID
    bits: float
    verdict: Verdict
    _added: tuple[tuple[str, float], ...]
    _traits: tuple[Traits, Traits]

    @property
    def evidence(self) -> list[Evidence]:
        """Each reason for or against; their bits sum up to `bits`."""
        left, right = self._traits
        return [
            Evidence(feature=feature, left=_shown(feature, left), right=_shown(feature, right), bits=bits)
            for feature, bits in self._added
        ]


@dataclass(frozen=True, slots=True)
class Mapping:
    """What mapping found. Neither part depends on the order of the records."""

    clusters: list[tuple[UUID, ...]]
    """Every record in exactly one, ids ascending, clusters by their first id."""
    findings: list[Finding]
    """The compared pairs that are the same company, may be, or are kept apart by a veto; by ids.

    What one owner's records say of each other is told in full whatever others' say: who sees those of one owner only
    misses nothing.
    """
    decided_by: str = VERSION


def mapping(companies: Iterable[Company]) -> Mapping:
    """Decide which of `companies` are the same, each record given once."""
    records: dict[Traits, list[UUID]] = defaultdict(list)
    owners: dict[UUID, UUID | None] = {}
    for company in companies:
        records[traits(company)].append(company.id)
        owners[company.id] = company.owner_id
    for alike in records.values():
        alike.sort()
    distinct = sorted(records)
    ids = [records[each] for each in distinct]
    edges = [edge for edge in _edges(distinct, ids) if edge.bits >= UNSURE or edge.bits <= VETO / 2]
    clusters = clusters_of(distinct, ids, [edge for edge in edges if edge.bits >= SAME])
    owned = cache(lambda position: _by_owner(ids[position], owners))
    findings = sorted(_findings(edges, distinct, owned), key=lambda finding: (finding.left.int, finding.right.int))
    return Mapping(clusters, findings)


def _edges(distinct: Sequence[Traits], ids: Sequence[Sequence[UUID]]) -> Iterator[Edge]:
    known = learned(dict(zip(distinct, ids, strict=True)))
    with duckdb.connect() as connection:
        connection.register("given_traits", compared(distinct, ids, known))
        connection.execute("create table traits as from given_traits")
        connection.register("given_keys", _keys(distinct, known))
        connection.execute("create table keys as from given_keys")
        candidates(connection)
        connection.execute("insert into pairs select id, id from traits where records > 1")
        compare_names(connection)
        found = scored(connection, "traits", "compared")
    yield from _as_edges(found)


def _keys(distinct: Sequence[Traits], known: Knowledge) -> pa.Table:
    pairs = [(position, key) for position, each in enumerate(distinct) for key in keys(each, known.domains(each))]
    return pa.table({"id": [position for position, _ in pairs], "key": [key for _, key in pairs]}).combine_chunks()


def _as_edges(found: pa.Table) -> Iterator[Edge]:
    columns = [found[name].to_pylist() for name in ("left", "right", "bits", *COMPARISONS)]
    for left, right, bits, *added in zip(*columns, strict=True):
        told = tuple((name, each) for name, each in zip(COMPARISONS, added, strict=True) if each)
        yield Edge(left, right, bits, told)


Owned = dict[UUID | None, list[UUID]]
"""Records with the same traits by their owners, ids ascending, owners by their first."""


def _findings(edges: Iterable[Edge], distinct: Sequence[Traits], owned: Callable[[int], Owned]) -> Iterator[Finding]:
    for edge in edges:
        pair = distinct[edge.left], distinct[edge.right]
        told = _ties(owned(edge.left)) if edge.left == edge.right else _links(owned(edge.left), owned(edge.right))
        for left, right in told:
            yield _finding(edge, pair, left, right)


def _by_owner(alike: Sequence[UUID], owners: dict[UUID, UUID | None]) -> Owned:
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
    return Finding(left, right, edge.bits, _verdict(edge.bits), edge.added, pair)


def _verdict(bits: float) -> Verdict:
    if bits >= SAME:
        return Verdict.SAME
    return Verdict.UNSURE if bits >= UNSURE else Verdict.DIFFERENT


def _shown(feature: str, traits: Traits) -> str:
    match feature:
        case "domain" | "email_domain":
            return ", ".join(traits.domains or traits.email_domains)
        case "duns" | "country" | "form":
            return str(getattr(traits, feature))
        case _:
            return traits.name
