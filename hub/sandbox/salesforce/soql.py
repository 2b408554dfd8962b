"""The nouns of SOQL: what a query says. parser.py reads them, query.py gives them a meaning."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Path:
    """A field, perhaps through relationships: Owner.Name."""

    names: tuple[str, ...]
    at: int


@dataclass(frozen=True, slots=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    scope: str
    at: int


@dataclass(frozen=True, slots=True)
class Aggregate:
    """COUNT(), or a function of a field; `alias` names it in the answer."""

    function: str
    path: Path | None
    alias: str | None
    at: int


@dataclass(frozen=True, slots=True)
class DateLiteral:
    """A stretch of time named relative to now: TODAY, LAST_N_DAYS:30."""

    name: str
    n: int | None
    at: int


Literal = str | bool | int | Decimal | date | datetime | DateLiteral | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field compared; IN and NOT IN take many literals, the others one."""

    path: Path
    operator: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """NOT a condition."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Combination:
    """Conditions joined by AND or by OR."""

    joint: str
    conditions: tuple["Condition", ...]


Condition = Comparison | Negation | Combination


@dataclass(frozen=True, slots=True)
class Ordering:
    """One key of ORDER BY."""

    path: Path
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A whole SELECT."""

    soql: str
    columns: tuple["Path | AllFields | Aggregate | Query", ...]
    entity: str
    entity_at: int
    where: Condition | None = None
    groups: tuple[Path, ...] = ()
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
