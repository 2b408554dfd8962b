"""Schools as those know them who verify students' addresses, and the registry of research organizations."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

from benchmarks.mapping.baselines import NAMES
from benchmarks.mapping.engine import answer, company
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import Everything, of_pairs

Pair = tuple[int, int]
"""The places of an organization and of a school."""


def report() -> Report:
    """What nobody has tuned on. The common domain is the truth; mapping is given names, and countries of one side."""
    organizations, schools = rows("research_organizations"), rows("schools")
    companies = [company(place, row["name"], None, row["country"] or None) for place, row in enumerate(organizations)]
    companies += [company(len(organizations) + place, row["name"]) for place, row in enumerate(schools)]
    ids = [row["id"] for row in (*organizations, *schools)]
    true = _across(ids, len(organizations))

    def scores(labels: Sequence[Hashable]) -> Everything:
        return of_pairs(_across(labels, len(organizations)), true, lambda pair: ids[pair[0]])

    told = Report(f"Schools, never tuned on: {len(schools):,} names beside {len(organizations):,} organizations")
    found = answer(companies)
    told.beside("hub, internal threshold", scores(found.clusters))
    told.beside("hub, sharing threshold", scores(found.shared))
    for name, rule in NAMES.items():
        told.beside(name, scores(rule(companies)))
    told.notes.append("A domain's truth has flaws: some organizations are a part of the school whose domain they have.")
    pairs = _across(found.clusters, len(organizations))
    told.misses = [
        Miss(kind, " | ".join(companies[place].name or "" for place in pair))
        for kind, missed in (("wrong", pairs - true), ("missed", true - pairs))
        for pair in missed
    ]
    return told


def _across(labels: Sequence[Hashable], border: int) -> set[Pair]:
    sides: dict[Hashable, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, label in enumerate(labels):
        sides[label][place >= border].append(place)
    return {(left, right) for lefts, rights in sides.values() for left in lefts for right in rights}
