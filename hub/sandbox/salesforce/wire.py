"""What stands in front of every endpoint: the largest request, the server's own time, slashes too many."""

from email.utils import format_datetime

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.clock import Clock

LARGEST_HEAD = 16_384
"""Bytes of URI and headers together."""
_SEPARATORS = 4
"""Bytes around each header: a colon, a space, a line end."""


class Wire:
    """An ASGI middleware. Serve it without the server's own Date header."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        app: ASGIApp = _TOO_LONG if _head(scope) > LARGEST_HEAD else self._app
        scope["path"] = scope["path"].rstrip("/") or "/"
        await app(scope, receive, self._dated(send))

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._clock.now(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date)]
            await send(message)

        return dated


_TOO_LONG = HTMLResponse("<h1>Bad Message 414</h1><pre>reason: URI Too Long</pre>", 414)


def _head(scope: Scope) -> int:
    headers = sum(len(name) + len(value) + _SEPARATORS for name, value in scope["headers"])
    return len(scope["raw_path"]) + len(scope["query_string"]) + headers
