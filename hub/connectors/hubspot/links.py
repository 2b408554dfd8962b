"""What records are linked to. No date of theirs moves when links change, so that all are read each time."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from hub.connectors.base import Bookmark, Page
from hub.connectors.http import decoded
from hub.connectors.hubspot.ahead import gathered, in_order, portions
from hub.connectors.hubspot.answers import Answer, Head, Paged, part
from hub.connectors.hubspot.client import chunks, listed_ids, search
from hub.connectors.hubspot.portal import HubSpot

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


async def link_pages(kind: str, to_kind: str, source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """The links of all live records."""

    async def page(ids: list[str]) -> list[Page]:
        return [await _page(source, (kind, to_kind), chunk) for chunk in chunks(ids, LINK_INPUTS)]

    listed = (ids async for ids, _ in listed_ids(source, kind))
    async for pages in in_order(gathered(listed, LINK_INPUTS), page):
        for each in pages:
            yield each


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
    inputs = [{"id": each} for each in found]
    while inputs:
        answer = decoded(await source.asked("POST", path, json={"inputs": inputs}), Answer)
        answer.complete(path)
        inputs = []
        for result in answer.results:
            linked = part(result, _Linked)
            onward = linked.after()
            known = found.get(linked.source.id)
            if known is None:
                # The survivor of a record that was merged away since it was listed: the next reading lists it.
                continue
            known.sent = bytes(result) if onward is None and not known.to else None
            known.to += linked.to
            if onward is not None:
                inputs.append({"id": linked.source.id, "after": onward})
    return found


async def link_count(kind: str, to_kind: str, source: HubSpot) -> str:
    """Of how many records the links are to be read, once those of one of them were."""
    found = await search(source, kind, (), ("hs_object_id",), limit=1)
    await links(source, kind, to_kind, [record.id for record in found.results])
    return f"those of {found.total} {kind}"


async def _page(source: HubSpot, ends: tuple[str, str], ids: Sequence[str]) -> Page:
    labels = source.partner_labels if ends == ("deals", "companies") else None
    found = await links(source, *ends, ids)
    return Page(payloads=[_payload(each, found[each], labels) for each in found], bookmark={})


def _payload(from_id: str, found: Links, labels: Sequence[str] | None) -> bytes:
    """The result as sent, where it is a single one and nothing is to be added to it."""
    if found.sent is not None and labels is None:
        return found.sent
    payload: dict[str, Any] = {"from": {"id": from_id}, "to": found.to}
    return msgspec.json.encode(payload if labels is None else payload | {"partnerLabels": labels})
