"""Delimited text of any encoding, a row at a time."""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from charset_normalizer import from_bytes

from hub.connectors import LONGEST_CELL
from hub.connectors.base import BadRow
from hub.connectors.files.rows import LONGEST_ROW, MARK, UNDECODABLE, Row
from hub.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 64 * 1024
_CHUNK = 1024 * 1024
GZIP = b"\x1f\x8b"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_LATIN = ["cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp932", "euc_jp", "gb18030", "big5", "euc_kr"]
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_LATIN_RUN = 1.5
"""Bytes beyond ASCII that stand together, on average: in Western texts an accented letter is mostly alone."""


@dataclass(frozen=True, slots=True)
class Text:
    """A delimited file, and how to read it."""

    path: Path
    encoding: str
    delimiter: str
    is_ragged = False
    header = None

    @property
    def layout(self) -> str:
        """Its encoding and delimiter."""
        return f"{self.encoding}, delimiter {self.delimiter!r}"

    def rows(self) -> Iterator[Row | BadRow]:
        """Every row with its first line's number. Raises InputError where the file is cut off."""
        with _opened(self.path) as file:
            lines = _Lines(file, self.encoding)
            reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
            while True:
                first = reader.line_num + 1
                lines.length = 0
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield self._bad(error, lines, first)
                    continue
                if first > 1 or not _is_separator_line(cells, self.delimiter):
                    yield Row(f"line {first}", cells, is_cut_off=not lines.ended)

    def _bad(self, error: csv.Error, lines: "_Lines", first: int) -> BadRow:
        if "unexpected end" in str(error):
            raise InputError(f"{self.path} ends within quotes that open in line {first}.") from error
        if "limit" in str(error):
            raise InputError(
                f"{self.path} holds a cell of more than {LONGEST_CELL} characters in line {first}."
            ) from error
        return BadRow(subject=f"line {first}", message="Its quotes do not match.")


def text(path: Path, encoding: str | None = None, delimiter: str | None = None) -> Text:
    """The file, read as told; what is not told is detected."""
    with _opened(path) as file:
        head = file.read(_SAMPLE)
        encoding = encoding or _encoding(head, file)
    if not _is_known(encoding):
        raise InputError(f"There is no encoding {encoding!r}.")
    if delimiter is not None and len(delimiter) != 1:
        raise InputError(f"A delimiter is one character, not {delimiter!r}.")
    return Text(path, encoding, delimiter or _delimiter(head, encoding))


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file's bytes, unpacked where it is gzipped."""
    with path.open("rb") as file:
        is_packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        try:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=file)) if is_packed else file
        except EOFError as error:
            raise InputError(f"{path} is cut off: its last packed part is not whole.") from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"{path} is damaged: {error}.") from error


def _is_known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


class _Lines:
    """The lines of a file as csv wants them, ends included; nothing but a carriage return and a line feed ends one."""

    def __init__(self, file: BinaryIO, encoding: str) -> None:
        self._text = io.TextIOWrapper(file, encoding, errors=MARK, newline="")
        self.ended = True
        """Whether the last line read had its end."""
        self.length = 0
        """Characters read; whoever begins a row begins them anew, since a row may have many lines."""

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.length += len(line)
        if self.length > LONGEST_ROW:
            raise InputError(f"{self._text.name} holds a row of more than {LONGEST_ROW} characters.")
        self.ended = line.endswith(("\n", "\r"))
        return line


def _is_separator_line(cells: list[str], delimiter: str) -> bool:
    """Excel's own hint: a first line of `sep=;`."""
    return delimiter.join(cells).casefold() in {f"sep={delimiter}", "sep="}


def _encoding(head: bytes, file: BinaryIO) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    zeros = Counter(place % 2 for place, byte in enumerate(head) if byte == 0)
    if zeros.total() > len(head) // 5:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    file.seek(0)
    strange, wrong = _strange_lines(file)
    if not wrong:
        return "utf-8"
    runs = _BEYOND_ASCII.findall(strange)
    if sum(map(len, runs)) < _LATIN_RUN * len(runs):
        return "cp1252"
    best = from_bytes(strange, cp_isolation=_NOT_LATIN).best()
    return best.encoding if best is not None else "cp1252"


def _strange_lines(file: BinaryIO) -> tuple[bytes, bool]:
    """A sample of the lines beyond ASCII, and whether they are mostly something else than UTF-8. Reads all of it."""
    strange = bytearray()
    good = bad = 0
    while chunk := file.readline(_CHUNK):
        if chunk.isascii():
            continue
        decoded = chunk.decode("utf-8", errors=MARK)
        marks = decoded.count(UNDECODABLE)
        bad += marks
        good += sum(not letter.isascii() for letter in decoded) - marks
        if len(strange) < _SAMPLE:
            strange += chunk
    return bytes(strange), bad > good


def _delimiter(head: bytes, encoding: str) -> str:
    sample = io.TextIOWrapper(io.BytesIO(head), encoding, errors=MARK, newline="").read()
    first = sample.partition("\n")[0].strip().casefold()
    if first.startswith("sep=") and len(first) == len("sep=;"):
        return first[-1]
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: str, delimiter: str) -> tuple[float, int]:
    """The share of rows with as many cells as most have, and that number; nothing for rows of one cell."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
    widths = Counter(len(cells) for cells in reader if cells)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return (count / widths.total(), width) if width > 1 else (0.0, 0)
