"""What an object of the org is: its rows, and the fields that describe tells of."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from hub.sandbox.world import Entry, Fate, Hanging

if TYPE_CHECKING:
    from hub.sandbox.salesforce.org import Org

Value = Any
"""What a field holds: str, int, bool, Decimal, date, datetime (UTC, whole seconds), a mapping if compound, or None."""


class Kind(StrEnum):
    """The types of fields, as describe names them."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    BOOLEAN = "boolean"
    INT = "int"
    DOUBLE = "double"
    CURRENCY = "currency"
    PERCENT = "percent"
    DATE = "date"
    DATETIME = "datetime"
    ADDRESS = "address"


TEXTS = frozenset((Kind.STRING, Kind.TEXTAREA, Kind.PICKLIST, Kind.MULTIPICKLIST, Kind.EMAIL, Kind.PHONE, Kind.URL))


class Row(Protocol):
    """What every row knows of itself."""

    @property
    def id(self) -> str: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def modified_at(self) -> datetime: ...
    @property
    def fate(self) -> Fate: ...
    @property
    def removed_at(self) -> datetime | None: ...


RowT = TypeVar("RowT", bound=Row)
EntryT = TypeVar("EntryT", bound=Entry)
PartT = TypeVar("PartT")
HangingT = TypeVar("HangingT", bound=Hanging)


@dataclass(frozen=True, slots=True)
class Part(Generic[EntryT, PartT]):
    """A row that hangs on another and shares its fate and, unless it happened at an instant of its own, its stamps."""

    id: str
    parent: EntryT
    part: PartT
    at: datetime | None = None

    @property
    def created_at(self) -> datetime:
        return self.at or self.parent.created_at

    @property
    def modified_at(self) -> datetime:
        return self.at or self.parent.modified_at

    @property
    def fate(self) -> Fate:
        return self.parent.fate

    @property
    def removed_at(self) -> datetime | None:
        return self.parent.removed_at


@dataclass(frozen=True, slots=True)
class HangingPart(Part[EntryT, HangingT]):
    """A part that may change and end by itself."""

    @property
    def modified_at(self) -> datetime:
        return max(self.parent.modified_at, self.part.changed_at or self.parent.modified_at)

    @property
    def fate(self) -> Fate:
        return self.part.fate if self.parent.fate is Fate.LIVE else self.parent.fate

    @property
    def removed_at(self) -> datetime | None:
        return self.part.removed_at if self.parent.fate is Fate.LIVE else self.parent.removed_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Generic[RowT]):
    """A field of an object: what describe says of it, and its value in a row."""

    name: str
    kind: Kind
    value: Callable[["Org", RowT], Value]
    write: Callable[[RowT, Any], None] | None = None
    """None: users cannot change it."""
    required: bool = False
    length: int | None = None
    references: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    """What the object referred to calls the rows that point to it."""
    picklist: tuple[str, ...] = ()
    allowed: Callable[["Org"], Collection[str]] | None = None
    """The values of a restricted picklist; None: any."""
    compound: str | None = None
    column: str | None = None
    """The attribute of the row that holds the value as it is."""
    same: bool = False
    """Whether every row says the same."""
    relink: Callable[[RowT, str | None], None] | None = None
    """How a merge points a reference to the winner; None: it stays as it is."""
    cascade: bool = False
    """Whether rows go with the row that this refers to."""
    calculated: bool = False
    """A formula: it changes without anybody changing the row."""
    external_id: bool = False
    """Whether rows may be found by it, as by their id."""
    plain: bool = True
    """Whether a query may filter and sort by it, if its kind allows that."""

    @property
    def custom(self) -> bool:
        return self.name.endswith("__c")


@dataclass(frozen=True, slots=True, kw_only=True)
class SObject(Generic[RowT]):
    """A kind of row."""

    name: str
    label: str
    plural: str
    prefix: str
    fields: tuple[Field[RowT], ...]
    rows: Callable[["Org"], Iterable[RowT]]
    blank: Callable[[str, datetime], RowT] | None = None
    """A new row with its id and creation; None: users cannot create any."""
    insert: Callable[["Org", "SObject[Any]", RowT], None] | None = None
    """How a new row is kept; None: at the end of the copy's own list."""
    updateable: bool = True
    """Whether users may change what they may create."""
    removable: bool = False
    """Whether users may delete what they cannot create here."""
    replicateable: bool = True
