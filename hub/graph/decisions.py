"""What people decided about records: which of it holds, where they contradict each other, and parts that keep to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hub.model import Verdict

KEPT_APART = frozenset({Verdict.DIFFERENT, Verdict.RELATED})


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's verdict on two records. Left is the smaller id; a pair has one."""

    left: UUID
    right: UUID
    verdict: Verdict
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A SAME that is not followed, and the decisions that keep apart what it would bring together."""

    same: Decision
    against: tuple[Decision, ...]


@dataclass(slots=True, eq=False)
class Part:
    """Records that are together, and those that must not come to them."""

    members: set[UUID]
    barred: set[UUID] = field(default_factory=set)
    duns: set[str] = field(default_factory=set)

    def bars(self, other: "Part") -> bool:
        """Whether any of the one must stay apart from any of the other."""
        return not self.barred.isdisjoint(other.members)


class Parts:
    """Records, each in a part of its own until parts are joined."""

    def __init__(self, records: Iterable[UUID], decisions: Iterable[Decision]) -> None:
        self._of = {record: Part({record}) for record in records}
        for decision in decisions:
            if decision.verdict in KEPT_APART:
                self._of[decision.left].barred.add(decision.right)
                self._of[decision.right].barred.add(decision.left)

    def of(self, record: UUID) -> Part:
        """The part that a record is in."""
        return self._of[record]

    def all(self) -> list[Part]:
        """Each part once."""
        return list({id(part): part for part in self._of.values()}.values())

    def join(self, one: Part, other: Part) -> None:
        """Bring two parts together, if they are not yet."""
        if one is other:
            return
        large, small = (one, other) if len(one.members) >= len(other.members) else (other, one)
        large.members |= small.members
        large.barred |= small.barred
        large.duns |= small.duns
        self._of.update(dict.fromkeys(small.members, large))


def awake(decisions: Iterable[Decision], records: Collection[UUID]) -> list[Decision]:
    """The decisions on two of `records`; others sleep until theirs come back."""
    return [each for each in decisions if each.left in records and each.right in records]


def settled(decisions: Collection[Decision]) -> tuple[list[Decision], list[Contradiction]]:
    """The decisions that are followed, and those that cannot be.

    What is DIFFERENT or RELATED stays apart, whoever says SAME of records in between: a wrong join shows one company's
    facts under another's name, a wrong split shows nothing. Of several SAMEs the newest are followed first.
    """
    parts = Parts({id_ for each in decisions for id_ in (each.left, each.right)}, decisions)
    followed = [each for each in decisions if each.verdict is not Verdict.SAME]
    contradictions = []
    for same in sorted((each for each in decisions if each.verdict is Verdict.SAME), key=_newest_first):
        one, other = parts.of(same.left), parts.of(same.right)
        if one.bars(other):
            contradictions.append(Contradiction(same, _between(one, other, decisions)))
            continue
        followed.append(same)
        parts.join(one, other)
    return followed, contradictions


def _newest_first(decision: Decision) -> tuple[float, int, int]:
    return -decision.decided_at.timestamp(), decision.left.int, decision.right.int


def _between(one: Part, other: Part, decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    found = [
        each
        for each in decisions
        if each.verdict in KEPT_APART
        and ((each.left in one.members and each.right in other.members)
             or (each.left in other.members and each.right in one.members))
    ]  # fmt: skip
    return tuple(sorted(found, key=_newest_first))
