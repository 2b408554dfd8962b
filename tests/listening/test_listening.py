import asyncio
from contextlib import suppress

import httpx
import pytest

from hub.errors import ConfigurationError
from hub.listening import Drain, listener_on, listening


async def hello(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})


async def until_closing(http: httpx.AsyncClient, url: str, answers: list[httpx.Response]) -> None:
    """Ask on one connection as fast as it goes, until an answer says that the connection is closed."""
    while True:
        answers.append(await http.get(url))
        if answers[-1].headers.get("connection") == "close":
            return


async def test_clients_that_are_asking_when_the_server_ends_lose_no_request():
    drain = Drain(idle=20)
    clients = [httpx.AsyncClient() for _ in range(8)]
    answers: list[httpx.Response] = []
    async with listening(hello, listener_on("127.0.0.1", 0), drain) as url:
        asking = [asyncio.create_task(until_closing(http, url, answers)) for http in clients]
        while len(answers) < 100:  # noqa: ASYNC110 - a condition, polled
            await asyncio.sleep(0)
    await asyncio.gather(*asking, *(http.aclose() for http in clients))

    assert {answer.text for answer in answers} == {"hello"}
    assert sum(answer.headers.get("connection") == "close" for answer in answers) == len(clients)


async def test_while_it_drains_new_clients_are_answered_until_the_delay_is_over():
    drain = Drain(delay=0.5)
    said: list[str] = []

    async def ask(url: str) -> None:
        await drain.started.wait()
        async with httpx.AsyncClient() as http:
            said.append((await http.get(url)).headers["connection"])

    async with listening(hello, listener_on("127.0.0.1", 0), drain) as url:
        asking = asyncio.create_task(ask(url))
        await asyncio.sleep(0)
    await asking

    assert said == ["close"]
    async with httpx.AsyncClient() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


async def test_an_open_request_is_answered_to_its_end():
    began, finish = asyncio.Event(), asyncio.Event()

    async def slow(scope, receive, send):
        began.set()
        await finish.wait()
        await hello(scope, receive, send)

    drain = Drain()

    async def finish_later() -> None:
        await drain.started.wait()
        finish.set()

    async with httpx.AsyncClient() as http:
        async with listening(slow, listener_on("127.0.0.1", 0), drain) as url:
            asking = asyncio.create_task(http.get(url))
            finishing = asyncio.create_task(finish_later())
            await began.wait()
        answer = await asking
        await finishing

    assert (answer.text, answer.headers["connection"]) == ("hello", "close")


async def test_a_request_that_does_not_end_is_cut_off_when_patience_is_over():
    ended = asyncio.Event()
    began = asyncio.Event()

    async def endless(scope, receive, send):
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with httpx.AsyncClient() as http:
        async with listening(endless, listener_on("127.0.0.1", 0), Drain(patience=0)) as url:
            asking = asyncio.create_task(http.get(url))
            await began.wait()
        with suppress(httpx.HTTPError):
            await asking

    assert ended.is_set()


def test_a_port_that_is_taken_is_told():
    with listener_on("127.0.0.1", 0) as taken, pytest.raises(ConfigurationError, match="Choose another port"):
        listener_on("127.0.0.1", taken.getsockname()[1])
