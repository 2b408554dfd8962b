"""Pairs of organization names, each judged by itself."""

from benchmarks.mapping.baselines import name_rules
from benchmarks.mapping.engine import same
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import of_answers

TITLE = "Organization name pairs"


def report() -> Report:
    """Recall, and specificity, since whoever always says yes has an F1 of .85 here."""
    pairs = [(row["left"], row["right"]) for row in rows("name_pairs")]
    truth = [row["is_match"] == "true" for row in rows("name_pairs")]
    said = same(pairs)
    told = Report(f"{TITLE}: {len(pairs)}, {sum(truth)} of them the same")
    abouts = [left for left, _ in pairs]
    scores = of_answers(zip(abouts, truth, said, strict=True))
    told.add("hub", scores)
    for name, rule in name_rules().items():
        told.beside(name, of_answers(zip(abouts, truth, (rule(*pair) for pair in pairs), strict=True)))
    told.aim(TITLE, scores, "R", 0.93)
    told.aim(TITLE, scores, "specificity", 0.88)
    told.misses = [
        Miss("missed" if true else "wrong", f"{left} | {right}")
        for (left, right), true, each in zip(pairs, truth, said, strict=True)
        if true is not each
    ]
    return told
