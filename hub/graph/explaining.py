"""Why two records are one account or are not: what the two say, and what others have to say about it.

What records say is compared as it is now; which account they are in is what the last mapping said.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Self
from uuid import UUID

import duckdb
import pyarrow as pa

from hub.errors import InputError
from hub.graph.candidates import block
from hub.graph.decisions import KEPT_APART, Decision
from hub.graph.likeness import compare
from hub.graph.mapping import LARGEST_THIN, Finding, answered, ask, heard
from hub.graph.scoring import SAME, SHARED, UNSURE, VERSION, VETO, score
from hub.graph.sql import opened, script
from hub.graph.standard import standardize
from hub.graph.ties import Link, Opposition, StandIn, Ties
from hub.model import MatchReason, Verdict

NEAREST = 10
"""Records outside an account that are told of, at most."""
MOST_MEMBERS = 100
"""Records of it that are told of, at most."""
_SAID = "x.bits <> 0 or (x.feature <> 'email_domain' and (x.left <> '' or x.right <> ''))"
"""Also what says nothing either way, as far as a record has it; addresses would show the websites' domains again."""

_MEMBERS = "select id from concerned where owner is not distinct from ?::uuid order by record"
_STAND_INS = """
    select id, trait, identity, owner is not distinct from ?::uuid as is_seen
    from concerned
    qualify row_number() over (partition by trait, identity, is_seen order by record) = 1 or is_looked_at or is_decided
"""
"""Of each account and trait a record that can be named, and one that cannot; and all that somebody spoke of."""
_OUTSIDE = """
    select member.id
    from scored join scope on is_looked_at and scope.trait in (one, other)
    join member on member.trait in (one, other) and (member.trait <> scope.trait or one = other)
    where member.owner is not distinct from ?::uuid and member.record not in (select record from concerned)
    group by member.id order by max(bits) desc, member.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What bits are measured by."""

    version: str = VERSION
    unsure: float = UNSURE
    """From here on, a person should decide."""
    same: float = SAME
    shared: float = SHARED
    """From here on, a partner may be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A comparison, as a bar of a waterfall: from what those before it sum up to."""

    feature: str
    left: str
    right: str
    bits: float
    start: float
    end: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two records and what they say, whatever others do."""

    left: UUID
    right: UUID
    bits: float
    rule_verdict: Verdict
    """What the rules say of the two alone."""
    decided: Verdict | None
    """What a person said of the two."""
    steps: tuple[Step, ...]

    @classmethod
    def of(cls, found: Finding, left: UUID, decided: Verdict | None) -> Self:
        """A finding, seen from a side."""
        is_so = left == found.left
        ends = pairwise(accumulate((each["bits"] for each in found.evidence), initial=0.0))
        steps = tuple(
            Step(
                feature=said["feature"],
                left=said["left"] if is_so else said["right"],
                right=said["right"] if is_so else said["left"],
                bits=said["bits"],
                start=start,
                end=end,
            )
            for said, (start, end) in zip(found.evidence, ends, strict=True)
        )
        return cls(
            left=left,
            right=found.right if is_so else found.left,
            bits=found.bits,
            rule_verdict=found.verdict,
            decided=decided,
            steps=steps,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why two records are one account, or are not."""

    comparison: Comparison
    reason: MatchReason
    is_one_account: bool
    is_compared: bool
    """Whether something that records say leads mapping from one to the other."""
    chain: tuple[Link, ...]
    """Where others tie the two: from the left record to the right one."""
    against: Opposition | None
    """Where the two are two accounts: what speaks most against one, besides the two themselves."""
    rules: Rules = Rules()

    @property
    def missing(self) -> float:
        """Bits; 0 where the two are the same by themselves."""
        return max(0.0, self.rules.same - self.comparison.bits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """A record beside those of its account, and those outside that it is most like, as far as they can be named."""

    members: tuple[Comparison, ...]
    nearest: tuple[Comparison, ...]
    rules: Rules = Rules()


def explained(
    records: pa.Table, decisions: Collection[Decision], pair: tuple[UUID, UUID], viewer: UUID | None
) -> Explanation:
    """Why two of `records`, a table like RECORDS, are one account or not; nothing is named but `viewer`'s own.

    Raises InputError where it is one record twice, or not among them.
    """
    left, right = pair
    if left == right:
        raise InputError("A record cannot be compared with itself: name two.")
    with opened() as connection:
        standing = _looked_at(connection, records, decisions, pair)
        ask(connection, [pair])
        (found,) = answered(connection, _SAID)
        ties = _ties(connection, standing, viewer)
        led = connection.sql("from led").fetchall()
    return _explanation(Comparison.of(found, left, ties.said.get(frozenset(pair))), ties, led)


def _ties(connection: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], viewer: UUID | None) -> Ties:
    rows = connection.execute(_STAND_INS, [viewer]).fetchall()
    scored = connection.sql("select one, other, bits from scored").fetchall()
    return Ties({row[0]: StandIn(*row) for row in rows}, {(one, other): bits for one, other, bits in scored}, decisions)


def _explanation(comparison: Comparison, ties: Ties, led: Collection[tuple[int, int]]) -> Explanation:
    left, right = ties.records[comparison.left], ties.records[comparison.right]
    pair = (min(left.trait, right.trait), max(left.trait, right.trait))
    is_one = left.account is not None and left.account == right.account
    found = Explanation(
        comparison=comparison,
        reason=MatchReason.NOT_MAPPED,
        is_one_account=is_one,
        is_compared=pair in led or ties.leads(left, right),
        chain=ties.chain(left, right) if is_one else (),
        against=None if is_one else ties.against(left, right),
    )
    return replace(found, reason=_together(found) if is_one else _apart(found))


def _together(found: Explanation) -> MatchReason:
    decided, bits = found.comparison.decided, found.comparison.bits
    if decided in KEPT_APART:
        return MatchReason.NOT_MAPPED
    if decided is Verdict.SAME:
        return MatchReason.DECIDED
    if bits >= SAME:
        return MatchReason.ALIKE
    return MatchReason.THROUGH_OTHERS if found.chain else MatchReason.NOT_MAPPED


def _apart(found: Explanation) -> MatchReason:
    decided, bits = found.comparison.decided, found.comparison.bits
    if decided in KEPT_APART:
        return MatchReason.DECIDED
    if decided is Verdict.SAME or (bits >= SAME and found.is_compared):
        return MatchReason.KEPT_APART if found.against else MatchReason.NOT_MAPPED
    if bits <= VETO:
        return MatchReason.VETOED
    return MatchReason.TOO_LITTLE if found.is_compared else MatchReason.NOT_COMPARED


def surroundings(records: pa.Table, decisions: Collection[Decision], record: UUID, viewer: UUID | None) -> Surroundings:
    """A record beside others of an organization. Raises InputError where it is not among `records`."""
    with opened() as connection:
        standing = _looked_at(connection, records, decisions, [record])
        members = _ids(connection, _MEMBERS, viewer)
        inside = [id_ for id_ in members if id_ != record][:MOST_MEMBERS]
        outside = _ids(connection, _OUTSIDE, viewer)[:NEAREST]
        ask(connection, [(record, each) for each in inside + outside])
        said = {frozenset((each.left, each.right)): each.verdict for each in standing}
        told = [
            Comparison.of(each, record, said.get(frozenset((each.left, each.right))))
            for each in answered(connection, _SAID)
        ]
    told.sort(key=lambda each: (-each.bits, each.right))
    return Surroundings(
        members=tuple(each for each in told if each.right in set(inside)),
        nearest=tuple(each for each in told if each.right in set(outside)),
    )


def _ids(connection: duckdb.DuckDBPyConnection, query: str, viewer: UUID | None) -> list[UUID]:
    return [row[0] for row in connection.execute(query, [viewer]).fetchall()]


def _looked_at(
    connection: duckdb.DuckDBPyConnection, records: pa.Table, decisions: Collection[Decision], ids: Sequence[UUID]
) -> list[Decision]:
    """Compare records with those like them, and all in their accounts with each other; the awake decisions."""
    standardize(connection, records)
    connection.register("looked_at", pa.table({"id": [str(id_) for id_ in ids]}))
    ((live,),) = connection.sql("select count(*) from record where id in (select id::uuid from looked_at)").fetchall()
    if live < len(ids):
        raise InputError("What was removed at its source is not compared with anything.")
    standing = heard(connection, decisions)
    block(connection)
    connection.execute(script("explaining").format(largest=LARGEST_THIN))
    compare(connection)
    score(connection)
    return standing
