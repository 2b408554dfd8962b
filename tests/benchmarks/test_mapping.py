import gzip
import re
from collections import Counter
from random import Random

import pytest

from benchmarks.mapping import __main__ as command
from benchmarks.mapping.components import components
from benchmarks.mapping.halves import Half, half
from benchmarks.mapping.labeled import DATA
from benchmarks.mapping.report import Target
from benchmarks.mapping.scores import of_answers, of_clusters, of_pairs
from benchmarks.mapping.sets import foundations
from benchmarks.mapping.speed import world as speed
from benchmarks.mapping.speed.noise import habits, parted, typed_name
from hub.graph.quality import b_cubed, pairwise
from hub.sandbox.countries import COUNTRIES


@pytest.fixture(scope="module")
def world():
    return list(speed.world(speed.LEAST))


def test_halves_are_the_same_on_every_machine_and_about_as_large():
    assert (half("acme"), half("dune")) == (Half.TUNED, Half.HELD_BACK)
    assert Counter(half(number) for number in range(10_000))[Half.TUNED] == pytest.approx(5_000, abs=200)


def test_scores_of_all_are_those_that_the_hub_shows():
    labels, truth = [1, 1, 2, 2, 3, 3, 3], ["a", "a", "a", "b", "c", "c", "d"]
    whole = of_clusters(labels, truth)[None]
    assert (whole["P"], whole["R"]) == (pairwise(labels, truth).precision, pairwise(labels, truth).recall)
    assert whole["B³"] == pytest.approx(b_cubed(labels, truth).f1)


def test_a_wrong_join_across_the_halves_costs_both():
    tuned, held_back = "acme", "dune"
    scores = of_clusters([1, 1], [tuned, held_back])
    assert [scores[which]["P"] for which in (None, *Half)] == [0, 0, 0]


def test_pairs_and_answers_are_scored_by_half():
    scores = of_pairs({("acme", 1), ("dune", 2)}, {("acme", 1), ("dune", 3)}, lambda pair: pair[0])
    assert [scores[which]["P"] for which in (None, *Half)] == [0.5, 1, 0]
    answers = of_answers([("acme", True, True), ("acme", False, False), ("dune", False, True)])
    assert [answers[which]["specificity"] for which in (None, *Half)] == [0.5, 1, 0]


def test_components_are_named_for_their_least():
    assert components(6, [(5, 3), (3, 1), (2, 4)]) == [0, 1, 2, 1, 2, 1]


def test_a_target_is_short_on_its_own_side_only():
    assert Target(what="F1", reached=0.97, least=0.98).is_short
    assert not Target(what="F1", reached=0.98, least=0.98).is_short
    assert Target(what="seconds", reached=31, most=30).is_short
    assert Target(what="seconds", reached=31, most=30, unit=" s").bound == "≤ 30 s"


def test_a_figure_that_is_short_ends_the_command_with_1(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmarks.mapping", "--set", "pairs"])
    assert command.main() == int("Short:" in capsys.readouterr().out)


def test_the_world_is_the_same_each_time_and_as_large_as_asked_for(world):
    assert list(speed.world(speed.LEAST)) == world
    assert len(world) == speed.LEAST


def test_organizations_know_the_same_companies_under_other_names(world):
    organizations = {}
    for record in world:
        organizations.setdefault(record.truth, {}).setdefault(record.organization, record.name)
    known = sorted(map(len, organizations.values()))
    assert known[len(known) // 2] <= 3
    assert known[-1] >= 20
    assert max(len(set(names.values())) for names in organizations.values()) > 3


def test_websites_and_countries_are_missing_here_and_there(world):
    shares = [sum(cell is None for cell in column) / len(world) for column in list(zip(*world, strict=True))[2:5]]
    for share, about in zip(shares, (0.4, 0.16, 0.92), strict=True):
        assert share == pytest.approx(about, abs=0.06)


def test_a_world_too_small_or_too_large_is_refused():
    for records in (0, speed.WHOLE + 1):
        with pytest.raises(ValueError, match="can be made"):
            next(speed.world(records))


def test_noise_is_repeatable_and_finds_legal_forms():
    assert parted("Acme Rockets Private Limited") == ("Acme Rockets", "Private Limited")
    assert parted("Acme, Inc.") == ("Acme", "Inc.")
    assert parted("Limited") == ("Limited", "")
    first, second = ([*map(_typed, range(50))] for _ in range(2))
    assert first == second
    assert len(set(first)) > 10


def _typed(seed):
    rng = Random(seed)  # noqa: S311 - the same each time
    return typed_name("Acme Rockets GmbH", COUNTRIES["Germany"], habits(rng), rng)


def test_truth_of_the_foundations_is_as_it_was_judged():
    members = foundations.rows("foundation_members")
    verdicts = foundations.verdicts_of(members)
    assert Counter(verdicts.values()) == {"same": 19, "related": 10, "different": 3, "unsure": 1}
    assert len(foundations.true_pairs(members, verdicts)) == 435


def test_every_list_has_a_notice():
    named = re.findall(r"^(\w+\.csv\.gz)$", (DATA / "NOTICE").read_text(), re.MULTILINE)
    assert sorted(named) == sorted(path.name for path in DATA.glob("*.gz"))
    assert all(gzip.decompress(path.read_bytes()) for path in DATA.glob("*.gz"))
