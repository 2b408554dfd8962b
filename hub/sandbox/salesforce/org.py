"""A Salesforce org over the home organization's copy: what an object and a field are, and where rows are found."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from hub.sandbox.clock import Clock
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.world import Entry, Fate, ProductEntry, StageEntry, World

ORG_CREATED = datetime(2019, 3, 4, 9, 0, tzinfo=UTC)
ORG_ID = record_id("00D", 4711)

Value = Any
"""What a field holds: str, int, bool, Decimal, date, datetime (UTC, whole seconds), a mapping if compound, or None."""


class Kind(StrEnum):
    """The types of fields, as describe names them."""

    ID = "id"
    REFERENCE = "reference"
    STRING = "string"
    TEXTAREA = "textarea"
    PICKLIST = "picklist"
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


TEXTS = frozenset((Kind.STRING, Kind.TEXTAREA, Kind.PICKLIST, Kind.EMAIL, Kind.PHONE, Kind.URL))


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
    replicateable: bool = True


class Org:
    """One Salesforce org: the world behind it, its objects, and which of their fields can be seen."""

    def __init__(self, world: World, clock: Clock, sobjects: Iterable[SObject[Any]]) -> None:
        self.world = world
        self.copy = world.salesforce
        self.clock = clock
        self.stages: Mapping[str, StageEntry] = {stage.name: stage for stage in world.stages}
        self._sobjects = {sobject.name.lower(): sobject for sobject in sobjects}
        self._fields = {
            name: {field.name.lower(): field for field in sobject.fields} for name, sobject in self._sobjects.items()
        }
        self._by_id: dict[str, tuple[int, dict[str, Any]]] = {}
        self._created = 0
        self.described_at = self.now()
        self.log_purged_until = ORG_CREATED
        """Deletions before that instant are forgotten: moved on by tests, as the purge job does."""

    def now(self) -> datetime:
        """The present, at the precision of Salesforce's stamps."""
        return self.clock.now().replace(microsecond=0)

    def sobjects(self) -> Iterable[SObject[Any]]:
        """Every object of the org."""
        return self._sobjects.values()

    def sobject(self, name: str) -> SObject[Any] | None:
        """The object of that name in any case."""
        return self._sobjects.get(name.lower())

    def rows(self, sobject: SObject[RowT]) -> list[RowT]:
        """Every row of an object, whatever became of it; the copy's own list, if it has one."""
        rows = sobject.rows(self)
        return rows if isinstance(rows, list) else list(rows)

    def fields(self, sobject: SObject[RowT]) -> Iterable[Field[RowT]]:
        """The fields of an object that the integration user may see."""
        return self._fields[sobject.name.lower()].values()

    def field(self, sobject: SObject[RowT], name: str) -> Field[RowT] | None:
        """The visible field of that name in any case."""
        return self._fields[sobject.name.lower()].get(name.lower())

    def hide(self, sobject: str, field: str) -> None:
        """Take away the integration user's right to see a field."""
        del self._fields[sobject.lower()][field.lower()]

    def target(self, field: Field[Any]) -> SObject[Any]:
        """The object that a reference leads to; of several, the one that has rows here."""
        return next(found for name in field.references if (found := self.sobject(name)))

    def child(self, parent: SObject[Any], relationship: str) -> tuple[SObject[Any], Field[Any]] | None:
        """The object, and its field, whose rows point to `parent` under that name."""
        return next((pair for pair in self.children(parent) if (pair[1].children or "").lower() == relationship), None)

    def children(self, parent: SObject[Any]) -> Iterator[tuple[SObject[Any], Field[Any]]]:
        """Every field of any object that points to `parent` and has a name for it."""
        for sobject in self.sobjects():
            for field in self.fields(sobject):
                if field.children and parent.name in field.references:
                    yield sobject, field

    def row(self, sobject: SObject[RowT], external_id: str | None) -> RowT | None:
        """The row of that id, in the recycle bin too; None once it is gone for good."""
        row = self._index(sobject).get(external_id) if external_id else None
        return None if row is None or row.fate is Fate.PURGED else row

    def _index(self, sobject: SObject[RowT]) -> dict[str, RowT]:
        rows = sobject.rows(self)
        if not isinstance(rows, list):
            return {row.id: row for row in rows}
        size, index = self._by_id.get(sobject.name, (-1, {}))
        if size != len(rows):
            index = {row.id: row for row in rows}
            self._by_id[sobject.name] = (len(rows), index)
        return index

    def new_id(self, prefix: str) -> str:
        """An id that no row has. Rows made up beforehand are numbered from below."""
        self._created += 1
        return record_id(prefix, 800_000_000 + self._created)

    def default_user(self) -> str | None:
        """Whom rows belong to that name no owner: Salesforce has none without."""
        return self.copy.users[0].id if self.copy.users else None

    def product(self, external_id: str) -> ProductEntry | None:
        """The product of that id."""
        sobject = self._sobjects["product2"]
        return self.row(sobject, external_id)
