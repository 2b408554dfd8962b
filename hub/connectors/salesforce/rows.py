"""Rows by queries: page after page, each joined from as many queries as its fields take."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from hub.connectors.salesforce.described import Cut, Described
from hub.connectors.salesforce.org import Org, Rows
from hub.connectors.salesforce.place import Place
from hub.connectors.salesforce.soql import rows_after, rows_between
from hub.errors import BookmarkExpired, TooMuch, TooSlow, Unavailable, UnexpectedPayload


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a window."""

    payloads: Sequence[bytes]
    place: Place
    """After them."""
    left: int | None = None
    """How many there are after them; None where nobody said."""


async def rows(org: Org, described: Described, place: Place, cursor: str | None) -> AsyncGenerator[Batch, None]:
    """The rows after a place, until its end: in the order of change, or of ids without a cursor. Raises TooSlow."""
    restarted_at: Place | None = None
    cut = Cut()
    while True:
        try:
            async with aclosing(_batches(org, described, place, (cursor, cut))) as batches:
                async for batch in batches:
                    place = batch.place
                    yield batch
        except TooMuch as error:
            # Who asked for a window makes it shorter; of what has none, fewer fields may take less time.
            if isinstance(error, TooSlow) and cursor is not None:
                raise
            cut = cut.finer(described, error)
        except BookmarkExpired as error:
            if place == restarted_at:
                raise Unavailable(f"{error}, twice at the same place") from error
            restarted_at = place
            described, _ = await org.described(described.name)
        else:
            return


async def pages(answer: Callable[[str], Awaitable[Rows]], org: Org, soql: str) -> AsyncGenerator[Rows, None]:
    """The pages of one query's answer that hold rows. Raises UnexpectedPayload where it lacks any that it announced."""
    page = await answer(soql)
    total, seen = page.total_size, 0
    while True:
        seen += len(page.records)
        if page.records:
            yield page
        if page.done:
            break
        if page.next_records_url is None:
            raise UnexpectedPayload("A page of a query says it is not the last, and names no next one")
        page = await org.more_rows(page.next_records_url)
    if seen < total:
        raise UnexpectedPayload(f"A query announced {total} rows and gave {seen}")


async def _batches(
    org: Org, described: Described, place: Place, way: tuple[str | None, Cut]
) -> AsyncGenerator[Batch, None]:
    cursor, cut = way
    first, *others = cut.groups(described, ("Id",) if cursor is None else ("Id", cursor))
    seen = 0
    async with aclosing(pages(org.rows, org, rows_after(described.name, first, place, cursor))) as answered:
        async for page in answered:
            payloads = [bytes(record) for record in page.records]
            place = place.after(payloads[-1], cursor)
            if others:
                ends = place.after(payloads[0], cursor), place
                queries = [rows_between(described.name, names, ends, cursor) for names in others]
                payloads = await joined(org, described, payloads, queries)
            seen += len(page.records)
            yield Batch(payloads, place, max(0, page.total_size - seen))


async def joined(org: Org, described: Described, payloads: Sequence[bytes], queries: Sequence[str]) -> list[bytes]:
    """The rows with what other queries say of them, in the order of the fields as one query would send it.

    A row that a query no longer shows was changed or removed meanwhile: it is left to the next run, which meets it.
    """
    whole = {}
    for payload in payloads:
        members = _members(payload)
        whole[bytes(members["Id"])] = members
    for soql in queries:
        met = set()
        async for page in pages(org.rows, org, soql):
            for record in page.records:
                members = _members(bytes(record))
                met.add(bytes(members["Id"]))
                whole.get(bytes(members["Id"]), {}).update(members)
        whole = {id_: members for id_, members in whole.items() if id_ in met}
    names = ["attributes", *described.types]
    return [_spelled(members, names) for members in whole.values()]


def _members(payload: bytes) -> dict[str, msgspec.Raw]:
    return msgspec.json.decode(payload, type=dict[str, msgspec.Raw])


def _spelled(members: dict[str, msgspec.Raw], names: Sequence[str]) -> bytes:
    return b"{%b}" % b",".join(b'"%b":%b' % (name.encode(), members[name]) for name in names if name in members)
