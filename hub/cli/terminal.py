"""How the commands speak: tables and progress on standard output, errors and logs on standard error."""

import asyncio
import logging
import sys
from collections.abc import Coroutine
from importlib import import_module
from typing import Any, TypeVar

import structlog
from rich.console import Console
from rich.markup import escape

T = TypeVar("T")

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
    errors.print(f"[bold red]hub:[/] {escape(str(error))}", highlight=False, soft_wrap=True)


def quantity(number: int) -> str:
    """12,345."""
    return f"{number:,}"


def duration(seconds: float) -> str:
    """0.3 s, 12 s, 2 min 5 s."""
    if seconds < 10:  # noqa: PLR2004 - below that, tenths tell something
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
