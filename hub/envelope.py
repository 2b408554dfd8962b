"""What every request and every answer gets, whatever they are about."""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import orjson
import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()

POLICY = b"content-security-policy"
SECURITY = ((b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"no-referrer"))
NOTHING = (POLICY, b"default-src 'none'; frame-ancestors 'none'")
"""What an answer is allowed that does not say so itself."""

LEFT = 499
"""Logged where the client left before there was an answer."""

SANE = re.compile(rb"[\w.-]{1,64}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """Gives every request an id, the caller's own if it sent a sane one, and every answer that id and safe headers.

    What goes wrong unexpectedly is logged, and told as no more than that, under the same id.
    """

    app: ASGIApp
    access_log: bool = False
    """Whether each answer is logged: method, path and status, never the query string or an address."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope["headers"])
        scope.setdefault("state", {})["request_id"] = request_id

        began = perf_counter()
        status = LEFT

        async def enveloped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", request_id.encode()), *SECURITY]
                if POLICY not in [name for name, _ in headers]:
                    headers.append(NOTHING)
                message["headers"] = headers
            await send(message)

        try:
            await self.app(scope, receive, enveloped)
        except Exception:  # nobody outside could tell the client anything; the defect is for the log
            log.exception("request failed", request_id=request_id)
            if status != LEFT:
                raise
            await _tell(request_id, enveloped)
        finally:
            if self.access_log:
                milliseconds = round((perf_counter() - began) * 1e3, 1)
                facts = {"method": scope["method"], "path": scope["path"], "status": status}
                log.info("request", request_id=request_id, **facts, milliseconds=milliseconds)


async def _tell(request_id: str, send: Send) -> None:
    """What is told of a defect of ours."""
    extensions = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    body = orjson.dumps({"errors": [{"message": "Internal error", "extensions": extensions}]})
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"x-request-id" and SANE.fullmatch(value):
            return value.decode()
    return os.urandom(16).hex()
