"""GraphQL over HTTP, as an ASGI application.

https://graphql.github.io/graphql-over-http/draft/: what may be asked how, and with which media type it is answered.
"""

from asyncio import CancelledError
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from html import escape
from http import HTTPStatus
from importlib.resources import files
from string import Template

import orjson
import structlog
from graphql import OperationType
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from hub.errors import StoreError, TimedOut
from hub.listening.departures import ClientGone, Departures
from hub.model import Role
from hub.schema.access import Access, Refused
from hub.schema.admission import Admission
from hub.schema.answering import Answer, Engine, request_error
from hub.schema.budgets import Granted
from hub.schema.budgets import headers as budget_headers
from hub.schema.budgets import told as told_cost
from hub.schema.event_streams import EventStream, is_preferred
from hub.schema.limits import LIMITS
from hub.schema.live import Live
from hub.schema.operations import Invalid
from hub.schema.requests import ALLOWED, FOLLOWED, Asked, Headers, asked, parameters
from hub.schema.sdl import sdl
from hub.store.sharing import Viewer
from hub.telemetry import NOT_PLANNED, Operation, Telemetry, Timings

log = structlog.get_logger()

GRAPHQL_JSON = "application/graphql-response+json"
JSON = "application/json"

CONTENT_TYPES = {kind: f"{kind}; charset=utf-8".encode() for kind in (JSON, GRAPHQL_JSON)}

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. GraphiQL's editor writes its styles into the page, hence the one exception."""


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """Answers /graphql."""

    access: Access
    admission: Admission
    engine: Engine
    live: Live
    telemetry: Telemetry
    departures: Departures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers: Headers = dict(scope["headers"])
        if _wants_page(scope, headers):
            await _page("" if self.access.anonymous else '{"Authorization": "Bearer hub_…"}')(scope, receive, send)
            return
        accept = headers.get(b"accept", b"")
        if b"text/event-stream" in accept and is_preferred(accept.decode("latin-1")):
            await self._stream(scope, headers, receive, send)
            return
        timings = self.telemetry.begun(scope["headers"])
        code = "INTERNAL_SERVER_ERROR"
        try:
            answer = await self._answer(scope, headers, receive, timings)
            code = answer.code
        except ClientGone:
            code = "CLIENT_GONE"
            return
        except CancelledError:  # the hub ends
            code = "CLIENT_GONE"
            raise
        finally:
            self.telemetry.answered(timings, code, scope["state"]["request_id"])
        await _send(answer, media_type(accept), timings, send)

    async def _stream(self, scope: Scope, headers: Headers, receive: Receive, send: Send) -> None:
        """Answer with events."""
        try:
            viewer = await self._viewer(scope)
            request = await asked(scope, headers, receive)
            await EventStream(self.live, request, viewer, FOLLOWED[scope["method"]])(scope, receive, send)
        except ClientGone:
            return
        except Refused as refused:
            await _send(_refusal(refused, scope["state"]["request_id"]), JSON, Timings(), send)

    async def _viewer(self, scope: Scope) -> Viewer:
        """Who asks; raises Refused, be it that the database does not tell."""
        try:
            return self.access.known(scope) or await self.access.viewer(scope)
        except StoreError as error:
            log.exception("database failed", request_id=scope["state"]["request_id"])
            raise _unavailable() from error

    async def sdl(self, request: Request) -> Response:
        """The schema as who asks can know it; without a key, as a partner's tool can."""
        role = Role.PARTNER_TOOL
        if "authorization" in request.headers or self.access.anonymous:
            try:
                role = (await self._viewer(request.scope)).role
            except Refused as refused:
                answer = _refusal(refused, request.state.request_id)
                return Response(answer.body, answer.status, refused.headers, JSON)
        return PlainTextResponse(sdl(role), headers={"Cache-Control": "no-store", "Vary": "Authorization"})

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, timings: Timings) -> Answer:
        request_id: str = scope["state"]["request_id"]
        try:
            viewer = self.access.known(scope) or await self.access.viewer(scope)
            timings.operation = _of(NOT_PLANNED, viewer.client)
            request = await asked(scope, headers, receive)
            task = self.departures.entered(receive)
            try:
                return await self._answered(request, viewer, scope, headers, timings)
            finally:
                self.departures.left(task)
        except Refused as refused:
            log.debug("refused", request_id=request_id, code=refused.code, status=refused.status)
            return _refusal(refused, request_id)
        except TimedOut as error:
            return _refusal(Refused(503, "TIMEOUT", str(error)), request_id)
        except StoreError:
            log.exception("database failed", request_id=request_id)
            return _refusal(_unavailable(), request_id)

    async def _answered(
        self, request: Asked, viewer: Viewer, scope: Scope, headers: Headers, timings: Timings
    ) -> Answer:
        request_id: str = scope["state"]["request_id"]
        try:
            admitted = await self.admission.admitted(request, viewer, request_id)
        except Invalid as invalid:
            return _told(request_error(invalid.errors, request_id), invalid.spent, viewer, headers)
        plan, method = admitted.plan, scope["method"]
        if plan.kind is not OperationType.QUERY:
            _must_be_allowed(plan.kind, method)
        timings.operation = _of(plan.told, viewer.client, request.query is None)
        timings.planned()
        try:
            answer = await self.engine.answer(plan, request.variables, viewer, timings, request_id)
        finally:
            self.admission.worked(viewer, timings.compiled)
        if method != "POST" and request.query is None and answer.code == "OK":
            answer = _cacheable(answer, headers.get(b"if-none-match", b""))
        return _told(answer, admitted.spent, viewer, headers)


def _must_be_allowed(kind: OperationType, method: str) -> None:
    if kind is OperationType.SUBSCRIPTION:
        raise Refused(406, "BAD_REQUEST", _FOLLOW)
    if kind not in ALLOWED[method]:
        raise Refused(405, "BAD_REQUEST", "Only queries are answered by GET.", Allow="POST")


@lru_cache(10_000)
def _of(operation: Operation, client: str, trusted: bool = False) -> Operation:  # noqa: FBT001, FBT002
    """The operation, asked by a client. To pass `trusted` by name would cost more than all this does."""
    return operation._replace(client=client, trusted=trusted)


_FOLLOW = "Subscriptions are answered over WebSocket (graphql-transport-ws), or with `Accept: text/event-stream`."


def _told(answer: Answer, spent: Granted | None, viewer: Viewer, headers: Headers) -> Answer:
    """The answer, telling what it cost those who want to know."""
    if spent is None or not (headers.get(b"x-hub-cost") == b"1" or LIMITS[viewer.role].always_told):
        return answer
    told = orjson.dumps({"cost": told_cost(spent, datetime.now(UTC))})
    body = b'%b,"extensions":%b}' % (answer.body[:-1], told) if answer.body else b""
    return replace(answer, body=body, headers=[*answer.headers, *_pairs(budget_headers(spent))])


def _cacheable(answer: Answer, known: bytes) -> Answer:
    """The answer to a trusted document asked by GET: a client may keep it, and ask whether it still holds.

    `known` is what the client has: If-None-Match (RFC 9110, 13.1.2).
    """
    tag = b'"%b"' % blake2b(answer.body, digest_size=16).hexdigest().encode()
    kept = replace(
        answer,
        cache_control=b"private, max-age=0, must-revalidate",
        headers=[*answer.headers, (b"etag", tag), (b"vary", b"Authorization")],
    )
    return replace(kept, body=b"", status=304) if tag in known else kept


def _pairs(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


async def _send(answer: Answer, kind: str, timings: Timings, send: Send) -> None:
    # Who does not name GraphQL's media type expects 200 where the request was understood, as of old.
    status = 200 if answer.legacy and kind == JSON else answer.status
    headers = [
        (b"content-type", CONTENT_TYPES[kind]),
        (b"cache-control", answer.cache_control),
        (b"vary", b"Accept"),
        (b"server-timing", timings.header()),
        *answer.headers,
    ]
    if answer.status != HTTPStatus.NOT_MODIFIED:
        headers.append((b"content-length", b"%d" % len(answer.body)))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _unavailable() -> Refused:
    return Refused(503, "UNAVAILABLE", "The database does not answer; try again.")


def _refusal(refused: Refused, request_id: str) -> Answer:
    extensions = {"code": refused.code, "requestId": request_id, **refused.facts}
    body = orjson.dumps({"errors": [{"message": str(refused), "extensions": extensions}]})
    return Answer(body, refused.code, refused.status, _pairs(refused.headers))


@lru_cache(1000)
def media_type(accept: bytes) -> str:
    """What the client would rather have: GraphQL's own media type where it names it, as new clients do."""
    return GRAPHQL_JSON if GRAPHQL_JSON in accept.decode("latin-1") else JSON


def _wants_page(scope: Scope, headers: Headers) -> bool:
    return scope["method"] == "GET" and b"text/html" in headers.get(b"accept", b"") and "query" not in parameters(scope)


def _page(headers: str) -> HTMLResponse:
    template = Template((files("hub.schema") / "ide" / "index.html").read_text())
    return HTMLResponse(template.substitute(headers=escape(headers)), headers={"Content-Security-Policy": PAGE_POLICY})
