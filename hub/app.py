"""The web application: this file alone wires the packages together."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from importlib.resources import files
from uuid import UUID, uuid4

import structlog
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub.errors import HubError
from hub.jobs.mapping import map_accounts
from hub.jobs.sync import Order, StreamRun, sync
from hub.listening import listening
from hub.schema.access import Access
from hub.schema.context import Context, Loaders
from hub.schema.endpoint import Endpoint
from hub.schema.live import BOUNDS, Bounds, Live
from hub.schema.sdl import sdl
from hub.schema.sockets import Sockets
from hub.settings import Settings
from hub.store import keys
from hub.store.database import Database
from hub.store.feed import Feed
from hub.store.secrets import Sealer, sealer
from hub.store.sharing import Viewer

log = structlog.get_logger()

OWN_PAGES = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
"""Origins of pages that this machine serves."""

ASSETS = (files("hub.schema") / "ide", files("hub.schema") / "graphiql")
"""GraphiQL's own files are fetched when the hub is built; see hatch_build.py."""


@asynccontextmanager
async def serving(
    database: Database, settings: Settings, listener: socket.socket, *, anonymous: Viewer | None = None
) -> AsyncIterator[str]:
    """The hub's base URL, for as long as the context is open."""
    async with syncing(database, sealer(settings)) as syncs:
        app = application(database, syncs, anonymous=anonymous)
        async with listening(app, listener) as url:
            try:
                yield url
            finally:
                await app.state.live.close()


def application(
    database: Database, syncs: "BackgroundSyncs", *, anonymous: Viewer | None = None, bounds: Bounds = BOUNDS
) -> Starlette:
    """The hub on the web. `anonymous` is who asks without a key, on this machine: for the demo only.

    Its state holds `live`, to be closed before the server stops.
    """

    async def viewer_of(key: str) -> Viewer | None:
        async with database.session() as session:
            owner = await keys.owner(session, key)
        return None if owner is None else Viewer(owner)

    access, feed = Access(viewer_of, anonymous), Feed(database)
    secret = blake2b(syncs.sealer.key, person=b"hub cursors").digest()

    def context_of(loaders: Loaders, request_id: str, operation_name: str | None) -> Context:
        return Context(
            loaders=loaders,
            feed=feed,
            cursor_secret=secret,
            run_sync=syncs.start,
            map_accounts=lambda: map_accounts(database),
            request_id=request_id,
            operation_name=operation_name,
        )

    live = Live(database, access, context_of, bounds)
    graphql = Endpoint(database=database, access=access, live=live)

    async def ready(_: Request) -> Response:
        answers = await database.ready()
        return PlainTextResponse("ready" if answers else "not ready", 200 if answers else 503)

    routes = [
        Route("/", lambda _: RedirectResponse("/graphql")),
        Route("/graphql", graphql.answer, methods=["GET", "POST"]),
        WebSocketRoute("/graphql", Sockets(live)),
        Route("/graphiql/{name}", asset),
        Route("/schema.graphql", lambda _: PlainTextResponse(sdl())),
        Route("/livez", lambda _: PlainTextResponse("alive")),
        Route("/readyz", ready),
    ]
    middleware = [Middleware(Envelope)]
    if anonymous:
        # A frontend's own development server is another origin, on this machine.
        headers = ["authorization", "content-type"]
        middleware.append(Middleware(CORSMiddleware, allow_origin_regex=OWN_PAGES, allow_headers=headers))
    app = Starlette(routes=routes, middleware=middleware)
    app.state.live = live
    return app


@dataclass(slots=True)
class BackgroundSyncs:
    """Syncs that go on after the request that started them; the next run of one that is cut off resumes."""

    database: Database
    sealer: Sealer
    tasks: set[asyncio.Task[object]] = field(default_factory=set)

    async def start(self, connection_id: UUID, stream: str | None, full: bool) -> Sequence[UUID]:  # noqa: FBT001 - RunSync
        """Returns once the first run has begun; raises what keeps it from beginning."""
        started: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()

        def tell(run: StreamRun) -> None:
            if not started.done():
                started.set_result(run.id)

        order = Order(connection_id=connection_id, stream=stream, full=full)
        task = asyncio.create_task(sync(self.database, self.sealer, order, tell))
        self.tasks.add(task)
        task.add_done_callback(self._done)
        await asyncio.wait((task, started), return_when=asyncio.FIRST_COMPLETED)
        if not started.done():
            await task
        return [started.result()]

    def _done(self, task: asyncio.Task[object]) -> None:
        self.tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, HubError):
            # Of the others, the runs and the issues tell.
            log.error("sync failed", error=type(error).__name__, exc_info=error)


@asynccontextmanager
async def syncing(database: Database, key: Sealer) -> AsyncIterator[BackgroundSyncs]:
    """Syncs in the background; those that still run at the end are cut off."""
    syncs = BackgroundSyncs(database, key)
    yield syncs
    for task in syncs.tasks:
        task.cancel()
    await asyncio.gather(*syncs.tasks, return_exceptions=True)


async def asset(request: Request) -> Response:
    """A file of the GraphiQL page."""
    name = request.path_params["name"]
    found = next((folder / name for folder in ASSETS if (folder / name).is_file()), None)
    if found is None or name.endswith(".html"):
        return PlainTextResponse("Not found", 404)
    return FileResponse(str(found), headers={"Cache-Control": "max-age=3600"})


SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Gives every request an id, the caller's own if it sent a sane one, and every answer that id and safe headers."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
        request_id = given if re.fullmatch(r"[\w.-]{1,64}", given, re.ASCII) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id

        async def enveloped(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, enveloped)
