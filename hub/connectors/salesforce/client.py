"""How an object of Salesforce is read: what changed since a bookmark and what is gone, or the whole of it."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing, suppress
from dataclasses import replace as with_facts
from datetime import datetime, timedelta

from msgspec.structs import replace

from hub.connectors.base import Bookmark, Page, StreamReport
from hub.connectors.salesforce import bulk
from hub.connectors.salesforce.deletions import removals
from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.org import Org
from hub.connectors.salesforce.place import Place
from hub.connectors.salesforce.rows import Batch, rows
from hub.connectors.salesforce.slow import rows_in_parts
from hub.connectors.salesforce.soql import count_of_live
from hub.errors import Forbidden, QuotaExhausted, TooSlow

FORMULAS_KEPT = timedelta(days=1)
"""How old a formula's value may be: it changes without stamping its row, so only reading all rows finds it."""


async def changes(org: Org, bookmark: Bookmark | None, *, sobject: str) -> AsyncGenerator[Page, None]:
    """Every row changed since the bookmark, then the ids deleted for good."""
    described, now = await org.described(sobject)
    async with aclosing(_changes(org, described, Place.of(bookmark), now)) as pages:
        async for page in _told(pages, described):
            yield page


async def everything(org: Org, bookmark: Bookmark | None, *, sobject: str) -> AsyncGenerator[Page, None]:
    """Every row there is, whatever the bookmark."""
    described, _ = await org.described(sobject)
    async with aclosing(_pages(rows(org, described, Place(), None))) as pages:
        async for page in _told(pages, described):
            yield with_facts(page, bookmark={})


async def report(org: Org, sobjects: Iterable[tuple[str, str]]) -> AsyncIterator[StreamReport]:
    """For each stream and the object it reads: how many rows, or why none."""
    for stream, sobject in sobjects:
        try:
            await org.described(sobject)
            counted = await org.live_rows(count_of_live(sobject))
        except TooSlow:
            yield StreamReport(stream=stream, readable=True, detail="more rows than are counted in time")
        except Forbidden as error:
            yield StreamReport(stream=stream, readable=False, detail=str(error))
        else:
            rows = "row" if counted.total_size == 1 else "rows"
            yield StreamReport(stream=stream, readable=True, detail=f"{counted.total_size:,} {rows}")


async def _told(pages: AsyncIterator[Page], described: Described) -> AsyncIterator[Page]:
    """The same pages, of which the first tells of the fields; one at least."""
    is_told = False
    async for page in pages:
        yield page if is_told else with_facts(page, fields=described.types)
        is_told = True
    if not is_told:
        yield Page(payloads=(), bookmark={}, fields=described.types)


async def _changes(org: Org, described: Described, place: Place, now: datetime) -> AsyncGenerator[Page, None]:
    seen = 0
    if place.until is not None:  # an earlier run was cut short: its window first, as it stood
        async with aclosing(_window(org, described, place)) as batches:
            async for batch in batches:
                place, seen = batch.place, seen + len(batch.payloads)
                yield _page(batch, seen)
    place = _next_window(place, described, now)
    since = place.deleted_until
    async with aclosing(_window(org, described, place)) as batches:
        async for batch in batches:
            place, seen = batch.place, seen + len(batch.payloads)
            yield _page(batch, seen)
    place = place.finished()
    async with aclosing(removals(org, described, since, now)) as portions:
        async for tombstones, deleted_until in portions:
            place = replace(place, deleted_until=deleted_until)
            yield Page(payloads=(), tombstones=tombstones, bookmark=place.bookmark())


def _next_window(place: Place, described: Described, now: datetime) -> Place:
    """From where the last run got to until now; from the start where all formulas are to be read again."""
    place = replace(place.finished(), until=now)
    is_old = place.whole_at is None or now - place.whole_at >= FORMULAS_KEPT
    if place.stamp is None or (described.has_formulas and is_old):
        return replace(place, stamp=None, id=None, whole_at=now)
    return place


async def _window(org: Org, described: Described, place: Place) -> AsyncGenerator[Batch, None]:
    """The rows of one closed window: by queries, or by a job as soon as they take too long or are very many."""
    cursor, left = described.cursor(), 0
    if place.job is None:
        with suppress(TooSlow):
            async with aclosing(rows(org, described, place, cursor)) as batches:
                async for batch in batches:
                    place, left = batch.place, batch.left or 0
                    yield batch
                    if left > org.sizes.bulk_from:
                        break
                else:
                    return
    try:
        async with aclosing(bulk.rows(org, described, place, cursor, left)) as batches:
            async for batch in batches:
                yield batch
    except (Forbidden, QuotaExhausted):  # there are no jobs for this object, or none left today
        async with aclosing(rows_in_parts(org, described, replace(place, job=None), cursor)) as batches:
            async for batch in batches:
                yield batch


async def _pages(batches: AsyncGenerator[Batch, None]) -> AsyncGenerator[Page, None]:
    seen = 0
    async with aclosing(batches):
        async for batch in batches:
            seen += len(batch.payloads)
            yield _page(batch, seen)


def _page(batch: Batch, seen: int) -> Page:
    expected = None if batch.left is None else seen + batch.left
    return Page(payloads=batch.payloads, bookmark=batch.place.bookmark(), expected=expected)
