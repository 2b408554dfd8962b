"""The portal as a web application."""

import email.utils
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.limits import Limits
from hub.sandbox.hubspot.oauth import consent_route, oauth_routes
from hub.sandbox.hubspot.permissions import needed
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.quirks import Quirks
from hub.sandbox.hubspot.refusal import Refusal, json_response, missing_scopes
from hub.sandbox.hubspot.routes import VERSIONS, Offer, offers
from hub.sandbox.hubspot.staff import Staff
from hub.sandbox.hubspot.tokens import SCOPES, Grant, Tokens
from hub.sandbox.hubspot.truth import Truth
from hub.sandbox.world import World

Endpoint = Callable[[Request], Awaitable[Response]]

LONGEST_URL = 16_384
"""Characters: some hundreds of property names fill them."""
LEGACY = ("/crm/v3/{path:path}", "/crm/v4/{path:path}", "/oauth/v1/{path:path}", "/account-info/v3/{path:path}")


def hubspot_app(
    world: World,
    clock: Clock,
    *,
    limits: Limits | None = None,
    scopes: tuple[str, ...] = SCOPES,
    index_lag: timedelta = timedelta(0),
    quirks: Quirks | None = None,
) -> Starlette:
    """The portal that holds `world.hubspot`, writes included; enriching it is the first.

    Leads are refused unless `scopes` holds LEADS_SCOPE. Search does not see what changed less than `index_lag` ago.
    `app.state.staff` changes records as people do, `app.state.truth` says what there is, `app.state.portal` holds the
    knobs (`quirks`) and webhooks, `app.state.tokens` the access tokens.
    Whoever changes the world's rows directly calls `portal.changed()`.
    """
    portal = Portal(world, clock, index_lag, quirks)
    tokens = Tokens(clock, scopes, portal.quirks)
    door = _Door(portal, tokens, limits or Limits())
    app = Starlette(
        routes=[
            *(door.route(offer, version) for version in VERSIONS for offer in offers(version)),
            *(route for version in VERSIONS for route in oauth_routes(version, tokens)),
            consent_route(tokens),
            *(Route(path, door.legacy, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]) for path in LEGACY),
        ],
        exception_handlers={HTTPException: _refused},
        middleware=[
            Middleware(_Dated, clock=clock),
            Middleware(GZipMiddleware, minimum_size=1_000, compresslevel=1),
        ],
    )
    app.state.portal, app.state.tokens = portal, tokens
    app.state.staff, app.state.truth = Staff(portal), Truth(portal)
    return app


class _Door:
    """Who comes in, how often, and with what right."""

    def __init__(self, portal: Portal, tokens: Tokens, limits: Limits) -> None:
        self._portal = portal
        self._tokens = tokens
        self._limits = limits

    def route(self, offer: Offer, version: str) -> Route:
        """Where one answer is given."""

        async def endpoint(request: Request) -> Response:
            if len(str(request.url)) > LONGEST_URL:
                raise Refusal(414, "Request-URI Too Long")
            grant = self._tokens.holder(request.headers.get("authorization"))
            self._admit(offer, grant)
            self._check_scopes(offer, grant, request)
            self._check_open(offer)
            self._portal.ripen()
            call = Call(
                path=request.path_params, query=request.query_params, body=await request.body(), version=version
            )
            response = _response(offer.answer(self._portal, call), offer.status)
            if not offer.is_search:
                response.headers.update(self._limits.headers(oauth=grant.is_oauth))
            return response

        return Route(offer.path.replace("{v}", version), endpoint, methods=[offer.method])

    async def legacy(self, request: Request) -> Response:
        """Versions before the dated ones are not offered."""
        status = self._portal.quirks.legacy_status
        raise Refusal(status, f"{request.url.path} is not available. Use a date-based version of this API.")

    def _admit(self, offer: Offer, grant: Grant) -> None:
        admit = self._limits.admit_search if offer.is_search else self._limits.admit
        admit(self._portal.now(), oauth=grant.is_oauth)

    def _check_scopes(self, offer: Offer, grant: Grant, request: Request) -> None:
        for alternatives in needed(offer.method, offer.path, request.path_params):
            if not set(alternatives) & set(grant.scopes):
                raise missing_scopes(*alternatives)

    def _check_open(self, offer: Offer) -> None:
        quirks = self._portal.quirks
        if quirks.migrates_for is not None:
            headers = {"retry-after": str(int(quirks.migrates_for.total_seconds()))}
            raise Refusal(477, "This account is being migrated to another data center.", headers=headers)
        if quirks.locked and offer.writes:
            raise Refusal(423, "This resource is locked by another operation. Try again later.")


def _response(content: Any, status: int) -> Response:
    if isinstance(content, tuple):
        status, content = content
    return Response(status_code=status) if content is None else json_response(content, status)


async def _refused(request: Request, error: Any) -> Response:
    refusal = error if isinstance(error, Refusal) else Refusal(error.status_code, "resource not found")
    return json_response(refusal.body(request.scope["correlation_id"]), refusal.status_code, refusal.headers)


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
