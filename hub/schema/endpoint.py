"""GraphQL over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from hub.errors import StoreError
from hub.schema.access import Access, Refused
from hub.schema.asked import Asked, checked
from hub.schema.context import Context, Loaders
from hub.schema.errors import told
from hub.schema.event_streams import EventStream, is_preferred
from hub.schema.live import Live
from hub.schema.schema import SCHEMA
from hub.store.database import Database
from hub.store.read import reading
from hub.store.sharing import Viewer

log = structlog.get_logger()

LARGEST_BODY = 100_000
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. GraphiQL's editor writes its styles into the page, hence the one exception."""


ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
"""What a method may do: a GET changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Answers /graphql."""

    database: Database
    access: Access
    live: Live

    async def answer(self, request: Request) -> "Response | _Streamed":
        """The answer to a request."""
        if _wants_page(request):
            return _page("" if self.access.anonymous else '{"Authorization": "Bearer hub_…"}')
        try:
            viewer = await self.access.viewer(request)
            asked = await _asked(request)
            if is_preferred(request.headers.get("accept", "")):
                allowed = ALLOWED[request.method] | {OperationType.SUBSCRIPTION}
                return _Streamed(request, EventStream(self.live, asked, viewer, allowed))
            return await self._answer(request, viewer, asked)
        except Refused as refused:
            return _refusal(request, refused)
        except StoreError:
            log.exception("database failed", request_id=request.state.request_id)
            return _refusal(request, Refused(503, "UNAVAILABLE", "The database does not answer; try again."))

    async def _answer(self, request: Request, viewer: Viewer, asked: Asked) -> Response:
        async with reading(self.database, viewer) as reader:
            context = self.live.context_of(Loaders(reader), request.state.request_id, asked.operation_name)
            result = await _executed(asked, context, ALLOWED[request.method])
        for error in result.errors or ():
            if isinstance(error.original_error, StoreError):
                raise error.original_error
        return _response(request, result)


@dataclass(frozen=True, slots=True)
class _Streamed:
    request: Request
    stream: EventStream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.stream(scope, receive, send)
        except Refused as refused:
            await _refusal(self.request, refused)(scope, receive, send)


async def _executed(asked: Asked, context: Context, allowed: set[OperationType]) -> ExecutionResult:
    try:
        return await SCHEMA.execute(
            asked.query,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
            allowed_operation_types=allowed,
        )
    except MissingQueryError as error:
        raise Refused(400, "BAD_REQUEST", "There is no `query` in the request.") from error
    except CannotGetOperationTypeError as error:
        raise Refused(400, "BAD_REQUEST", error.as_http_error_reason()) from error
    except InvalidOperationTypeError as error:
        if error.operation_type is OperationType.SUBSCRIPTION:
            raise Refused(406, "BAD_REQUEST", _FOLLOW) from error
        raise Refused(405, "BAD_REQUEST", "Only queries are answered by GET.", Allow="POST") from error


_FOLLOW = "Subscriptions are answered over WebSocket (graphql-transport-ws), or with `Accept: text/event-stream`."


def _wants_page(request: Request) -> bool:
    return (
        request.method == "GET"
        and "query" not in request.query_params
        and "text/html" in request.headers.get("accept", "")
    )


def _page(headers: str) -> Response:
    template = Template((files("hub.schema") / "ide" / "index.html").read_text())
    return HTMLResponse(template.substitute(headers=escape(headers)), headers={"Content-Security-Policy": PAGE_POLICY})


async def _asked(request: Request) -> Asked:
    """What a request asks; raises Refused."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "POST":
        if kind != JSON:
            raise Refused(415, "BAD_REQUEST", f"The Content-Type must be {JSON}.")
        return checked(_decoded(await _body(request)))
    if kind not in ("", JSON):
        raise Refused(415, "BAD_REQUEST", f"The Content-Type of a GET, if any, must be {JSON}.")
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _decoded(given[name])
    return checked(given)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Refused(413, "BAD_REQUEST", f"The request has more than {LARGEST_BODY} bytes.")
    return bytes(body)


def _decoded(text: str | bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Refused(400, "BAD_REQUEST", "The request is not JSON.") from error


def _response(request: Request, result: ExecutionResult) -> Response:
    answer: dict[str, Any] = {}
    errors = result.errors or []
    unanswered = result.data is None and all(error.path is None for error in errors)
    if errors:
        answer["errors"] = told(errors, request.state.request_id)
    if not unanswered:
        answer["data"] = result.data
    return _json(request, answer, 400 if unanswered and _media_type(request) == GRAPHQL_JSON else 200)


def _refusal(request: Request, refused: Refused) -> Response:
    extensions = {"code": refused.code, "requestId": request.state.request_id}
    answer = {"errors": [{"message": str(refused), "extensions": extensions}]}
    return _json(request, answer, refused.status, refused.headers)


def _json(request: Request, answer: Any, status: int, headers: Mapping[str, str] | None = None) -> Response:
    always = {"Cache-Control": "no-store", "Vary": "Accept"}
    return Response(
        orjson.dumps(answer), status, {**always, **(headers or {})}, f"{_media_type(request)}; charset=utf-8"
    )


def _media_type(request: Request) -> str:
    return GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else JSON
