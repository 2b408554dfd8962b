"""The contract of all connectors. Beside its fixtures each has a `wire.py`: the vendor, answering from them.

`wire.payloads(stream)` are the objects recorded; `wire.opened(answer, sleep)` is a source whose every request
is answered by `answer`; `wire.answer` answers from the fixtures. A connector that reads no network has
`wire.opened()` only.
"""

from decimal import Decimal
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx
import msgspec
import pytest

from hub.connectors.base import Connector, Page, Stream
from hub.connectors.registry import CONNECTORS
from hub.errors import AuthError

decoded = msgspec.json.Decoder(float_hook=Decimal).decode

EVERY_CONNECTOR = [pytest.param(connector, id=connector.name) for connector in CONNECTORS.values()]
EVERY_STREAM = [
    pytest.param(connector, stream, id=f"{connector.name}-{stream.name}")
    for connector in CONNECTORS.values()
    for stream in connector.streams
]


FOLDERS = {"file": "files"}
"""Of the connectors that are not called like their folder."""


def wire(connector: Connector[Any]) -> ModuleType:
    return import_module(f".{FOLDERS.get(connector.name, connector.name)}.wire", __package__)


ON_THE_NETWORK = [
    pytest.param(connector, id=connector.name)
    for connector in CONNECTORS.values()
    if hasattr(wire(connector), "answer")
]


def source(connector: Connector[Any]) -> Any:
    vendor = wire(connector)
    return vendor.opened(vendor.answer) if hasattr(vendor, "answer") else vendor.opened()


def keys(stream: Stream[Any], page: Page) -> list[str]:
    return [stream.key(decoded(payload)) for payload in page.payloads]


def recorded_keys(connector: Connector[Any], stream: Stream[Any]) -> list[str]:
    return sorted(stream.key(decoded(msgspec.json.encode(one))) for one in wire(connector).payloads(stream.name))


@pytest.mark.parametrize("connector", EVERY_CONNECTOR)
def test_streams_have_names_of_their_own(connector):
    names = [stream.name for stream in connector.streams]
    assert len(names) == len(set(names)) > 0


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
async def test_every_recorded_page_is_read_and_then_it_stops(connector, stream):
    async with source(connector) as opened:
        pages = [page async for page in stream.pages(opened, None)]
    read = [key for page in pages for key in keys(stream, page)]
    assert sorted(read) == recorded_keys(connector, stream) != []


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
async def test_every_recorded_payload_says_something_of_the_streams_kind(connector, stream):
    async with source(connector) as opened:
        payloads = [decoded(one) async for page in stream.pages(opened, None) for one in page.payloads]
    for payload in payloads:
        records = list(stream.to_records(payload))
        assert any(isinstance(record, stream.record) for record in records)
        assert all(record.external_id for record in records)


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
def test_a_payload_without_its_id_is_refused(connector, stream):
    with pytest.raises((KeyError, ValueError, TypeError)):
        stream.key({})


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
async def test_a_new_field_is_told_from_those_heard_of_and_spoils_nothing(connector, stream):
    async with source(connector) as opened:
        payloads = [decoded(one) async for page in stream.pages(opened, None) for one in page.payloads]
    assert "brandNew" not in stream.fields
    for payload in payloads:
        assert not stream.fields or payload.keys() <= stream.fields
        assert list(stream.to_records({**payload, "brandNew": 1}))


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
async def test_it_resumes_from_any_bookmark_without_losing_a_row(connector, stream):
    async with source(connector) as opened:
        pages = [page async for page in stream.pages(opened, None)]
        for stop in range(1, len(pages) + 1):
            before = {key for page in pages[:stop] for key in keys(stream, page)}
            after = {key async for page in stream.pages(opened, pages[stop - 1].bookmark) for key in keys(stream, page)}
            assert sorted(before | after) == recorded_keys(connector, stream)


@pytest.mark.parametrize(("connector", "stream"), EVERY_STREAM)
async def test_bookmarks_survive_json(connector, stream):
    async with source(connector) as opened:
        async for page in stream.pages(opened, None):
            assert msgspec.json.decode(msgspec.json.encode(page.bookmark)) == page.bookmark


@pytest.mark.parametrize("connector", EVERY_CONNECTOR)
async def test_every_stream_is_reported_on_in_order(connector):
    async with source(connector) as opened:
        reports = [report async for report in connector.report(opened)]
    assert [report.stream for report in reports] == [stream.name for stream in connector.streams]
    assert all(report.readable for report in reports)


@pytest.mark.parametrize("connector", ON_THE_NETWORK)
async def test_refused_credentials_mean_reconnect_and_are_not_tried_again_and_again(connector):
    requests = []

    def refused(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(401, json={"error": "invalid_client", "message": "no"})

    with pytest.raises(AuthError):
        async with wire(connector).opened(refused) as opened:
            await anext(connector.streams[0].pages(opened, None))
    assert len(requests) <= 2


@pytest.mark.parametrize("connector", ON_THE_NETWORK)
async def test_retry_after_is_honored(connector):
    vendor, told, waits = wire(connector), [], []

    def busy_at_first(request: httpx.Request) -> httpx.Response:
        if request.url.path not in told:
            told.append(request.url.path)
            return httpx.Response(429, headers={"Retry-After": "17"})
        return vendor.answer(request)

    async def noted(seconds: float) -> None:
        waits.append(seconds)

    stream = connector.streams[0]
    async with vendor.opened(busy_at_first, noted) as opened:
        pages = [page async for page in stream.pages(opened, None)]
    assert sorted(key for page in pages for key in keys(stream, page)) == recorded_keys(connector, stream)
    assert len([wait for wait in waits if wait >= 17]) == len(told)
