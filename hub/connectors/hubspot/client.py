"""HubSpot's API, request by request. It asks, and understands no more than is needed to ask again."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from hub.connectors.base import Bookmark, Page
from hub.connectors.http import decoded, server_time
from hub.connectors.hubspot.portal import HubSpot
from hub.errors import Unavailable, UnexpectedPayload

T = TypeVar("T")

LIST_LIMIT = 100
"""As many records as a list gives and a batch takes."""
LINK_INPUTS = 1_000
"""As many records as one reading of associations takes."""
SEARCH_LIMIT = 200
MISSING = "OBJECT_NOT_FOUND"
"""The category of what a batch does not find: records that are gone, and records without links."""


class Record(msgspec.Struct, frozen=True):
    """What a search gives of a record."""

    id: str
    properties: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page of a search, and how many records it finds in all."""

    records: list[Record]
    total: int


@dataclass(slots=True, kw_only=True)
class Links:
    """What one record is linked to; `sent` is the whole result that says so, where it is a single one."""

    to: list[msgspec.Raw]
    sent: bytes | None = None


def part(sent: bytes | msgspec.Raw, shape: type[T]) -> T:
    """A part of an answer, as far as it has to be read to go on."""
    try:
        return msgspec.json.decode(sent, type=shape)
    except msgspec.DecodeError as error:
        raise UnexpectedPayload(f"an object that HubSpot sent: {error}") from error


async def properties(source: HubSpot, kind: str) -> tuple[list[str], datetime]:
    """The names of all properties of a type, and HubSpot's clock.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/properties/guide
    """
    response = await source.http.send("GET", f"/crm/properties/{source.version}/{kind}")
    return [each.name for each in decoded(response, _Properties).results], server_time(response)


async def listed(source: HubSpot, path: str, **params: Any) -> AsyncIterator[tuple[list[msgspec.Raw], str | None]]:
    """The pages of a list, and where it goes on after each of them. It is ordered by id."""
    while True:
        response = await source.http.send("GET", path, params={"limit": LIST_LIMIT, **params})
        answer = decoded(response, _Answer)
        after = answer.after()
        yield answer.results, after
        if after is None:
            return
        if after == params.get("after"):
            raise UnexpectedPayload(f"{path}: the list goes on where it began, at {after}")
        params["after"] = after


async def listed_ids(
    source: HubSpot, kind: str, *, after: str | None = None, archived: bool = False
) -> AsyncIterator[tuple[list[str], str | None]]:
    """The ids of all records of a type, a page at a time, and where the list goes on after each.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/guide
    """
    params = {"properties": "hs_object_id", "archived": str(archived).lower()}
    if after is not None:
        params["after"] = after
    async for results, onward in listed(source, f"/crm/objects/{source.version}/{kind}", **params):
        yield [part(result, _Head).id for result in results], onward


async def records(
    source: HubSpot, kind: str, ids: Sequence[str], names: Sequence[str], *, archived: bool = False
) -> dict[str, bytes]:
    """Records with the properties named, by id, as sent. Names stand in the body: a URL has no room for them all.

    A record that was merged away since it was listed comes as its survivor; one that was removed does not come.
    """
    path = f"/crm/objects/{source.version}/{kind}/batch/read"
    params = {"archived": str(archived).lower()}
    found: dict[str, bytes] = {}
    for chunk in _chunks(ids, LIST_LIMIT):
        body = {"inputs": [{"id": each} for each in chunk], "properties": names, "propertiesWithHistory": []}
        answer = decoded(await source.http.send("POST", path, params=params, json=body), _Answer)
        answer.complete(path)
        found |= {part(result, _Head).id: bytes(result) for result in answer.results}
    return found


async def search(
    source: HubSpot, kind: str, filters: Sequence[Mapping[str, str]], names: Sequence[str], limit: int = SEARCH_LIMIT
) -> Found:
    """The first records, by id, that all filters let through. Empty pages may precede them.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm
    """
    path = f"/crm/objects/{source.version}/{kind}/search"
    body: dict[str, Any] = {
        "filterGroups": [{"filters": filters}] if filters else [],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": names,
        "limit": limit,
    }
    while True:
        await source.searches.turn()
        answer = decoded(await source.http.send("POST", path, json=body), _Search)
        after = answer.after()
        if answer.results or after is None or after == body.get("after"):
            return Found(records=answer.results, total=answer.total)
        body["after"] = after


async def links(source: HubSpot, kind: str, to_kind: str, ids: Iterable[str]) -> dict[str, Links]:
    """What each record is linked to, by its id.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/associations/associate-records/guide
    """
    path = f"/crm/associations/{source.version}/{kind}/{to_kind}/batch/read"
    found = {each: Links(to=[]) for each in ids}
    inputs = [{"id": each} for each in found]
    while inputs:
        answer = decoded(await source.http.send("POST", path, json={"inputs": inputs}), _Answer)
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


async def link_pages(kind: str, to_kind: str, source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """The links of all live records. No date of theirs moves when links change, so that all are read each time."""
    labels = source.partner_labels if (kind, to_kind) == ("deals", "companies") else None
    waiting: list[str] = []
    async for ids, onward in listed_ids(source, kind):
        waiting += ids
        if len(waiting) >= LINK_INPUTS or onward is None:
            for chunk in _chunks(waiting, LINK_INPUTS):
                found = await links(source, kind, to_kind, chunk)
                yield Page(payloads=[_links_payload(each, found[each], labels) for each in found], bookmark={})
            waiting = []


async def owner_pages(source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All owners, then the archived ones.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/owners/guide
    """
    for archived in ("false", "true"):
        async for results, _ in listed(source, f"/crm/owners/{source.version}", archived=archived):
            yield Page(payloads=[bytes(result) for result in results], bookmark={})


async def pipeline_pages(source: HubSpot, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    """All pipelines of deals with their stages.

    https://developers.hubspot.com/docs/api-reference/2026-03/crm/pipelines/guide
    """
    response = await source.http.send("GET", f"/crm/pipelines/{source.version}/deals")
    yield Page(payloads=[bytes(result) for result in decoded(response, _Answer).results], bookmark={})


async def count(kind: str, source: HubSpot) -> str:
    """How many live records of a type there are."""
    return f"{(await search(source, kind, (), ('hs_object_id',), limit=1)).total} {kind}"


async def link_count(kind: str, to_kind: str, source: HubSpot) -> str:
    """Of how many records the links are to be read, once those of one of them were."""
    found = await search(source, kind, (), ("hs_object_id",), limit=1)
    await links(source, kind, to_kind, [record.id for record in found.records])
    return f"those of {found.total} {kind}"


async def owner_count(source: HubSpot) -> str:
    """Whether there are owners: their list is not counted."""
    async for results, onward in listed(source, f"/crm/owners/{source.version}"):
        return f"{len(results)} owners" if onward is None else f"more than {len(results)} owners"
    raise AssertionError("a list has a first page")  # pragma: no cover


async def pipeline_count(source: HubSpot) -> str:
    """How many pipelines of deals there are."""
    return "".join([f"{len(page.payloads)} pipelines" async for page in pipeline_pages(source, None)])


class _Next(msgspec.Struct, frozen=True):
    after: str | int


class _Paging(msgspec.Struct, frozen=True):
    next: _Next | None = None


class _Paged(msgspec.Struct, frozen=True, kw_only=True):
    paging: _Paging | None = None

    def after(self) -> str | None:
        onward = self.paging.next if self.paging else None
        return None if onward is None else str(onward.after)


class _Failure(msgspec.Struct, frozen=True):
    category: str | None = None


class _Answer(_Paged, frozen=True, kw_only=True):
    results: list[msgspec.Raw]
    status: str = "COMPLETE"
    errors: list[_Failure] = []

    def complete(self, path: str) -> None:
        """Raise where the batch left something out that is there: then it must not pass for gone."""
        if self.status != "COMPLETE":
            raise Unavailable(f"{path}: the batch is {self.status}")
        for failure in self.errors:
            if failure.category != MISSING:
                raise Unavailable(f"{path}: a part of the batch failed: {failure.category}")


class _Search(_Paged, frozen=True, kw_only=True):
    results: list[Record]
    total: int


class _Property(msgspec.Struct, frozen=True):
    name: str


class _Properties(msgspec.Struct, frozen=True):
    results: list[_Property]


class _Head(msgspec.Struct, frozen=True):
    id: str


class _Linked(_Paged, frozen=True, kw_only=True):
    source: _Head = msgspec.field(name="from")
    to: list[msgspec.Raw]


def _links_payload(from_id: str, found: Links, labels: Sequence[str] | None) -> bytes:
    """The result as sent, where it is a single one and nothing is to be added to it."""
    if found.sent is not None and labels is None:
        return found.sent
    payload: dict[str, Any] = {"from": {"id": from_id}, "to": found.to}
    return msgspec.json.encode(payload if labels is None else payload | {"partnerLabels": labels})


def _chunks(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))
