"""A file, its header, and what its columns hold."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from itertools import dropwhile, islice
from pathlib import Path
from typing import NamedTuple

from hub.connectors.base import BadRow, Config, Grant
from hub.connectors.files.choices import Choices, kept, told_headers
from hub.connectors.files.columns import FIELDS, Columns, field_of
from hub.connectors.files.rows import UNDECODABLE, Row, Table, check_width
from hub.connectors.files.text import text
from hub.connectors.files.workbook import workbook
from hub.errors import InputError

_SAMPLE_ROWS = 200
_ROWS_ABOVE_A_HEADER = 20
_LONGEST_HEADER = 500
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_PARQUET = b"PAR1"


class ListMode(StrEnum):
    """What a version of a list says of the rows it lacks."""

    REPLACE = "REPLACE"
    """It is the whole list: they are gone."""
    UPDATE = "UPDATE"
    """Nothing: it adds rows and changes some."""


class Version(NamedTuple):
    """Which file is at a path, as far as it can be told without reading it."""

    file: int
    size: int
    modified_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A file, and which of its columns hold what."""

    table: Table
    version: Version
    """Before anything was read."""
    headers: list[str]
    header_place: str
    choices: Choices
    mode: ListMode
    ends_lines: bool = False
    """Whether the one who writes it ends the last line, too: where that end is missing, more may be."""

    @property
    def columns(self) -> Columns:
        """Field → header."""
        found = {choice: header for header, choice in self.choices.items()}
        return {field: found[field] for field in FIELDS if field in found}

    def rows(self) -> Iterator[Row | BadRow]:
        """What follows the header, without empty rows."""
        found = dropwhile(lambda row: isinstance(row, BadRow) or row.place != self.header_place, self.table.rows())
        next(found, None)
        return (row for row in found if isinstance(row, BadRow) or any(map(str.strip, row.cells)))


Choose = Callable[[Sequence[str], Sequence[Sequence[str]]], Choices]
"""From headers and the first rows, what the columns hold."""


@asynccontextmanager
async def opened(config: Config, _: Grant | None = None) -> AsyncIterator[FileSource]:
    """The file that a connection's config names."""

    def choose(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Choices:
        return kept(headers, config["columns"])

    mode = ListMode(config["mode"])
    found = await asyncio.to_thread(file_source, Path(config["path"]), choose, mode=mode, sheet=config.get("sheet"))
    yield replace(found, ends_lines=config.get("ends_lines", False))


def file_source(path: Path, choose: Choose, *, mode: ListMode, sheet: str | None = None) -> FileSource:
    """The file as it is now. Raises InputError where it is no list of accounts."""
    version = version_of(path)
    table = _table(path, sheet)
    first = [row for row in islice(table.rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    header = _header(first, path) if table.header is None else first[0]
    below = [row.cells for row in first[first.index(header) + 1 :]]
    width = max(_filled(header.cells), _usual_width(below) if table.is_ragged else 0)
    headers = _named((header.cells + [""] * width)[:width], path)
    choices = choose(headers, below)
    if not set(choices.values()) & {"name", "domain", "website"}:
        raise InputError(f"{path} has no column of names or domains that can be recognized: {told_headers(headers)}.")
    return FileSource(
        table=table, version=version, headers=headers, header_place=header.place, choices=choices, mode=mode
    )


def version_of(path: Path) -> Version:
    """The file that is at the path now."""
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    return Version(found.st_ino, found.st_size, found.st_mtime_ns)


def _table(path: Path, sheet: str | None) -> Table:
    try:
        with path.open("rb") as file:
            start = file.read(len(_ZIP))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if not start:
        raise InputError(f"{path} is empty.")
    if start == _OLD_EXCEL:
        raise InputError(f"{path} is an old or locked Excel file. Save it as .xlsx without a password, or as CSV.")
    if start == _ZIP:
        return workbook(path, sheet)
    if sheet is not None:
        raise InputError(f"{path} is no workbook, so that it has no sheet {sheet!r}.")
    if start == _PARQUET:
        # Its library takes longer to load than the whole hub.
        parquet: Table = import_module("hub.connectors.files.parquet").Parquet(path)
        return parquet
    return text(path)


def _header(rows: Sequence[Row], path: Path) -> Row:
    """The row that names most fields; where none does, the first of the usual width."""
    top = rows[:_ROWS_ABOVE_A_HEADER]
    best = max(top, key=lambda row: len({field_of(cell) for cell in row.cells} - {None}), default=None)
    if best is not None and any(field_of(cell) for cell in best.cells):
        return best
    usual = _usual_width([row.cells for row in rows])
    header = next((row for row in top if usual and _filled(row.cells) and len(row.cells) == usual), None)
    if header is None:
        raise InputError(f"{path} holds no rows.")
    return header


def _usual_width(rows: Iterable[Sequence[str]]) -> int:
    """How many cells most rows have: under a merged header, as under one that was forgotten, there may be more."""
    widths = Counter(len(cells) for cells in rows if _filled(cells))
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _filled(cells: Sequence[str]) -> int:
    """The place of the last cell that says something."""
    return max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)


def _named(cells: Sequence[str], path: Path) -> list[str]:
    """Headers, each its own: an empty one is numbered, a repeated one too."""
    check_width(len(cells), path)
    headers: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = _plain(cell, place, path) or f"Column {place}"
        number = 1
        while (own := name if number == 1 else f"{name} ({number})") in headers:
            number += 1
        headers[own] = None
    return list(headers)


def _plain(header: str, place: int, path: Path) -> str:
    """The header without what cannot be seen in it, such as a zero-width space or a code for the terminal."""
    if len(header) > _LONGEST_HEADER:
        raise InputError(f"{path} has a header of more than {_LONGEST_HEADER} characters, in column {place}.")
    if "\0" in header or UNDECODABLE in header:
        raise InputError(f"{path} has a header with bytes that are no text, in column {place}.")
    return "".join(filter(str.isprintable, " ".join(header.split())))
