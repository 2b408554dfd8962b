"""GraphQL over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from html import escape
from importlib.resources import files
from string import Template
from time import monotonic
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from hub.errors import StoreError
from hub.schema.access import Access, Refused
from hub.schema.budgets import REFUSED, Buckets, Exceeded, Granted, headers
from hub.schema.budgets import told as told_cost
from hub.schema.context import Context, Loaders, MapAccounts, RunSync
from hub.schema.documents import Documents, asked_id, must_be_allowed
from hub.schema.errors import told
from hub.schema.limits import Limits
from hub.schema.operations import Checked, Invalid, checked, cost_within
from hub.schema.schema import SCHEMA, WEIGHTS
from hub.store.database import Database
from hub.store.read import reading
from hub.store.sharing import Viewer

log = structlog.get_logger()

LARGEST_BODY = 100_000
JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
PRIVATE = "private, max-age=0, must-revalidate"
"""How the answer to a GET of a trusted document may be kept."""

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere. GraphiQL's editor writes its styles into the page, hence the one exception."""


ALLOWED = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
"""What a method may do: a GET changes nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks."""

    query: str | None
    variables: dict[str, Any] | None
    operation_name: str | None
    document_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Answers /graphql."""

    database: Database
    access: Access
    run_sync: RunSync
    map_accounts: MapAccounts
    cursor_secret: bytes
    buckets: Buckets
    documents: Documents

    async def answer(self, request: Request) -> Response:
        """The answer to a request."""
        if _wants_page(request):
            return _page("" if self.access.anonymous else '{"Authorization": "Bearer hub_…"}')
        try:
            viewer = await self.access.viewer(request)
            asked = await _asked(request)
            text = await self._text(asked, viewer)
            return await self._admitted(request, viewer, replace(asked, query=text))
        except Refused as refused:
            return _refusal(request, refused)
        except StoreError:
            log.exception("database failed", request_id=request.state.request_id)
            return _refusal(request, Refused(503, "UNAVAILABLE", "The database does not answer; try again."))

    async def _text(self, asked: Asked, viewer: Viewer) -> str:
        """The text of the document that is asked for; raises Refused."""
        must_be_allowed(asked.query, asked.document_id, documents_only=viewer.documents_only)
        if asked.query is not None:
            return asked.query
        if asked.document_id is None:
            raise Refused(400, "BAD_REQUEST", "There is neither a `query` nor a `documentId` in the request.")
        return await self.documents.text(viewer.app, asked.document_id, monotonic())

    async def _admitted(self, request: Request, viewer: Viewer, asked: Asked) -> Response:
        """The answer to an operation that is neither too large nor too costly, and that the client can afford."""
        limits = self.buckets.limits[viewer.role]
        try:
            operation = _checked_lately(asked.query or "", asked.operation_name, limits)
            cost = cost_within(operation.measure, asked.variables or {}, limits)
        except Invalid as invalid:
            spent = self._spent(viewer, REFUSED)
            return _response(request, ExecutionResult(data=None, errors=invalid.errors), _costs(request, limits, spent))
        spent = self._spent(viewer, cost)
        answer = await self._answer(request, viewer, asked, operation)
        return _response(request, answer, _costs(request, limits, spent), cacheable=asked.document_id is not None)

    def _spent(self, viewer: Viewer, cost: int) -> Granted:
        """What the client has left after this; raises Refused where it cannot afford it."""
        spent = self.buckets.take(viewer.client, viewer.role, cost, monotonic())
        if isinstance(spent, Exceeded):
            told = (
                f"This costs {spent.requested:,} and {spent.remaining:,} is left; try again in {spent.retry_after} s."
            )
            raise Refused(429, "RATE_LIMITED", told, **headers(spent))
        return spent

    async def _answer(self, request: Request, viewer: Viewer, asked: Asked, operation: Checked) -> ExecutionResult:
        async with reading(self.database, viewer) as reader:
            context = Context(
                loaders=Loaders(reader),
                cursor_secret=self.cursor_secret,
                run_sync=self.run_sync,
                map_accounts=self.map_accounts,
                request_id=request.state.request_id,
                document=operation.parsed.document,
            )
            result = await _executed(asked, context, ALLOWED[request.method])
        for error in result.errors or ():
            if isinstance(error.original_error, StoreError):
                raise error.original_error
        return result


async def _executed(asked: Asked, context: Context, allowed: set[OperationType]) -> ExecutionResult:
    try:
        return await SCHEMA.execute(
            asked.query,
            variable_values=asked.variables,
            operation_name=asked.operation_name,
            context_value=context,
            allowed_operation_types=allowed,
        )
    except InvalidOperationTypeError as error:
        raise Refused(405, "BAD_REQUEST", "Only queries are answered by GET.", Allow="POST") from error


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
        return _checked(_decoded(await _body(request)))
    if kind not in ("", JSON):
        raise Refused(415, "BAD_REQUEST", f"The Content-Type of a GET, if any, must be {JSON}.")
    given: dict[str, Any] = dict(request.query_params)
    for name in ("variables", "extensions"):
        if given.get(name):
            given[name] = _decoded(given[name])
    return _checked(given)


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


SHAPE = {"query": str, "variables": dict, "operationName": str, "extensions": dict, "documentId": str}


def _checked(given: Any) -> Asked:
    if not isinstance(given, Mapping):
        raise Refused(400, "BAD_REQUEST", "A request is one JSON object.")
    for name, kind in SHAPE.items():
        if given.get(name) is not None and not isinstance(given[name], kind):
            raise Refused(400, "BAD_REQUEST", f"`{name}` has the wrong type.")
    if given.get("query") is not None and given.get("documentId") is not None:
        raise Refused(400, "BAD_REQUEST", "Send either a `query` or a `documentId`.")
    id_ = asked_id(given.get("documentId"), given.get("extensions"))
    return Asked(given.get("query"), given.get("variables"), given.get("operationName"), id_)


@lru_cache(maxsize=200)
def _checked_lately(text: str, name: str | None, limits: Limits) -> Checked:
    return checked(SCHEMA.core, WEIGHTS, text, name, limits)


def _costs(request: Request, limits: Limits, spent: Granted) -> Granted | None:
    """What was spent, for clients that want to know."""
    return spent if limits.always_told or request.headers.get("x-hub-cost") == "1" else None


def _response(request: Request, result: ExecutionResult, spent: Granted | None, *, cacheable: bool = False) -> Response:
    answer: dict[str, Any] = {}
    errors = result.errors or []
    unanswered = result.data is None and all(error.path is None for error in errors)
    if errors:
        answer["errors"] = told(errors, request.state.request_id)
    if not unanswered:
        answer["data"] = result.data
    if spent:
        answer["extensions"] = {"cost": told_cost(spent, datetime.now(UTC))}
    status = 400 if unanswered and _media_type(request) == GRAPHQL_JSON else 200
    may = {"Cache-Control": PRIVATE} if cacheable and request.method == "GET" and not errors else {}
    return _json(request, answer, status, may | (headers(spent) if spent else {}))


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
