"""The portal as a web application."""

import email.utils
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot import account, associations, batches, objects, owners, pipelines, properties
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.limits import Limits
from hub.sandbox.hubspot.object_types import LEADS, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import Refusal
from hub.sandbox.hubspot.search import search
from hub.sandbox.hubspot.tokens import LEADS_SCOPE, SCOPES, Tokens
from hub.sandbox.hubspot.writing import missing_scopes
from hub.sandbox.world import World

VERSIONS = ("2026-03", "2026-09")

Answer = Callable[[Portal, Call], Any]
"""Works out a body; a status and a body where the status varies; None where there is nothing to say."""
Endpoint = Callable[[Request], Awaitable[Response]]

_OBJECT = "/crm/objects/{v}/{object_type}"
_TIES = "/crm/associations/{v}/{from_type}/{to_type}"
_PIPELINE = "/crm/pipelines/{v}/{object_type}"
_ANSWERS: tuple[tuple[str, str, Answer, int], ...] = (
    ("POST", _OBJECT + "/search", search, 200),
    ("POST", _OBJECT + "/batch/read", batches.read, 200),
    ("POST", _OBJECT + "/batch/create", batches.create, 200),
    ("POST", _OBJECT + "/batch/update", batches.change, 200),
    ("POST", _OBJECT + "/batch/archive", batches.remove, 204),
    ("POST", _OBJECT + "/merge", objects.merge, 200),
    ("GET", _OBJECT, objects.listed, 200),
    ("POST", _OBJECT, objects.create, 201),
    ("GET", _OBJECT + "/{object_id}", objects.one, 200),
    ("PATCH", _OBJECT + "/{object_id}", objects.change, 200),
    ("DELETE", _OBJECT + "/{object_id}", objects.remove, 204),
    ("POST", _TIES + "/batch/read", associations.batch_read, 200),
    ("GET", _TIES + "/labels", associations.labels, 200),
    ("GET", "/crm/properties/{v}/{object_type}", properties.properties, 200),
    ("GET", "/crm/properties/{v}/{object_type}/{property_name}", properties.one_property, 200),
    ("GET", _PIPELINE, pipelines.pipelines, 200),
    ("GET", _PIPELINE + "/{pipeline_id}", pipelines.pipeline, 200),
    ("GET", _PIPELINE + "/{pipeline_id}/stages", pipelines.stages, 200),
    ("GET", "/crm/owners/{v}", owners.owners, 200),
    ("GET", "/crm/owners/{v}/{owner_id}", owners.owner, 200),
    ("GET", "/account-info/{v}/details", account.details, 200),
)
_ASSOCIATIONS_OF_ONE = _OBJECT + "/{object_id}/associations/{to_type}"
"""Not offered for reading any more from 2026-09 on: batch reading takes its place."""


def hubspot_app(
    world: World,
    clock: Clock,
    *,
    limits: Limits | None = None,
    scopes: tuple[str, ...] = SCOPES,
    index_lag: timedelta = timedelta(0),
) -> Starlette:
    """The portal that holds `world.hubspot`, writes included; enriching it is the first.

    Leads are refused unless `scopes` holds LEADS_SCOPE. Search does not see what changed less than `index_lag` ago.
    Whoever changes the rows from outside calls `app.state.portal.changed()` afterwards.
    """
    portal = Portal(world, clock, index_lag)
    tokens = Tokens(clock, scopes)
    limited = limits or Limits()
    app = Starlette(
        routes=[route for version in VERSIONS for route in _routes(version, portal, tokens, limited)],
        exception_handlers={HTTPException: _refused},
        middleware=[
            Middleware(_Dated, clock=clock),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=1),
        ],
    )
    app.state.portal = portal
    return app


def _routes(version: str, portal: Portal, tokens: Tokens, limits: Limits) -> list[Route]:
    answers = [*_ANSWERS]
    if version == VERSIONS[0]:
        answers.append(("GET", _ASSOCIATIONS_OF_ONE, associations.of_one, 200))

    def guarded(answer: Answer, status: int) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            tokens.check(request.headers.get("authorization"))
            if answer is search:
                limits.admit_search()
            else:
                limits.admit()
            call = await _call(request, version)
            _check_scopes(call, tokens)
            response = _response(answer(portal, call), status)
            response.headers.update({} if answer is search else limits.headers())
            return response

        return endpoint

    routes = [
        Route(path.replace("{v}", version), guarded(answer, status), methods=[method])
        for method, path, answer, status in answers
    ]
    return [
        *routes,
        Route(f"/oauth/{version}/token", _form_endpoint(tokens.granted), methods=["POST"]),
        Route(f"/oauth/{version}/token/introspect", _form_endpoint(tokens.introspected), methods=["POST"]),
    ]


def _form_endpoint(answer: Callable[[dict[str, str]], dict[str, Any]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _response(answer(dict(parse_qsl((await request.body()).decode()))), 200)

    return endpoint


async def _call(request: Request, version: str) -> Call:
    return Call(path=request.path_params, query=request.query_params, body=await request.body(), version=version)


def _check_scopes(call: Call, tokens: Tokens) -> None:
    named = [call.path[key] for key in ("object_type", "from_type", "to_type") if key in call.path]
    if LEADS_SCOPE not in tokens.scopes and LEADS in [object_type(name) for name in named]:
        raise missing_scopes(LEADS_SCOPE)


def _response(content: Any, status: int) -> Response:
    if isinstance(content, tuple):
        status, content = content
    if content is None:
        return Response(status_code=status)
    return Response(orjson.dumps(content), status, media_type="application/json;charset=utf-8")


async def _refused(request: Request, error: Any) -> Response:
    refusal = error if isinstance(error, Refusal) else Refusal(error.status_code, "resource not found")
    return _response(refusal.body(request.scope["correlation_id"]), refusal.status_code)


class _Dated:
    """Stamps every response with the sandbox's time and an id to ask HubSpot's support about."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with two more headers."""
        correlation_id = str(uuid.uuid4())
        scope["correlation_id"] = correlation_id

        async def stamped(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = email.utils.format_datetime(self.clock.now(), usegmt=True)
                message["headers"] = [
                    *message["headers"],
                    (b"date", date.encode()),
                    (b"x-hubspot-correlation-id", correlation_id.encode()),
                ]
            await send(message)

        await self.app(scope, receive, stamped)
