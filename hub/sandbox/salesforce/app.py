"""The ASGI application that imitates one Salesforce org."""

from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.sandbox.clock import Clock
from hub.sandbox.salesforce import collections, endpoints, oauth, upserting
from hub.sandbox.salesforce.bulk import endpoints as bulk
from hub.sandbox.salesforce.bulk.jobs import Jobs
from hub.sandbox.salesforce.endpoints import answer, data
from hub.sandbox.salesforce.objects import sobjects
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import OAuthRefusal, Refusal, not_found
from hub.sandbox.salesforce.sessions import Sessions
from hub.sandbox.salesforce.state import State
from hub.sandbox.salesforce.wire import Wire
from hub.sandbox.world import World

_DATA = "/services/data/v{version}"
_OBJECT = f"{_DATA}/sobjects/{{sobject}}"
_ROWS = f"{_DATA}/composite/sobjects"
_JOB = f"{_DATA}/jobs/query/{{id}}"
_NO_SUCH_METHOD = 405


def salesforce_app(world: World, clock: Clock, *, partner_licences: bool = False) -> Starlette:
    """An org over `world.salesforce`, which clients change. Its knobs are at `app.state.salesforce`.

    Serve it with uvicorn's `date_header=False`: the Date header tells the sandbox's time.
    """
    app = Starlette(
        routes=_routes(),
        middleware=[
            Middleware(Wire, clock=clock),
            Middleware(GZipMiddleware, minimum_size=1000, compresslevel=1),
        ],
        exception_handlers={Refusal: _refused, OAuthRefusal: _refused, HTTPException: _no_such_thing},
    )
    app.router.redirect_slashes = False
    org = Org(world, clock, sobjects(world.salesforce, partner_licences=partner_licences))
    app.state.salesforce = State(org, Sessions(clock), Jobs(clock))
    return app


def _routes() -> list[Route]:
    return [
        Route("/services/oauth2/authorize", oauth.authorize),
        Route("/services/oauth2/token", oauth.token, methods=["POST"]),
        Route("/services/oauth2/introspect", oauth.introspect, methods=["POST"]),
        Route("/services/oauth2/revoke", oauth.revoke, methods=["POST"]),
        Route("/services/oauth2/userinfo", oauth.userinfo, methods=["GET", "POST"]),
        Route("/services/data", endpoints.versions),
        Route(_DATA, data(endpoints.resources)),
        Route(f"{_DATA}/limits", data(endpoints.limits)),
        Route(f"{_DATA}/query", data(endpoints.query)),
        Route(f"{_DATA}/queryAll", data(endpoints.query_all)),
        Route(f"{_DATA}/query/{{locator}}", data(endpoints.query_more)),
        Route(f"{_DATA}/queryAll/{{locator}}", data(endpoints.query_more)),
        Route(f"{_DATA}/jobs/query", data(bulk.all_of_them)),
        Route(f"{_DATA}/jobs/query", data(bulk.create), methods=["POST"]),
        Route(_JOB, data(bulk.one)),
        Route(_JOB, data(bulk.change), methods=["PATCH"]),
        Route(_JOB, data(bulk.delete), methods=["DELETE"]),
        Route(f"{_JOB}/results", data(bulk.results)),
        Route(f"{_JOB}/resultPages", data(bulk.result_pages)),
        Route(f"{_DATA}/sobjects", data(endpoints.describe_all)),
        Route(_OBJECT, data(endpoints.summary)),
        Route(_OBJECT, data(endpoints.create_row), methods=["POST"]),
        Route(f"{_OBJECT}/describe", data(endpoints.describe)),
        Route(f"{_OBJECT}/updated", data(endpoints.updated_rows)),
        Route(f"{_OBJECT}/deleted", data(endpoints.deleted_rows)),
        Route(f"{_OBJECT}/{{id}}", data(endpoints.one_row)),
        Route(f"{_OBJECT}/{{id}}", data(endpoints.edit_row), methods=["PATCH"]),
        Route(f"{_OBJECT}/{{id}}", data(endpoints.delete_row), methods=["DELETE"]),
        Route(f"{_OBJECT}/{{field}}/{{value:path}}", data(upserting.one_row)),
        Route(f"{_OBJECT}/{{field}}/{{value:path}}", data(upserting.upsert_row), methods=["PATCH"]),
        Route(_ROWS, data(collections.create_rows), methods=["POST"]),
        Route(_ROWS, data(collections.edit_rows), methods=["PATCH"]),
        Route(_ROWS, data(collections.delete_rows), methods=["DELETE"]),
        Route(f"{_ROWS}/{{sobject}}", data(collections.retrieve), methods=["POST"]),
        Route(f"{_ROWS}/{{sobject}}/{{field}}", data(collections.upsert_rows), methods=["PATCH"]),
    ]


async def _refused(_: Request, error: Exception) -> Response:
    refusal = cast("Refusal | OAuthRefusal", error)
    return answer(refusal.body(), refusal.status)


async def _no_such_thing(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == _NO_SUCH_METHOD:
        problem = f"HTTP Method '{request.method}' not allowed"
        return answer(Refusal(405, "METHOD_NOT_ALLOWED", problem).body(), 405)
    return answer(not_found().body(), 404)
