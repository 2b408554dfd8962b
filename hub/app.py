"""The web application: this file alone wires the packages together."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from importlib.resources import files
from uuid import UUID

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from hub.connectors.http import document
from hub.envelope import Envelope
from hub.errors import ConfigurationError, HubError
from hub.jobs.export import exporting
from hub.jobs.mapping import map_accounts
from hub.jobs.sync import Order, StreamRun, sync
from hub.listening import Drain, listening
from hub.listening.departures import Departures
from hub.model import SyncRunState
from hub.schema.access import Access, HolderOf
from hub.schema.admission import Admission
from hub.schema.answering import Engine
from hub.schema.auditing import Audit
from hub.schema.budgets import Buckets
from hub.schema.documents import Documents
from hub.schema.endpoint import Endpoint
from hub.schema.export_download import ExportDownload
from hub.schema.export_links import ExportLinks
from hub.schema.export_pages import ExportPages
from hub.schema.limits import LIMITS, scaled
from hub.schema.provider import Provider, is_safe
from hub.schema.schema import CORE
from hub.schema.tokens import ClaimNames, Tokens
from hub.settings import Settings
from hub.store import documents, keys
from hub.store.database import Database
from hub.store.keys import Holder
from hub.store.secrets import Sealer, sealer
from hub.store.sharing import Viewer
from hub.telemetry import Telemetry
from hub.telemetry.exposition import CONTENT_TYPE
from hub.telemetry.metrics import Metrics
from hub.telemetry.scraping import may_read_metrics, publishing

log = structlog.get_logger()

OWN_PAGES = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?"
"""Origins of pages that this machine serves."""

ASSETS = (files("hub.schema") / "ide", files("hub.schema") / "graphiql")
"""GraphiQL's own files are fetched when the hub is built; see hatch_build.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """How the hub on the web is seen from outside, and how it ends."""

    telemetry: Telemetry = field(default_factory=Telemetry)
    departures: Departures = field(default_factory=Departures)
    drain: Drain = field(default_factory=Drain)
    metrics_token: str | None = None
    access_log: bool = False


@asynccontextmanager
async def serving(
    database: Database,
    settings: Settings,
    listener: socket.socket,
    *,
    anonymous: Viewer | None = None,
    watched: Watched | None = None,
) -> AsyncIterator[str]:
    """The hub's base URL, for as long as the context is open."""
    watched = watched or Watched()
    async with (
        syncing(database, sealer(settings), watched.telemetry.metrics) as syncs,
        exporting(database, export_pages(database, syncs)),
        publishing(watched.telemetry.metrics),
        listening(
            application(
                database,
                syncs,
                anonymous=anonymous,
                watched=watched,
                tokens=_tokens(database, settings),
                budget_scale=settings.budget_scale,
            ),
            listener,
            watched.drain,
        ) as url,
    ):
        yield url


def application(
    database: Database,
    syncs: "BackgroundSyncs",
    *,
    anonymous: Viewer | None = None,
    tokens: Tokens | None = None,
    watched: Watched | None = None,
    budget_scale: float = 1,
) -> Starlette:
    """The hub on the web. `anonymous` is who asks without a key, on this machine: for the demo only."""
    watched = watched or Watched()
    _sampled(watched, database)

    async def text_of(app: str | None, document_id: str) -> str | None:
        async with database.session() as session:
            return await documents.text(session, app, document_id)

    audit = Audit(database)
    answering = engine(database, syncs, audit, watched.telemetry.metrics)
    budgets = Buckets({role: scaled(limits, budget_scale) for role, limits in LIMITS.items()})
    graphql = Endpoint(
        access=Access(_holder_of(database, tokens), audit.unauthenticated, anonymous),
        admission=Admission(budgets, Documents(text_of), audit),
        engine=answering,
        telemetry=watched.telemetry,
        departures=watched.departures,
    )
    download = ExportDownload(database, answering.export_links)

    async def ready(_: Request) -> Response:
        answers = not watched.drain.started.is_set() and await database.ready()
        return PlainTextResponse("ready" if answers else "not ready", 200 if answers else 503)

    async def metrics(request: Request) -> Response:
        if not may_read_metrics(request.scope, watched.metrics_token):
            return PlainTextResponse("Not found", 404)
        return Response(watched.telemetry.metrics.text(), media_type=CONTENT_TYPE)

    routes = [
        Route("/", lambda _: RedirectResponse("/graphql")),
        Route("/graphql", graphql, methods=["GET", "POST"]),
        Route("/exports/{export_id:uuid}", download.answer),
        Route("/graphiql/{name}", asset),
        Route("/schema.graphql", graphql.sdl),
        Route("/livez", lambda _: PlainTextResponse("alive")),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]
    middleware = [Middleware(Envelope, access_log=watched.access_log)]
    if anonymous:
        # A frontend's own development server is another origin, on this machine.
        headers = ["authorization", "content-type", "x-hub-cost"]
        middleware.append(Middleware(CORSMiddleware, allow_origin_regex=OWN_PAGES, allow_headers=headers))
    return Starlette(routes=routes, middleware=middleware, exception_handlers={Exception: unexpected})


async def unexpected(request: Request, error: Exception) -> Response:
    """What is told of a defect of ours; the error itself is for the log."""
    request_id: str = request.state.request_id
    log.error("request failed", request_id=request_id, exc_info=error)
    told = {"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}}
    return JSONResponse({"errors": [told]}, 500, {"X-Request-Id": request_id})


def _sampled(watched: Watched, database: Database) -> None:
    """Let metrics ask how things are when somebody looks."""
    metrics, departures = watched.telemetry.metrics, watched.departures
    metrics.sampled_by("hub_requests_watched", value=lambda: departures.watched)
    metrics.sampled_by("hub_pool_connections", "in use", value=lambda: database.connections().in_use)
    metrics.sampled_by("hub_pool_connections", "idle", value=lambda: database.connections().idle)
    metrics.sampled_by("hub_pool_connections_max", value=lambda: database.connections().most)


def engine(
    database: Database, syncs: "BackgroundSyncs", audit: Audit | None = None, metrics: Metrics | None = None
) -> Engine:
    """What answers operations."""
    return Engine(
        database=database,
        run_sync=syncs.start,
        map_accounts=lambda: map_accounts(database),
        cursor_secret=blake2b(syncs.sealer.key, person=b"hub cursors").digest(),
        export_links=ExportLinks(blake2b(syncs.sealer.key, person=b"hub exports").digest()),
        audit=audit or Audit(database),
        metrics=metrics or Metrics(),
    )


def export_pages(database: Database, syncs: "BackgroundSyncs") -> ExportPages:
    """What reads the pages of exports: as any client would."""
    return ExportPages(engine(database, syncs).answered, CORE)


def _holder_of(database: Database, tokens: Tokens | None) -> HolderOf:
    """Finds out who holds an API key, or a token where there is a provider of them."""

    async def holder(presented: str) -> Holder:
        if tokens and not presented.startswith(keys.MARK):
            return await tokens.holder(presented)
        async with database.session() as session:
            return await keys.holder(session, presented)

    return holder


def _tokens(database: Database, settings: Settings) -> Tokens | None:
    """Verifies tokens, where a provider is named. Raises ConfigurationError."""
    issuer, audience = settings.oidc_issuer, settings.oidc_audience
    if issuer is None and audience is None:
        return None
    if issuer is None or audience is None:
        raise ConfigurationError("HUB_OIDC_ISSUER and HUB_OIDC_AUDIENCE belong together: set both or none.")
    if not is_safe(issuer):
        raise ConfigurationError("HUB_OIDC_ISSUER is no https address.")
    names = ClaimNames(
        role=settings.oidc_role_claim,
        scopes=settings.oidc_scope_claim,
        organization=settings.oidc_organization_claim,
    )
    return Tokens(database, Provider(issuer, document), audience, names)


@dataclass(slots=True)
class BackgroundSyncs:
    """Syncs that go on after the request that started them; the next run of one that is cut off resumes."""

    database: Database
    sealer: Sealer
    metrics: Metrics = field(default_factory=Metrics)
    tasks: set[asyncio.Task[object]] = field(default_factory=set)

    async def start(self, connection_id: UUID, stream: str | None, full: bool) -> Sequence[UUID]:  # noqa: FBT001 - RunSync
        """Returns once the first run has begun; raises what keeps it from beginning."""
        started: asyncio.Future[UUID] = asyncio.get_running_loop().create_future()

        def tell(run: StreamRun) -> None:
            if not started.done():
                started.set_result(run.id)
            if run.state != SyncRunState.RUNNING:
                self.metrics.synced(run.connection.connector, run.stream.name, run.state.lower(), run.seen)

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
async def syncing(database: Database, key: Sealer, metrics: Metrics | None = None) -> AsyncIterator[BackgroundSyncs]:
    """Syncs in the background; those that still run at the end are cut off."""
    syncs = BackgroundSyncs(database, key, metrics or Metrics())
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
