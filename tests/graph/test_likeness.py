"""What two records are to each other: cases as data, all in one mapping."""

from uuid import UUID

import pytest

from hub.graph.mapping import judged, mapping
from hub.model import Verdict
from tests.graph.worlds import companies

SAME, DIFFERENT, RELATED, UNSURE = Verdict.SAME, Verdict.DIFFERENT, Verdict.RELATED, Verdict.UNSURE
ACME = {"name": "Acme Rockets GmbH", "website": "https://www.acme-rockets.example"}

PAIRS = [
    (ACME, {"name": "ACME Rockets", "domain": "acme-rockets.example"}, SAME, "domain and name"),
    ({"name": "Vexolia Pumps"}, {"name": "VEXOLIA PUMPS Inc."}, SAME, "a telling name"),
    ({"name": "Solar Energy"}, {"name": "Wind Energy"}, None, "words that many names have"),
    (
        {"name": "Dunemark", "domain": "dunemark.example", "country": "Germany"},
        {"name": "Skyward", "domain": "dunemark.example", "country": "DE"},
        SAME,
        "another name on the same domain in the same country",
    ),
    (
        {"name": "Embero", "domain": "embero.example", "country": "DE"},
        {"name": "Kingfisher", "domain": "embero.example", "country": "US"},
        RELATED,
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
        DIFFERENT,
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
        RELATED,
        "a branch in another country",
    ),
    (
        {"name": "University of Rostova"},
        {"name": "Rostova Hospital"},
        RELATED,
        "two institutions of one family",
    ),
    (
        {"name": "Sandoria", "website": "https://sandoria.example"},
        {"name": "Blue Whale Labs", "website": "https://labs.sandoria.example"},
        RELATED,
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
