"""What an org says of rows that are gone for good."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta

import msgspec

from hub.connectors.base import Tombstone
from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.org import Deleted, DeletedRow, Org
from hub.connectors.salesforce.rows import pages
from hub.connectors.salesforce.soql import rows_among
from hub.errors import BookmarkExpired, TooMuch
from hub.model import Removal, RemovalEvidence

DELETED_KEPT = timedelta(days=15)
"""Salesforce forgets deletions after 15 days."""
SHORTEST_WINDOW = timedelta(minutes=2)
"""The list of deleted ids takes windows of more than a minute and ignores seconds."""
IDS_PER_QUERY = 200
"""No page is smaller, so that each query is answered by one."""


async def removals(
    org: Org, described: Described, since: datetime | None, now: datetime
) -> AsyncGenerator[tuple[Sequence[Tombstone], datetime | None], None]:
    """What was deleted and is no longer shown, in portions, each with how far the list was read with it.

    What the list has forgotten already, what is older than the org, and what was too much for it, the sweep finds.
    """
    oldest = now - DELETED_KEPT
    start = oldest if since is None else max(since, oldest)
    if not described.replicateable or now - start < SHORTEST_WINDOW:
        yield (), since
        return
    async with aclosing(_parts(org, described.name, start, now)) as parts:
        async for part in parts:
            rows = part.deleted_records
            for first in range(0, len(rows) or 1, IDS_PER_QUERY):
                if first + IDS_PER_QUERY >= len(rows):
                    since = part.latest_date_covered
                yield await _tombstones(org, described.name, rows[first : first + IDS_PER_QUERY]), since


async def _parts(org: Org, sobject: str, start: datetime, end: datetime) -> AsyncGenerator[Deleted, None]:
    """The list, in as many parts as it takes, the earliest first: each holds 600,000 ids at most."""
    middle = start + (end - start) / 2
    nothing = Deleted(deleted_records=(), latest_date_covered=end)
    deleted: Deleted | None = None
    try:
        deleted = await org.deleted(sobject, start, end)
    except BookmarkExpired:
        deleted = nothing
    except TooMuch:
        if middle - start < SHORTEST_WINDOW:
            deleted = nothing
    if deleted is not None:
        yield deleted
        return
    for first, last in ((start, middle), (middle, end)):
        async with aclosing(_parts(org, sobject, first, last)) as parts:
            async for part in parts:
                yield part


async def _tombstones(org: Org, sobject: str, rows: Sequence[DeletedRow]) -> Sequence[Tombstone]:
    shown = await _shown(org, sobject, [row.id for row in rows]) if rows else ()
    return [_tombstone(row) for row in rows if row.id not in shown]


def _tombstone(row: DeletedRow) -> Tombstone:
    return Tombstone(
        external_id=row.id,
        removal=Removal.DELETED,
        evidence=RemovalEvidence.DELETED_FEED,
        removed_at=row.deleted_date,
    )


async def _shown(org: Org, sobject: str, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids still in the recycle bin or restored: their rows say more than the list does."""
    found = pages(org.rows, org, rows_among(sobject, ["Id"], ids))
    return frozenset([msgspec.json.decode(record)["Id"] async for page in found for record in page.records])
