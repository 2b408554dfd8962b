"""What ties records to one account, or keeps two apart, and what of it may be named. Small letters may not."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from hub.graph.decisions import Decision
from hub.graph.ties import Link, Opposition, StandIn, Ties
from hub.model import Verdict


def id_of(letter: str) -> UUID:
    return UUID(int=ord(letter))


def ties(one: str, other: str = "", *, bits=None, said=None) -> Ties:
    """Records by their letters, in two accounts; what pairs of letters say, and what people said of them."""
    records = {
        id_of(letter): StandIn(id_of(letter), ord(letter), UUID(int=account), letter.isupper())
        for account, letters in enumerate((one, other))
        for letter in letters
    }
    decisions = [
        Decision(*sorted(map(id_of, pair)), verdict, datetime(2026, 1, 1, tzinfo=UTC))
        for pair, verdict in (said or {}).items()
    ]
    return Ties(records, {tuple(sorted(map(ord, pair))): each for pair, each in (bits or {}).items()}, decisions)


def between(found: Ties, pair: str = "AB") -> tuple[StandIn, StandIn]:
    return found.records[id_of(pair[0])], found.records[id_of(pair[1])]


def told(chain: tuple[Link, ...]) -> list[tuple[str | None, float | Verdict | None]]:
    return [(chr(each.record.int) if each.record else None, each.verdict or each.bits) for each in chain]


CHAINS = [
    ("AB", {"AB": 12.0}, {}, [("A", None), ("B", 12.0)], "the two themselves"),
    (
        "ABCD",
        {"AC": 10.0, "CB": 11.0, "AD": 20.0, "DC": 20.0, "AB": 3.0},
        {},
        [("A", None), ("C", 10.0), ("B", 11.0)],
        "the shortest way",
    ),
    (
        "ABCDx",
        {"Ax": 20.0, "xB": 20.0, "AC": 9.0, "CD": 9.0, "DB": 9.0},
        {},
        [("A", None), ("C", 9.0), ("D", 9.0), ("B", 9.0)],
        "a long way that can be named before a short one that cannot",
    ),
    (
        "ABCxy",
        {"AC": 9.0, "Cx": 15.0, "xy": 16.0, "yB": 17.0},
        {},
        [("A", None), ("C", 9.0), (None, None), ("B", None)],
        "records of others once, without bits",
    ),
    ("ABC", {"AC": 9.0}, {"CB": Verdict.SAME}, [("A", None), ("C", 9.0), ("B", Verdict.SAME)], "a person's word"),
    ("ABC", {"AC": 9.0, "CB": 9.0}, {"CB": Verdict.DIFFERENT}, [], "no way over what a person keeps apart"),
    ("ABC", {"AC": 9.0, "CB": 8.0}, {}, [], "no way below the threshold"),
]


@pytest.mark.parametrize(("account", "bits", "said", "chain", "why"), CHAINS, ids=[why for *_, why in CHAINS])
def test_a_chain_leads_from_one_record_to_the_other(account, bits, said, chain, why):
    found = ties(account, bits=bits, said=said)
    assert told(found.chain(*between(found))) == chain


AGAINST = [
    ({"AB": -50.0, "CB": -5.0, "CD": -90.0, "AD": 12.0}, {}, ("C", "D", -90.0, None), "the strongest, not the two"),
    ({"CB": -90.0}, {"CD": Verdict.DIFFERENT}, ("C", "D", None, Verdict.DIFFERENT), "a person's word before all"),
    ({"xB": -90.0, "CB": -5.0}, {}, ("C", "B", -5.0, None), "what can be named before what cannot"),
    ({"xB": -90.0}, {}, (None, None, None, None), "records of others"),
    ({"xy": -90.0}, {"xy": Verdict.RELATED}, (None, None, None, None), "a person's word about records of others"),
    ({"CB": -4.0, "AC": -90.0}, {}, None, "nothing between the two accounts"),
]


@pytest.mark.parametrize(("bits", "said", "against", "why"), AGAINST, ids=[why for *_, why in AGAINST])
def test_what_keeps_two_accounts_apart_is_told_as_far_as_it_may_be(bits, said, against, why):
    found = ties("ACx", "BDy", bits={"AB": 12.0} | bits, said=said)
    left, right, score, verdict = against or (None,) * 4
    expected = Opposition(left and id_of(left), right and id_of(right), score, verdict) if against else None
    assert found.against(*between(found)) == expected


@pytest.mark.parametrize(("bits", "lead"), [(9.0, True), (8.0, False)])
def test_accepted_pairs_lead_from_one_record_to_another_through_both_accounts(bits, lead):
    found = ties("AC", "BD", bits={"AC": 9.0, "CD": bits, "DB": 9.0})
    assert found.leads(*between(found)) is lead
