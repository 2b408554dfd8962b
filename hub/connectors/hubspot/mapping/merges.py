"""What survivors say of the records that they took in."""

from collections.abc import Iterator

from hub.connectors.base import Tombstone
from hub.model import Removal, RemovalEvidence


def merged_away(survivor: str, merged: str) -> Iterator[Tombstone]:
    """The records that one took in. HubSpot says so on the survivor only, and names no date."""
    for loser in taken_in(merged):
        if loser != survivor:
            yield Tombstone(
                external_id=loser,
                removal=Removal.MERGED,
                evidence=RemovalEvidence.SOURCE_ROW,
                merged_into=survivor,
            )


def taken_in(merged: str) -> list[str]:
    """The ids that a survivor names."""
    return [part.strip() for part in merged.split(";") if part.strip()]
