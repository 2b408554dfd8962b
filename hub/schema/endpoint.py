"""GraphQL over HTTP, as an ASGI application.

https://graphql.github.io/graphql-over-http/draft/: what may be asked how, and with which media type it is answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.resources import files
from string import Template

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from hub.errors import StoreError, TimedOut
from hub.schema.access import Access, Refused
from hub.schema.answering import Engine
from hub.schema.errors import told
from hub.schema.plans import Invalid, plan
from hub.schema.requests import ALLOWED, Headers, asked, parameters

log = structlog.get_logger()

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. GraphiQL's editor writes its styles into the page, hence the one exception."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    body: bytes
    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """Answers /graphql."""

    access: Access
    engine: Engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers: Headers = dict(scope["headers"])
        if _wants_page(scope, headers):
            await _page("" if self.access.anonymous else '{"Authorization": "Bearer hub_…"}')(scope, receive, send)
            return
        kind = media_type(headers.get(b"accept", b""))
        answer = await self._answer(scope, headers, receive, kind)
        always = (
            (b"content-type", kind.encode() + b"; charset=utf-8"),
            (b"content-length", b"%d" % len(answer.body)),
            (b"cache-control", b"no-store"),
            (b"vary", b"Accept"),
        )
        await send({"type": "http.response.start", "status": answer.status, "headers": [*always, *answer.headers]})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, kind: str) -> Answer:
        request_id: str = scope["state"]["request_id"]
        try:
            return await self._answered(scope, headers, receive, kind, request_id)
        except Refused as refused:
            return _refusal(refused, request_id)
        except TimedOut as error:
            return _refusal(Refused(503, "TIMEOUT", str(error)), request_id)
        except StoreError:
            log.exception("database failed", request_id=request_id)
            return _refusal(Refused(503, "UNAVAILABLE", "The database does not answer; try again."), request_id)

    async def _answered(self, scope: Scope, headers: Headers, receive: Receive, kind: str, request_id: str) -> Answer:
        viewer = await self.access.viewer(Request(scope))
        request = await asked(scope, headers, receive)
        found = plan(request.query, request.operation_name)
        if isinstance(found, Invalid):
            body = orjson.dumps({"errors": told(list(found.errors), request_id)})
            return Answer(body, 400 if kind == GRAPHQL_JSON else 200)
        if found.kind not in ALLOWED[scope["method"]]:
            raise Refused(405, "BAD_REQUEST", "Only queries are answered by GET.", Allow="POST")
        body = await self.engine.answer(found, request.variables, viewer, request_id)
        unanswered = kind == GRAPHQL_JSON and body.startswith(b'{"errors"') and b'"data":' not in body
        return Answer(body, 400 if unanswered else 200)


def _refusal(refused: Refused, request_id: str) -> Answer:
    extensions = {"code": refused.code, "requestId": request_id}
    body = orjson.dumps({"errors": [{"message": str(refused), "extensions": extensions}]})
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in refused.headers.items()]
    return Answer(body, refused.status, headers)


@lru_cache(1000)
def media_type(accept: bytes) -> str:
    """What the client would rather have: GraphQL's own media type where it names it, as new clients do."""
    return GRAPHQL_JSON if GRAPHQL_JSON in accept.decode("latin-1") else JSON


def _wants_page(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"") and "query" not in parameters(scope)


def _page(headers: str) -> HTMLResponse:
    template = Template((files("hub.schema") / "ide" / "index.html").read_text())
    return HTMLResponse(template.substitute(headers=escape(headers)), headers={"Content-Security-Policy": PAGE_POLICY})
