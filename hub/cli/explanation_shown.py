"""Why records are one account, or are not, on the terminal: a waterfall of what they say."""

from uuid import UUID

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from hub.cli.explanation_told import Names, answer, said, thresholds, told
from hub.cli.terminal import WIDEST, console, plain, show_table, tell
from hub.graph.explaining import Comparison, Explanation, Rules, Surroundings

WIDTH = 32
"""Characters of the chart."""
LEAST, MOST = -20.0, 30.0
"""Bits beyond which the chart ends: a veto would leave no room for all else."""


def show_explanation(found: Explanation, names: Names) -> None:
    """Print what two records say, and why they are one account or not."""
    left, right = (names[each] for each in (found.comparison.left, found.comparison.right))
    tell(f"Left:  {told(left)}")
    tell(f"Right: {told(right)}")
    tell("")
    _show_steps(found.comparison, found.rules)
    tell("")
    for line in answer(found, names):
        tell(line)
    tell(thresholds(found.rules))


def show_surroundings(key: UUID, found: Surroundings, names: Names) -> None:
    """Print which records are in one account with a record, and which others are like it."""
    tell(told(names[key]))
    tell("")
    _show_others("In its account", found.members, names)
    _show_others("Nearest outside", found.nearest, names)
    tell(thresholds(found.rules))


def _show_others(title: str, found: tuple[Comparison, ...], names: Names) -> None:
    if not found:
        tell(f"{title}: no other record of yours.")
        return
    rows = [
        (f"{each.bits:6.1f}", _verdict(each), names[each.right].label, said(names[each.right]), _reasons(each))
        for each in found
        if each.right in names
    ]
    show_table(("Bits", "By themselves", "Record", "Says", "For and against"), rows, title)


def _verdict(found: Comparison) -> str:
    """A person's word goes before the rules'."""
    return f"{found.decided.lower()}, by a person" if found.decided else found.rule_verdict.lower()


def _reasons(found: Comparison) -> str:
    return ", ".join(f"{each.feature} {each.bits:+.1f}" for each in found.steps if each.bits)


def _show_steps(found: Comparison, rules: Rules) -> None:
    """The waterfall; elsewhere than in a terminal without its bars."""
    has_chart = console.is_terminal
    values = (Column(side, overflow="fold") for side in ("Left", "Right"))
    table = Table(
        Column("Compared", no_wrap=True),
        *values,
        Column("Bits", justify="right", no_wrap=True),
        box=None,
        pad_edge=False,
    )
    if has_chart:
        table.add_column(_scale(rules), no_wrap=True, min_width=WIDTH)
    rows = [(each.feature, each.left, each.right, each.bits, each.start, each.end) for each in found.steps]
    for feature, left, right, bits, start, end in [*rows, ("sum", " ", " ", found.bits, 0.0, found.bits)]:
        cells = (Text(plain(each)) for each in (feature, left or "—", right or "—"))
        table.add_row(*cells, Text(f"{bits:+.1f}" if bits else "0.0"), *([bar(start, end, rules)] if has_chart else []))
    (console if has_chart else Console(file=console.file, width=WIDEST)).print(table)


def _scale(rules: Rules) -> Text:
    """Where nothing, the same, and what may be told to a partner, are on the chart."""
    letters = [" "] * WIDTH
    for bits in (0.0, rules.same, rules.shared):
        for place, letter in enumerate(f"{bits:g}", _place(bits)):
            if place < WIDTH:
                letters[place] = letter
    return Text("".join(letters), "dim")


def bar(start: float, end: float, rules: Rules) -> Text:
    """From what came before to what it is now; thresholds are marked where it leaves room, and where it is cut off."""
    marked = {_place(bits) for bits in (0.0, rules.same, rules.shared)}
    empty = Text("".join("┊" if place in marked else " " for place in range(WIDTH)), "dim")
    first, last = sorted((_place(start), _place(end)))
    if start == end:
        return empty
    filled = "█" * max(1, last - first)
    if min(start, end) < LEAST:
        filled = "◀" + filled[1:]
    if max(start, end) > MOST:
        filled = filled[:-1] + "▶"
    style = "green" if end > start else "red"
    return Text.assemble(empty[:first], (filled, style), empty[first + len(filled) :])


def _place(bits: float) -> int:
    return int((min(max(bits, LEAST), MOST) - LEAST) / (MOST - LEAST) * (WIDTH - 1))
