"""A portal: the HubSpot copy of the world, shelved by id."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.object_types import (
    COMPANIES,
    CONTACTS,
    DEALS,
    LEADS,
    LINE_ITEMS,
    PRODUCTS,
    TICKETS,
    ObjectType,
)
from hub.sandbox.hubspot.quirks import Quirks
from hub.sandbox.hubspot.shelf import Shelf
from hub.sandbox.hubspot.stamps import to_the_millisecond
from hub.sandbox.hubspot.webhooks import Webhooks
from hub.sandbox.world import Copy, Entry, Fate, LineEntry, OpportunityEntry, World

PORTAL_ID = 48310772
HOME_CURRENCY = "USD"
ENRICHED_AFTER = timedelta(seconds=6, milliseconds=696)
"""How long after its creation HubSpot itself fills in a record, which counts as a change."""
_SEEN_IN = {COMPANIES.plural: (CONTACTS,), DEALS.plural: (LINE_ITEMS,)}
"""The types whose records show something of another type's."""


@dataclass(slots=True, kw_only=True)
class LineItem(Entry):
    """A line of a deal as a record of its own, which HubSpot makes of it."""

    deal: str
    product: str
    quantity: Decimal
    unit_price: Decimal
    currency: str | None


class Portal:
    """The state behind the API. Whoever changes the world's rows directly calls `changed` afterwards."""

    def __init__(
        self, world: World, clock: Clock, index_lag: timedelta = timedelta(0), quirks: Quirks | None = None
    ) -> None:
        self.world = world
        self.clock = clock
        self.index_lag = index_lag
        """How long a changed record stays invisible to search."""
        self.quirks = quirks or Quirks()
        self.webhooks = Webhooks(clock, PORTAL_ID)
        self.definitions: dict[str, Any] = {}
        """Properties by object type."""
        self.made_properties: dict[str, dict[str, Any]] = {}
        """Properties that somebody made or changed, by object type and name; those archived are still in it."""
        self.links: dict[Any, Any] = {}
        """Associations by pair of object types."""
        self.roles: dict[str, list[str]] = {}
        """The words of labels, by the object type that they lead to."""
        self._derived: dict[str, dict[Any, Any]] = {}
        self._shelves: dict[str, Shelf[Any]] = {}
        self._unripe: list[tuple[datetime, ObjectType, Entry]] = []
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

    def derived(self, kind: ObjectType) -> dict[Any, Any]:
        """What else was worked out from the records of a type and holds until one is written."""
        return self._derived.setdefault(kind.plural, {})

    def changed(self) -> None:
        """Work everything out anew from the rows, which know nothing of ties made through the API or by the staff."""
        for known in (self._shelves, self.definitions, self.links, self.roles, self._derived):
            known.clear()

    def written(self, kind: ObjectType) -> None:
        """Forget what a write to a type outdates; its shelf was kept up."""
        for each in (kind, *_SEEN_IN.get(kind.plural, ())):
            self._derived.pop(each.plural, None)
        if kind is DEALS:
            self._shelves.pop(LINE_ITEMS.plural, None)

    def now(self) -> datetime:
        """The present instant as a record would be stamped with."""
        return to_the_millisecond(self.clock.now())

    def ripen_later(self, kind: ObjectType, entry: Entry) -> None:
        """Have a new record change by itself some seconds after its creation."""
        self._unripe.append((entry.created_at + ENRICHED_AFTER, kind, entry))

    def ripen(self) -> None:
        """Let time do its part: stamp the new records that HubSpot has filled in by now."""
        while self._unripe and self._unripe[0][0] <= self.clock.now():
            due, kind, entry = self._unripe.pop(0)
            if entry.fate is Fate.LIVE and entry.modified_at < due:
                self.stamp(kind, entry, due)

    def stamp(
        self, kind: ObjectType, entry: Entry, instant: datetime, change: Callable[[], object] = lambda: None
    ) -> None:
        """Do what changes a live record, and move its modified date."""

        def changed() -> None:
            change()
            entry.modified_at = instant

        self.shelf(kind).refile(entry, changed)
        self.written(kind)

    def rows(self, kind: ObjectType) -> list[Any]:
        """The world's own list of a type, to add to."""
        lists: dict[str, list[Any]] = {
            COMPANIES.plural: self.copy.accounts,
            CONTACTS.plural: self.copy.contacts,
            DEALS.plural: self.copy.opportunities,
            PRODUCTS.plural: self.copy.products,
            LEADS.plural: self.copy.leads,
            TICKETS.plural: self.copy.tickets,
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
