"""A partner's list of accounts, read from a file: its pages, and a preview of it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import msgspec

from hub.connectors.base import BadRow, Bookmark, Page
from hub.connectors.files.choices import IGNORED, Choices, Difference, chosen, closest, difference
from hub.connectors.files.columns import Columns, field_of
from hub.connectors.files.keys import Keys
from hub.connectors.files.rows import NOT_CALCULATED, UNDECODABLE, Row
from hub.connectors.files.source import FileSource, ListMode, file_source, version_of
from hub.errors import InputError

_ROWS_A_PAGE = 1000
_CHARACTERS_A_PAGE = 8 * 1024 * 1024
"""Beyond which a page ends before it has as many rows."""
LONGEST_KEY = 500
"""Characters of what a row is known by. More is a text that slipped into the wrong column."""
_SHOWN_ROWS = 5
_MOST_BAD = 20
_MOST_BAD_SHARE = 0.2
"""Rows that cannot be read, beyond which it may be another kind of text; without a known header, the share will do."""
_FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePreview:
    """What was found in a file, to be shown before anything is written."""

    path: Path
    layout: str
    """Encoding and delimiter, or the sheet."""
    sheet: str | None
    headers: list[str]
    choices: Choices
    is_saved: bool
    """Whether a saved mapping was used."""
    changed: Difference
    """How the headers differ from those of the saved mapping."""
    rows: list[list[str]]
    """The first few."""
    row_count: int
    bad_rows: int
    ends_lines: bool
    """Whether the last line had its end, too."""

    @property
    def doubt(self) -> str | None:
        """Why it may be no list of accounts at all, where nobody has said what its columns hold."""
        is_named = any(map(field_of, self.headers))
        total = self.row_count + self.bad_rows
        if self.bad_rows > _MOST_BAD_SHARE * total and (self.bad_rows > _MOST_BAD or not is_named):
            return f"{self.bad_rows:,} of its {total:,} rows cannot be read"
        if len(self.headers) == 1 and not is_named:
            return f"its only column, {self.headers[0]!r}, is not called as one of names or domains is"
        return None

    def config(self, mode: ListMode) -> dict[str, object]:
        """What a connection to this file keeps. Encoding and delimiter are found anew in each version of the file."""
        read_as = {"sheet": self.sheet, "columns": self.choices, "ends_lines": self.ends_lines}
        return {"path": str(self.path.absolute()), **read_as, "mode": mode}


def preview(
    path: Path,
    told: Mapping[str, str] | None = None,
    saved: Sequence[Mapping[str, str]] = (),
    sheet: str | None = None,
) -> FilePreview:
    """Read the file once, for counting. Raises InputError where it cannot be used.

    `told` is what a person says of its columns, `saved` the mappings of earlier files, the latest first.
    """
    used: list[Mapping[str, str]] = []

    def choose(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Choices:
        best = closest(headers, saved)
        used.extend([best] if best is not None else [])
        return chosen(headers, rows, told or {}, best or {})

    source = file_source(path, choose, mode=ListMode.REPLACE, sheet=sheet)
    shown = islice((row for row in source.rows() if isinstance(row, Row)), _SHOWN_ROWS)
    understood = _Understood(source)
    counts = [(len(page.payloads), len(page.bad_rows)) for page in _pages(understood)]
    return FilePreview(
        path=path,
        layout=source.table.layout,
        sheet=getattr(source.table, "sheet", None),
        headers=source.headers,
        choices=source.choices,
        is_saved=bool(used),
        changed=difference(source.headers, used[0]) if used else Difference([], []),
        rows=[row.cells[: len(source.headers)] for row in shown],
        row_count=sum(good for good, _ in counts),
        bad_rows=sum(bad for _, bad in counts),
        ends_lines=understood.ends_lines,
    )


async def account_pages(source: FileSource, since: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All rows, each time: a list has no memory of what changed."""
    pages = _pages(_Understood(source))
    while (page := await asyncio.to_thread(next, pages, None)) is not None:
        yield page


def _pages(understood: "_Understood") -> Iterator[Page]:
    """Raises InputError, before the last page, where the file is cut off, changes meanwhile, or holds no good row."""
    source = understood.source
    good, first_bad = 0, None
    for rows in _portions(source.rows()):
        page = understood.page(rows)
        good += len(page.payloads)
        first_bad = first_bad or next(iter(page.bad_rows), None)
        yield page
    if version_of(source.table.path) != source.version:
        raise InputError(f"{source.table.path} changed while it was read.")
    if not good:
        why = f" {first_bad.subject.capitalize()}: {first_bad.message}" if first_bad else ""
        raise InputError(f"{source.table.path} holds no row that can be read.{why}")


def _portions(rows: Iterable[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    portion: list[Row | BadRow] = []
    characters = 0
    for row in rows:
        portion.append(row)
        characters += sum(map(len, row.cells)) if isinstance(row, Row) else 0
        if len(portion) == _ROWS_A_PAGE or characters > _CHARACTERS_A_PAGE:
            yield portion
            portion, characters = [], 0
    if portion:
        yield portion


class _Understood:
    """Makes pages of rows."""

    def __init__(self, source: FileSource) -> None:
        self.source = source
        self._columns: Columns = source.columns
        self._kept = [choice != IGNORED for choice in source.choices.values()]
        # Those left out are told, too: they have not vanished, and what was read of them before is not to be kept.
        self._fields: dict[str, str] | None = dict.fromkeys(source.headers, "text")
        self._keys = Keys()
        self.ends_lines = True
        """Whether the last row so far had its end."""

    def page(self, rows: Iterable[Row | BadRow]) -> Page:
        payloads, bad_rows = [], []
        for row in rows:
            found = row if isinstance(row, BadRow) else self._payload(row)
            if isinstance(found, BadRow):
                bad_rows.append(found)
            else:
                payloads.append(found)
        fields, self._fields = self._fields, None
        return Page(payloads=payloads, bookmark={}, bad_rows=bad_rows, fields=fields)

    def _payload(self, row: Row) -> bytes | BadRow:
        width = len(self.source.headers)
        cells = _fitted(row.cells, width, is_ragged=self.source.table.is_ragged)
        self.ends_lines = not row.is_cut_off
        if row.is_cut_off and (cells is None or UNDECODABLE in cells[-1]):
            raise InputError(f"{self.source.table.path} is cut off in {row.place}.")
        if row.is_cut_off and self.source.ends_lines:
            raise InputError(
                f"{self.source.table.path} has no end of line after {row.place}, as it had when it was connected: it "
                "may be cut off there. If it is whole, connect it again."
            )
        if cells is None:
            told = f"It has {len(row.cells)} cell{'s' * (len(row.cells) != 1)} where the header has {width}."
            return BadRow(subject=row.place, message=told)
        kept = {
            header: cell
            for header, cell, is_kept in zip(self.source.headers, cells, self._kept, strict=True)
            if is_kept
        }
        values = {field: kept[header].strip() for field, header in self._columns.items()}
        complaint = _complaint(kept, values)
        if complaint is not None:
            return BadRow(subject=row.place, message=complaint)
        key = self._keys.of(values)
        if key is None:
            return BadRow(subject=row.place, message="It repeats the id of an earlier row.", is_repeated=True)
        return msgspec.json.encode({"key": key, "columns": self._columns, "row": kept})


def _complaint(row: Mapping[str, str], values: Mapping[str, str]) -> str | None:
    """Why a row cannot be taken; None where it can."""
    together = "\n".join(row.values())
    for mark, told in _MARKS.items():
        if mark in together:
            return told
    if not values.get("name", values.get("domain") or values.get("website")):
        return "It names no company."
    known_by = [values.get(field, "") for field in ("id", "name", "domain", "website")]
    if any(len(value) > LONGEST_KEY for value in known_by):
        return f"Its id, name or website has more than {LONGEST_KEY} characters."
    if not _FORMULA_ERRORS.isdisjoint(known_by):
        return "Its id, name or website is a formula's error."
    return None


_MARKS = {
    UNDECODABLE: "It holds bytes that the file's encoding does not know.",
    "\0": "It holds a NUL character.",
    NOT_CALCULATED: "It holds a formula without a value: open the file in a spreadsheet, and save it again.",
}


def _fitted(cells: list[str], width: int, *, is_ragged: bool) -> list[str] | None:
    """The cells under headers. Empty ones may be too many, and in a ragged table too few."""
    if any(map(str.strip, cells[width:])):
        return None
    if len(cells) < width and not is_ragged:
        return None
    return cells[:width] + [""] * (width - len(cells))
