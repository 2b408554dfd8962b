"""People who work in the portal: they change records as clicking in HubSpot does, and webhooks tell of it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from hub.sandbox.hubspot import property_writing, writing
from hub.sandbox.hubspot.association_types import Tie, ties_between
from hub.sandbox.hubspot.association_writing import associate, dissociate
from hub.sandbox.hubspot.object_types import object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import Kind, custom
from hub.sandbox.hubspot.refusal import invalid, not_found
from hub.sandbox.hubspot.webhooks import Source
from hub.sandbox.world import Entry, Fate


class Staff:
    """What tests and chaos change a portal with. Object types are named as in paths; a Refusal says what cannot be."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def create(self, kind: str, values: Mapping[str, str]) -> str:
        """A new record's id."""
        with self._clicking():
            writing.check(self._portal, object_type(kind), values)
            return str(writing.create(self._portal, object_type(kind), values).id)

    def update(self, kind: str, entry_id: str, values: Mapping[str, str]) -> None:
        """Change a live record."""
        entry = self._entry(kind, entry_id)
        with self._clicking():
            writing.check(self._portal, object_type(kind), values, entry)
            writing.update(self._portal, object_type(kind), entry, values)

    def archive(self, kind: str, entry_id: str) -> None:
        """Archive a live record. Its modified date stays."""
        with self._clicking():
            writing.archive(self._portal, object_type(kind), self._entry(kind, entry_id))

    def restore(self, kind: str, entry_id: str) -> None:
        """Bring an archived record back, with its associations. Its modified date stays."""
        with self._clicking():
            writing.restore(self._portal, object_type(kind), self._entry(kind, entry_id, Fate.DELETED))

    def erase(self, kind: str, entry_id: str) -> None:
        """Take a live or archived record away for good."""
        shelf = self._portal.shelf(object_type(kind))
        fate = Fate.DELETED if shelf.found(entry_id) is None else Fate.LIVE
        with self._clicking():
            writing.erase(self._portal, object_type(kind), self._entry(kind, entry_id, fate))

    def merge(self, kind: str, primary_id: str, other_id: str) -> str:
        """The id of the record that takes the place of both."""
        primary, other = self._entry(kind, primary_id), self._entry(kind, other_id)
        if primary is other:
            raise invalid("Cannot merge a record into itself")
        with self._clicking():
            return str(writing.merged(self._portal, object_type(kind), primary, other).id)

    def associate(self, from_end: tuple[str, str], to_end: tuple[str, str], type_id: int | None = None) -> None:
        """Associate two records, each given as type and id; without `type_id` by default. No modified date moves."""
        (kind, one), (to_kind, other) = from_end, to_end
        ends = object_type(kind), self._entry(kind, one).id, object_type(to_kind), self._entry(to_kind, other).id
        with self._clicking():
            associate(self._portal, ends, self._ways(kind, to_kind, type_id))

    def dissociate(self, from_end: tuple[str, str], to_end: tuple[str, str], type_id: int | None = None) -> None:
        """Take back one association of two records; without `type_id` all of them."""
        (kind, one), (to_kind, other) = from_end, to_end
        ends = object_type(kind), self._entry(kind, one).id, object_type(to_kind), self._entry(to_kind, other).id
        with self._clicking():
            dissociate(self._portal, ends, None if type_id is None else self._ways(kind, to_kind, type_id))

    def define_property(
        self, kind: str, name: str, value_kind: Kind = Kind.STRING, options: tuple[str, ...] = ()
    ) -> None:
        """Make a property."""
        property_writing.define(self._portal, object_type(kind), custom(name, value_kind, options))

    def retype_property(self, kind: str, name: str, value_kind: Kind, options: tuple[str, ...] = ()) -> None:
        """Give an own property another type. What records hold stays as it was."""
        property_writing.retype(self._portal, object_type(kind), name, custom(name, value_kind, options))

    def archive_property(self, kind: str, name: str) -> None:
        """Archive an own property."""
        property_writing.archive(self._portal, object_type(kind), name)

    def _entry(self, kind: str, entry_id: str, fate: Fate = Fate.LIVE) -> Entry:
        entry: Entry | None = self._portal.shelf(object_type(kind)).found(entry_id, fate)
        if entry is None:
            raise not_found()
        return entry

    def _ways(self, kind: str, to_kind: str, type_id: int | None) -> list[Tie]:
        known = ties_between(self._portal, object_type(kind), object_type(to_kind))
        if type_id is None:
            return [each for each in known if each.forward.is_unlabeled]
        ways = [each for each in known if each.forward.type_id == type_id]
        if not ways:
            raise invalid(f"Invalid associationTypeId: {type_id} from {kind} to {to_kind}")
        return ways

    @contextmanager
    def _clicking(self) -> Iterator[None]:
        webhooks = self._portal.webhooks
        webhooks.source = Source.PEOPLE
        try:
            yield
        finally:
            webhooks.source = Source.API
