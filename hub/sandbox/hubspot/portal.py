"""A portal: the HubSpot copy of the world, shelved by id."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any, Generic, TypeVar

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.object_types import COMPANIES, CONTACTS, DEALS, LEADS, LINE_ITEMS, PRODUCTS, ObjectType
from hub.sandbox.hubspot.stamps import to_the_millisecond
from hub.sandbox.world import Copy, Entry, Fate, LineEntry, OpportunityEntry, World

EntryT = TypeVar("EntryT", bound=Entry)

PORTAL_ID = 48310772
HOME_CURRENCY = "USD"
ENRICHED_AFTER = timedelta(seconds=6, milliseconds=696)
"""How long after its creation HubSpot itself fills in a record, which counts as a change."""


@dataclass(slots=True, kw_only=True)
class LineItem(Entry):
    """A line of a deal as a record of its own, which HubSpot makes of it."""

    deal: str
    product: str
    quantity: Decimal
    unit_price: Decimal
    currency: str | None


def _number(entry: Entry) -> int:
    return int(entry.id)


class Shelf(Generic[EntryT]):
    """All records of one type, found by id and in the order of their ids as numbers."""

    def __init__(self, entries: Iterable[EntryT]) -> None:
        ordered = sorted(entries, key=_number)
        self.by_id = {entry.id: entry for entry in ordered}
        self.live = [entry for entry in ordered if entry.fate is Fate.LIVE]
        self.archived = [entry for entry in ordered if entry.fate is Fate.DELETED]
        self.losers: dict[str, list[str]] = {}
        """Ids of all that was merged into a record, directly or by way of another."""
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

    def add(self, entry: EntryT) -> None:
        """Shelve a new record; its id is the greatest."""
        self.by_id[entry.id] = entry
        self.live.append(entry)

    def archive(self, entry: EntryT) -> None:
        """Move a live record among the archived ones."""
        del self.live[bisect_left(self.live, int(entry.id), key=_number)]
        insort(self.archived, entry, key=_number)

    def next_id(self) -> str:
        """An id that no record of the type has had."""
        return str(int(next(reversed(self.by_id), "0")) + 1)

    def found(self, entry_id: str, fate: Fate = Fate.LIVE) -> EntryT | None:
        """The record with that id; for a merged-away id the survivor."""
        entry = self.by_id.get(self.survivor_id(entry_id))
        return entry if entry is not None and entry.fate is fate else None


class Portal:
    """The state behind the API. Whoever changes the world other than through it calls `changed` afterwards."""

    def __init__(self, world: World, clock: Clock, index_lag: timedelta = timedelta(0)) -> None:
        self.world = world
        self.clock = clock
        self.index_lag = index_lag
        """How long a changed record stays invisible to search."""
        self.definitions: dict[str, Any] = {}
        """Properties by object type."""
        self.derived: dict[Any, Any] = {}
        """What else was worked out from the rows and holds until one is written."""
        self._shelves: dict[str, Shelf[Any]] = {}
        for entry in chain(self.copy.accounts, self.copy.contacts, self.copy.opportunities):
            _enrich(entry)

    @property
    def copy(self) -> Copy:
        """The rows of the world that this portal holds."""
        return self.world.hubspot

    def shelf(self, kind: ObjectType) -> Shelf[Any]:
        """All records of a type."""
        if kind.plural not in self._shelves:
            self._shelves[kind.plural] = Shelf(self._entries(kind))
        return self._shelves[kind.plural]

    def changed(self) -> None:
        """Forget all that was worked out from the rows."""
        self._shelves.clear()
        self.definitions.clear()
        self.derived.clear()

    def written(self) -> None:
        """Forget what a write through the API outdates; the shelves were kept up."""
        self._shelves.pop(LINE_ITEMS.plural, None)
        self.derived.clear()

    def now(self) -> datetime:
        """The present instant as a record would be stamped with."""
        return to_the_millisecond(self.clock.now())

    def rows(self, kind: ObjectType) -> list[Any]:
        """The world's own list of a type, to add to."""
        lists: dict[str, list[Any]] = {
            COMPANIES.plural: self.copy.accounts,
            CONTACTS.plural: self.copy.contacts,
            DEALS.plural: self.copy.opportunities,
            PRODUCTS.plural: self.copy.products,
            LEADS.plural: self.copy.leads,
        }
        return lists[kind.plural]

    def _entries(self, kind: ObjectType) -> Iterable[Entry]:
        return _line_items(self.copy.opportunities) if kind is LINE_ITEMS else self.rows(kind)


def _enrich(entry: Entry) -> None:
    if entry.modified_at == entry.created_at:
        entry.modified_at += ENRICHED_AFTER


def _line_items(deals: Iterable[OpportunityEntry]) -> Iterator[LineItem]:
    for deal in deals:
        for line in deal.lines:
            yield _line_item(deal, line)


def _line_item(deal: OpportunityEntry, line: LineEntry) -> LineItem:
    return LineItem(
        id=line.id,
        created_at=deal.created_at,
        modified_at=deal.modified_at,
        fate=deal.fate if deal.fate in (Fate.DELETED, Fate.PURGED) else Fate.LIVE,
        removed_at=deal.removed_at,
        deal=deal.id,
        product=line.product,
        quantity=line.quantity,
        unit_price=line.unit_price,
        currency=deal.currency,
    )
