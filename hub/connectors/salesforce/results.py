"""The results of Bulk jobs: CSV as it arrives, and each row as a query would have sent it."""

import codecs
import csv
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hub.errors import Unavailable, UnexpectedPayload

LARGEST_ROW = 16 * 1024 * 1024
"""Characters. Salesforce's own limit on a row's long texts is a tenth of that."""
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_json = msgspec.json.Encoder().encode


class Cells:
    """A CSV text whose bytes come in pieces that end anywhere.

    Split by lines it would lose what looks like the end of one inside of quotes: line feeds, U+2028 and others.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._held = ""

    def rows(self, piece: bytes, *, is_last: bool = False) -> list[list[str]]:
        """The rows that this piece completes. Raises Unavailable where there is none to be made of it."""
        try:
            text = self._held + self._decoder.decode(piece, final=is_last)
            end = len(text) if is_last else _end_of_rows(text)
            self._held = text[end:]
            if len(self._held) > LARGEST_ROW:
                raise UnexpectedPayload(f"A row of a job's results has more than {LARGEST_ROW:,} characters")
            return [row for row in csv.reader(io.StringIO(text[:end], newline="\n"), strict=True) if row]
        except (csv.Error, UnicodeDecodeError) as error:
            raise Unavailable(f"A job's results came garbled ({type(error).__name__})") from error


def _end_of_rows(text: str) -> int:
    """Behind the last line feed that is outside of quotes; a text starts outside."""
    end = text.rfind("\n") + 1
    quotes = text.count('"', 0, end)
    while end and quotes % 2:
        before = text.rfind("\n", 0, end - 1) + 1
        quotes -= text.count('"', before, end)
        end = before
    return end


async def rows(pieces: AsyncIterator[bytes]) -> AsyncIterator[tuple[list[str], list[list[str]]]]:
    """The header, and rows below it, as they are complete."""
    cells = Cells()
    header: list[str] = []
    async for piece in pieces:
        found = cells.rows(piece)
        if found and not header:
            header = found.pop(0)
        if found:
            yield header, _checked(found, header)
    rest = cells.rows(b"", is_last=True)
    if rest and header:
        yield header, _checked(rest, header)


def _checked(found: list[list[str]], header: list[str]) -> list[list[str]]:
    if any(len(row) != len(header) for row in found):
        raise Unavailable("A job's results came garbled: a row with more or fewer cells than the header")
    return found


class Spelling:
    """How a query spells what a job's results say: JSON, with a value of the field's type in each member."""

    def __init__(self, sobject: str, version: str, types: Mapping[str, str], header: Sequence[str]) -> None:
        self._sobject = sobject
        self._path = f"/services/data/v{version}/sobjects/{sobject}/"
        self._header = header
        if "Id" not in header:
            raise UnexpectedPayload("A job's results came without a column Id")
        self._id = header.index("Id")
        spelled = [(place, _SPELLED.get(types.get(name, ""))) for place, name in enumerate(header)]
        self._others = [(place, spelling) for place, spelling in spelled if spelling is not None]

    def payloads(self, rows: Sequence[list[str]]) -> Iterator[bytes]:
        """The JSON text of each row. An empty cell is null: a CSV tells nothing of empty texts, nor has the org any."""
        for row in rows:
            values: list[Any] = [cell or None for cell in row]
            for place, spelled in self._others:
                if row[place]:
                    values[place] = spelled(row[place])
            attributes = {"type": self._sobject, "url": self._path + row[self._id]}
            yield _json({"attributes": attributes, **dict(zip(self._header, values, strict=True))})


def _number(cell: str) -> Any:
    # What is no number stays a text: the payload is kept, and its mapping says what is wrong with it.
    return msgspec.Raw(cell.encode()) if _NUMBER.fullmatch(cell) else cell


def _flag(cell: str) -> Any:
    return {"true": True, "false": False}.get(cell, cell)


def _instant(cell: str) -> str:
    return f"{cell[:-1]}+0000" if cell.endswith("Z") else cell


_SPELLED: Mapping[str, Callable[[str], Any]] = {
    "boolean": _flag,
    "int": _number,
    "long": _number,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "datetime": _instant,
}
