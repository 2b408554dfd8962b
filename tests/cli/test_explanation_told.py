"""Why two records are one account or not, in words."""

from uuid import UUID

import pytest

from hub.cli.explanation_told import answer
from hub.graph.explaining import Comparison, Explanation
from hub.graph.ties import Link, Opposition
from hub.model import MatchReason, Verdict
from hub.store.account_records import Known

A, B, C = (UUID(int=number) for number in (1, 2, 3))
NAMES = {
    id_: Known(id_, "crm", str(id_.int), name, None, None) for id_, name in ((A, "Acme"), (B, "Bolt"), (C, "Cedar"))
}


def told(reason, bits=25.0, decided=None, verdict=Verdict.SAME, **facts):
    comparison = Comparison(left=A, right=B, bits=bits, rule_verdict=verdict, decided=decided, steps=())
    known = {"is_one_account": False, "is_compared": True, "chain": (), "against": None} | facts
    return list(answer(Explanation(comparison=comparison, reason=reason, **known), NAMES))


@pytest.mark.parametrize(
    ("reason", "facts", "lines"),
    [
        (
            MatchReason.THROUGH_OTHERS,
            {"bits": 2.0, "chain": (Link(A), Link(C, verdict=Verdict.SAME), Link(None), Link(B))},
            [
                "One account, though the two say no more than 2.0 bits: other records tie them.",
                "          crm:1  Acme",
                "    same  crm:3  Cedar",
                "          records of others",
                "          crm:2  Bolt",
            ],
        ),
        (
            MatchReason.KEPT_APART,
            {"against": Opposition(C, B, -75.0)},
            [
                "Two accounts, though what the two say amounts to 25.0 bits: something else speaks against it.",
                "  crm:3  Cedar | crm:2  Bolt: -75.0 bits",
            ],
        ),
        (
            MatchReason.KEPT_APART,
            {"decided": Verdict.SAME, "against": Opposition(C, B, verdict=Verdict.RELATED)},
            [
                "Two accounts, though a person said same: something else speaks against it.",
                "  crm:3  Cedar | crm:2  Bolt: a person said related",
            ],
        ),
        (
            MatchReason.KEPT_APART,
            {"against": Opposition(None, None)},
            [
                "Two accounts, though what the two say amounts to 25.0 bits: something else speaks against it.",
                "  records of others",
            ],
        ),
        (
            MatchReason.TOO_LITTLE,
            {"bits": 3.0, "verdict": Verdict.RELATED},
            [
                "Two accounts: what the two say amounts to 3.0 bits, and 6.0 are missing.",
                "By the rules the two are related: of one family, but not one company.",
            ],
        ),
        (MatchReason.DECIDED, {"decided": Verdict.DIFFERENT}, ["Two accounts: a person said different."]),
        (
            MatchReason.NOT_MAPPED,
            {"is_one_account": True},
            ["One account by the last mapping, but what is said now differs: run `hub map`."],
        ),
        (
            MatchReason.NOT_COMPARED,
            {},
            [
                (
                    "Two accounts: nothing that records say leads mapping from the one to the other. "
                    "Compared now, what they say amounts to 25.0 bits, and that would suffice."
                )
            ],
        ),
    ],
)
def test_the_reason_is_told_with_what_it_rests_on(reason, facts, lines):
    assert told(reason, **facts) == lines
