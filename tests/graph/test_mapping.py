from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.graph.company import Company, duns_number
from hub.graph.mapping import mapping
from hub.model import Verdict


def a_company(number=0, name="Acme", **facts):
    return Company(id=UUID(int=number), name=name, **facts)


def companies(*facts):
    return [a_company(number, **each) for number, each in enumerate(facts)]


def clusters(*facts):
    return [[id_.int for id_ in cluster] for cluster in mapping(companies(*facts)).clusters]


ACME = {"name": "Acme Rockets GmbH", "website": "https://www.acme-rockets.example"}

PAIRS = [
    (ACME, {"name": "ACME Rockets", "domain": "acme-rockets.example"}, Verdict.SAME, "domain and name"),
    (ACME, {"name": "Acme Rockets"}, Verdict.SAME, "a telling name"),
    (ACME, {"name": "Skyward", "domain": "acme-rockets.example"}, Verdict.UNSURE, "another name on the same domain"),
    (
        ACME | {"country": "Germany"},
        {"name": "Skyward", "domain": "acme-rockets.example", "country": "DE"},
        Verdict.SAME,
        "another name on the same domain in the same country",
    ),
    (
        {"name": "National Association of Acme Owners", "domain": "naao.example"},
        {"name": "NAAO", "domain": "naao.example"},
        Verdict.SAME,
        "initials that skip a small word",
    ),
    (ACME, {"name": None, "domain": "acme-rockets.example"}, Verdict.SAME, "a domain without a name"),
    (ACME, {"name": "Test", "domain": "gmail.com"}, None, "nothing in common"),
    (
        {"name": "Acme", "domain": "gmail.com"},
        {"name": "Bolt", "domain": "gmail.com"},
        None,
        "free mail is nobody's domain",
    ),
    (
        {"name": "Acme", "website": "linkedin.com/company/acme"},
        {"name": "Bolt", "website": "linkedin.com/company/bolt"},
        None,
        "a social network is nobody's domain",
    ),
    ({"name": "Group"}, {"name": "Group"}, None, "a name of anybody"),
    (
        {"name": "Phoenix", "domain": "phoenix-ag.example", "country": "Germany"},
        {"name": "Phoenix", "domain": "phoenix-inc.example", "country": "US"},
        Verdict.DIFFERENT,
        "the same name in two countries on two domains",
    ),
    (
        {"name": "Acme", "duns": "123456780"},
        {"name": "Acme", "duns": "223456780"},
        Verdict.DIFFERENT,
        "another D-U-N-S",
    ),
    ({"name": "Acme", "duns": "01-234-5678"}, {"name": "Bolt", "duns": "12345678"}, Verdict.SAME, "one D-U-N-S"),
    (
        {"name": "Acme", "domain": "acme.example", "country": "DE"},
        {"name": "Acme Brasil", "domain": "acme.example", "country": "BR"},
        Verdict.DIFFERENT,
        "a branch in another country",
    ),
    (
        {"name": "Acme", "domain": "acme.example", "country": "DE"},
        {"name": "Acme Brasil", "domain": "acme.example"},
        Verdict.UNSURE,
        "a branch whose country nobody gave",
    ),
    (
        {"name": "Acme", "domain": "acme.example", "country": "DE"},
        {"name": "Skyward", "domain": "acme.example", "country": "US"},
        Verdict.DIFFERENT,
        "another name in another country on the same domain",
    ),
    (
        {"name": "Quantum Rocket Machines", "domain": "acme.example", "country": "DE"},
        {"name": "QRM", "domain": "acme.example", "country": "DE"},
        Verdict.SAME,
        "its initials",
    ),
    (
        {"name": "Quantum Rocketry", "country": "DE"},
        {"name": "Quantum Rockettry", "country": "Germany"},
        Verdict.SAME,
        "a slip of the pen in a long name",
    ),
    (
        {"name": "Quantum", "country": "DE"},
        {"name": "Qantum", "country": "FR"},
        Verdict.DIFFERENT,
        "a slip of the pen, but abroad",
    ),
    (
        {"name": "Squer", "domain": "squer.at"},
        {"name": "Squer Holding", "domain": "squer.io"},
        None,
        "alike domains are no candidates by themselves",
    ),
    ({"name": "Squer", "domain": "squer.at"}, {"name": "Squer", "domain": "squer.io"}, Verdict.SAME, "one label"),
    (
        {"name": "Acme Rockets", "domain": "acme.example"},
        {"name": None, "email_domains": ("acme.example", "gmail.com")},
        Verdict.UNSURE,
        "only the people's addresses",
    ),
    (
        {"name": "Acme Rockets", "domain": "acme.example"},
        {"name": "Acme Rocket", "email_domains": ("acme.example",)},
        Verdict.SAME,
        "a near name and the people's addresses",
    ),
]


@pytest.mark.parametrize(("left", "right", "verdict", "why"), PAIRS, ids=[why for *_, why in PAIRS])
def test_two_records_are_judged(left, right, verdict, why):
    found = mapping(companies(left, right))
    assert (len(found.clusters) == 1) == (verdict is Verdict.SAME)
    if verdict in {Verdict.SAME, Verdict.UNSURE, None}:
        assert [finding.verdict for finding in found.findings] == ([verdict] if verdict else [])


@pytest.mark.parametrize(("left", "right", "verdict", "why"), PAIRS, ids=[why for *_, why in PAIRS])
def test_evidence_sums_up_to_the_score(left, right, verdict, why):
    for finding in mapping(companies(left, right)).findings:
        assert finding.left < finding.right
        assert sum(each["bits"] for each in finding.evidence) == finding.bits


def test_evidence_shows_what_was_compared_on_its_side():
    first, second = {"name": "Bolt AG", "domain": "acme.example"}, {"name": "Acme", "domain": "acme.example"}
    (finding,) = mapping(companies(first, second)).findings
    shown = {each["feature"]: (each["left"], each["right"]) for each in finding.evidence}
    assert shown["domain"] == ("acme.example", "acme.example")
    assert shown["name"] == ("bolt", "acme")


def test_a_website_of_somebody_else_is_not_believed():
    owner = {"name": "Okto Inc.", "domain": "okto.example"}
    wrong = {"name": "Tea Mobile", "domain": "okto.example"}
    right = {"name": "Tea Mobile", "domain": "teamobile.example"}
    assert clusters(owner, wrong, right) == [[0], [1, 2]]


def test_a_domain_with_many_unrelated_names_identifies_nobody():
    names = ["Acme Rockets", "Bolt Pumps", "Cedar Mills", "Dune Hotels", "Ember Foods", "Fjord Ferries"]
    assert len(clusters(*({"name": name, "domain": "hosting.example"} for name in names))) == len(names)


def test_many_names_of_one_family_share_a_domain():
    names = ["Acme", "Acme Rockets", "Acme Pumps", "Acme Foods", "Acme Ferries", "Acme Hotels"]
    assert len(clusters(*({"name": name, "domain": "acme.example"} for name in names))) == 1


def test_a_veto_holds_through_a_third_record():
    one, other = {"name": "Acme Rockets", "duns": "111222333"}, {"name": "Acme Rockets", "duns": "444555666"}
    found = clusters(one, {"name": "Acme Rockets"}, other, {"name": "ACME ROCKETS"})
    assert sorted(map(len, found)) == [1, 3]
    assert not any({0, 2} <= set(cluster) for cluster in found)


def test_equal_records_that_tell_nothing_stay_apart():
    assert clusters(*[{"name": "n/a"}] * 3) == [[0], [1], [2]]


def test_a_million_equal_names_would_cost_one_comparison_each():
    found = mapping(a_company(number) for number in range(5000))
    assert len(found.clusters) == 1
    assert len(found.findings) == 4999


def test_a_large_group_is_compared_with_neighbors_only():
    found = mapping(
        a_company(number, name=f"Acme {chr(97 + number % 26)}{chr(97 + number // 26)}", domain="acme.example")
        for number in range(600)
    )
    assert len(found.clusters) == 1
    assert len(found.findings) < 600 * 20


def test_a_slip_at_the_start_is_found_among_many_alike_endings():
    names = [f"{3 * chr(97 + number)}quill Manufacturing" for number in range(20)]
    facts = [{"name": name, "country": "DE"} for name in [*names, "Hggquill Manufacturing"]]
    assert [6, 20] in clusters(*facts)
    assert len(clusters(*facts)) == 20


NAMES = st.sampled_from(["Acme", "ACME Inc.", "Acme Brasil", "Acme Rockets", "Bolt", "Test", None])
DOMAINS = st.sampled_from([None, "acme.example", "bolt.example", "gmail.com", "junk"])
RECORDS = st.lists(
    st.builds(
        lambda name, domain, country, duns: {"name": name, "domain": domain, "country": country, "duns": duns},
        NAMES,
        DOMAINS,
        st.sampled_from([None, "DE", "US"]),
        st.sampled_from([None, "111222333", "444555666"]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(RECORDS, st.randoms())
def test_order_changes_nothing_and_every_record_is_in_one_cluster(facts, random):
    records = companies(*facts)
    found = mapping(records)
    shuffled = records.copy()
    random.shuffle(shuffled)
    again = mapping(shuffled)
    assert again.clusters == found.clusters
    assert [(each.left, each.right, each.evidence) for each in again.findings] == [
        (each.left, each.right, each.evidence) for each in found.findings
    ]
    assert sorted(id_ for cluster in found.clusters for id_ in cluster) == [record.id for record in records]


OURS, THEIRS = UUID(int=10), UUID(int=11)


def owned(*owners):
    """Records that say the same, one for each owner."""
    return [a_company(number, owner_id=owner) for number, owner in enumerate(owners)]


def test_records_that_say_the_same_are_tied_within_each_owner_and_the_owners_to_the_first():
    found = mapping(owned(THEIRS, OURS, OURS, THEIRS, OURS))
    assert [(each.left.int, each.right.int) for each in found.findings] == [(0, 1), (0, 3), (1, 2), (1, 4)]


def test_what_many_owners_say_alike_costs_no_more_than_if_one_did():
    found = mapping(owned(*(UUID(int=100 + number % 40) for number in range(2000))))
    assert len(found.findings) == 1999


@settings(deadline=None)
@given(RECORDS, st.randoms())
def test_each_owner_is_told_all_that_is_found_between_what_its_records_say(facts, random):
    records = [
        a_company(number, **each, owner_id=random.choice([OURS, THEIRS, None])) for number, each in enumerate(facts)
    ]
    says = {each.id: traits(each) for each in records}
    found = mapping(records).findings
    pairs = {frozenset((says[each.left], says[each.right])) for each in found}
    for owner in (OURS, THEIRS, None):
        own = {each.id for each in records if each.owner_id == owner}
        saying = Counter(says[id_] for id_ in own)
        told = Counter(
            frozenset((says[each.left], says[each.right])) for each in found if {each.left, each.right} <= own
        )
        for pair in pairs:
            one, *other = pair
            expected = bool(saying[one] and saying[other[0]]) if other else max(saying[one] - 1, 0)
            assert told[pair] == expected


@settings(deadline=None)
@given(RECORDS)
def test_no_cluster_holds_two_duns_numbers(facts):
    for cluster in clusters(*facts):
        assert len({facts[number]["duns"] for number in cluster} - {None}) <= 1


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12-345-6780", "123456780"),
        ("1234567", "001234567"),
        ("000000000", None),
        ("123456789", None),
        ("12", None),
        ("1234567890123", None),
        (None, None),
    ],
)
def test_a_duns_number_has_nine_digits(text, number):
    assert duns_number(text) == number
