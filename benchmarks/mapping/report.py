"""What was measured on one set, and what had to be reached."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from benchmarks.mapping.halves import Half
from benchmarks.mapping.scores import Everything, Scores

KINDS, SHOWN = 12, 40
"""Kinds of misses that are counted, the most frequent first, and misses of each that are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure beside what it must be: at least `least`, or at most `most`."""

    what: str
    reached: float
    held_back: float | None = None
    least: float | None = None
    most: float | None = None
    unit: str = ""

    @property
    def is_short(self) -> bool:
        return (self.least is not None and self.reached < self.least) or (
            self.most is not None and self.reached > self.most
        )

    @property
    def bound(self) -> str:
        """As people write it."""
        sign, value = ("≥", self.least) if self.least is not None else ("≤", self.most)
        return f"{sign} {value:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Miss:
    """A wrong answer: its kind, and what it was about."""

    kind: str
    about: str


@dataclass(slots=True)
class Report:
    """One set: the hub's scores, those of simple rules beside them, the targets, and what the hub got wrong."""

    title: str
    rows: list[tuple[str, Scores]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, method: str, scores: Everything) -> None:
        """Add a row for the whole and one for each half."""
        for which, each in scores.items():
            self.rows.append((method if which is None else f"  {which}", each))

    def beside(self, method: str, scores: Everything) -> None:
        """Add a row for a simple rule, on the whole only."""
        self.rows.append((method, scores[None]))

    def aim(self, what: str, scores: Everything, measure: str, least: float) -> None:
        """Add a target for the whole."""
        self.targets.append(
            Target(
                what=f"{what}: {measure}",
                reached=scores[None][measure],
                held_back=scores[Half.HELD_BACK][measure],
                least=least,
            )
        )


def tell(console: Console, report: Report, *, with_misses: bool) -> None:
    """Print the scores, and what was missed."""
    measures = list(dict.fromkeys(measure for _, scores in report.rows for measure in scores))
    table = Table("", title=report.title, title_justify="left")
    for measure in measures:
        table.add_column(measure, justify="right")
    for method, scores in report.rows:
        table.add_row(method, *(_figure(scores.get(measure)) for measure in measures))
    console.print(table)
    for note in report.notes:
        console.print(note, highlight=False, markup=False)
    if report.misses:
        counts = Counter(miss.kind for miss in report.misses)
        told = "; ".join(f"{kind}: {count:,}" for kind, count in counts.most_common(KINDS))
        console.print(f"Got wrong: {told}", highlight=False, markup=False)
        if with_misses:
            _tell_misses(console, report.misses)


def _figure(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:.4f}"


def _tell_misses(console: Console, misses: Sequence[Miss]) -> None:
    shown: Counter[str] = Counter()
    for miss in sorted(misses, key=lambda each: (each.kind, each.about)):
        shown[miss.kind] += 1
        if shown[miss.kind] <= SHOWN:
            console.print(f"  {miss.kind}: {miss.about}", highlight=False, markup=False)
        elif shown[miss.kind] == SHOWN + 1:
            console.print(f"  {miss.kind}: …")


def targets_table(targets: Iterable[Target]) -> Table:
    """Every figure that has a target."""
    table = Table("figure", title="Targets", title_justify="left")
    for name in ("target", "reached", "held back"):
        table.add_column(name, justify="right")
    table.add_column("")
    for target in targets:
        held = "" if target.held_back is None else f"{target.held_back:.4f}"
        verdict = "[red]short[/red]" if target.is_short else "[green]met[/green]"
        reached = f"{target.reached:,.4g}{target.unit}" if target.unit else f"{target.reached:.4f}"
        table.add_row(target.what, target.bound, reached, held, verdict)
    return table
