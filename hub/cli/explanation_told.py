"""Why two records are one account, or are not, in words."""

import shlex
from collections.abc import Iterator, Mapping
from uuid import UUID

from hub.graph.explaining import Comparison, Explanation, Rules
from hub.graph.ties import Link
from hub.model import MatchReason, Verdict
from hub.store.account_records import Known

Names = Mapping[UUID, Known]
"""The records that may be named, by their ids."""

OTHERS = "records of others"

_ANSWERS = {
    MatchReason.ALIKE: "One account: what the two say amounts to {bits}.",
    MatchReason.THROUGH_OTHERS: "One account, though the two say no more than {bits}: other records tie them.",
    MatchReason.DECIDED: "{accounts}: a person said {decided}.",
    MatchReason.VETOED: "Two accounts: what they say excludes each other ({veto}). Only a person can join them.",
    MatchReason.TOO_LITTLE: "Two accounts: what the two say amounts to {bits}, and {missing}.",
    MatchReason.NOT_COMPARED: "Two accounts: nothing that records say leads mapping from the one to the other. "
    "Compared now, what they say amounts to {bits}, and {missing}.",
    MatchReason.KEPT_APART: "Two accounts, though {favor}: something else speaks against it.",
    MatchReason.NOT_MAPPED: "{accounts} by the last mapping, but what is said now differs: run `hub map`.",
}


def answer(found: Explanation, names: Names) -> Iterator[str]:
    """Why, in lines."""
    comparison = found.comparison
    bits = f"{comparison.bits:.1f} bits"
    yield _ANSWERS[found.reason].format(
        bits=bits,
        missing=f"{found.missing:.1f} are missing" if found.missing else "that would suffice",
        accounts="One account" if found.is_one_account else "Two accounts",
        decided=_lower(comparison.decided),
        favor=f"a person said {_lower(comparison.decided)}"
        if comparison.decided
        else f"what the two say amounts to {bits}",
        veto=_veto(comparison),
    )
    if found.reason is MatchReason.THROUGH_OTHERS:
        yield from _chain(found, names)
    if found.reason is MatchReason.KEPT_APART:
        yield f"  {_against(found, names)}"
    if comparison.rule_verdict is Verdict.RELATED and not found.is_one_account:
        yield "By the rules the two are related: of one family, but not one company."
    if found.reason is MatchReason.TOO_LITTLE and comparison.rule_verdict is Verdict.UNSURE:
        labels = [names[id_].label for id_ in (comparison.left, comparison.right)]
        yield f"A person should decide: {shlex.join(['hub', 'decide', *labels, 'same'])}, or different."


def thresholds(rules: Rules) -> str:
    """What bits are measured by."""
    return (
        f"From {rules.unsure:g} bits on a person should decide, from {rules.same:g} on it is one company, "
        f"from {rules.shared:g} on a partner may be told ({rules.version})."
    )


def told(record: Known) -> str:
    """A record, as commands name it, and what it says."""
    return f"{record.label}  {said(record)}".rstrip()


def said(record: Known) -> str:
    """What it says."""
    return ", ".join(filter(None, (record.name, record.domain, record.country)))


def _lower(verdict: Verdict | None) -> str:
    return verdict.lower() if verdict else "nothing"


def _veto(found: Comparison) -> str:
    worst = min((each.bits for each in found.steps), default=0.0)
    return ", ".join(f"{each.feature} {each.left} / {each.right}" for each in found.steps if each.bits == worst)


def _chain(found: Explanation, names: Names) -> Iterator[str]:
    for link in found.chain:
        known = names.get(link.record) if link.record else None
        yield f"  {_tie(link):>6}  {told(known) if known else OTHERS}"


def _tie(link: Link) -> str:
    if link.verdict:
        return link.verdict.lower()
    return "" if link.bits is None else f"{link.bits:+.1f}"


def _against(found: Explanation, names: Names) -> str:
    pair = found.against
    left, right = (names.get(each) if each else None for each in (pair.left, pair.right)) if pair else (None, None)
    if pair is None or left is None or right is None:
        return OTHERS
    why = f"a person said {_lower(pair.verdict)}" if pair.verdict else f"{pair.bits:+.1f} bits"
    return f"{told(left)} | {told(right)}: {why}"
