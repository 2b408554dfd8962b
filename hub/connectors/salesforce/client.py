"""How an object of Salesforce is read: what changed since a bookmark and what is gone, or the whole of it."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from hub.connectors.base import Bookmark, Page, StreamReport, Tombstone
from hub.connectors.salesforce.org import Org
from hub.connectors.salesforce.soql import Described, Place, rows_after, rows_among
from hub.errors import BookmarkExpired, Forbidden, Unavailable, UnexpectedPayload
from hub.model import Removal, RemovalEvidence

DELETED_KEPT = timedelta(days=15)
"""Salesforce forgets deletions after 15 days."""
SHORTEST_WINDOW = timedelta(minutes=2)
"""The list of deleted ids takes windows of more than a minute and ignores seconds."""
IDS_PER_QUERY = 200
"""No page is smaller, so that each query is answered by one."""


async def changes(org: Org, bookmark: Bookmark | None, *, sobject: str) -> AsyncGenerator[Page, None]:
    """Every row changed since the bookmark, then the ids deleted for good."""
    described, now = await org.described(sobject)
    start = reached = Place.of(bookmark)
    if start.until is not None:  # an earlier run was cut short: its window first, as it stood
        async for payloads, reached in _rows(org, described, start):
            yield Page(payloads=payloads, bookmark=reached.bookmark())
    start = reached = replace(reached.finished(), until=now)
    async for payloads, reached in _rows(org, described, start):
        yield Page(payloads=payloads, bookmark=reached.bookmark())
    tombstones, deleted_until = await _removals(org, described, start.deleted_until, now)
    place = replace(reached.finished(), deleted_until=deleted_until)
    yield Page(payloads=(), tombstones=tombstones, bookmark=place.bookmark())


async def everything(org: Org, bookmark: Bookmark | None, *, sobject: str) -> AsyncGenerator[Page, None]:
    """Every row there is, whatever the bookmark."""
    described, _ = await org.described(sobject)
    async for payloads, _ in _rows(org, described, Place(), is_whole=True):
        yield Page(payloads=payloads, bookmark={})


async def report(org: Org, sobjects: Iterable[tuple[str, str]]) -> AsyncIterator[StreamReport]:
    """For each stream and the object it reads: how many rows, or why none."""
    for stream, sobject in sobjects:
        try:
            await org.described(sobject)
            rows = await org.count(sobject)
        except Forbidden as error:
            yield StreamReport(stream=stream, readable=False, detail=str(error))
        else:
            yield StreamReport(stream=stream, readable=True, detail=f"{rows:,} rows")


async def _rows(
    org: Org, described: Described, place: Place, *, is_whole: bool = False
) -> AsyncIterator[tuple[tuple[bytes, ...], Place]]:
    """Pages of rows, each with the place after it."""
    restarted_at: Place | None = None
    while True:
        cursor = None if is_whole else described.cursor()
        try:
            async for payloads in _pages(org, rows_after(described, place, cursor)):
                place = place.after(payloads[-1], cursor)
                yield payloads, place
        except BookmarkExpired as error:
            if place == restarted_at:
                raise Unavailable(f"{error}, twice at the same place") from error
            restarted_at = place
            described, _ = await org.described(described.name)
        else:
            return


async def _pages(org: Org, soql: str) -> AsyncIterator[tuple[bytes, ...]]:
    """The pages of one query's answer that hold rows."""
    rows = await org.rows(soql)
    seen = len(rows.records)
    while True:
        if rows.records:
            yield tuple(bytes(record) for record in rows.records)
        if rows.done:
            break
        if rows.next_records_url is None:
            raise UnexpectedPayload("A page of a query says it is not the last, and names no next one")
        rows = await org.more_rows(rows.next_records_url)
        seen += len(rows.records)
    if seen < rows.total_size:
        raise UnexpectedPayload(f"A query announced {rows.total_size} rows and gave {seen}")


async def _removals(
    org: Org, described: Described, since: datetime | None, now: datetime
) -> tuple[Sequence[Tombstone], datetime | None]:
    """What was deleted and is no longer shown, and how far the list was read."""
    oldest = now - DELETED_KEPT
    start = oldest if since is None else max(since, oldest)
    if not described.replicateable or now - start < SHORTEST_WINDOW:
        return (), since
    deleted = await org.deleted(described.name, start, now)
    shown = await _shown(org, described.name, [row.id for row in deleted.deleted_records])
    return [
        Tombstone(
            external_id=row.id,
            removal=Removal.DELETED,
            evidence=RemovalEvidence.DELETED_FEED,
            removed_at=row.deleted_date,
        )
        for row in deleted.deleted_records
        if row.id not in shown
    ], deleted.latest_date_covered


async def _shown(org: Org, sobject: str, ids: Sequence[str]) -> frozenset[str]:
    """Those of the ids still in the recycle bin or restored: their rows say more than the list does."""
    shown: set[str] = set()
    for start in range(0, len(ids), IDS_PER_QUERY):
        async for payloads in _pages(org, rows_among(sobject, ids[start : start + IDS_PER_QUERY])):
            shown.update(msgspec.json.decode(payload)["Id"] for payload in payloads)
    return frozenset(shown)
