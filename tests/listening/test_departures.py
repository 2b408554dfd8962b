import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from hub.listening import Drain, listener_on, listening
from hub.listening.departures import ClientGone, Departures


@dataclass
class Slow:
    """An app that answers when it is told to, and says what became of its requests."""

    departures: Departures = field(default_factory=Departures)
    answer: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    fates: asyncio.Queue = field(default_factory=asyncio.Queue)

    async def __call__(self, scope, receive, send):
        while (await receive())["more_body"]:
            pass
        task = self.departures.entered(receive)
        try:
            try:
                self.began.set()
                await self.answer.wait()
            finally:
                self.departures.left(task)
        except (ClientGone, asyncio.CancelledError) as fate:
            self.fates.put_nowait(type(fate))
            return
        self.fates.put_nowait(None)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


@asynccontextmanager
async def serving(app: Slow) -> AsyncIterator[str]:
    async with listening(app, listener_on("127.0.0.1", 0), Drain(patience=1)) as url:
        yield url


async def fate(app: Slow) -> object:
    return await asyncio.wait_for(app.fates.get(), 20)


async def test_a_request_is_cancelled_when_its_client_leaves():
    app = Slow()
    async with serving(app) as url, httpx.AsyncClient() as http:
        asking = asyncio.create_task(http.post(url, content=b"x" * 100_000))
        await app.began.wait()
        asking.cancel()

        assert await fate(app) is ClientGone
        assert app.departures.watched == 0


async def test_a_slow_request_whose_client_stays_is_answered():
    app = Slow()
    async with serving(app) as url, httpx.AsyncClient() as http:
        asking = asyncio.create_task(http.get(url))
        async with asyncio.timeout(20):
            while not app.departures.watched:  # noqa: ASYNC110 - a condition, polled
                await asyncio.sleep(0.01)
        app.answer.set()
        again = await http.get(url)

        assert ((await asking).status_code, again.status_code) == (204, 204)
        assert (await fate(app), await fate(app)) == (None, None)
        assert app.departures.watched == 0


async def test_clients_that_leave_do_not_take_others_with_them():
    app = Slow()
    async with serving(app) as url, httpx.AsyncClient() as leaving, httpx.AsyncClient() as staying:
        left = [asyncio.create_task(leaving.get(url)) for _ in range(5)]
        stayed = asyncio.create_task(staying.get(url))
        await app.began.wait()
        async with asyncio.timeout(20):
            while app.departures.watched < 6:  # noqa: ASYNC110 - a condition, polled
                await asyncio.sleep(0.01)
        for task in left:
            task.cancel()
        assert [await fate(app) for _ in left] == [ClientGone] * 5
        app.answer.set()

        assert (await stayed).status_code == 204


async def test_a_request_that_is_cancelled_for_another_reason_says_so():
    departures = Departures()

    async def never():
        await asyncio.Event().wait()

    async def request():
        task = departures.entered(never)
        try:
            await asyncio.Event().wait()
        finally:
            departures.left(task)

    task = asyncio.create_task(request())
    async with asyncio.timeout(20):
        while not departures.watched:  # noqa: ASYNC110 - a condition, polled
            await asyncio.sleep(0.01)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


async def test_outside_of_a_task_nobody_can_be_cancelled():
    raised = asyncio.get_running_loop().create_future()

    def outside() -> None:
        try:
            Departures().entered(None)
        except RuntimeError as error:
            raised.set_result(error)

    asyncio.get_running_loop().call_soon(outside)

    assert "task" in str(await raised)
