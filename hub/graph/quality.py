"""How good clusters are against the truth, in linear time: pairs are counted, never listed."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """What share of what was found is true, and what share of what is true was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def pairwise(predicted: Sequence[Hashable], truth: Sequence[Hashable]) -> Score:
    """Over all pairs of records, from one label per record. Nothing to find or nothing found counts as perfect."""
    both = _pairs(Counter(zip(predicted, truth, strict=True)).values())
    return Score(_share(both, _pairs(Counter(predicted).values())), _share(both, _pairs(Counter(truth).values())))


def b_cubed(predicted: Sequence[Hashable], truth: Sequence[Hashable]) -> Score:
    """Over all records: the mean share of a record's cluster that is right, and of its truth that was found."""
    found, true = Counter(predicted), Counter(truth)
    cells = Counter(zip(predicted, truth, strict=True))
    precision = sum(count * count / found[cluster] for (cluster, _), count in cells.items())
    recall = sum(count * count / true[company] for (_, company), count in cells.items())
    return Score(_share(precision, len(truth)), _share(recall, len(truth)))


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
