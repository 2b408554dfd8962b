"""Which column of a file holds what: guessed from its header, and where that says nothing, from its cells."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from types import MappingProxyType

_TABLE = tomllib.loads(resources.files(__package__).joinpath("column_words.toml").read_text("utf-8"))
FIELDS = tuple(_TABLE)
"""What a column may be, in the order in which they choose."""
_FIELD_OF = {words: field for field in reversed(FIELDS) for words in _TABLE[field]}
_NOT_A_WORD = re.compile(r"[\W_]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_URL = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,24}", re.IGNORECASE)
_DUNS = re.compile(r"\d{2}-\d{3}-\d{4}")
_WORDS = re.compile(r".*[^\W\d_]{2}.*", re.DOTALL)
_ENOUGH = 0.7
"""The share of filled cells that must look alike."""
_LONGEST_LOOKED_AT = 500
"""Characters. A longer cell is neither a name nor an address."""

Columns = dict[str, str]
"""Field → header."""


def field_of(header: str) -> str | None:
    """The field that a header's words name."""
    for text in (header, _CAMEL.sub(" ", header)):
        words = _NOT_A_WORD.sub(" ", text).strip().casefold()
        if words in _FIELD_OF:
            return _FIELD_OF[words]
    return None


def guessed_columns(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    known: Mapping[str, str] = MappingProxyType({}),
    settled: frozenset[str] = frozenset(),
) -> Columns:
    """Field → header, each header once: those known, and guesses among the headers that are not settled.

    A file without a column for names or domains gives neither.
    """
    columns: Columns = dict(known)
    open_ = {header: place for place, header in enumerate(headers) if header not in settled}
    for header in open_:
        field = field_of(header)
        if field is not None:
            columns.setdefault(field, header)
    for field, looks_right in _LOOKS.items():
        _guess_by_content(field, looks_right, columns, open_, rows)
    return {field: columns[field] for field in FIELDS if field in columns}


def _guess_by_content(
    field: str,
    looks_right: Callable[[str], object],
    columns: Columns,
    headers: Mapping[str, int],
    rows: Sequence[Sequence[str]],
) -> None:
    if field in columns or (field == "name" and "domain" in columns):
        return
    for header, position in headers.items():
        cells = [row[position] for row in rows if position < len(row) and row[position].strip()]
        if header not in columns.values() and cells and _share(cells, looks_right) >= _ENOUGH:
            columns[field] = header
            return


def _share(cells: Sequence[str], looks_right: Callable[[str], object]) -> float:
    short = (cell.strip() for cell in cells if len(cell) <= _LONGEST_LOOKED_AT)
    return sum(looks_right(cell) is not None for cell in short) / len(cells)


_LOOKS: Mapping[str, Callable[[str], object]] = {
    "website": _URL.fullmatch,
    "domain": _DOMAIN.fullmatch,
    "duns": _DUNS.fullmatch,
    "name": lambda cell: None if "@" in cell else _WORDS.fullmatch(cell),
}
"""In this order: what is a URL is no name."""
