"""The OAuth endpoints. Their parameters stand in the body as a form, never in the query string."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub.sandbox.hubspot.refusal import Refusal, json_response
from hub.sandbox.hubspot.tokens import Tokens, credentials


def oauth_routes(version: str, tokens: Tokens) -> list[Route]:
    """The endpoints of one version."""
    return [
        Route(f"/oauth/{version}/token", _form_endpoint(tokens.granted), methods=["POST"]),
        Route(f"/oauth/{version}/token/introspect", _form_endpoint(tokens.introspected), methods=["POST"]),
        Route(f"/oauth/{version}/token/revoke", _form_endpoint(tokens.revoked), methods=["POST"]),
    ]


def consent_route(tokens: Tokens) -> Route:
    """The page on which a user of the portal lets the app in. Here the user agrees at once."""

    async def consent(request: Request) -> Response:
        query = request.query_params
        if query.get("client_id") != credentials().client_id or "redirect_uri" not in query:
            raise Refusal(400, "missing or unknown client id or redirect URI", "VALIDATION_ERROR")
        asked = tuple(query.get("scope", "").split()) or tokens.scopes
        code = tokens.authorize(query["redirect_uri"], tuple(each for each in asked if each in tokens.scopes))
        told = {"code": code, **({"state": query["state"]} if "state" in query else {})}
        separator = "&" if "?" in query["redirect_uri"] else "?"
        return RedirectResponse(f"{query['redirect_uri']}{separator}{urlencode(told)}", 302)

    return Route("/oauth/authorize", consent)


def _form_endpoint(answer: Callable[[dict[str, str]], dict[str, Any] | None]) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        told = answer(dict(parse_qsl((await request.body()).decode())))
        return Response(status_code=204) if told is None else json_response(told, 200)

    return endpoint
