"""Two lists of foundation members, kept by different people."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from benchmarks.mapping.baselines import LIKENESS, NAMES, SITES
from benchmarks.mapping.engine import answer, company
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import Everything, of_pairs

TITLE = "Linux Foundation x CNCF"

Members = Sequence[dict[str, str]]
Pair = tuple[int, int]
"""The places of a Linux Foundation member and of a CNCF member."""


def report() -> Report:
    """Pairs across the lists, at both thresholds."""
    members = rows("foundation_members")
    companies = [company(place, row["name"], row["website"]) for place, row in enumerate(members)]
    verdicts = verdicts_of(members)
    true = true_pairs(members, verdicts)

    def pairs(labels: Sequence[object]) -> set[Pair]:
        return {pair for pair in _across(members, labels) if _is_judged(members, verdicts, pair)}

    def scores(labels: Sequence[object]) -> Everything:
        return of_pairs(pairs(labels), true, lambda pair: members[pair[0]]["name"])

    told, found = Report(f"{TITLE}, adjudicated: {len(true)} pairs"), answer(companies)
    internal, sharing = scores(found.clusters), scores(found.shared)
    told.add("hub, internal threshold", internal)
    told.add("hub, sharing threshold", sharing)
    for name, rule in (NAMES | SITES | LIKENESS).items():
        told.beside(name, scores(rule(companies)))
    told.aim(f"{TITLE}, internal", internal, "F1", 0.985)
    told.aim(f"{TITLE}, sharing", sharing, "P", 0.99)
    told.aim(f"{TITLE}, sharing", sharing, "F1", 0.975)
    for threshold, labels in (("internal", found.clusters), ("sharing", found.shared)):
        told.misses += _misses(members, threshold, pairs(labels), true)
    return told


def verdicts_of(members: Members) -> dict[Pair, str]:
    """What people said of pairs on which slugs, names and domains disagree."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(members):
        places[row["list"], row["name"]].append(place)
    return {
        (left, right): row["verdict"].split()[0]
        for row in rows("foundation_verdicts")
        for left in places["lf_members", row["lf_name"]]
        for right in places["cncf_members", row["cncf_name"]]
    }


def true_pairs(members: Members, verdicts: Mapping[Pair, str]) -> set[Pair]:
    same = {pair for pair, verdict in verdicts.items() if verdict == "same"}
    return _across(members, [row["slug"] or None for row in members]) - verdicts.keys() | same


def _is_judged(members: Members, verdicts: Mapping[Pair, str], pair: Pair) -> bool:
    """By both slugs, or by people who were sure."""
    if pair in verdicts:
        return verdicts[pair] != "unsure"
    return all(members[place]["slug"] for place in pair)


def _across(members: Members, labels: Sequence[object]) -> set[Pair]:
    sides: dict[object, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, (row, label) in enumerate(zip(members, labels, strict=True)):
        if label is not None:
            sides[label][row["list"] == "cncf_members"].append(place)
    return {(left, right) for lefts, rights in sides.values() for left in lefts for right in rights}


def _misses(members: Members, threshold: str, found: set[Pair], true: set[Pair]) -> list[Miss]:
    kinds = {f"{threshold}, wrong": found - true, f"{threshold}, missed": true - found}
    return [
        Miss(kind, " | ".join(f"{members[place]['name']} ({members[place]['website']})" for place in pair))
        for kind, pairs in kinds.items()
        for pair in pairs
    ]
