"""HubSpot's records, request by request. It asks, and understands no more than is needed to ask again."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import httpx
import msgspec

from hub.connectors.hubspot.answers import Answer, Head, Rows, SearchAnswer, part
from hub.connectors.hubspot.mapping.merges import taken_in
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.response import decoded, server_time
from hub.errors import UnexpectedPayload

T = TypeVar("T")

LIST_LIMIT = 100
"""As many records as a list gives and a batch takes."""
SEARCH_LIMIT = 200
NAMES_IN_AN_ADDRESS = 6_000
"""Characters. Addresses have room for some 16,000 at HubSpot, and for 8,000 at many proxies."""
NAMES_IN_A_BODY = 30_000
"""Characters. No limit is documented; an account with a thousand properties of its own comes close."""


MERGED = "hs_merged_object_ids"


class _Property(msgspec.Struct, frozen=True):
    name: str
    type: str


class _Properties(msgspec.Struct, frozen=True):
    results: list[_Property]


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/properties/guide
async def properties(source: HubSpot, kind: str) -> tuple[Mapping[str, str], datetime]:
    """All properties of a type with HubSpot's words for their types, and HubSpot's clock."""
    response = await source.asked("GET", f"/crm/properties/{source.version}/{kind}")
    fields = {each.name: each.type for each in decoded(response, _Properties).results}
    source.known_fields[kind] = fields
    return fields, server_time(response)


async def known_properties(source: HubSpot, kind: str) -> Mapping[str, str]:
    """The same, as they were when they were asked for last."""
    return source.known_fields.get(kind) or (await properties(source, kind))[0]


async def listed(
    source: HubSpot, path: str, **params: Any
) -> AsyncGenerator[tuple[Sequence[msgspec.Raw], str | None], None]:
    """The pages of a list, and where it goes on after each of them. It is ordered by id."""
    async for _, answer in _answers(source, path, params):
        yield answer.results, answer.after()


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/guide
async def listed_ids(
    source: HubSpot, kind: str, *, after: str | None = None, archived: bool = False
) -> AsyncGenerator[tuple[list[str], str | None], None]:
    """The ids of all records of a type, a page at a time, and where the list goes on after each."""
    params = _list_params(("hs_object_id",), after, archived=archived)
    async for results, onward in listed(source, f"/crm/objects/{source.version}/{kind}", **params):
        yield [part(result, Head).id for result in results], onward


async def listed_records(
    source: HubSpot, kind: str, names: Sequence[str], *, after: str | None = None, archived: bool = False
) -> AsyncGenerator[tuple[Rows, str | None], None]:
    """All records of a type with the properties named, which must fit into an address, as `listed_ids` has them."""
    params = _list_params(names, after, archived=archived)
    async for response, answer in _answers(source, f"/crm/objects/{source.version}/{kind}", params):
        yield Rows.of(response, answer.results), answer.after()


def fit_into_an_address(names: Sequence[str]) -> bool:
    """Whether a list can be asked for these properties, or their names need a body."""
    return sum(len(name) + len("%2C") for name in names) <= NAMES_IN_AN_ADDRESS


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/guide
async def records(
    source: HubSpot, kind: str, ids: Sequence[str], names: Sequence[str], *, archived: bool = False
) -> Rows:
    """Records with the properties named, as sent.

    A record that was merged away since it was listed comes as its survivor; one that HubSpot says is not there does
    not come. Raises Unavailable where it is silent about one.
    """
    found = Rows()
    for chunk in chunks(ids, LIST_LIMIT):
        rows: Rows | None = None
        for some in _names_by_body(names):
            more = await _batch(source, kind, chunk, _with_merged(some, names), archived=archived)
            rows = more if rows is None else rows.with_more(more)
        if rows is not None:
            found.payloads.update(rows.payloads)
            found.merged.update(rows.merged)
    return found


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/search-the-crm
async def search(
    source: HubSpot,
    kind: str,
    filters: Sequence[Mapping[str, str]],
    names: Sequence[str],
    *,
    limit: int = SEARCH_LIMIT,
    after: str | None = None,
) -> SearchAnswer:
    """The first records, by id, that all filters let through; from `after` on. Empty pages may precede them."""
    path = f"/crm/objects/{source.version}/{kind}/search"
    body: dict[str, Any] = {
        "filterGroups": [{"filters": filters}] if filters else [],
        "sorts": [{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        "properties": names,
        "limit": limit,
    }
    if after is not None:
        body["after"] = after
    while True:
        await source.searches.turn()
        answer = decoded(await source.asked("POST", path, json=body), SearchAnswer)
        onward = answer.after()
        if answer.results or onward is None:
            return answer
        if onward == body.get("after"):
            raise UnexpectedPayload(f"{path}: the search goes on where it began, at {onward}")
        body["after"] = onward


async def count(kind: str, source: HubSpot) -> str:
    """How many live records of a type there are."""
    return f"{(await search(source, kind, (), ('hs_object_id',), limit=1)).total} {kind}"


def chunks(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """The same in portions."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


async def _answers(
    source: HubSpot, path: str, params: Mapping[str, Any]
) -> AsyncGenerator[tuple[httpx.Response, Answer], None]:
    after = params.get("after")
    while True:
        given = params if after is None else {**params, "after": after}
        response = await source.asked("GET", path, params={"limit": LIST_LIMIT, **given})
        answer = decoded(response, Answer)
        yield response, answer
        onward = answer.after()
        if onward is None:
            return
        if onward == after:
            raise UnexpectedPayload(f"{path}: the list goes on where it began, at {after}")
        after = onward


def _list_params(names: Iterable[str], after: str | None, *, archived: bool) -> dict[str, str]:
    params = {"properties": ",".join(names), "archived": str(archived).lower()}
    return params if after is None else {**params, "after": after}


async def _batch(source: HubSpot, kind: str, ids: Sequence[str], names: Sequence[str], *, archived: bool) -> Rows:
    path = f"/crm/objects/{source.version}/{kind}/batch/read"
    body = {"inputs": [{"id": each} for each in ids], "properties": names, "propertiesWithHistory": []}
    response = await source.asked("POST", path, params={"archived": str(archived).lower()}, json=body)
    answer = decoded(response, Answer)
    rows = Rows.of(response, answer.results)
    answer.check(path, ids, [{each, *taken_in(merged)} for each, merged in rows.merged.items()])
    return rows


def _names_by_body(names: Sequence[str]) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for name in names:
        if held and size + len(name) > NAMES_IN_A_BODY:
            yield held
            held, size = [], 0
        held.append(name)
        size += len(name)
    yield held


def _with_merged(some: list[str], names: Sequence[str]) -> list[str]:
    """Each part of the names asks whom a survivor stands for."""
    return [*some, MERGED] if MERGED in names and MERGED not in some else some
