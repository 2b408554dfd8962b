"""What records are linked to.

No date of theirs moves when links change: now and then all are read, and in between those of records that changed.
"""

from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from hub.connectors.base import Bookmark, Page
from hub.connectors.hubspot.ahead import gathered, in_order, portions
from hub.connectors.hubspot.answers import Answer, Head, Paged, part
from hub.connectors.hubspot.client import LIST_LIMIT, chunks, listed_ids, properties, search
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.hubspot.search import Changed, Kind, Window, changed, window
from hub.connectors.response import decoded
from hub.errors import UnexpectedPayload

Onward = dict[str, str | None]
"""Where the links of each record go on."""

WHOLE_FOR = timedelta(days=1)
"""How long an association may stay unnoticed that came or went without its record, and of which no webhook told."""
LINK_INPUTS = 1_000
"""As many records as one reading of associations takes."""


@dataclass(slots=True, kw_only=True)
class Links:
    """What one record is linked to; `sent` is the whole result that says so, where it is a single one."""

    to: list[msgspec.Raw]
    sent: bytes | None = None


class _Linked(Paged, frozen=True, kw_only=True):
    source: Head = msgspec.field(name="from")
    to: list[msgspec.Raw]


async def link_pages(
    kind: Kind, to_kind: str, source: HubSpot, bookmark: Bookmark | None
) -> AsyncGenerator[Page, None]:
    """The links of all live records; from a bookmark on, of those that changed since."""
    _, now = await properties(source, kind.name)
    found = _all_live(source, kind, now) if bookmark is None else changed(source, kind, window(bookmark), now)

    async def page(portion: Changed) -> Page:
        ids, onward = portion
        return await _page(source, (kind.name, to_kind), ids, onward)

    async for each in in_order(found, page):
        yield each


async def _all_live(source: HubSpot, kind: Kind, now: datetime) -> AsyncGenerator[Changed, None]:
    listed = (ids async for ids, _ in listed_ids(source, kind.name))
    async for ids in gathered(listed, LINK_INPUTS - LIST_LIMIT + 1):
        yield ids, Window(since=now)


async def links_among(kind: str, to_kind: str, source: HubSpot, ids: Sequence[str]) -> AsyncGenerator[Page, None]:
    """The links of these records; those that are gone have none."""

    async def page(chunk: Sequence[str]) -> Page:
        return await _page(source, (kind, to_kind), chunk)

    async for each in in_order(portions(chunks(ids, LINK_INPUTS)), page):
        yield each


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/associations/associate-records/guide
async def links(source: HubSpot, kind: str, to_kind: str, ids: Iterable[str]) -> dict[str, Links]:
    """What each record is linked to, by its id."""
    path = f"/crm/associations/{source.version}/{kind}/{to_kind}/batch/read"
    found = {each: Links(to=[]) for each in ids}
    asked: Onward = dict.fromkeys(found)
    while asked:
        asked = await _read(source, path, asked, found)
    return found


async def _read(source: HubSpot, path: str, asked: Onward, found: Mapping[str, Links]) -> Onward:
    """Add the links of these records, each from a place on, to those found, and tell where they go on.

    Only HubSpot's word that a record has no links means that: raises Unavailable where it does not speak of one.
    """
    inputs = [{"id": each} if after is None else {"id": each, "after": after} for each, after in asked.items()]
    answer = decoded(await source.asked("POST", path, json={"inputs": inputs}), Answer)
    results = [(part(result, _Linked), bytes(result)) for result in answer.results]
    answer.check(path, asked, [{linked.source.id} for linked, _ in results])
    onward: Onward = {}
    for linked, sent in results:
        one, after = linked.source.id, linked.after()
        if one not in asked:
            # The survivor of a record that was merged away since it was listed: the next reading lists it.
            continue
        known = found[one]
        known.sent = sent if after is None and not known.to else None
        known.to += linked.to
        if after is None:
            continue
        if after == asked[one]:
            raise UnexpectedPayload(f"{path}: the links of a record go on where they began, at {after}")
        onward[one] = after
    return onward


async def link_count(kind: str, to_kind: str, source: HubSpot) -> str:
    """Of how many records the links are to be read, once those of one of them were."""
    found = await search(source, kind, (), ("hs_object_id",), limit=1)
    await links(source, kind, to_kind, [record.id for record in found.results])
    return f"those of {found.total} {kind}"


async def _page(source: HubSpot, ends: tuple[str, str], ids: Sequence[str], onward: Window | None = None) -> Page:
    """The links of at most LINK_INPUTS records."""
    labels = source.partner_labels if ends == ("deals", "companies") else None
    found = await links(source, *ends, ids)
    bookmark = {} if onward is None else msgspec.to_builtins(onward)
    return Page(payloads=[_payload(each, found[each], labels) for each in found], bookmark=bookmark)


def _payload(from_id: str, found: Links, labels: Sequence[str] | None) -> bytes:
    """The result as sent, where it is a single one and nothing is to be added to it."""
    if found.sent is not None and labels is None:
        return found.sent
    payload: dict[str, Any] = {"from": {"id": from_id}, "to": found.to}
    return msgspec.json.encode(payload if labels is None else payload | {"partnerLabels": labels})
