"""An ASGI app as httpx meets it over a socket: answers that end too early are errors, as they are there."""

from collections.abc import AsyncIterator, Callable

import httpx
from starlette.types import ASGIApp, Message


class Wire(httpx.AsyncBaseTransport):
    """`before` is called ahead of each request."""

    def __init__(self, app: ASGIApp, before: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._before = before

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._before()
        body = await request.aread()
        messages: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            messages.append(message)

        await self._app(_scope(request), receive, send)
        start, *parts = messages
        return httpx.Response(start["status"], headers=start["headers"], stream=_Sent(parts))


class _Sent(httpx.AsyncByteStream):
    def __init__(self, parts: list[Message]) -> None:
        self._parts = parts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part.get("body", b"")
        if self._parts[-1].get("more_body", False):
            raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")


def _scope(request: httpx.Request) -> dict[str, object]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": request.url.scheme,
        "path": request.url.path,
        "raw_path": request.url.raw_path.split(b"?")[0],
        "query_string": request.url.query,
        "server": (request.url.host, request.url.port),
        "client": ("127.0.0.1", 1234),
        "root_path": "",
    }
