"""What every request and every answer gets, whatever they are about."""

import re
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

SECURITY = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Gives every request an id, the caller's own if it sent a sane one, and every answer that id and safe headers."""

    app: ASGIApp
    access_log: bool = False
    """Whether each answer is logged: method, path and status, never the query string or an address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if re.fullmatch(r"[\w.-]{1,64}", given, re.ASCII) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        began = perf_counter()
        status = 499  # the client left before there was an answer

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = message["headers"]
                named = {name.lower() for name, _ in given}
                added = [each for each in SECURITY if each[0] not in named]
                message["headers"] = [*given, (b"x-request-id", request_id.encode()), *added]
            await send(message)

        try:
            await self.app(scope, receive, enveloped)
        finally:
            if self.access_log:
                milliseconds = round((perf_counter() - began) * 1e3, 1)
                facts = {"method": scope["method"], "path": scope["path"], "status": status}
                log.info("request", request_id=request_id, **facts, milliseconds=milliseconds)
