"""Excel workbooks (.xlsx), a row at a time."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.connectors.base import BadRow
from hub.connectors.files.rows import Row
from hub.errors import InputError

_LARGEST = 512 * 1024 * 1024
"""Bytes that all parts of a workbook may have when unpacked."""
_LARGEST_STRINGS = 128 * 1024 * 1024
"""Bytes of the table of texts, which is held in memory."""
_MOST_PARTS = 10_000
_WIDEST = 500
_DAMAGED = (InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, KeyError, ValueError, EOFError, OSError)


@dataclass(frozen=True, slots=True)
class Workbook:
    """A sheet of a workbook."""

    path: Path
    sheet: str

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row with its number. Raises InputError where the file is damaged."""
        with _opened(self.path) as book:
            try:
                sheet = book[self.sheet]
            except KeyError as error:
                raise InputError(
                    f"{self.path} has no sheet {self.sheet!r}. It has: {', '.join(book.sheetnames)}."
                ) from error
            sheet.reset_dimensions()
            values = sheet.iter_rows(values_only=True, max_col=_WIDEST)
            number = 0
            while (row := _next(values, self.path)) is not None:
                number += 1
                yield Row(f"row {number}", [_as_text(value) for value in row])


def workbook(path: Path, sheet: str | None = None) -> Workbook:
    """The sheet named, or the first one."""
    _refuse_bombs(path)
    with _opened(path) as book:
        return Workbook(path, sheet or book.sheetnames[0])


def _next(values: Iterator[Any], path: Path) -> Any:
    try:
        return next(values, None)
    except _DAMAGED as error:
        raise InputError(f"{path} is damaged: {error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and extensions, which hold no rows
        try:
            book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        except _DAMAGED as error:
            raise InputError(f"{path} is no readable workbook: {error}") from error
    try:
        yield book
    finally:
        book.close()


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{path} is no readable workbook: {error}") from error
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST or strings > _LARGEST_STRINGS:
        raise InputError(f"{path} is too large to be read as a workbook. Save it as CSV.")


def _as_text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
    return str(value)
