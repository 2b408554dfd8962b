"""What a portal holds at this moment: what a complete reading of it is measured against."""

from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.links import all_linked
from hub.sandbox.hubspot.object_types import object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.world import Fate

Association = tuple[str, str, str, int]
"""Ids of the two records, and the category and number of the type."""


class Truth:
    """Answers without the API's pages, limits and delays. Object types are named as in paths."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def live(self, kind: str) -> dict[str, dict[str, str | None]]:
        """All live records by id, with every property as it would be sent."""
        known = properties_of(self._portal, object_type(kind))
        return {
            entry.id: {name: each.read(entry, self._portal) for name, each in known.items()}
            for entry in self._portal.shelf(object_type(kind)).live
        }

    def archived(self, kind: str) -> set[str]:
        """Ids of the archived records. Those that were erased are in no list."""
        return {entry.id for entry in self._portal.shelf(object_type(kind)).archived}

    def merged(self, kind: str) -> dict[str, str]:
        """Ids of the records that were merged away, and of the one that each lives on in, be that live or not."""
        shelf = self._portal.shelf(object_type(kind))
        merged = [entry.id for entry in shelf.by_id.values() if entry.fate is Fate.MERGED]
        return {entry_id: shelf.survivor_id(entry_id) for entry_id in merged}

    def associations(self, from_kind: str, to_kind: str) -> set[Association]:
        """All associations between live records of two types."""
        linked = all_linked(self._portal, object_type(from_kind), object_type(to_kind))
        return {(one, other, each.category, each.type_id) for one, other, types in linked for each in types}
