"""What every kind of file is made of, and how large it may be."""

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

from hub.connectors import LONGEST_CELL
from hub.connectors.base import BadRow
from hub.errors import InputError

LONGEST_ROW = 4 * LONGEST_CELL
MOST_COLUMNS = 1_000

UNDECODABLE = "\ufdd0"
"""Stands for bytes that the encoding does not know: no text may hold this code point."""
NOT_CALCULATED = "\ufdd1"
"""Stands for a formula whose value was not saved, likewise."""

MARK = "hub-mark"
"""The name of the error handler that puts UNDECODABLE in."""


def _marked(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101 - it is registered for decoding only
    return UNDECODABLE, error.end


codecs.register_error(MARK, _marked)


class Row(NamedTuple):
    """A row's cells, and where it stands."""

    place: str
    """"line 7", "row 7"."""
    cells: list[str]
    is_cut_off: bool = False
    """The file ends in it."""


class Table(Protocol):
    """A file of one kind, and how to read it."""

    @property
    def path(self) -> Path:
        """Where the file is."""

    @property
    def layout(self) -> str:
        """How it is read, to be shown to a person."""

    @property
    def is_ragged(self) -> bool:
        """Whether a row may end early because its last cells are empty."""

    @property
    def header(self) -> str | None:
        """The place of the header where the kind of file says it; None where it is to be found."""

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row, the header included. Raises InputError where the file is damaged or cut off."""


def number_text(value: float) -> str:
    """7 for 7.0, as people write it."""
    return str(int(value)) if value.is_integer() else str(value)


def check_width(width: int, path: Path) -> None:
    """Refuse a table that is no list of accounts."""
    if width > MOST_COLUMNS:
        raise InputError(f"{path} has {width:,} columns; a list of accounts may have {MOST_COLUMNS:,}.")
