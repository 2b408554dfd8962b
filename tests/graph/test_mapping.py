from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.graph.company import duns_number
from hub.graph.mapping import mapping
from tests.graph.worlds import ROOM, World, a_company, clusters_apart, companies, mapped_apart


def clusters(*facts):
    return [[id_.int for id_ in cluster] for cluster in mapping(companies(*facts)).clusters]


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


@settings(max_examples=4, deadline=None)
@given(st.lists(RECORDS, min_size=6, max_size=12), st.randoms())
def test_order_changes_nothing_and_every_record_is_in_one_cluster(drawn, random):
    worlds = [World(facts) for facts in drawn]
    found = mapped_apart(worlds)
    again = mapped_apart(worlds, order=lambda rows: random.sample(rows, len(rows)))
    assert again.clusters == found.clusters
    assert [(each.left, each.right, each.evidence) for each in again.findings] == [
        (each.left, each.right, each.evidence) for each in found.findings
    ]
    ids = [UUID(int=ROOM * world + number) for world, facts in enumerate(drawn) for number in range(len(facts))]
    assert sorted(id_ for cluster in found.clusters for id_ in cluster) == ids


@settings(max_examples=4, deadline=None)
@given(st.lists(RECORDS, min_size=6, max_size=12))
def test_no_cluster_holds_two_duns_numbers(drawn):
    for facts, clusters in zip(drawn, clusters_apart([World(facts) for facts in drawn]), strict=True):
        for cluster in clusters:
            assert len({facts[number]["duns"] for number in cluster} - {None}) <= 1


OURS, THEIRS = UUID(int=10), UUID(int=11)


def owned(*owners):
    """Records that say the same, one for each owner."""
    return [a_company(number, owner_id=owner) for number, owner in enumerate(owners)]


def test_records_that_say_the_same_are_tied_to_the_first_of_their_owner():
    found = mapping(owned(THEIRS, OURS, OURS, THEIRS, OURS))
    assert len(found.clusters) == 1
    assert [(each.left.int, each.right.int) for each in found.findings] == [(0, 3), (1, 2), (1, 4)]


def test_what_many_owners_say_alike_costs_no_more_than_if_one_did():
    found = mapping(owned(*(UUID(int=100 + number % 40) for number in range(2000))))
    assert len(found.findings) == 2000 - 40


def says(facts):
    """What is compared of a record: a name that tells nothing, and a domain that names nobody, are none."""
    name, domain = facts["name"], facts["domain"]
    return (
        None if name == "Test" else name,
        domain if domain in {"acme.example", "bolt.example"} else None,
        facts["country"],
        facts["duns"],
    )


@settings(max_examples=4, deadline=None)
@given(st.lists(RECORDS, min_size=6, max_size=12), st.randoms())
def test_each_owner_is_told_all_that_is_found_between_its_own_records_and_nothing_else(drawn, random):
    owners = [[random.choice([OURS, THEIRS, None]) for _ in facts] for facts in drawn]
    said = {
        UUID(int=ROOM * world + number): (world, *says(each))
        for world, facts in enumerate(drawn)
        for number, each in enumerate(facts)
    }
    owner_of = {
        UUID(int=ROOM * world + number): owner for world, of in enumerate(owners) for number, owner in enumerate(of)
    }
    pairs = {
        frozenset((said[each.left], said[each.right]))
        for each in mapped_apart([World(each) for each in drawn]).findings
    }

    found = mapped_apart(
        [
            World([each | {"owner_id": owner} for each, owner in zip(facts, of, strict=True)])
            for facts, of in zip(drawn, owners, strict=True)
        ]
    ).findings

    assert all(owner_of[each.left] == owner_of[each.right] for each in found)
    for owner in (OURS, THEIRS, None):
        saying = Counter(said[id_] for id_ in said if owner_of[id_] == owner)
        told = Counter(frozenset((said[each.left], said[each.right])) for each in found if owner_of[each.left] == owner)
        for pair in pairs:
            one, *other = pair
            expected = bool(saying[one] and saying[other[0]]) if other else max(saying[one] - 1, 0)
            assert told[pair] == expected


def test_a_chain_does_not_join_contrary_ends():
    """The one in the middle has the name of the one and the domain of the other, which are abroad from each other."""
    facts = (
        {"name": "Vexolia", "domain": "vexolia.example", "country": "DE"},
        {"name": "Vexolia"},
        {"name": "Vexolia Brasil", "domain": "vexolia.example", "country": "BR"},
    )
    found = clusters(*facts)
    assert not any({0, 2} <= set(cluster) for cluster in found)
    assert len(found) == 2


def test_what_only_others_tie_together_is_compared_too():
    """Nothing leads from the first to the last, but both to the one between; what they are to each other counts."""
    first = {"name": "Vexolia", "country": "DE"}
    between = {"name": "Vexolia", "domain": "skyward.example"}
    last = {"name": "Skyward", "domain": "skyward.example", "country": "JP"}
    assert clusters(first, between, last) == [[0, 1], [2]]
    assert clusters(first, between, last | {"country": None}) == [[0, 1, 2]]


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


def test_what_stands_between_two_texts_does_no_harm_within_one():
    (cluster,) = mapping(companies({"name": "Acme\x1f", "domain": "a\x1fb", "website": "acme.example\x1f"})).clusters
    assert len(cluster) == 1


def test_a_number_of_many_unrelated_names_is_nobodys():
    names = ("Acme Rockets", "Bolt Pumps", "Cedar Mills", "Dune Hotels", "Ember Foods", "Fjord Ferries")
    found = mapping(companies(*({"name": name, "duns": "150483782"} for name in names)))
    assert len(found.clusters) == len(names)


def test_a_word_that_very_many_names_share_costs_little_more_than_one_that_few_do():
    """It takes minutes where each is compared with each."""
    names = (f"Quillfeather {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}works" for n in range(15_000))
    assert sum(map(len, mapping(companies(*({"name": name} for name in names))).clusters)) == 15_000
