"""Excel workbooks (.xlsx), a row at a time."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from hub.connectors.files.parts import Attributes, Texts, archive, part_at, read, read_whole
from hub.connectors.files.rows import Row
from hub.connectors.files.sheet import Formats, Sheet
from hub.errors import InputError


@dataclass(frozen=True, slots=True)
class Workbook:
    """A sheet of a workbook."""

    path: Path
    sheet: str
    is_ragged = True
    header = None

    @property
    def layout(self) -> str:
        """Its sheet."""
        return f"sheet {self.sheet!r}"

    def rows(self) -> Iterator[Row]:
        """Every row with its number. Raises InputError where the file is damaged."""
        with archive(self.path) as found:
            book = _book(found)
            texts = Texts(found, book.parts.get("sharedStrings"))
            sheet = Sheet(texts, Formats(_dates(found, book.parts.get("styles")), book.epoch))
            with closing(texts):
                try:
                    for _ in read(found, book.sheets[self.sheet], sheet):
                        yield from sheet.rows
                        sheet.rows.clear()
                except (ValueError, IndexError) as error:  # of numbers that are none, and texts that are not there
                    raise InputError(f"{self.path} is damaged: {error}") from error


def workbook(path: Path, sheet: str | None = None) -> Workbook:
    """The sheet named, or the first one that is not hidden."""
    with archive(path) as found:
        sheets = _book(found).sheets
    if not sheets:
        raise InputError(f"{path} is no readable workbook: it has no sheet of cells.")
    if sheet is not None and sheet not in sheets:
        raise InputError(f"{path} has no sheet {sheet!r}. It has: {', '.join(sheets)}.")
    return Workbook(path, sheet or next(iter(sheets)))


@dataclass(slots=True)
class _Relations:
    """Gathers what a part refers to: id → kind and target."""

    found: dict[str, tuple[str, str]] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes["Type"].rpartition("/")[2]
            self.found[attributes["Id"]] = kind, attributes["Target"]

    def end(self, name: str) -> None: ...

    def text(self, data: str) -> None: ...


@dataclass(slots=True)
class _Book:
    """Gathers the sheets of a workbook, visible ones first."""

    relations: dict[str, tuple[str, str]]
    sheets: dict[str, str] = field(default_factory=dict)
    """Name → part."""
    parts: dict[str, str] = field(default_factory=dict)
    """Kind → part."""
    epoch: datetime = WINDOWS_EPOCH
    _hidden: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            self.epoch = MAC_EPOCH
        if name != "sheet":
            return
        id_ = next(value for key, value in attributes.items() if key.rpartition(":")[2] == "id")
        kind, part = self.relations.get(id_, ("", ""))
        if kind == "worksheet":
            of_its_kind = self._hidden if attributes.get("state", "visible") != "visible" else self.sheets
            of_its_kind[attributes["name"]] = part

    def end(self, name: str) -> None:
        if name == "sheets":
            self.sheets |= self._hidden

    def text(self, data: str) -> None: ...


def _book(found: zipfile.ZipFile) -> _Book:
    try:
        (main,) = (part for kind, part in _relations(found, "").values() if kind == "officeDocument")
        relations = _relations(found, main)
        book = _Book(relations, parts=dict(relations.values()))
        read_whole(found, main, book)
    except (KeyError, ValueError, StopIteration) as error:
        raise InputError(f"{found.filename} is no readable workbook: its list of sheets is damaged.") from error
    return book


def _relations(found: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    relations = _Relations()
    folder, _, name = part.rpartition("/")
    read_whole(found, part_at(f"{folder}/", f"_rels/{name}.rels"), relations)
    return {id_: (kind, part_at(part, target)) for id_, (kind, target) in relations.found.items()}


@dataclass(slots=True)
class _Styles:
    """Gathers how each style shows numbers."""

    codes: dict[int, str] = field(default_factory=lambda: dict(BUILTIN_FORMATS))
    numbers: list[int] = field(default_factory=list)
    """Of each style, its format's."""
    _is_cell_style: bool = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt" and "numFmtId" in attributes:
            self.codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._is_cell_style = True
        elif name == "xf" and self._is_cell_style:
            self.numbers.append(int(attributes.get("numFmtId", 0)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_cell_style = False

    def text(self, data: str) -> None: ...


def _dates(found: zipfile.ZipFile, part: str | None) -> dict[int, bool]:
    styles = _Styles()
    if part is not None:
        read_whole(found, part, styles)
    codes = {place: styles.codes.get(number, "General") for place, number in enumerate(styles.numbers)}
    return {place: is_timedelta_format(code) for place, code in codes.items() if is_date_format(code)}
