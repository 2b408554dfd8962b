"""What people decided, in clusters: joined or kept apart whatever the rules say, and whatever the order of records."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.graph.company import Company
from hub.graph.decisions import Contradiction, Decision, settled
from hub.graph.mapping import mapping
from hub.model import Verdict
from tests.graph.worlds import World, clusters_apart, mapped_apart

SAME, DIFFERENT, RELATED, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.RELATED, Verdict.UNSURE
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
ACME = {"name": "Acme Rockets GmbH", "domain": "acme-rockets.example"}
ACME_TOO = {"name": "ACME Rockets", "domain": "acme-rockets.example", "country": "DE"}
BOLT = {"name": "Bolt", "domain": "bolt.example"}
ZENITH = {"name": "Zenith Labs", "domain": "zenith.example"}


def decided(left: int, verdict: Verdict, right: int, minutes: int = 0) -> Decision:
    left, right = sorted((left, right))
    return Decision(UUID(int=left), UUID(int=right), verdict, NOON + timedelta(minutes=minutes))


def clusters(facts, *decisions):
    return clusters_apart([World(facts, decisions)])[0]


CASES = [
    ([ACME, BOLT], [decided(0, SAME, 1)], [[0, 1]], "nothing in common, but a person says so"),
    ([ACME, ACME_TOO], [decided(0, DIFFERENT, 1)], [[0], [1]], "one domain and one name, but a person says no"),
    ([ACME, ACME_TOO], [decided(0, RELATED, 1)], [[0], [1]], "related is not the same"),
    ([ACME, ACME_TOO], [decided(0, UNSURE, 1)], [[0, 1]], "who is unsure leaves it to the rules"),
    ([ACME, ACME], [decided(0, DIFFERENT, 1)], [[0], [1]], "even if they say the very same"),
    ([ACME, ACME, ACME], [decided(0, DIFFERENT, 1)], [[0, 2], [1]], "and the others stay with the first"),
    (
        [ACME] * 4,
        [decided(0, DIFFERENT, 1), decided(1, SAME, 3)],
        [[0], [1, 2, 3]],
        "or with whom more of them are the same",
    ),
    ([{"name": "Group"}] * 3, [decided(1, SAME, 2)], [[0], [1, 2]], "what the rules would never join"),
    (
        [ACME | {"duns": "123456780"}, ACME | {"duns": "223456780"}],
        [decided(0, SAME, 1)],
        [[0, 1]],
        "a person outranks the veto of another D-U-N-S number",
    ),
    (
        [ACME | {"duns": "123456780"}, ACME | {"duns": "223456780"}, ACME_TOO | {"duns": "223456780"}],
        [decided(0, SAME, 1)],
        [[0, 1, 2]],
        "and the record of either number may come along",
    ),
    (
        [ACME, BOLT, ZENITH],
        [decided(0, SAME, 1), decided(1, SAME, 2)],
        [[0, 1, 2]],
        "what is the same as the same is the same",
    ),
    (
        [ACME, BOLT, ACME_TOO],
        [decided(0, SAME, 1), decided(1, DIFFERENT, 2)],
        [[0, 1], [2]],
        "kept apart from one, kept apart from all that is the same as it",
    ),
    (
        [ACME, BOLT, ZENITH],
        [decided(0, SAME, 1, 1), decided(1, SAME, 2, 2), decided(0, DIFFERENT, 2, 0)],
        [[0], [1, 2]],
        "against a DIFFERENT, the newer SAME is followed",
    ),
    (
        [ACME, BOLT, ZENITH],
        [decided(0, SAME, 1, 2), decided(1, SAME, 2, 1), decided(0, RELATED, 2, 3)],
        [[0, 1], [2]],
        "whichever of them that is",
    ),
    ([ACME, BOLT], [decided(0, SAME, 1), decided(0, DIFFERENT, 7)], [[0, 1]], "a decision on what is gone sleeps"),
    (
        [{"name": "Acme", "domain": "a.example"}, {"name": "Acme", "domain": "a.example", "country": "DE"}, ACME],
        [decided(0, DIFFERENT, 1), decided(0, DIFFERENT, 2)],
        [[0], [1], [2]],
        "a decision splits only what it is about",
    ),
]


@pytest.fixture(scope="module")
def found():
    worlds = [World(facts, decisions) for facts, decisions, *_ in CASES]
    return dict(zip([why for *_, why in CASES], clusters_apart(worlds), strict=True))


@pytest.mark.parametrize(("expected", "why"), [(expected, why) for *_, expected, why in CASES])
def test_clusters_follow_what_people_say(found, expected, why):
    assert found[why] == expected


def test_a_chain_of_matches_does_not_lead_around_a_decision():
    """a and c are nothing to each other by the rules; b is both."""
    a = {"name": "Acme Rockets", "duns": "123456780"}
    b = {"name": "Acme Rockets", "domain": "skyward.example", "duns": "123456780"}
    c = {"name": "Skyward", "domain": "skyward.example", "country": "DE"}
    facts = [a, b, c | {"name": None}]
    assert clusters(facts) == [[0, 1, 2]]

    assert clusters(facts, decided(0, DIFFERENT, 2)) == [[0, 1], [2]]


def test_contradicting_decisions_are_told_with_what_stands_against_them():
    apart, newer, older = decided(0, DIFFERENT, 2), decided(0, SAME, 1, 2), decided(1, SAME, 2, 1)

    followed, contradictions = settled([older, apart, newer])

    assert followed == [apart, newer]
    assert contradictions == [Contradiction(older, (apart,))]


def test_a_decided_pair_is_found_with_the_score_of_the_rules_and_their_own_verdict():
    companies = [Company(id=UUID(int=number), **each) for number, each in enumerate([ACME, ACME, ACME, BOLT])]

    found = mapping(companies, [decided(1, DIFFERENT, 2), decided(0, SAME, 3)]).findings

    of = {(each.left.int, each.right.int): (each.verdict, each.bits) for each in found}
    assert of[1, 2] == of[0, 1]
    assert of[1, 2][0] is SAME
    assert (0, 3) not in of, "the rules never compared them"


FACTS = st.sampled_from(
    [ACME, ACME_TOO, BOLT, ZENITH, {"name": "Group"}, {"name": None}]
    + [ACME | {"duns": duns} for duns in ("123456780", "223456780")]
    + [{"name": "Acme Rockets", "domain": "bolt.example"}, {"name": "Zenith Labs", "duns": "123456780"}]
)


@st.composite
def worlds(draw):
    facts = draw(st.lists(FACTS, min_size=2, max_size=9))
    pairs = (
        st.tuples(*[st.integers(0, len(facts) - 1)] * 2).map(sorted).map(tuple).filter(lambda pair: pair[0] != pair[1])
    )
    said = st.tuples(st.sampled_from(Verdict), st.integers(0, 3))
    decisions = draw(st.dictionaries(pairs, said, max_size=8))
    return World(
        facts, [decided(left, verdict, right, minutes) for (left, right), (verdict, minutes) in decisions.items()]
    )


SEVERAL = st.lists(worlds(), min_size=8, max_size=16)
"""As many as a mapping takes at once."""


@settings(max_examples=4, deadline=None)
@given(SEVERAL)
def test_no_cluster_goes_against_a_person(drawn):
    for world, clusters in zip(drawn, clusters_apart(drawn), strict=True):
        place = {number: cluster for cluster, numbers in enumerate(clusters) for number in numbers}
        assert len(place) == sum(map(len, clusters)) == len(world.facts)
        followed, contradictions = settled(world.decisions)
        assert {each.same for each in contradictions} | set(followed) == set(world.decisions)
        for each in followed:
            together = place[each.left.int] == place[each.right.int]
            assert each.verdict is UNSURE or together == (each.verdict is SAME)
        for each in contradictions:
            assert place[each.same.left.int] != place[each.same.right.int]
            assert each.against


@settings(max_examples=4, deadline=None)
@given(SEVERAL, st.randoms())
def test_order_changes_nothing(drawn, random):
    def mixed(rows):
        return random.sample(rows, len(rows))

    assert mapped_apart(drawn, order=mixed) == mapped_apart(drawn)


@settings(max_examples=4, deadline=None)
@given(SEVERAL)
def test_what_nobody_decided_about_is_clustered_as_ever(drawn):
    undecided = [World(world.facts) for world in drawn]
    asked = [World(world.facts, [replace(each, verdict=UNSURE) for each in world.decisions]) for world in drawn]

    assert clusters_apart(asked) == clusters_apart(undecided)


def test_a_decision_among_very_many_alike_costs_little():
    companies = [Company(id=UUID(int=number), **ACME) for number in range(3_000)]
    chain = [decided(one, DIFFERENT, other) for one, other in pairwise(range(0, 60, 2))]

    found = mapping(companies, chain).clusters

    assert sum(map(len, found)) == 3_000
    assert len(found) == 2, "records that alternate"
