from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.graph.company import Company, duns_number
from hub.graph.mapping import judged, mapping
from hub.model import Verdict
from tests.graph.worlds import ROOM, World, clusters_apart, mapped_apart

SAME, DIFFERENT, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.UNSURE


def a_company(number=0, name="Acme", **facts):
    return Company(id=UUID(int=number), name=name, **facts)


def companies(*facts):
    return [a_company(number, **each) for number, each in enumerate(facts)]


def clusters(*facts):
    return [[id_.int for id_ in cluster] for cluster in mapping(companies(*facts)).clusters]


ACME = {"name": "Acme Rockets GmbH", "website": "https://www.acme-rockets.example"}

PAIRS = [
    (ACME, {"name": "ACME Rockets", "domain": "acme-rockets.example"}, SAME, "domain and name"),
    ({"name": "Vexolia Pumps"}, {"name": "VEXOLIA PUMPS Inc."}, SAME, "a telling name"),
    ({"name": "Bank of Hope"}, {"name": "Hope"}, None, "words that many names have"),
    (
        {"name": "Dunemark", "domain": "dunemark.example", "country": "Germany"},
        {"name": "Skyward", "domain": "dunemark.example", "country": "DE"},
        SAME,
        "another name on the same domain in the same country",
    ),
    (
        {"name": "Embero", "domain": "embero.example", "country": "DE"},
        {"name": "Kingfisher", "domain": "embero.example", "country": "US"},
        DIFFERENT,
        "another name in another country on the same domain",
    ),
    (
        {"name": "National Association of Acme Owners", "domain": "naao.example"},
        {"name": "NAAO", "domain": "naao.example"},
        SAME,
        "initials that skip a small word",
    ),
    (
        {"name": "Quantum Rocket Machines", "domain": "machines.example", "country": "DE"},
        {"name": "QRM", "domain": "machines.example", "country": "DE"},
        SAME,
        "its initials",
    ),
    (
        {"name": "Fjordane Ferries", "domain": "fjordane.example"},
        {"name": None, "domain": "fjordane.example"},
        SAME,
        "a domain without a name",
    ),
    ({"name": "Gantrisk"}, {"name": "Test", "domain": "gmail.com"}, None, "nothing in common"),
    (
        {"name": "Hollowell", "domain": "gmail.com"},
        {"name": "Ironquist", "domain": "gmail.com"},
        None,
        "free mail is nobody's domain",
    ),
    (
        {"name": "Jantora", "website": "linkedin.com/company/jantora"},
        {"name": "Kestrelby", "website": "linkedin.com/company/kestrelby"},
        None,
        "a social network is nobody's domain",
    ),
    ({"name": "Group"}, {"name": "Group"}, None, "a name of anybody"),
    (
        {"name": "Phoenix", "domain": "phoenix-ag.example", "country": "Germany"},
        {"name": "Phoenix", "domain": "phoenix-inc.example", "country": "US"},
        DIFFERENT,
        "the same name in two countries on two domains",
    ),
    (
        {"name": "Lumaquist", "country": "DE"},
        {"name": "Lumaquist", "country": "US"},
        UNSURE,
        "one name in two countries",
    ),
    ({"name": "Mordavia GmbH"}, {"name": "Mordavia AG"}, UNSURE, "one name of two legal forms"),
    (
        {"name": "Nostrivo", "duns": "301456780"},
        {"name": "Nostrivo", "duns": "302456780"},
        DIFFERENT,
        "another D-U-N-S",
    ),
    ({"name": "Ostarela", "duns": "01-234-5678"}, {"name": "Pelluvia", "duns": "12345678"}, SAME, "one D-U-N-S"),
    (
        {"name": "Quillane", "domain": "quillane.example", "country": "DE"},
        {"name": "Quillane Brasil", "domain": "quillane.example", "country": "BR"},
        DIFFERENT,
        "a branch in another country",
    ),
    (
        {"name": "University of Rostova"},
        {"name": "Rostova Hospital"},
        DIFFERENT,
        "two institutions of one family",
    ),
    (
        {"name": "Sandoria", "website": "https://sandoria.example"},
        {"name": "Blue Whale Labs", "website": "https://labs.sandoria.example"},
        DIFFERENT,
        "another name in a corner of a site",
    ),
    (
        {"name": "Tavonic Rocketry", "country": "DE"},
        {"name": "Tavonic Rockettry", "country": "Germany"},
        SAME,
        "a slip of the pen in a long name",
    ),
    (
        {"name": "Ulverix", "domain": "ulverix.example", "country": "DE"},
        {"name": "Ulvrix", "domain": "ulvrix.example", "country": "FR"},
        DIFFERENT,
        "a slip of the pen, but abroad",
    ),
    ({"name": "Studio 54 Mediana"}, {"name": "Studio 55 Mediana"}, DIFFERENT, "another number is no slip of the pen"),
    ({"name": "Wolframa", "domain": "wolframa.at"}, {"name": "Wolframa", "domain": "wolframa.io"}, SAME, "one label"),
    (
        {"name": "Yarrowby Rockets", "domain": "yarrowby.example"},
        {"name": None, "email_domains": ("yarrowby.example", "gmail.com")},
        UNSURE,
        "only the people's addresses",
    ),
    (
        {"name": "Zephyrin Rockets", "domain": "zephyrin.example"},
        {"name": "Zephyrin Rocket", "email_domains": ("zephyrin.example",)},
        SAME,
        "a near name and the people's addresses",
    ),
]
CASES = [(number, verdict, why) for number, (*_, verdict, why) in enumerate(PAIRS)]


@pytest.fixture(scope="module")
def found():
    """All pairs in one mapping, for that takes no longer: each is about another company."""
    return mapping(companies(*(facts for left, right, *_ in PAIRS for facts in (left, right))))


def the_finding(found, number):
    return next((each for each in found.findings if each.left.int == 2 * number), None)


@pytest.mark.parametrize(("number", "verdict", "why"), CASES, ids=[why for *_, why in CASES])
def test_two_records_are_judged(found, number, verdict, why):
    together = [[id_.int for id_ in cluster] for cluster in found.clusters]
    assert ([2 * number, 2 * number + 1] in together) == (verdict is SAME)
    assert ([2 * number] in together) == (verdict is not SAME)
    finding = the_finding(found, number)
    # Differences are told where they are a veto.
    assert (finding and finding.verdict) == (None if verdict is DIFFERENT and "D-U-N-S" not in why else verdict)


def test_evidence_sums_up_to_the_score(found):
    for finding in found.findings:
        assert finding.left < finding.right
        assert sum(each["bits"] for each in finding.evidence) == finding.bits


def test_any_two_records_can_be_judged(found):
    """Also those that nothing leads from one to the other."""
    records = companies(*(facts for left, right, *_ in PAIRS for facts in (left, right)))
    pairs = [(UUID(int=2 * number + 1), UUID(int=2 * number)) for number in range(len(PAIRS))]
    told = judged(records, pairs)
    assert [(each.left.int, each.right.int) for each in told] == [(2 * n, 2 * n + 1) for n in range(len(PAIRS))]
    for finding, (number, verdict, _) in zip(told, CASES, strict=True):
        assert finding.verdict is (verdict or DIFFERENT)
        assert finding.bits == sum(each["bits"] for each in finding.evidence)
        seen = the_finding(found, number)
        assert seen is None or seen == finding


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


def profiles(*several):
    """Name and domain of companies, each of some records that are tied together by a D-U-N-S number."""
    facts = [each | {"duns": f"{number}23456780"} for number, records in enumerate(several, 1) for each in records]
    found = mapping(companies(*facts)).profiles.to_pylist()
    return [(each["name"], each["domain"]) for each in found]


def test_a_company_is_called_by_the_most_frequent_spelling_of_a_telling_name():
    assert profiles(
        [{"name": "ACME"}, {"name": "Acme  Inc."}, {"name": " Acme Inc."}],
        [{"name": "Bolt Inc."}, {"name": "Colt"}, {"name": "Bolt"}],
        [{"name": "Test"}, {"name": "Test"}, {"name": "Dune"}],
        [{"name": "Test"}, {"name": None}, {"name": " "}],
        [{"name": '"Ember  Inc."'}],
        [{"name": '"Fjord" and "Gale"'}],
        [{"name": None, "domain": "hale.example"}],
    ) == [
        ("Acme Inc.", None),
        ("Bolt", None),
        ("Dune", None),
        ("Test", None),
        ("Ember Inc.", None),
        ('"Fjord" and "Gale"', None),
        ("hale.example", "hale.example"),
    ]


def test_the_domain_of_a_company_is_never_a_shared_one():
    assert profiles(
        [
            {"name": "Acme", "website": "https://gmail.com"},
            {"name": "Acme", "domain": "junk", "website": "www.acme.example"},
            {"name": "Acme", "domain": "gmail.com"},
        ]
    ) == [("Acme", "acme.example")]


def test_each_owner_calls_a_company_as_its_own_records_do():
    ours, theirs = {"name": "ACME", "owner_id": OURS}, {"name": "Acme Inc.", "owner_id": THEIRS}
    found = mapping(companies(theirs, theirs, ours)).profiles.to_pylist()
    assert {each["owner"]: each["name"] for each in found} == {str(OURS): "ACME", str(THEIRS): "Acme Inc."}


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
