"""What an org says of rows that are gone for good."""

from collections.abc import Sequence
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
) -> tuple[Sequence[Tombstone], datetime | None]:
    """What was deleted and is no longer shown, and how far the list was read.

    What the list has forgotten already, what is older than the org, and what was too much for it, the sweep finds.
    """
    oldest = now - DELETED_KEPT
    start = oldest if since is None else max(since, oldest)
    if not described.replicateable or now - start < SHORTEST_WINDOW:
        return (), since
    try:
        deleted = await _deleted(org, described.name, start, now)
    except BookmarkExpired:
        return (), now
    shown = await _shown(org, described.name, [row.id for row in deleted.deleted_records])
    return [_tombstone(row) for row in deleted.deleted_records if row.id not in shown], deleted.latest_date_covered


async def _deleted(org: Org, sobject: str, start: datetime, end: datetime) -> Deleted:
    """The list, in as many parts as it takes: it holds 600,000 ids at most."""
    try:
        return await org.deleted(sobject, start, end)
    except TooMuch:
        middle = start + (end - start) / 2
        if middle - start < SHORTEST_WINDOW:
            return Deleted(deleted_records=(), latest_date_covered=end)
    earlier, later = await _deleted(org, sobject, start, middle), await _deleted(org, sobject, middle, end)
    return Deleted(
        deleted_records=earlier.deleted_records + later.deleted_records, latest_date_covered=later.latest_date_covered
    )


def _tombstone(row: DeletedRow) -> Tombstone:
    return Tombstone(
        external_id=row.id,
        removal=Removal.DELETED,
        evidence=RemovalEvidence.DELETED_FEED,
        removed_at=row.deleted_date,
    )


async def _shown(org: Org, sobject: str, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids still in the recycle bin or restored: their rows say more than the list does."""
    shown: set[str] = set()
    for start in range(0, len(ids), IDS_PER_QUERY):
        soql = rows_among(sobject, ["Id"], ids[start : start + IDS_PER_QUERY])
        async for page in pages(org.rows, org, soql):
            shown.update(msgspec.json.decode(record)["Id"] for record in page.records)
    return frozenset(shown)
