"""A partner's list of accounts, read from a file: what is in it, and its pages."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from pathlib import Path
from typing import Any

import msgspec

from hub.connectors.base import BadRow, Bookmark, Grant, Page
from hub.connectors.files.columns import FIELDS, Columns, field_of, guessed_columns
from hub.connectors.files.rows import Row
from hub.connectors.files.text import UNDECODABLE, Text, text
from hub.connectors.files.workbook import Workbook, workbook
from hub.errors import InputError

_ROWS_A_PAGE = 1000
_SAMPLE_ROWS = 200
LONGEST_KEY = 500
"""Characters of what a row is known by. More is a text that slipped into the wrong column."""

_SHOWN_ROWS = 5
_ROWS_ABOVE_A_HEADER = 20
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A file, and which of its columns hold what."""

    table: Text | Workbook
    headers: list[str]
    header_place: str
    columns: Columns

    def rows(self) -> Iterator[Row | BadRow]:
        """What follows the header, without empty rows."""
        found = dropwhile(lambda row: isinstance(row, BadRow) or row.place != self.header_place, self.table.rows())
        next(found)
        return (row for row in found if isinstance(row, BadRow) or any(map(str.strip, row.cells)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """What was found in a file, to be shown before anything is written."""

    encoding: str | None
    """None for a workbook, as is the delimiter."""
    delimiter: str | None
    sheet: str | None
    headers: list[str]
    columns: Columns
    """Field → header, as guessed."""
    rows: list[list[str]]
    """The first few."""
    row_count: int
    bad_rows: int

    def config(self, path: Path) -> dict[str, object]:
        """What a connection to this file keeps. Encoding and delimiter are found anew in each version of the file."""
        return {"path": str(path.absolute()), "sheet": self.sheet, "columns": self.columns}


def preview(path: Path, config: Mapping[str, Any] | None = None) -> FilePreview:
    """Read the file once, for counting. Raises InputError where it cannot be used."""
    source = file_source({**(config or {}), "path": str(path)})
    shown = islice((row for row in source.rows() if isinstance(row, Row)), _SHOWN_ROWS)
    rows = [row.cells[: len(source.headers)] for row in shown]
    counts: Counter[bool] = Counter()
    for page in _pages(source):
        counts.update({True: len(page.payloads), False: len(page.bad_rows)})
    return FilePreview(
        encoding=getattr(source.table, "encoding", None),
        delimiter=getattr(source.table, "delimiter", None),
        sheet=getattr(source.table, "sheet", None),
        headers=source.headers,
        columns=source.columns,
        rows=rows,
        row_count=counts[True],
        bad_rows=counts[False],
    )


@asynccontextmanager
async def opened(config: Mapping[str, Any], _: Grant | None = None) -> AsyncIterator[FileSource]:
    """The file that a connection's config names."""
    yield await asyncio.to_thread(file_source, config)


async def account_pages(source: FileSource, since: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All rows, each time: a list has no memory of what changed."""
    pages = _pages(source)
    while (page := await asyncio.to_thread(next, pages, None)) is not None:
        yield page


def file_source(config: Mapping[str, Any]) -> FileSource:
    """The file, its header, and its columns: those of `config`, else guessed."""
    path = Path(config["path"])
    table = _table(path, config)
    first = [row for row in islice(table.rows(), _SAMPLE_ROWS) if isinstance(row, Row)]
    header = _header(first, path)
    headers = _named(header.cells)
    below = [row.cells for row in first[first.index(header) + 1 :]]
    columns = dict(config.get("columns") or guessed_columns(headers, below))
    missing = [name for name in columns.values() if name not in headers]
    if missing:
        raise InputError(f"{path} has no column {', '.join(map(repr, missing))}. It has: {', '.join(headers)}.")
    if unknown := columns.keys() - set(FIELDS):
        raise InputError(f"There is no field {', '.join(sorted(unknown))}. The fields: {', '.join(FIELDS)}.")
    if not columns.keys() & {"name", "domain", "website"}:
        raise InputError(f"{path} has no column of names or domains that can be recognized: {', '.join(headers)}.")
    return FileSource(table=table, headers=headers, header_place=header.place, columns=columns)


def _table(path: Path, config: Mapping[str, Any]) -> Text | Workbook:
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
        return workbook(path, config.get("sheet"))
    return text(path, config.get("encoding"), config.get("delimiter"))


def _header(rows: Sequence[Row], path: Path) -> Row:
    """The row that names most fields; where none does, the first of the usual width."""
    top = rows[:_ROWS_ABOVE_A_HEADER]
    best = max(top, key=lambda row: len({field_of(cell) for cell in row.cells} - {None}), default=None)
    if best is not None and any(field_of(cell) for cell in best.cells):
        return best
    widths = Counter(filter(None, map(_width, rows)))
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    header = next((row for row in top if usual and _width(row) == usual), None)
    if header is None:
        raise InputError(f"{path} holds no rows.")
    return header


def _width(row: Row) -> int:
    return len(row.cells) if any(map(str.strip, row.cells)) else 0


def _named(cells: Sequence[str]) -> list[str]:
    """Headers, each its own: an empty one is numbered, a repeated one too. Empty cells at the end are no columns."""
    width = max(place for place, cell in enumerate(cells, 1) if cell.strip())
    seen: Counter[str] = Counter()
    headers = []
    for place, cell in enumerate(cells[:width], 1):
        name = " ".join(cell.split()) or f"Column {place}"
        seen[name] += 1
        headers.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return headers


def _pages(source: FileSource) -> Iterator[Page]:
    """Raises InputError, before the last page, where the file is cut off, changes meanwhile, or holds no good row."""
    before = _version(source.table.path)
    keys = _Keys()
    rows = source.rows()
    good = 0
    while part := list(islice(rows, _ROWS_A_PAGE)):
        page = _page(source, part, keys)
        good += len(page.payloads)
        yield page
    if not good:
        raise InputError(f"{source.table.path} holds no row that can be read.")
    if _version(source.table.path) != before:
        raise InputError(f"{source.table.path} changed while it was read.")


def _version(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    return found.st_size, found.st_mtime_ns


def _page(source: FileSource, rows: Sequence[Row | BadRow], keys: "_Keys") -> Page:
    payloads, bad_rows = [], []
    for row in rows:
        found = row if isinstance(row, BadRow) else _payload(source, row, keys)
        if isinstance(found, BadRow):
            bad_rows.append(found)
        else:
            payloads.append(found)
    return Page(payloads=payloads, bookmark={}, bad_rows=bad_rows)


def _payload(source: FileSource, row: Row, keys: "_Keys") -> bytes | BadRow:
    cells = _fitted(row.cells, len(source.headers), is_sheet=isinstance(source.table, Workbook))
    if cells is None and row.is_cut_off:
        raise InputError(f"{source.table.path} is cut off in {row.place}.")
    if cells is None:
        number = len(row.cells)
        told = f"It has {number} cell{'s' * (number != 1)} where the header has {len(source.headers)}."
        return BadRow(subject=row.place, message=told)
    named = dict(zip(source.headers, cells, strict=True))
    values = {name: named[header].strip() for name, header in source.columns.items()}
    complaint = _complaint(cells, values)
    key = None if complaint else keys.of(values)
    if key is None:
        return BadRow(subject=row.place, message=complaint or "It repeats the id of an earlier row.")
    return msgspec.json.encode({"key": key, "columns": source.columns, "row": named})


def _complaint(cells: Sequence[str], values: Mapping[str, str]) -> str | None:
    """Why a row cannot be taken; None where it can."""
    if any(UNDECODABLE in cell for cell in cells):
        return "It holds bytes that the file's encoding does not know."
    if any("\0" in cell for cell in cells):
        return "It holds a NUL character."
    if not values.get("name", values.get("domain") or values.get("website")):
        return "It names no company."
    if any(len(values.get(field, "")) > LONGEST_KEY for field in ("id", "name", "domain", "website")):
        return f"Its id, name or website has more than {LONGEST_KEY} characters."
    return None


def _fitted(cells: list[str], width: int, *, is_sheet: bool) -> list[str] | None:
    """The cells under headers. Empty ones may be too many, and in a sheet too few."""
    if any(map(str.strip, cells[width:])):
        return None
    if len(cells) < width and not is_sheet:
        return None
    return cells[:width] + [""] * (width - len(cells))


@dataclass(slots=True)
class _Keys:
    """The keys given out; 8 bytes of each are kept, so that a file of a million rows needs some 70 MB."""

    _seen: set[int] = field(default_factory=set)
    _repeated: Counter[str] = field(default_factory=Counter)

    def of(self, values: Mapping[str, str]) -> str | None:
        """The row's key: its id, or its name and domain, and a number where others have the same. None: a second id."""
        if values.get("id"):
            return values["id"] if self._is_new(f"#{values['id']}") else None
        key = f"{_folded(values.get('name', ''))} {_host(values.get('domain') or values.get('website') or '')}".strip()
        candidate = key
        # A name may end in a number in brackets itself, and be another row's id.
        while not (self._is_new(f"#{candidate}") and self._is_new(candidate)):
            self._repeated[key] += 1
            candidate = f"{key} ({self._repeated[key] + 1})"
        return candidate

    def _is_new(self, key: str) -> bool:
        before = len(self._seen)
        self._seen.add(hash(key))
        return len(self._seen) > before


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _host(website: str) -> str:
    return website.casefold().partition("//")[2] or website.casefold()
