"""A Salesforce org over the home organization's copy: its objects, where their rows are found, how they change."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Protocol
from weakref import WeakSet

from hub.sandbox.clock import Clock
from hub.sandbox.salesforce.currencies import RATES
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.salesforce.index import Index
from hub.sandbox.salesforce.made_up_partnering import made_up_partnering
from hub.sandbox.salesforce.sobject import Field, RowT, SObject
from hub.sandbox.world import Fate, ProductEntry, StageEntry, World

ORG_CREATED = datetime(2019, 3, 4, 9, 0, tzinfo=UTC)
ORG_ID = record_id("00D", 4711)

INDEXED = 10_000
"""Objects with fewer rows are sorted when they are asked for: tests may change those behind the org's back."""


class Watcher(Protocol):
    """Somebody who wants to know a row as it was."""

    def keep(self, row: Any) -> None: ...


class Org:
    """One Salesforce org: the world behind it, its objects, and which of their fields can be seen."""

    def __init__(self, world: World, clock: Clock, sobjects: Iterable[SObject[Any]]) -> None:
        self.world = world
        self.copy = world.salesforce
        self.partnering = made_up_partnering(world)
        self.clock = clock
        self.stages: Mapping[str, StageEntry] = {stage.name: stage for stage in world.stages}
        self._sobjects = {sobject.name.lower(): sobject for sobject in sobjects}
        self._fields = {
            name: {field.name.lower(): field for field in sobject.fields} for name, sobject in self._sobjects.items()
        }
        self._by_id: dict[str, tuple[int, dict[str, Any]]] = {}
        self._indexes: dict[str, Index] = {}
        self._part_indexes: dict[str, Index] = {}
        self._watchers: WeakSet[Watcher] = WeakSet()
        self.commit_delay = timedelta()
        """How long a write stays out of sight though it is stamped, as that of a long transaction. Turned by tests."""
        self._uncommitted: list[tuple[datetime, Callable[[], None]]] = []
        self.locked: set[str] = set()
        """Ids of rows that somebody else holds on to: they cannot be changed for the moment."""
        self.unique = {"Hub_Account_Id__c"}
        """Fields in which no two rows may hold the same: administrators choose them."""
        self.rates = dict(RATES)
        """The currencies' exchange rates: administrators change them, and formulas with them, but no stamp."""
        self._created = 0
        self.described_at = self.now()
        self.created_at = ORG_CREATED
        """Nobody may ask what changed or went before. Moved on by tests."""
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
        self._describe_anew()

    def withdraw(self, sobject: str) -> None:
        """Take away the integration user's right to see an object."""
        del self._sobjects[sobject.lower()]
        self._describe_anew()

    def make_unfilterable(self, sobject: str, field: str) -> None:
        """Queries cannot filter or sort by a field any more."""
        fields = self._fields[sobject.lower()]
        fields[field.lower()] = replace(fields[field.lower()], plain=False)
        self._describe_anew()

    def _describe_anew(self) -> None:
        """Descriptions are dated to the second, and must be seen to be new."""
        self.described_at = max(self.now(), self.described_at + timedelta(seconds=1))

    def commit(self, write: Callable[[datetime], None]) -> None:
        """Do a write that is stamped now: at once, or when `commit_delay` is over."""
        now = self.now()
        if self.commit_delay:
            self._uncommitted.append((now + self.commit_delay, partial(write, now)))
        else:
            write(now)

    def settle(self) -> None:
        """Let writes be seen whose time has come."""
        due = [write for at, write in self._uncommitted if at <= self.clock.now()]
        self._uncommitted = [waiting for waiting in self._uncommitted if waiting[0] > self.clock.now()]
        for write in due:
            write()

    def watch(self, watcher: Watcher) -> None:
        """Tell somebody of every row that is about to change, as long as they are there."""
        self._watchers.add(watcher)

    @contextmanager
    def changing(self, sobject: SObject[RowT], row: RowT) -> Iterator[None]:
        """Around each change of a row, new ones too."""
        for watcher in self._watchers:
            watcher.keep(row)
        yield
        if sobject.name in self._indexes:
            self._indexes[sobject.name].put(row)
        self._part_indexes.clear()

    def index(self, sobject: SObject[RowT]) -> Index | None:
        """The index of an object with many rows; None of one with few."""
        rows = sobject.rows(self)
        held = self._indexes if isinstance(rows, list) else self._part_indexes
        index = held.get(sobject.name)
        if index is not None and (held is self._part_indexes or len(index.by_id) == len(self.rows(sobject))):
            return index
        rows = self.rows(sobject)
        if len(rows) < INDEXED:
            return None
        held[sobject.name] = Index({row.id: row for row in rows})
        return held[sobject.name]

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

    def _index(self, sobject: SObject[RowT]) -> Mapping[str, RowT]:
        index = self.index(sobject)
        if index is not None:
            return index.by_id
        rows = sobject.rows(self)
        if not isinstance(rows, list):
            return {row.id: row for row in rows}
        size, by_id = self._by_id.get(sobject.name, (-1, {}))
        if size != len(rows):
            by_id = {row.id: row for row in rows}
            self._by_id[sobject.name] = (len(rows), by_id)
        return by_id

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
