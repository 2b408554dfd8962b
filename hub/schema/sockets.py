"""GraphQL over WebSocket, as graphql-transport-ws writes it.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md: messages and close codes are its own.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, field
from typing import Any, ClassVar

import orjson
import structlog
from starlette.types import Receive, Scope, Send

from hub.errors import StoreError
from hub.schema.access import Refused
from hub.schema.lines import TOO_MANY, Ending, Line
from hub.schema.live import Live, encoded, request_of
from hub.schema.requests import Asked, checked
from hub.store.sharing import Viewer

log = structlog.get_logger()

PROTOCOL = "graphql-transport-ws"
LONGEST_REASON = 123
"""Bytes of a close frame's reason: RFC 6455, 5.5."""


class Broken(Exception):
    """The client does not keep to the protocol, or may not come in."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.ending = Ending(code, reason)


@dataclass(frozen=True, slots=True)
class Sockets:
    """Answers WebSocket connections: an ASGI application."""

    live: Live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hold one connection until it ends."""
        await receive()
        if self.live.full or self.live.unknown >= self.live.bounds.unknown:
            await send({"type": "websocket.http.response.start", "status": 503, "headers": [(b"retry-after", b"5")]})
            await send({"type": "websocket.http.response.body", "body": TOO_MANY.reason.encode()})
        elif PROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
        else:
            line = Line(send, self.live.bounds.sending)
            with self.live.held(line):
                await _Socket(self.live, scope, receive, line).serve()


@dataclass(slots=True, eq=False)
class _Socket:
    live: Live
    scope: Scope
    receive: Receive
    line: Line
    viewer: Viewer | None = None
    introduced: bool = False
    operations: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _held: ExitStack = field(default_factory=ExitStack)

    async def serve(self) -> None:
        """Until the client leaves or the line ends."""
        await self.line.send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        late = Ending(4408, "Connection initialisation timeout")
        timer = asyncio.get_running_loop().call_later(self.live.bounds.introduction, self._late, late)
        self.live.unknown += 1
        self._start(self._listen())
        try:
            ending = await self.line.ended
        finally:
            timer.cancel()
            self._known()
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
            self._held.close()
        if ending is not None:
            await self._close(ending)

    def _late(self, ending: Ending) -> None:
        if not self.introduced:
            self.line.end(ending)

    def _known(self) -> None:
        if not self.introduced:
            self.introduced = True
            self.live.unknown -= 1

    async def _close(self, ending: Ending) -> None:
        reason = ending.reason.encode()[:LONGEST_REASON].decode(errors="ignore")
        close = {"type": "websocket.close", "code": ending.code, "reason": reason}
        await self.line.say_last(close, self.live.bounds.farewell)

    def _start(self, work: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Broken):
            self.line.end(error.ending)
        elif error is not None:
            log.error("socket failed", error=type(error).__name__, exc_info=error)
            self.line.end(Ending(4500, "Internal error"))

    async def _listen(self) -> None:
        while True:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                self.line.end(None)
                return
            given = self._decoded(message)
            answer = self.ANSWERS.get(given["type"])
            if answer is None:
                raise Broken(4400, "Unknown message type")
            await answer(self, given)

    def _decoded(self, message: Mapping[str, Any]) -> dict[str, Any]:
        text = message.get("text")
        if text is None:
            raise Broken(4400, "Messages are text")
        try:
            given = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            raise Broken(4400, "Messages are JSON") from error
        if not isinstance(given, dict) or not isinstance(given.get("type"), str):
            raise Broken(4400, "Messages are JSON objects with a type")
        return given

    async def _introduce(self, message: Mapping[str, Any]) -> None:
        if self.introduced:
            raise Broken(4429, "Too many initialisation requests")
        payload = message.get("payload") or {}
        if not isinstance(payload, dict):
            raise Broken(4400, "The payload of connection_init is an object")
        self._known()
        request = request_of(self.scope, _authorization(payload))
        try:
            viewer = await self.live.access.viewer(request)
            self._held.enter_context(self.live.known(self.line, request, viewer))
        except Refused as refused:
            raise Broken(TOO_MANY.code if refused.status == 429 else 4403, str(refused)) from refused  # noqa: PLR2004 - HTTP
        except StoreError as error:
            raise Broken(1013, "The database does not answer; try again.") from error
        await self._say({"type": "connection_ack"})
        self.viewer = viewer

    async def _subscribe(self, message: Mapping[str, Any]) -> None:
        if self.viewer is None:
            raise Broken(4401, "Unauthorized")
        key = _key(message)
        if key in self.operations:
            raise Broken(4409, f"Subscriber for {key} already exists")
        if len(self.operations) >= self.live.bounds.operations:
            told = f"A connection runs up to {self.live.bounds.operations} operations at a time."
            error = {"message": told, "extensions": {"code": "RATE_LIMITED"}}
            await self._say({"id": key, "type": "error", "payload": [error]})
            return
        try:
            asked = checked(message.get("payload"))
        except Refused as refused:
            raise Broken(4400, str(refused)) from refused
        self.operations[key] = self._start(self._answer(key, asked, self.viewer))

    async def _answer(self, key: str, asked: Asked, viewer: Viewer) -> None:
        async with aclosing(self.live.answers(asked, viewer, "websocket")) as answers:
            async for answer in answers:
                if answer.refused:
                    del self.operations[key]
                    await self._say({"id": key, "type": "error", "payload": answer.payload["errors"]})
                    return
                await self._say({"id": key, "type": "next", "payload": answer.payload})
        del self.operations[key]
        await self._say({"id": key, "type": "complete"})

    async def _complete(self, message: Mapping[str, Any]) -> None:
        # One that has just completed by itself is not known any more: the messages crossed.
        operation = self.operations.pop(_key(message), None)
        if operation is not None:
            operation.cancel()

    async def _pong(self, message: Mapping[str, Any]) -> None:
        given = {"payload": message["payload"]} if "payload" in message else {}
        await self._say({"type": "pong", **given})

    async def _alive(self, message: Mapping[str, Any]) -> None:
        """A pong needs no answer."""

    async def _say(self, message: dict[str, Any]) -> None:
        await self.line.say({"type": "websocket.send", "text": encoded(message)})

    ANSWERS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "connection_init": _introduce,
        "subscribe": _subscribe,
        "complete": _complete,
        "ping": _pong,
        "pong": _alive,
    }


def _key(message: Mapping[str, Any]) -> str:
    key = message.get("id")
    if not isinstance(key, str) or not key:
        raise Broken(4400, "The message has no id")
    return key


def _authorization(payload: Mapping[str, Any]) -> str | None:
    """The credentials in what a client says of itself; browsers cannot send headers with a WebSocket."""
    given = next((value for name, value in payload.items() if name.lower() == "authorization"), None)
    return given if isinstance(given, str) else None
