"""All records of one type, found by id and kept in the orders that reading asks for."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from hub.sandbox.hubspot.stamps import epoch_milliseconds
from hub.sandbox.world import Entry, Fate

EntryT = TypeVar("EntryT", bound=Entry)

Read = Callable[[EntryT], str | None]
Place = tuple[int, int]
"""When a record was last modified, in milliseconds, and its id."""


def id_number(entry: Entry) -> int:
    """An id as the number that records are ordered by."""
    return int(entry.id)


def _place(entry: Entry) -> Place:
    return epoch_milliseconds(entry.modified_at), int(entry.id)


class Shelf(Generic[EntryT]):
    """The records of one type. Whoever changes one tells the shelf, which keeps its orders up instead of sorting."""

    def __init__(self, entries: Iterable[EntryT]) -> None:
        ordered = sorted(entries, key=id_number)
        self.by_id = {entry.id: entry for entry in ordered}
        self.live = [entry for entry in ordered if entry.fate is Fate.LIVE]
        self.archived = [entry for entry in ordered if entry.fate is Fate.DELETED]
        self.losers: dict[str, list[str]] = {}
        """Ids of all that was merged into a record, directly or by way of another."""
        self._by_modified: list[Place] | None = None
        self._unique: dict[str, tuple[Read[EntryT], dict[str, list[EntryT]]]] = {}
        for entry in ordered:
            if entry.fate is Fate.MERGED:
                self.losers.setdefault(self.survivor_id(entry.id), []).append(entry.id)

    def survivor_id(self, entry_id: str) -> str:
        """`entry_id`, or the id of the record that it was merged into in the end."""
        entry = self.by_id.get(entry_id)
        while entry is not None and entry.fate is Fate.MERGED and entry.merged_into is not None:
            entry_id = entry.merged_into
            entry = self.by_id.get(entry_id)
        return entry_id

    def found(self, entry_id: str, fate: Fate = Fate.LIVE) -> EntryT | None:
        """The record with that id; for a merged-away id the survivor."""
        entry = self.by_id.get(self.survivor_id(entry_id))
        return entry if entry is not None and entry.fate is fate else None

    def is_live(self, entry_id: str) -> bool:
        """Whether a record of that very id is neither archived nor merged away."""
        entry = self.by_id.get(entry_id)
        return entry is not None and entry.fate is Fate.LIVE

    def next_id(self) -> str:
        """An id that no record of the type has had."""
        return str(int(next(reversed(self.by_id), "0")) + 1)

    def by_modified(self) -> list[Place]:
        """The places of all live records, in the order of their last change."""
        if self._by_modified is None:
            self._by_modified = sorted(map(_place, self.live))
        return self._by_modified

    def modified_from(self, low: int, high: int | None = None) -> list[EntryT]:
        """The live records last modified in these milliseconds, both included."""
        places = self.by_modified()
        first = bisect_left(places, (low, 0))
        last = len(places) if high is None else bisect_left(places, (high + 1, 0))
        return [self.by_id[str(number)] for _, number in places[first:last]]

    def holder(self, name: str, read: Read[EntryT], value: str) -> EntryT | None:
        """The live record with that value of a unique property, in any case of letters.

        A history may hold a value more than once: then it is the record with the lowest id.
        """
        if name not in self._unique:
            found: dict[str, list[EntryT]] = {}
            for entry in self.live:
                if held := read(entry):
                    found.setdefault(held.lower(), []).append(entry)
            self._unique[name] = read, found
        holders = self._unique[name][1].get(value.lower())
        return min(holders, key=id_number) if holders else None

    def add(self, entry: EntryT) -> None:
        """Shelve a new record; its id is the greatest."""
        self.by_id[entry.id] = entry
        self._insert(entry)

    def archive(self, entry: EntryT) -> None:
        """Move a live record among the archived ones."""
        self._withdraw(entry)
        entry.fate = Fate.DELETED
        insort(self.archived, entry, key=id_number)

    def restore(self, entry: EntryT) -> None:
        """Move an archived record back among the live ones."""
        self._drop_archived(entry)
        entry.fate = Fate.LIVE
        self._insert(entry)

    def purge(self, entry: EntryT) -> None:
        """Take a live or archived record off for good."""
        if entry.fate is Fate.LIVE:
            self._withdraw(entry)
        else:
            self._drop_archived(entry)
        entry.fate = Fate.PURGED

    def merge(self, losers: Iterable[EntryT], survivor: EntryT) -> None:
        """Let the survivor, which is shelved, take the place of live records."""
        ids = set(self.losers.pop(survivor.id, ()))
        for entry in losers:
            self._withdraw(entry)
            entry.fate = Fate.MERGED
            entry.merged_into = survivor.id
            ids |= {entry.id, *self.losers.pop(entry.id, ())}
        self.losers[survivor.id] = sorted(ids, key=int)

    def refile(self, entry: EntryT, change: Callable[[], None]) -> None:
        """Do what changes a live record, its stamp and its values, and keep the orders up."""
        self._unfile(entry)
        change()
        self._file(entry)

    def _insert(self, entry: EntryT) -> None:
        insort(self.live, entry, key=id_number)
        self._file(entry)

    def _withdraw(self, entry: EntryT) -> None:
        del self.live[bisect_left(self.live, int(entry.id), key=id_number)]
        self._unfile(entry)

    def _file(self, entry: EntryT) -> None:
        if self._by_modified is not None:
            insort(self._by_modified, _place(entry))
        for read, found in self._unique.values():
            if value := read(entry):
                found.setdefault(value.lower(), []).append(entry)

    def _unfile(self, entry: EntryT) -> None:
        if self._by_modified is not None:
            del self._by_modified[bisect_left(self._by_modified, _place(entry))]
        for read, found in self._unique.values():
            value = (read(entry) or "").lower()
            left = [each for each in found.pop(value, ()) if each is not entry]
            if left:
                found[value] = left

    def _drop_archived(self, entry: EntryT) -> None:
        del self.archived[bisect_left(self.archived, int(entry.id), key=id_number)]
