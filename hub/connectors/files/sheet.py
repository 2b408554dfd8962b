"""The cells of a sheet, as text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel

from hub.connectors import LONGEST_CELL
from hub.connectors.files.parts import Attributes, Texts
from hub.connectors.files.rows import LONGEST_ROW, NOT_CALCULATED, Row, number_text
from hub.errors import InputError

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Formats:
    """How numbers are shown, which alone tells that one is a date."""

    dates: Mapping[int, bool]
    """Of those styles that show dates: whether as a span of time."""
    epoch: datetime

    def shown(self, number: str, style: int) -> str:
        """A number or date as text: 7, 1.5, 2026-11-01T00:00:00."""
        if style in self.dates:
            return self._date(number, style)
        if number.isdecimal():
            return number
        return number_text(float(number))

    def _date(self, number: str, style: int) -> str:
        try:
            value: Any = from_excel(float(number), self.epoch, timedelta=self.dates[style])
        except OverflowError:
            return number  # Excel itself shows no date there
        return value.isoformat() if hasattr(value, "isoformat") else str(value)


@dataclass(slots=True)
class Sheet:
    """Gathers the rows of a sheet's part that have a cell with a value."""

    texts: Texts
    formats: Formats
    rows: list[Row] = field(default_factory=list)
    """Those gathered; to be taken away by who reads them."""
    _number: int = 0
    _column: int = 0
    _cells: dict[int, str] = field(default_factory=dict)
    _kind: str = "n"
    _style: int = 0
    _is_formula: bool = False
    _is_value: bool = False
    _is_reading_aid: bool = False
    _value: list[str] = field(default_factory=list)
    _length: int = 0
    _row_length: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        """An element opens."""
        match name:
            case "c":
                self._open_cell(attributes)
            case "v" | "t":
                self._is_value = not self._is_reading_aid
            case "row":
                self._number = int(attributes.get("r") or self._number + 1)
                self._column = self._row_length = 0
                self._cells = {}
            case "f":
                self._is_formula = True
            case "rPh":
                self._is_reading_aid = True

    def end(self, name: str) -> None:
        """An element closes."""
        match name:
            case "v" | "t":
                self._is_value = False
            case "c":
                self._close_cell()
            case "row" if self._cells:
                cells = [self._cells.get(column, "") for column in range(1, max(self._cells) + 1)]
                self.rows.append(Row(f"row {self._number}", cells))
            case "rPh":
                self._is_reading_aid = False

    def text(self, data: str) -> None:
        """A piece of a cell's value."""
        if self._is_value:
            self._value.append(data)
            self._length += len(data)
            if self._length > LONGEST_CELL:
                raise InputError(f"Row {self._number} holds a cell of more than {LONGEST_CELL} characters.")

    def _open_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        self._column = _column(place.rstrip("0123456789")) if place else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = int(attributes.get("s", 0))
        self._is_formula = False
        self._value, self._length = [], 0

    def _close_cell(self) -> None:
        value = self._shown("".join(self._value))
        if value:
            self._cells[self._column] = value
            self._row_length += len(value)
            if self._row_length > LONGEST_ROW:
                raise InputError(f"Row {self._number} holds more than {LONGEST_ROW} characters.")

    def _shown(self, value: str) -> str:
        if not value:
            return NOT_CALCULATED if self._is_formula and self._kind != "str" else ""
        match self._kind:
            case "s":
                return _unescaped(self.texts.at(int(value)))
            case "n":
                return self.formats.shown(value, self._style)
            case "b":
                return "false" if value == "0" else "true"
        return _unescaped(value)


@lru_cache(20_000)
def _column(letters: str) -> int:
    return column_index_from_string(letters)


def _unescaped(text: str) -> str:
    """What XML cannot hold is written as _x000D_; a character beyond the first 65,536 in two halves."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
