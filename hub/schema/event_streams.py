"""GraphQL over server-sent events, as graphql-sse writes it: distinct connections, an operation each.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md.
"""

import asyncio
from collections.abc import Collection
from contextlib import aclosing
from dataclasses import dataclass

from graphql import OperationType
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from hub.schema.access import Refused
from hub.schema.lines import TOO_MANY, Line
from hub.schema.live import ANYTHING, Live, encoded
from hub.schema.requests import Asked
from hub.store.sharing import Viewer

EVENT_STREAM = "text/event-stream"
JSON = frozenset({"application/json", "application/graphql-response+json", "application/*", "*/*"})

HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would hold events back
    (b"vary", b"Accept"),
)


def is_preferred(accept: str) -> bool:
    """Whether a client wants an event stream rather than JSON. Of equals, the first: urql names both, JSON first."""
    ranked: dict[str, float] = {}
    for each in accept.split(","):
        kind, *parameters = (part.strip().lower() for part in each.split(";"))
        ranked.setdefault(kind, _quality(parameters))
    stream = ranked.get(EVENT_STREAM, 0.0)
    kinds = list(ranked)
    return stream > 0 and all(
        stream > quality or (stream == quality and kinds.index(EVENT_STREAM) < kinds.index(kind))
        for kind, quality in ranked.items()
        if kind in JSON
    )


def _quality(parameters: list[str]) -> float:
    given = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0


@dataclass(frozen=True, slots=True)
class EventStream:
    """The answers of one operation as events: an ASGI application that answers one request.

    An end without `complete` means that the operation goes on: connect again, after the last cursor.
    """

    live: Live
    asked: Asked
    viewer: Viewer
    allowed: Collection[OperationType] = ANYTHING

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the operation or the line ends, or the client leaves. Raises Refused before the first."""
        if self.live.full:
            raise Refused(503, "UNAVAILABLE", TOO_MANY.reason, **{"Retry-After": "5"})
        line = Line(send, self.live.bounds.sending)
        with self.live.held(line), self.live.known(line, Request(scope), self.viewer):
            work = (self._speak(line), self._sign(line), _listen(line, receive))
            tasks: list[asyncio.Future[None]] = [asyncio.create_task(each) for each in work]
            line.ended.add_done_callback(lambda _: tasks[0].cancel())
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome
        await self._finish(line)

    async def _speak(self, line: Line) -> None:
        await line.say({"type": "http.response.start", "status": 200, "headers": list(HEADERS)})
        # Headers leave with the first bytes of the body: let the client know at once that it is heard.
        await _event(line, ":\n\n")
        async with aclosing(self.live.answers(self.asked, self.viewer, "sse", self.allowed)) as answers:
            async for answer in answers:
                await _event(line, f"event: next\ndata: {encoded(answer.payload)}\n\n")
        await _event(line, "event: complete\ndata:\n\n")

    async def _sign(self, line: Line) -> None:
        while True:
            await asyncio.sleep(self.live.bounds.heartbeat)
            await _event(line, ":\n\n")

    async def _finish(self, line: Line) -> None:
        if not line.ended.done() or line.ended.result() is not None:
            await line.say_last({"type": "http.response.body", "body": b""}, self.live.bounds.farewell)


async def _event(line: Line, text: str) -> None:
    await line.say({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _listen(line: Line, receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    line.end(None)
