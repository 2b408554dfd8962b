"""How good an answer is against the truth: of clusters, and of pairs."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from benchmarks.mapping.halves import Half, half

Scores = Mapping[str, float]
"""By what is measured: "P", "R", "F1", "B³", …"""

Everything = Mapping[Half | None, Scores]
"""The scores of each half; under None, of the whole."""

PairT = TypeVar("PairT", bound=Hashable)

BOTH: tuple[Half | None, ...] = (None, Half.TUNED, Half.HELD_BACK)


def of_clusters(labels: Sequence[Hashable], truth: Sequence[Hashable]) -> Everything:
    """Each record counts the others that it is with, rightly or wrongly, wherever those belong."""
    sizes, true_sizes, cells = Counter(labels), Counter(truth), Counter(zip(labels, truth, strict=True))
    counted = [
        (half(true), cells[label, true], sizes[label], true_sizes[true])
        for label, true in zip(labels, truth, strict=True)
    ]
    return {which: _of_records([row[1:] for row in counted if which is None or row[0] is which]) for which in BOTH}


def _of_records(counted: Sequence[tuple[int, int, int]]) -> Scores:
    right = sum(cell - 1 for cell, _, _ in counted)
    precision = share(right, sum(size - 1 for _, size, _ in counted))
    recall = share(right, sum(size - 1 for _, _, size in counted))
    cubed = f1(
        share(sum(cell / size for cell, size, _ in counted), len(counted)),
        share(sum(cell / size for cell, _, size in counted), len(counted)),
    )
    return {"P": precision, "R": recall, "F1": f1(precision, recall), "B³": cubed}


def of_pairs(found: set[PairT], true: set[PairT], truth_of: Callable[[PairT], Hashable]) -> Everything:
    """A pair belongs to the half of what `truth_of` says of it."""
    halves = {pair: half(truth_of(pair)) for pair in found | true}

    def part(pairs: set[PairT], which: Half | None) -> set[PairT]:
        return pairs if which is None else {pair for pair in pairs if halves[pair] is which}

    return {which: _of_sets(part(found, which), part(true, which)) for which in BOTH}


def _of_sets(found: set[PairT], true: set[PairT]) -> Scores:
    precision, recall = share(len(found & true), len(found)), share(len(found & true), len(true))
    return {"P": precision, "R": recall, "F1": f1(precision, recall)}


def of_answers(answers: Iterable[tuple[Hashable, bool, bool]]) -> Everything:
    """Recall and specificity of yes or no, from what each question is about, what is true, and what was said."""
    told = [(half(about), true, said) for about, true, said in answers]
    return {which: _of_said([(t, s) for h, t, s in told if which is None or h is which]) for which in BOTH}


def _of_said(told: Sequence[tuple[bool, bool]]) -> Scores:
    counts = Counter(told)
    right = counts[True, True]
    precision, recall = share(right, right + counts[False, True]), share(right, right + counts[True, False])
    specificity = share(counts[False, False], counts[False, False] + counts[False, True])
    return {"P": precision, "R": recall, "F1": f1(precision, recall), "specificity": specificity}


def f1(precision: float, recall: float) -> float:
    """The harmonic mean."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(part: float, whole: float) -> float:
    """Nothing of nothing is all of it."""
    return part / whole if whole else 1.0
