"""What ties records to one account, or keeps two accounts apart: through which others, as far as one may know."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, product
from uuid import UUID

import networkx as nx

from hub.graph.clusters import weight_of
from hub.graph.decisions import KEPT_APART, Decision, settled
from hub.graph.scoring import SAME
from hub.model import Verdict

_FAR = 1_000_000
"""Records that cannot be named are gone through where there is no other way."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A record that speaks for all of an account that say the same, and that one may name like it, or not."""

    id: UUID
    trait: int
    account: UUID | None
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A record of a chain, and what ties it to the one before it: the bits of the two, or what a person said."""

    record: UUID | None
    """None stands for records that cannot be named, however many."""
    bits: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Opposition:
    """What speaks most against one account: a record of each of the two, and their bits, or what a person said."""

    left: UUID | None
    """None, like all else, where it cannot be named."""
    right: UUID | None
    bits: float | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Ties:
    """What was compared, and decided, of some records."""

    records: Mapping[UUID, StandIn]
    bits: Mapping[tuple[int, int], float]
    """Of two traits, the smaller one first."""
    decisions: Sequence[Decision]
    _of: dict[int, list[StandIn]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for record in self.records.values():
            self._of.setdefault(record.trait, []).append(record)

    @cached_property
    def said(self) -> dict[frozenset[UUID], Verdict]:
        """What people said of two of the records, and keep to it or not."""
        return {
            frozenset((each.left, each.right)): each.verdict
            for each in self.decisions
            if each.left in self.records and each.right in self.records
        }

    def leads(self, left: StandIn, right: StandIn) -> bool:
        """Whether accepted pairs lead from one to the other: then mapping looks at the two as well."""
        accepted = nx.Graph([pair for pair, bits in self.bits.items() if bits >= SAME])
        return left.trait in accepted and right.trait in accepted and nx.has_path(accepted, left.trait, right.trait)

    def chain(self, left: StandIn, right: StandIn) -> tuple[Link, ...]:
        """The shortest way from one record of an account to another; none where they no longer hang together."""
        graph: nx.DiGraph[UUID] = nx.DiGraph()
        for one, other, link in self._accepted(left.account):
            for tail, head in ((one, other), (other, one)):
                graph.add_edge(tail.id, head.id, weight=1 if head.is_seen else _FAR, link=link)
        if left.id not in graph or right.id not in graph or not nx.has_path(graph, left.id, right.id):
            return ()
        way = nx.shortest_path(graph, left.id, right.id, weight="weight")
        ties = (graph.edges[pair]["link"] for pair in pairwise(way))
        return tuple(self._named(way, [Link(None), *ties]))

    def _accepted(self, account: UUID | None) -> Iterator[tuple[StandIn, StandIn, Link]]:
        """The pairs within an account that are the same, by the rules or by a person."""
        followed = settled([each for each in self.decisions if self._is_about(each)])[0]
        for each in followed:
            if each.verdict is Verdict.SAME:
                yield self.records[each.left], self.records[each.right], Link(None, verdict=Verdict.SAME)
        for one, other, bits in self._compared():
            if bits >= SAME and one.account == other.account == account and not self._is_decided(one, other):
                yield one, other, Link(None, bits)

    def _is_about(self, decision: Decision) -> bool:
        return decision.left in self.records and decision.right in self.records

    def _is_decided(self, one: StandIn, other: StandIn) -> bool:
        return self.said.get(frozenset((one.id, other.id)), Verdict.UNSURE) is not Verdict.UNSURE

    def _compared(self) -> Iterator[tuple[StandIn, StandIn, float]]:
        for (trait, another), bits in self.bits.items():
            for one, other in product(self._of.get(trait, ()), self._of.get(another, ())):
                if one is not other:
                    yield one, other, bits

    def _named(self, way: Sequence[UUID], links: Iterable[Link]) -> Iterator[Link]:
        """The chain; what is said between records that cannot be named, or with them, is left out."""
        was_seen = True
        for id_, link in zip(way, links, strict=True):
            is_seen = self.records[id_].is_seen
            if is_seen:
                yield Link(id_, link.bits, link.verdict) if was_seen else Link(id_)
            elif was_seen:
                yield Link(None)
            was_seen = is_seen

    def against(self, left: StandIn, right: StandIn) -> Opposition | None:
        """What speaks most against one account of both records' accounts, besides these two themselves.

        What can be named goes before all else, and of that what a person said.
        """
        found = [each for each in self._against(left, right) if {each.one, each.other} != {left, right}]
        named = [each for each in found if each.one.is_seen and each.other.is_seen]
        if named:
            most = min(named, key=lambda each: (each.verdict is None, each.bits or 0, each.one.id, each.other.id))
            return Opposition(most.one.id, most.other.id, most.bits, most.verdict)
        return Opposition(None, None) if found else None

    def _against(self, left: StandIn, right: StandIn) -> Iterator["_Against"]:
        for pair, verdict in self.said.items():
            one, other = (self.records[id_] for id_ in pair)
            if verdict in KEPT_APART:
                yield from _between(_Against(one, other, verdict=verdict), left, right)
        for one, other, bits in self._compared():
            if weight_of(bits) < 0:
                yield from _between(_Against(one, other, bits), left, right)


@dataclass(frozen=True, slots=True)
class _Against:
    """Two records of which something speaks against one account."""

    one: StandIn
    other: StandIn
    bits: float | None = None
    verdict: Verdict | None = None


def _between(found: _Against, left: StandIn, right: StandIn) -> Iterator[_Against]:
    """The same with the record first that is with the left one; nothing where it is not about these two accounts."""
    for one, other in ((found.one, found.other), (found.other, found.one)):
        if _is_with(one, left) and _is_with(other, right):
            yield _Against(one, other, found.bits, found.verdict)


def _is_with(one: StandIn, other: StandIn) -> bool:
    return one.id == other.id if other.account is None else one.account == other.account
