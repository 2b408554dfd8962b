"""Patent applicants: names only, spelled in many ways."""

from collections import defaultdict
from collections.abc import Sequence

from benchmarks.mapping.baselines import LIKENESS, NAMES
from benchmarks.mapping.engine import answer, company
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import of_clusters

TITLE = "Leuven patents"


def report() -> Report:
    """Clusters beside those that people checked."""
    applicants = rows("patent_applicants")
    names, truth = [row["name"] for row in applicants], [row["leuven_id"] for row in applicants]
    companies = [company(i, name) for i, name in enumerate(names)]
    told = Report(f"{TITLE}: {len(names):,} names of {len(set(truth))} companies")
    found = answer(companies)
    scores = of_clusters(found.clusters, truth)
    told.add("hub, internal threshold", scores)
    told.beside("hub, sharing threshold", of_clusters(found.shared, truth))
    for name, rule in (NAMES | LIKENESS).items():
        told.beside(name, of_clusters(rule(companies), truth))
    told.aim(TITLE, scores, "F1", 0.90)
    told.aim(TITLE, scores, "B³", 0.92)
    told.misses = cluster_misses(names, found.clusters, truth)
    return told


def cluster_misses(names: Sequence[str], labels: Sequence[object], truth: Sequence[object]) -> list[Miss]:
    """One for each part that is apart from the largest of its truth, and one for each truth in a cluster of another."""
    by_truth: dict[object, dict[object, list[str]]] = defaultdict(lambda: defaultdict(list))
    by_label: dict[object, dict[object, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, label, true in zip(names, labels, truth, strict=True):
        by_truth[true][label].append(name)
        by_label[label][true].append(name)
    return [*_misses("missed", by_truth, "≠"), *_misses("wrong", by_label, "=")]


def _misses(kind: str, groups: dict[object, dict[object, list[str]]], sign: str) -> list[Miss]:
    found = []
    for parts in groups.values():
        first, *others = sorted(parts.values(), key=lambda part: (-len(part), part))
        found += [Miss(kind, f"{other[0]} (of {len(other)}) {sign} {first[0]} (of {len(first)})") for other in others]
    return found
