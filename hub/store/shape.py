"""What an answer is made of, in terms of rows: the form in which GraphQL selections come to the store.

Shapes name columns and paths, never values: what arguments ask for stands apart, in slots that are numbered in the
order in which a document asks for them.
"""

from dataclasses import dataclass
from enum import StrEnum

from hub.model import Base
from hub.store.paths import Path


@dataclass(frozen=True, slots=True)
class Constant:
    """The same text for every row: the name of its type."""

    text: str


@dataclass(frozen=True, slots=True)
class Value:
    """What a column holds."""

    column: str


@dataclass(frozen=True, slots=True)
class Id:
    """The row's id as clients know it."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Nested:
    """An object made of the same row; null where a column is."""

    parts: "Parts"
    absent: str


@dataclass(frozen=True, slots=True)
class Entries:
    """An object for each entry of a JSON object, in the order of their keys: `key`, and `value` as JSON text."""

    column: str
    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Elements:
    """An object for each object of a JSON array; values are shown as they are."""

    column: str
    parts: "Parts"


@dataclass(frozen=True, slots=True)
class One:
    """The one row that a path leads to."""

    path: Path
    parts: "Parts"
    required: bool


@dataclass(frozen=True, slots=True)
class Through:
    """What a column holds of the one row that a path leads to."""

    path: Path
    column: str


class Aspect(StrEnum):
    """What can be asked of a list besides its rows."""

    TOTAL = "totalCount"
    HAS_NEXT = "hasNextPage"
    HAS_PREVIOUS = "hasPreviousPage"
    START_CURSOR = "startCursor"
    END_CURSOR = "endCursor"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The row's cursor in its list."""


@dataclass(frozen=True, slots=True)
class Row:
    """The row of a list as an object."""

    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a page, each as an object. Its parts may be Cursor and Row, where rows are edges."""

    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page stands in its list: an object of Aspects."""

    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Many:
    """A list that a path leads to, as the Selection in `slot` asks for it: an object of Rows, Pages and Aspects."""

    path: Path
    slot: int
    parts: "Parts"


@dataclass(frozen=True, slots=True)
class Lookup:
    """The row of an id. Which model's, and so which parts, the Target in `slot` says."""

    slot: int
    parts: tuple[tuple[type[Base], "Parts"], ...]


@dataclass(frozen=True, slots=True)
class Lookups:
    """The rows of ids of one model, in their order, null where there is none to be seen."""

    slot: int
    parts: tuple[tuple[type[Base], "Parts"], ...]


Shape = (
    Constant | Value | Id | Nested | Entries | Elements | One | Through
    | Aspect | Cursor | Row | Rows | Page | Many | Lookup | Lookups
)  # fmt: skip
Parts = tuple[tuple[str, Shape], ...]
"""The parts of an object, by their keys in the answer."""
