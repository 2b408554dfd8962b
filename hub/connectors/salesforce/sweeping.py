"""All ids that are live now, and rows by their ids: what finds that no feed told."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress

import msgspec

from hub.connectors.base import Page
from hub.connectors.salesforce import bulk
from hub.connectors.salesforce.described import LONGEST_LIST, Cut, Described
from hub.connectors.salesforce.org import Org
from hub.connectors.salesforce.rows import joined, pages
from hub.connectors.salesforce.soql import ID_LENGTH, LONGEST_QUERY, ids_after, rows_among
from hub.errors import BookmarkExpired, Forbidden, QuotaExhausted, TooMuch, TooSlow, Unavailable

IDS_PER_QUERY = (LONGEST_QUERY - LONGEST_LIST) // ID_LENGTH


async def ids(org: Org, *, sobject: str) -> AsyncGenerator[Sequence[str], None]:
    """The ids of all rows outside of the recycle bin."""
    with suppress(TooSlow):
        async with aclosing(_queried_ids(org, sobject)) as portions:
            async for portion, left in portions:
                if left > org.sizes.bulk_from:
                    break
                yield portion
            else:
                return
    try:
        async with aclosing(bulk.ids(org, sobject)) as found:
            async for portion in found:
                yield portion
    except (Forbidden, QuotaExhausted):
        async with aclosing(_queried_ids(org, sobject)) as portions:
            async for portion, _ in portions:
                yield portion


async def among(org: Org, ids: Sequence[str], *, sobject: str) -> AsyncGenerator[Page, None]:
    """The rows of these ids, those in the recycle bin included: they say what became of them."""
    described, _ = await org.described(sobject)
    for start in range(0, len(ids), IDS_PER_QUERY):
        portion = ids[start : start + IDS_PER_QUERY]
        try:
            payloads = await _rows(org, described, portion)
        except BookmarkExpired:  # a field was hidden since
            described, _ = await org.described(sobject)
            payloads = await _rows(org, described, portion)
        yield Page(payloads=payloads, bookmark={})


async def _rows(org: Org, described: Described, ids: Sequence[str]) -> list[bytes]:
    cut = Cut()
    while True:
        queries = [rows_among(described.name, names, ids) for names in cut.groups(described, ("Id",))]
        try:
            found = [bytes(row) async for page in pages(org.rows, org, queries[0]) for row in page.records]
            return await joined(org, described, found, queries[1:]) if queries[1:] else found
        except TooMuch as error:
            cut = cut.finer(described, error)


async def _queried_ids(org: Org, sobject: str) -> AsyncGenerator[tuple[Sequence[str], int], None]:
    """Portions of ids, each with how many there are after it."""
    last: str | None = None
    restarted_at: str | None = ""
    while True:
        seen = 0
        try:
            async for page in pages(org.live_rows, org, ids_after(sobject, last)):
                found = [msgspec.json.decode(record)["Id"] for record in page.records]
                seen, last = seen + len(found), found[-1]
                yield found, page.total_size - seen
        except BookmarkExpired as error:
            if restarted_at == last:
                raise Unavailable(f"{error}, twice at the same place") from error
            restarted_at = last
        else:
            return
