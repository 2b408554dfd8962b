"""The web application: this file alone wires the packages together."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from importlib.resources import files

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from hub.connectors.document import document
from hub.envelope import Envelope
from hub.errors import ConfigurationError
from hub.jobs.background import Background, background
from hub.jobs.export import exporting
from hub.jobs.queue import Jobs, enqueue_mapping
from hub.jobs.sources import Sources
from hub.jobs.worker import working
from hub.jobs.write_back import WriteBack
from hub.listening import Drain, listening
from hub.listening.departures import Departures
from hub.schema import plans
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
from hub.schema.lines import BOUNDS, Bounds
from hub.schema.live import Live
from hub.schema.provider import Provider, is_safe
from hub.schema.sockets import Sockets
from hub.schema.tokens import ClaimNames, Tokens
from hub.schema.webhooks import Webhooks
from hub.schema.work import Work
from hub.settings import Settings
from hub.store import documents, keys
from hub.store.database import Database
from hub.store.feed import Feed
from hub.store.keys import Holder
from hub.store.results import Results
from hub.store.secrets import sealer
from hub.store.sharing import Viewer
from hub.telemetry import Metrics, Telemetry
from hub.telemetry.exposition import CONTENT_TYPE
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
    public_url: str | None = None
    """The address that the outside world knows it by; None: the one that requests name."""
    access_log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Admittance:
    """Who may come in, and how much they may ask for."""

    anonymous: Viewer | None = None
    """Who asks without a key, on this machine: for the demo only."""
    tokens: Tokens | None = None
    budget_scale: float = 1
    bounds: Bounds = BOUNDS


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub on the web, as an ASGI application."""

    graphql: ASGIApp
    """Answers what is posted to /graphql. Routing, which takes a quarter of what a short read does, is not for it."""
    pages: Starlette
    """All else."""
    live: Live
    """To be closed before the server stops."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hold a socket."""
        posted = scope.get("method") == "POST" and scope["path"] == "/graphql"
        await (self.graphql if posted else self.pages)(scope, receive, send)


@asynccontextmanager
async def serving(
    database: Database,
    settings: Settings,
    listener: socket.socket,
    *,
    anonymous: Viewer | None = None,
    watched: Watched | None = None,
    works: bool = True,
) -> AsyncIterator[str]:
    """The hub's base URL, for as long as the context is open; if it `works`, it does the jobs that wait, too."""
    watched = watched or Watched()
    admittance = Admittance(anonymous=anonymous, tokens=_tokens(database, settings), budget_scale=settings.budget_scale)
    async with (
        background(database, sealer(settings)) as behind,
        working(Jobs(database, behind.sealer, watched.telemetry.metrics)) if works else nullcontext(),
        exporting(database, export_pages(database, behind)),
        publishing(watched.telemetry.metrics),
    ):
        hub = application(database, behind, admittance, watched)
        async with listening(hub, listener, watched.drain) as url:
            try:
                yield url
            finally:
                await hub.live.close()


def application(
    database: Database,
    behind: Background,
    admittance: Admittance | None = None,
    watched: Watched | None = None,
) -> Hub:
    """The hub on the web."""
    admittance, watched = admittance or Admittance(), watched or Watched()
    answering = engine(database, behind, watched.telemetry.metrics)
    access = Access(_holder_of(database, admittance.tokens), answering.audit.unauthenticated, admittance.anonymous)
    admission = _admission(database, answering.audit, answering.metrics, admittance.budget_scale)
    live = Live(database, access, admission, answering, watched.telemetry, admittance.bounds)
    graphql = Endpoint(access, admission, answering, live, watched.telemetry, watched.departures)
    _sampled(watched, database, live)
    middleware = _middleware(watched, cross_origin=admittance.anonymous is not None)
    pages = Starlette(
        routes=[
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", Sockets(live)),
            Route("/schema.graphql", graphql.sdl),
            Route("/exports/{export_id:uuid}", ExportDownload(database, answering.export_links).answer),
            Route("/webhooks/{connector}", Webhooks(behind.receive, watched.public_url).answer, methods=["POST"]),
            Route("/", lambda _: RedirectResponse("/graphql")),
            Route("/graphiql/{name}", asset),
            *_probes(database, watched),
        ],
        middleware=middleware,
    )
    return Hub(_wrapped(graphql, middleware), pages, live)


def _wrapped(app: ASGIApp, middleware: Sequence[Middleware]) -> ASGIApp:
    """The app, within what is around all pages."""
    for each in reversed(middleware):
        app = each.cls(app, *each.args, **each.kwargs)
    return app


def _probes(database: Database, watched: Watched) -> list[Route]:
    async def ready(_: Request) -> Response:
        answers = not watched.drain.started.is_set() and await database.ready()
        return PlainTextResponse("ready" if answers else "not ready", 200 if answers else 503)

    async def metrics(request: Request) -> Response:
        if not may_read_metrics(request.scope, watched.metrics_token):
            return PlainTextResponse("Not found", 404)
        return Response(watched.telemetry.metrics.text(), media_type=CONTENT_TYPE)

    return [
        Route("/livez", lambda _: PlainTextResponse("alive")),
        Route("/readyz", ready),
        Route("/metrics", metrics),
    ]


def _middleware(watched: Watched, *, cross_origin: bool) -> list[Middleware]:
    found = [Middleware(Envelope, access_log=watched.access_log)]
    if cross_origin:
        # A frontend's own development server is another origin, on this machine.
        headers = ["authorization", "content-type", "x-hub-cost"]
        found.append(Middleware(CORSMiddleware, allow_origin_regex=OWN_PAGES, allow_headers=headers))
    return found


def _sampled(watched: Watched, database: Database, live: Live) -> None:
    """Let metrics ask how things are when somebody looks."""
    metrics, departures = watched.telemetry.metrics, watched.departures
    metrics.sampled_by("hub_requests_watched", value=lambda: departures.watched)
    metrics.sampled_by("hub_pool_connections", "in use", value=lambda: database.connections().in_use)
    metrics.sampled_by("hub_pool_connections", "idle", value=lambda: database.connections().idle)
    lines = database.answers.answers
    metrics.sampled_by("hub_answer_connections", "in use", value=lambda: lines.in_use)
    metrics.sampled_by("hub_answer_connections", "idle", value=lambda: lines.idle)
    metrics.sampled_by("hub_answers_waiting", value=lambda: lines.waiting)
    metrics.sampled_by("hub_plan_cache_size", value=lambda: len(plans.PLANS))
    metrics.counted_by("hub_plan_cache_requests", "hit", value=lambda: plans.PLANS.hits)
    metrics.counted_by("hub_plan_cache_requests", "miss", value=lambda: plans.PLANS.misses)
    metrics.sampled_by("hub_pool_connections_max", value=lambda: database.connections().most)


def engine(database: Database, behind: Background, metrics: Metrics | None = None) -> Engine:
    """What answers operations."""
    return Engine(
        database=database,
        run_sync=behind.run_sync,
        map_accounts=behind.map,
        map_soon=enqueue_mapping,
        explain=behind.explain,
        surround=behind.surround,
        write_back=WriteBack(Sources(database=database, sealer=behind.sealer)),
        cursor_secret=blake2b(behind.sealer.key, person=b"hub cursors").digest(),
        export_links=ExportLinks(blake2b(behind.sealer.key, person=b"hub exports").digest()),
        feed=Feed(database),
        audit=Audit(database),
        metrics=metrics or Metrics(),
    )


def export_pages(database: Database, behind: Background) -> ExportPages:
    """What reads the pages of exports: as any client would, but that no page is asked for twice, so none is kept."""
    once = replace(database, answers=Results(database.answers.answers, 0))
    return ExportPages(engine(once, behind).answered)


def _admission(database: Database, audit: Audit, metrics: Metrics, budget_scale: float) -> Admission:
    """What operations pass before they run."""

    async def text_of(app: str | None, document_id: str) -> str | None:
        async with database.session() as session:
            return await documents.text(session, app, document_id)

    budgets = Buckets({role: scaled(limits, budget_scale) for role, limits in LIMITS.items()})
    return Admission(budgets, Documents(text_of), audit, metrics, Work(budget_scale))


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


async def asset(request: Request) -> Response:
    """A file of the GraphiQL page."""
    name = request.path_params["name"]
    found = next((folder / name for folder in ASSETS if (folder / name).is_file()), None)
    if found is None or name.endswith(".html"):
        return PlainTextResponse("Not found", 404)
    return FileResponse(str(found), headers={"Cache-Control": "max-age=3600"})
