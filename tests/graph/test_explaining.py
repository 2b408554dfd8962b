"""Why two records are one account or not, from what they say to the reason."""

from datetime import UTC, datetime
from uuid import UUID

import pyarrow as pa
import pytest

from hub.errors import InputError
from hub.graph.company import Company
from hub.graph.decisions import Decision
from hub.graph.explaining import explained, surroundings
from hub.graph.mapping import mapping
from hub.graph.standard import RECORDS
from hub.model import MatchReason, Verdict

OURS, THEIRS = UUID(int=1), UUID(int=2)
ACCOUNTS = {
    "acme": [
        {"name": "Acme Pumps", "website": "acme-pumps.example", "country": "DE"},
        {"name": "ACME Pumps GmbH", "country": "Germany", "duns": "323456780"},
        {"name": "Zebra Foods", "duns": "323456780"},
    ],
    "bolt": [{"name": "Bolt", "website": "bolt.example"}, {"name": "Bolt", "duns": "123456780"}],
    "bolt, another": [{"name": "Bolt", "website": "bolt.example", "duns": "223456780"}],
    "quantum": [{"name": "Quantum Rocketry", "country": "FR"}],
    "quantum, abroad": [{"name": "Quantum Rockettry", "country": "DE"}],
    "blank": [{}],
    "blank, too": [{}],
    "skyward": [{"name": "Skyward", "website": "skyward.example"}],
    "skyward, not yet mapped": [{"name": "Skyward", "website": "skyward.example"}],
}


def the_records() -> tuple[pa.Table, dict[str, UUID]]:
    """As stored, with the accounts of an earlier mapping; and ids, such as those of "acme 0"."""
    rows, ids = [], {}
    for account, (name, several) in enumerate(ACCOUNTS.items()):
        for number, facts in enumerate(several):
            ids[f"{name} {number}"] = UUID(int=1000 + len(rows))
            known = {"id": str(ids[f"{name} {number}"]), "identity": str(UUID(int=account + 1)), "owner_id": str(OURS)}
            rows.append(known | facts)
    return pa.Table.from_pylist(rows, RECORDS), ids


RECORDS_, IDS = the_records()


def why(left, right, decisions=(), viewer=OURS):
    said = [
        Decision(*sorted((IDS[one], IDS[other])), verdict, datetime(2026, 1, 1, tzinfo=UTC))
        for one, other, verdict in decisions
    ]
    return explained(RECORDS_, said, (IDS[left], IDS[right]), viewer)


REASONS = [
    ("acme 0", "acme 1", (), MatchReason.ALIKE),
    ("acme 0", "acme 2", (), MatchReason.THROUGH_OTHERS),
    ("acme 1", "acme 0", (("acme 0", "acme 1", Verdict.SAME),), MatchReason.DECIDED),
    ("acme 0", "acme 1", (("acme 0", "acme 1", Verdict.DIFFERENT),), MatchReason.NOT_MAPPED),
    ("bolt 1", "bolt, another 0", (), MatchReason.VETOED),
    ("bolt 0", "bolt, another 0", (), MatchReason.KEPT_APART),
    ("quantum 0", "quantum, abroad 0", (), MatchReason.TOO_LITTLE),
    ("quantum 0", "acme 2", (), MatchReason.NOT_COMPARED),
    ("blank 0", "blank, too 0", (), MatchReason.TOO_LITTLE),
    ("skyward 0", "skyward, not yet mapped 0", (), MatchReason.NOT_MAPPED),
]


@pytest.mark.parametrize(
    ("left", "right", "decisions", "reason"), REASONS, ids=[" ".join(each[:2]) for each in REASONS]
)
def test_why_two_records_are_one_account_or_not(left, right, decisions, reason):
    found = why(left, right, decisions)
    comparison = found.comparison
    assert (found.reason, comparison.left, comparison.right) == (reason, IDS[left], IDS[right])
    assert sum(each.bits for each in comparison.steps) == comparison.bits
    assert [each.end for each in comparison.steps][-1:] in ([comparison.bits], [])
    assert found.missing == max(0, found.rules.same - comparison.bits)


def test_each_value_stands_on_the_side_that_says_it():
    sides = {each.feature: (each.left, each.right) for each in why("quantum, abroad 0", "quantum 0").comparison.steps}
    assert sides == {"name": ("quantum rockettry", "quantum rocketry"), "country": ("de", "fr")}


def test_the_rules_say_what_they_say_when_mapping():
    companies = [
        Company(id=UUID(int=number), name="Acme", **facts) for number, facts in enumerate([{}, {"country": "DE"}])
    ]
    (finding,) = mapping(companies).findings
    table = pa.Table.from_pylist(
        [{"id": str(each.id), "name": each.name, "country": each.country} for each in companies], RECORDS
    )
    compared = explained(table, (), (finding.left, finding.right), None).comparison
    assert (compared.bits, compared.rule_verdict) == (finding.bits, finding.verdict)


def test_nothing_is_named_to_a_stranger():
    kept_apart, tied = why("bolt 0", "bolt, another 0", viewer=THEIRS), why("acme 0", "acme 2", viewer=THEIRS)
    assert (kept_apart.against.left, kept_apart.against.bits) == (None, None)
    assert [each.record for each in tied.chain] == [None]
    assert surroundings(RECORDS_, (), IDS["acme 0"], THEIRS).members == ()


def test_a_record_is_shown_beside_its_account_and_beside_what_is_like_it_elsewhere():
    apart = Decision(
        *sorted((IDS["bolt 0"], IDS["bolt, another 0"])), Verdict.DIFFERENT, datetime(2026, 1, 1, tzinfo=UTC)
    )
    found = surroundings(RECORDS_, [apart], IDS["bolt 0"], OURS)
    assert [each.right for each in found.members] == [IDS["bolt 1"]]
    (near,) = found.nearest
    assert (near.right, near.rule_verdict, near.decided) == (IDS["bolt, another 0"], Verdict.SAME, Verdict.DIFFERENT)


@pytest.mark.parametrize("other", [IDS["acme 0"], UUID(int=7)], ids=["itself", "what is not there"])
def test_a_record_is_compared_with_another_that_is_there(other):
    with pytest.raises(InputError):
        explained(RECORDS_, (), (IDS["acme 0"], other), OURS)
