"""How the commands speak: tables and progress on standard output, errors and logs on standard error."""

import asyncio
import logging
import sys
import unicodedata
from collections.abc import Coroutine, Iterable, Sequence
from importlib import import_module
from typing import Annotated, Any, TypeVar

import orjson
import structlog
import typer
from rich.console import Console, JustifyMethod
from rich.table import Table
from rich.text import Text

T = TypeVar("T")

Cell = str | int | Text
"""A text is shown as it is, which is no markup; a number on the right; a Text in its style."""

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

WIDEST = 100_000
"""Columns of what is no terminal: there, nothing has to fit."""
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that move the cursor, end a line, color it, or turn the direction of reading."""

console = Console()
errors = Console(stderr=True)


def run(work: Coroutine[Any, Any, T]) -> T:
    """The outcome of `work`, in an event loop of its own."""
    return asyncio.run(work)


def run_fast(work: Coroutine[Any, Any, T]) -> T:
    """The same in uvloop's event loop, which serves requests faster; it is not made for Windows."""
    loop_factory = None if sys.platform == "win32" else import_module("uvloop").new_event_loop
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(work)


def configure_logging(level: str) -> None:
    """Structured logs on standard error: readable lines in a terminal, JSON elsewhere.

    Libraries' own logs come out the same way, warnings and worse.
    """
    rendered = structlog.dev.ConsoleRenderer() if errors.is_terminal else structlog.processors.JSONRenderer()
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=rendered, foreign_pre_chain=steps))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    structlog.configure(
        processors=[*steps, rendered],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def tell_error(error: object) -> None:
    """One line on standard error. What it quotes is no markup."""
    errors.print(Text.assemble(("hub:", "bold red"), " ", plain(str(error))), soft_wrap=True)


def tell(text: str, style: str = "") -> None:
    """One line, whatever a source put into it, that only the terminal wraps: commands in it can be copied."""
    console.print(Text(plain(text), style), soft_wrap=True)


def plain(text: str) -> str:
    r"""The text with what nobody would see spelled out, such as \n: names come from others, who may forge a line."""
    return "".join(
        letter.encode("unicode_escape").decode() if unicodedata.category(letter) in UNSEEN else letter
        for letter in text
    )


def show_table(headers: Sequence[str], rows: Iterable[Sequence[Cell]], title: str | None = None) -> None:
    """A table that cuts nothing: what has no room in a terminal is folded; elsewhere there is room."""
    told = Text(plain(title)) if title is not None else None
    listed = list(rows)
    table = _filled(Table(title=told, title_justify="left"), headers, listed)
    if not console.is_terminal:
        Console(file=console.file, width=WIDEST).print(table)
        return
    if console.measure(table, options=console.options.update(max_width=WIDEST)).maximum > console.width:
        bare = Table(title=told, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
        table = _filled(bare, [header.replace(" ", "\n") for header in headers], listed)
    console.print(table)


def _filled(table: Table, headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Table:
    for place, header in enumerate(headers):
        is_number = any(isinstance(row[place], int) for row in rows)
        justify: JustifyMethod = "right" if is_number else "left"
        table.add_column(Text(header), justify=justify, no_wrap=is_number, overflow="fold")
    for row in rows:
        table.add_row(*map(_shown, row))
    return table


def _shown(cell: Cell) -> Text:
    if isinstance(cell, Text):
        return cell
    return Text(quantity(cell) if isinstance(cell, int) else plain(cell))


def print_json(facts: object) -> None:
    """One JSON document, with nothing wrapped."""
    typer.echo(orjson.dumps(facts, option=orjson.OPT_INDENT_2))


def spelled(name: str) -> str:
    """A column's name as GraphQL spells it."""
    first, *others = name.split("_")
    return first + "".join(each.title() for each in others)


def quantity(number: int) -> str:
    """12,345."""
    return f"{number:,}"


def quantity_of(number: int, noun: str) -> str:
    """1 row, 12,345 rows."""
    return f"{quantity(number)} {noun}" if number == 1 else f"{quantity(number)} {noun}s"


def duration(seconds: float) -> str:
    """0.3 s, 12 s, 2 min 5 s."""
    if seconds < 10:  # noqa: PLR2004 - below that, tenths tell something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
