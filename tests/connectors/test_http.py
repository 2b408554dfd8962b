import asyncio
import gzip
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import httpx
import msgspec
import pytest

from hub.connectors import http
from hub.connectors.http import Http, opened
from hub.connectors.rate import Rate
from hub.connectors.response import chunks, decoded
from hub.errors import AuthError, Forbidden, Lost, QuotaExhausted, Unavailable, UnexpectedPayload
from tests.connectors.clock import Clock

URL = "https://crm.example"


def client(
    answer: Callable[[httpx.Request], httpx.Response], clock: Clock | None = None, **options
) -> AbstractAsyncContextManager[Http]:
    clock = clock or Clock()
    rate = Rate(1000, 1000, clock=clock, sleep=clock.sleep)
    return opened(URL, rate=rate, transport=httpx.MockTransport(answer), sleep=clock.sleep, **options)


def one_after_another(*responses: httpx.Response) -> Callable[[httpx.Request], httpx.Response]:
    left = iter(responses)
    return lambda request: next(left)


async def test_an_answer_comes_back_whole():
    async with client(lambda request: httpx.Response(200, json={"path": request.url.path})) as crm:
        response = await crm.send("GET", "/rows", params={"q": "a b"})
    assert decoded(response, dict) == {"path": "/rows"}


async def test_a_compressed_answer_is_unpacked():
    body = gzip.compress(b'{"rows": []}')
    async with client(lambda _: httpx.Response(200, content=body, headers={"Content-Encoding": "gzip"})) as crm:
        assert (await crm.send("GET", "/rows")).content == b'{"rows": []}'


async def test_json_and_headers_are_sent():
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[request.method, msgspec.json.decode(request.content), request.headers["X-A"]])

    async with client(echo) as crm:
        response = await crm.send("POST", "/search", json={"limit": 1}, headers={"X-A": "b"})
    assert response.json() == ["POST", {"limit": 1}, "b"]


async def test_a_passing_failure_is_tried_again_after_a_growing_pause():
    clock = Clock()
    answers = one_after_another(httpx.Response(503), httpx.Response(502), httpx.Response(200, json=[]))
    async with client(answers, clock) as crm:
        assert (await crm.send("GET", "/rows")).status_code == 200
    assert 0.5 <= clock.naps[0] <= 1
    assert 1 <= clock.naps[1] <= 2


async def test_a_lasting_failure_ends_after_a_few_attempts():
    requests = []

    def down(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(500)

    async with client(down) as crm:
        with pytest.raises(Unavailable, match=r"GET crm\.example/rows answered 500"):
            await crm.send("GET", "/rows")
    assert len(requests) == http.ATTEMPTS


async def test_a_cut_connection_is_a_passing_failure():
    def cut(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("gone", request=request)

    async with client(cut) as crm:
        with pytest.raises(Unavailable, match="ReadError"):
            await crm.send("GET", "/rows")


async def test_the_source_says_how_long_to_wait():
    clock = Clock()
    answers = one_after_another(httpx.Response(429, headers={"Retry-After": "40"}), httpx.Response(200, json=[]))
    async with client(answers, clock) as crm:
        await crm.send("GET", "/rows")
    assert clock.naps == [40]


async def test_nobody_waits_for_an_hour():
    clock = Clock()
    async with client(lambda _: httpx.Response(503, headers={"Retry-After": "3600"}), clock) as crm:
        with pytest.raises(Unavailable) as caught:
            await crm.send("GET", "/rows")
    assert caught.value.retry_after == 3600
    assert clock.naps == []


async def test_an_exhausted_quota_is_not_tried_again():
    requests = []

    def metered(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(429)

    async with client(metered, refusal=lambda _: QuotaExhausted("daily")) as crm:
        with pytest.raises(QuotaExhausted):
            await crm.send("GET", "/rows")
    assert len(requests) == 1


async def test_a_refusal_that_the_vendor_does_not_mean_is_an_answer():
    async with client(lambda _: httpx.Response(404, json={}), refusal=lambda _: None) as crm:
        assert (await crm.send("GET", "/rows")).status_code == 404


async def test_a_page_for_people_is_no_answer():
    async with client(lambda _: httpx.Response(200, html="<h1>Maintenance</h1>")) as crm:
        with pytest.raises(Unavailable, match="a page for people"):
            await crm.send("GET", "/rows")


async def test_redirects_are_not_followed():
    async with client(lambda _: httpx.Response(302, headers={"Location": "https://evil.example"})) as crm:
        with pytest.raises(Unavailable, match="302"):
            await crm.send("GET", "/rows")


async def test_an_endless_answer_is_cut_off(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_BODY", 10)
    async with client(lambda _: httpx.Response(200, content=b"x" * 11)) as crm:
        with pytest.raises(UnexpectedPayload, match="more than 10 bytes"):
            await crm.send("GET", "/rows")


async def test_a_proxy_is_not_asked_about_this_machine(monkeypatch):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
        await writer.drain()
        writer.close()

    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, opened(f"http://127.0.0.1:{port}", rate=Rate(1, 1)) as crm:
        assert (await crm.send("GET", "/rows")).content == b"[]"


async def test_what_changes_something_is_sent_again_only_where_nothing_was_done():
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if len(asked) == 1:
            raise httpx.ConnectError("not there yet")
        return httpx.Response(429) if len(asked) == 2 else httpx.Response(200, json={})

    async with client(answer) as crm:
        assert (await crm.write("PATCH", "/rows", json={"a": 1})).status_code == 200
    assert [request.content for request in asked] == [b'{"a":1}'] * 3


@pytest.mark.parametrize("failure", [502, 302, "page", "cut off"])
async def test_what_may_have_been_changed_is_not_sent_again(failure):
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if failure == "cut off":
            raise httpx.ReadError("cut off")
        if failure == "page":
            return httpx.Response(200, html="<h1>Maintenance</h1>")
        return httpx.Response(failure)

    async with client(answer) as crm:
        with pytest.raises(Lost):
            await crm.write("PATCH", "/rows", json={})
    assert len(asked) == 1


@pytest.mark.parametrize("status", [400, 404, 409, 412])
async def test_a_refusal_of_what_is_written_comes_back_with_its_reasons(status):
    async with client(lambda _: httpx.Response(status, json=["why"])) as crm:
        assert (await crm.write("PATCH", "/rows", json={})).json() == ["why"]


async def torn():
    yield b"Id\n001\n"
    raise httpx.ReadError("reset by peer")


async def test_a_body_is_handed_on_as_it_arrives():
    answer = one_after_another(httpx.Response(503), httpx.Response(200, text="Id\n001\n", headers={"Rows": "1"}))
    async with client(answer) as crm, crm.stream("/results", params={"maxRecords": "1"}) as response:
        assert response.headers["Rows"] == "1"
        assert b"".join([chunk async for chunk in chunks(response)]) == b"Id\n001\n"


async def test_a_body_that_is_cut_is_a_failure_for_now():
    async with client(lambda _: httpx.Response(200, content=torn())) as crm, crm.stream("/results") as response:
        with pytest.raises(Unavailable, match="ReadError"):
            _ = [chunk async for chunk in chunks(response)]


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(404), Forbidden),
        (httpx.Response(401), AuthError),
        (httpx.Response(204), None),
        (httpx.Response(200, html="<h1>Maintenance</h1>"), Unavailable),
    ],
)
async def test_what_is_no_body_to_stream_means_what_it_means_elsewhere(response: httpx.Response, error: type | None):
    async with client(lambda _: response) as crm:
        if error is None:
            async with crm.stream("/results") as answer:
                assert [chunk async for chunk in chunks(answer)] == []
            return
        with pytest.raises(error):
            async with crm.stream("/results"):
                pass


async def test_a_form_is_posted_once_whatever_comes_back():
    asked = []

    def busy(request: httpx.Request) -> httpx.Response:
        asked.append(request.content)
        return httpx.Response(503)

    async with client(busy) as crm:
        with pytest.raises(Unavailable):
            await crm.exchange("/token", {"refresh_token": "only once"})
    assert asked == [b"refresh_token=only+once"]


@pytest.mark.parametrize("body", [b"", b'{"rows": ['])
async def test_a_body_that_ends_too_early_is_asked_for_again(body: bytes):
    torn = httpx.Response(200, content=body, headers={"Content-Type": "application/json;charset=UTF-8"})
    async with client(one_after_another(torn, httpx.Response(200, json={"rows": []}))) as crm:
        assert decoded(await crm.send("GET", "/rows"), dict) == {"rows": []}


async def test_nothing_at_all_is_no_answer_to_a_question():
    async with client(lambda _: httpx.Response(200)) as crm:
        with pytest.raises(Unavailable, match="not JSON"):
            await crm.send("GET", "/rows")


async def test_what_is_no_json_is_not_taken_for_half_of_it():
    async with client(lambda _: httpx.Response(200, text="Id,Name")) as crm:
        assert (await crm.send("GET", "/rows")).text == "Id,Name"


async def dripping():
    yield b"["
    await asyncio.Event().wait()


async def test_an_answer_that_never_ends_is_given_up_as_a_whole(monkeypatch):
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.01)
    async with client(lambda _: httpx.Response(202, content=dripping())) as crm:
        with pytest.raises(Unavailable, match="TimeoutError"):
            await crm.send("GET", "/rows")
        with pytest.raises(Unavailable, match="TimeoutError"):
            async with crm.stream("/rows"):
                pass


async def test_what_is_written_into_silence_is_lost_and_a_form_too(monkeypatch):
    monkeypatch.setattr(http, "LONGEST_ANSWER", 0.01)
    monkeypatch.setattr(http, "LONGEST_EXCHANGE", 0.01)
    async with client(lambda _: httpx.Response(200, content=dripping())) as crm:
        with pytest.raises(Lost):
            await crm.write("PATCH", "/rows", json={})
        with pytest.raises(Lost):
            await crm.exchange("/token", {})


@pytest.mark.parametrize(("seconds", "is_enough"), [(50, True), (70, False)])
async def test_a_body_that_drips_is_given_up(seconds: float, is_enough: bool):  # noqa: FBT001 - a case
    clock = Clock()

    async def body():
        for _ in range(2):
            clock.now += seconds / 2
            yield b"x" * 1000

    async with client(lambda _: httpx.Response(200, content=body())) as crm, crm.stream("/results") as response:
        arriving = chunks(response, clock=clock)
        if is_enough:
            assert len([chunk async for chunk in arriving]) == 2
            return
        with pytest.raises(Unavailable, match="2000 bytes in 70 seconds"):
            _ = [chunk async for chunk in arriving]


async def test_the_time_that_its_reader_takes_is_not_held_against_a_source():
    clock = Clock()
    body = [b"x"] * 5

    async def arriving():
        for each in body:
            yield each

    async with client(lambda _: httpx.Response(200, content=arriving())) as crm, crm.stream("/results") as response:
        async for _ in chunks(response, clock=clock):
            clock.now += 1000
