"""The parts of a workbook: XML in a ZIP archive, read as streams, so that no part need fit in memory."""

import posixpath
import tempfile
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import IO, Protocol
from xml.parsers import expat

from hub.connectors import LONGEST_CELL
from hub.errors import InputError

_CHUNK = 64 * 1024
_LONGEST_TAG = 1024 * 1024
"""Bytes of a tag with its attributes, or of anything else that is understood as one piece."""
_LARGEST = 4 * 10**9
"""Bytes that all parts may have when unpacked."""
_MOST_PARTS = 10_000
_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of texts, beyond which they go to a temporary file."""
_KEPT_TEXTS = 512
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)
"""What zipfile raises, for parts that are encrypted or packed in a rare way, too."""

Attributes = dict[str, str]


class Reader(Protocol):
    """What gathers something from a part. Names come without their prefix."""

    def start(self, name: str, attributes: Attributes) -> None:
        """An element opens."""

    def end(self, name: str) -> None:
        """An element closes."""

    def text(self, data: str) -> None:
        """A piece of the text within."""


@contextmanager
def archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; raises InputError where it, or a part read meanwhile, is damaged or far too large."""
    try:
        with zipfile.ZipFile(path) as found:
            parts = found.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _LARGEST:
                raise InputError(f"{path} is too large to be read as a workbook. Save it as CSV.")
            yield found
    except _DAMAGED as error:
        raise InputError(f"{path} is no readable workbook: {error}") from error
    except expat.ExpatError as error:
        raise InputError(f"{path} is damaged: {error}") from error


def read(found: zipfile.ZipFile, part: str, reader: Reader) -> Iterator[None]:
    """Let the reader gather from the part; control comes back after each chunk."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    _feed(reader, parser)
    # The format has no document types; entities, which blow up, come with one.
    parser.StartDoctypeDeclHandler = _refuse_document_type
    with _opened(found, part) as file:
        fed = 0
        while chunk := file.read(_CHUNK):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
            fed += len(chunk)
            if fed - parser.CurrentByteIndex > _LONGEST_TAG:
                raise InputError(f"{found.filename} is damaged: {part} holds a tag without end.")
            yield
        parser.Parse(b"", True)  # noqa: FBT003 - the same
        yield


def _feed(reader: Reader, parser: expat.XMLParserType) -> None:
    """Most programs write no prefixes: millions of names need not be stripped of them then, as the root's tells."""

    def start_root(name: str, attributes: Attributes) -> None:
        parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
        if ":" in name:
            parser.StartElementHandler = lambda name, attributes: reader.start(name.rpartition(":")[2], attributes)
            parser.EndElementHandler = lambda name: reader.end(name.rpartition(":")[2])
        parser.StartElementHandler(name, attributes)

    parser.StartElementHandler = start_root
    parser.CharacterDataHandler = reader.text


def read_whole(found: zipfile.ZipFile, part: str, reader: Reader) -> None:
    """The same, at once."""
    for _ in read(found, part, reader):
        pass


def part_at(base: str, target: str) -> str:
    """The part that `base` refers to."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(base), target)).lstrip("/")


def _opened(found: zipfile.ZipFile, part: str) -> IO[bytes]:
    try:
        return found.open(part)
    except KeyError as error:
        raise InputError(f"{found.filename} is no readable workbook: it has no part {part}.") from error


def _refuse_document_type(*_: object) -> None:
    raise InputError("The workbook declares a document type, as no workbook does.")


class Texts:
    """A workbook's table of texts, read as far as they are asked for and kept in a file, 8 bytes each beside."""

    def __init__(self, found: zipfile.ZipFile, part: str | None) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - it lives as long as this
        self._ends = array("Q", [0])
        self._runs: list[str] = []
        self._length = 0
        self._is_run = self._is_reading_aid = False
        self._more = read(found, part, self) if part else iter(())
        self.at = lru_cache(_KEPT_TEXTS)(self._at)

    def _at(self, index: int) -> str:
        """The text of this number; raises IndexError."""
        while index + 1 >= len(self._ends):
            if next(self._more, self) is self:
                raise IndexError(index)
        start, end = self._ends[index], self._ends[index + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode()

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def start(self, name: str, attributes: Attributes) -> None:
        """A text is made of runs; Japanese ones come with a reading aid."""
        self._is_reading_aid |= name == "rPh"
        self._is_run = name == "t" and not self._is_reading_aid

    def end(self, name: str) -> None:
        """The text is whole when its item closes."""
        self._is_run = False
        if name == "rPh":
            self._is_reading_aid = False
        elif name == "si":
            self._file.seek(self._ends[-1])
            self._ends.append(self._ends[-1] + self._file.write("".join(self._runs).encode()))
            self._runs, self._length = [], 0

    def text(self, data: str) -> None:
        """A piece of a run."""
        if self._is_run:
            self._runs.append(data)
            self._length += len(data)
            if self._length > LONGEST_CELL:
                raise InputError(f"The workbook holds a text of more than {LONGEST_CELL} characters.")
