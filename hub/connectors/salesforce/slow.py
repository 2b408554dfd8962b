"""Rows of an object that takes too long to answer for a whole window, where no job answers for it either."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.org import Org
from hub.connectors.salesforce.place import Place
from hub.connectors.salesforce.rows import Batch, rows
from hub.errors import TooSlow

FIRST_ROW = datetime(1999, 1, 1, tzinfo=UTC)
"""No row is older than Salesforce."""
SHORTEST = timedelta(minutes=1)
GROWTH = 2


async def rows_in_parts(org: Org, described: Described, place: Place, cursor: str) -> AsyncGenerator[Batch, None]:
    """The rows of a closed window: of the whole of it, or of as short a part after the other as is answered.

    Raises TooSlow where the shortest is not.
    """
    if place.until is None:
        raise AssertionError("only a closed window has parts")
    end = until = place.until
    while True:
        begin = place.stamp or FIRST_ROW
        try:
            async with aclosing(rows(org, described, replace(place, until=end), cursor)) as batches:
                async for batch in batches:
                    place = batch.place
                    yield Batch(batch.payloads, replace(place, until=until))
        except TooSlow:
            begin = place.stamp or FIRST_ROW
            if end - begin <= SHORTEST:
                raise
            end = begin + (end - begin) / 2
        else:
            if end == until:
                return
            # Not the place of a row: no batch may tell it, since rows may yet come to light before it.
            place, end = replace(place, stamp=end, id=None), min(until, end + GROWTH * (end - begin))
