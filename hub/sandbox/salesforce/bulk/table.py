"""The results of a job as CSV. Every value stands in quotes; nothing stands there for null and for no text alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any

from hub.sandbox.salesforce.columns import values_of
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import Reached, reached
from hub.sandbox.salesforce.sobject import Kind, SObject
from hub.sandbox.salesforce.soql import Path, Query
from hub.sandbox.salesforce.spelling import number

DELIMITERS: Mapping[str, str] = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS: Mapping[str, str] = {"LF": "\n", "CRLF": "\r\n"}
QUOTE = '"'

Cells = Callable[[Sequence[Any]], list[str]]
"""One column of some rows."""


@lru_cache(maxsize=10_000)
def _stamp(moment: datetime) -> str:
    return f"{moment.isoformat()[:19]}.000Z"


def _day(value: date) -> str:
    return value.isoformat()


def _truth(value: bool) -> str:  # noqa: FBT001 - a value to be spelled
    return "true" if value else "false"


def _text(value: str) -> str:
    return value.replace(QUOTE, QUOTE + QUOTE)


def _number(value: Decimal) -> str:
    return number(value)


_SPELLINGS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.BOOLEAN: _truth,
    Kind.INT: str,
    Kind.DOUBLE: _number,
    Kind.CURRENCY: _number,
    Kind.PERCENT: _number,
    Kind.DATE: _day,
    Kind.DATETIME: _stamp,
}
"""Of the other kinds, the quotes are doubled."""


@dataclass(frozen=True, slots=True)
class Table:
    """How the rows of a query become lines. The spelling of a column is made up once, not once a row."""

    header: bytes
    columns: Sequence[Cells]
    between: str
    """What stands between two values: a quote, the delimiter, a quote."""
    end: str
    """What ends a row: a quote and the end of the line."""

    def lines(self, rows: Sequence[Any]) -> bytes:
        """Some rows, one at least."""
        columns = [column(rows) for column in self.columns]
        lines = map(self.between.join, zip(*columns, strict=True))
        return f'"{f"{self.end}{QUOTE}".join(lines)}{self.end}'.encode()


def table(org: Org, sobject: SObject[Any], query: Query, delimiter: str, line_ending: str) -> Table:
    """The table that a query asks for; raises INVALID_FIELD."""
    reaches = [reached(org, sobject, path, query.soql) for path in query.columns if isinstance(path, Path)]
    between, end = f'"{DELIMITERS[delimiter]}"', f'"{LINE_ENDINGS[line_ending]}'
    names = between.join(reach.name for reach in reaches)
    return Table(f'"{names}{end}'.encode(), [_cells(org, reach) for reach in reaches], between, end)


def _cells(org: Org, reach: Reached) -> Cells:
    spelling = _SPELLINGS.get(reach.field.kind, _text)
    values = partial(map, reach.value) if "." in reach.name else values_of(org, reach.field)
    return lambda rows: ["" if held is None else spelling(held) for held in values(rows)]
