"""Answers that go on: who holds a line to the hub, how many may, and what ends one."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Collection, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from inspect import isawaitable
from typing import Any
from uuid import uuid4

import orjson
import structlog
from graphql import ExecutionResult, GraphQLError, OperationType, subscribe
from starlette.requests import Request
from starlette.types import Scope

from hub.errors import StoreError, TimedOut
from hub.schema.access import Access, Refused
from hub.schema.admission import Admission
from hub.schema.answering import Engine
from hub.schema.context import Context, Loaders
from hub.schema.errors import told
from hub.schema.lines import BOUNDS, GOING_AWAY, NO_LONGER, TOO_MANY, Bounds, Line
from hub.schema.operations import Invalid
from hub.schema.plans import Plan
from hub.schema.requests import Asked
from hub.schema.schema import SCHEMA
from hub.store.database import Database
from hub.store.read import reading
from hub.store.sharing import Viewer
from hub.telemetry import NOT_PLANNED, Telemetry, Timings

log = structlog.get_logger()

ANYTHING = frozenset({OperationType.QUERY, OperationType.MUTATION, OperationType.SUBSCRIPTION})


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of an operation."""

    payload: dict[str, Any]
    refused: bool
    """Whether the operation was not even begun: `payload` has errors only."""


@dataclass(slots=True, eq=False)
class Live:
    """Runs what goes on, for sockets and event streams alike."""

    database: Database
    access: Access
    admission: Admission
    engine: Engine
    telemetry: Telemetry
    bounds: Bounds = BOUNDS
    lines: set[Line] = field(default_factory=set)
    unknown: int = 0
    """How many sockets have not said yet who they are."""
    closed: bool = False
    _per_owner: Counter[str] = field(default_factory=Counter)
    _credentials: dict[str, dict[Line, tuple[Request, Viewer]]] = field(default_factory=lambda: defaultdict(dict))
    _keeper: asyncio.Task[None] | None = None
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def full(self) -> bool:
        """Whether this process takes no more lines."""
        return self.closed or len(self.lines) >= self.bounds.lines

    @contextmanager
    def held(self, line: Line) -> Iterator[None]:
        """Count a line for as long as it is open."""
        self.lines.add(line)
        self._empty.clear()
        try:
            yield
        finally:
            self.lines.discard(line)
            if not self.lines:
                self._empty.set()
                if self._keeper is not None:
                    self._keeper.cancel()
                    self._keeper = None

    @contextmanager
    def known(self, line: Line, request: Request, viewer: Viewer) -> Iterator[None]:
        """Count a line as its client's, and end it when its credentials do. Raises Refused where there are too many."""
        owner = viewer.client
        if self._per_owner[owner] >= self.bounds.lines_of_one:
            raise Refused(429, "RATE_LIMITED", TOO_MANY.reason)
        self._per_owner[owner] += 1
        credentials = request.headers.get("authorization", "")
        self._credentials[credentials][line] = (request, viewer)
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_checking())
        try:
            yield
        finally:
            self._per_owner -= Counter((owner,))
            del self._credentials[credentials][line]
            if not self._credentials[credentials]:
                del self._credentials[credentials]

    async def answers(
        self, asked: Asked, viewer: Viewer, transport: str, allowed: Collection[OperationType] = ANYTHING
    ) -> AsyncGenerator[Reply, None]:
        """The answers of an operation; each is read when it is asked for. Between two, no connection is held."""
        request_id, timings, code = uuid4().hex, self.telemetry.begun(()), "INTERNAL_SERVER_ERROR"
        try:
            plan, only = await self._begun(asked, viewer, allowed, timings, request_id)
            code = "OK" if only is None else _code(only)
        except (asyncio.CancelledError, GeneratorExit):
            code = "CLIENT_GONE"
            raise
        finally:
            # A subscription is answered once it is begun: what it delivers is counted apart.
            self.telemetry.answered(timings, code, request_id)
        if only is not None:
            yield only
        elif plan is not None:
            with self._counted(transport):
                async with aclosing(self._followed(plan, asked, viewer, request_id)) as found:
                    async for reply in found:
                        yield reply
                        self.engine.metrics.delivered(transport)

    async def _begun(
        self, asked: Asked, viewer: Viewer, allowed: Collection[OperationType], timings: Timings, request_id: str
    ) -> tuple[Plan | None, Reply | None]:
        """The plan of a subscription that may be followed, or the only reply there is."""
        timings.operation = NOT_PLANNED._replace(client=viewer.client)
        try:
            plan = (await self.admission.admitted(asked, viewer, request_id)).plan
            _must_be_allowed(plan.kind, allowed)
        except Invalid as invalid:
            return None, Reply({"errors": told(invalid.errors, request_id)}, refused=True)
        except Refused as refused:
            return None, Reply({"errors": [_refusal(refused, request_id)]}, refused=True)
        except StoreError as error:
            return None, Reply({"errors": [_failure(error, request_id)]}, refused=True)
        timings.operation = plan.told._replace(client=viewer.client, trusted=asked.query is None)
        timings.planned()
        if plan.kind is OperationType.SUBSCRIPTION:
            return plan, None
        return plan, await self._answered(plan, asked, viewer, timings, request_id)

    @contextmanager
    def _counted(self, transport: str) -> Iterator[None]:
        self.engine.metrics.subscription_opened(transport)
        try:
            yield
        finally:
            self.engine.metrics.subscription_closed(transport)

    async def _answered(self, plan: Plan, asked: Asked, viewer: Viewer, timings: Timings, request_id: str) -> Reply:
        try:
            answer = await self.engine.answer(plan, asked.variables, viewer, timings, request_id)
        except StoreError as error:
            return Reply({"errors": [_failure(error, request_id)]}, refused=True)
        finally:
            self.admission.worked(viewer, timings.compiled)
        return Reply(orjson.loads(answer.body), refused=answer.status != HTTPStatus.OK)

    async def _followed(self, plan: Plan, asked: Asked, viewer: Viewer, request_id: str) -> AsyncGenerator[Reply, None]:
        async with reading(self.database, viewer) as reader:
            loaders = Loaders(reader)
            stream = await _subscribed(plan, asked, self.engine.context(loaders, viewer, Timings(), request_id))
            if isinstance(stream, ExecutionResult):
                yield _reply(stream, request_id, refused=True)
                return
            async with aclosing(stream) as results:
                async for result in results:
                    await loaders.renew()
                    yield _reply(result, request_id)
                    # Each answer costs what the operation costs; where it stands is in the database, so it can wait.
                    await self.admission.paid(plan, asked, viewer)

    async def close(self) -> None:
        """End all lines, and take no new ones."""
        self.closed = True
        for line in self.lines:
            line.end(GOING_AWAY)
        if not self.lines:
            return
        try:
            async with asyncio.timeout(2 * self.bounds.farewell):
                await self._empty.wait()
        except TimeoutError:
            log.info("lines were cut", lines=len(self.lines))

    async def _keep_checking(self) -> None:
        while True:
            await asyncio.sleep(self.bounds.recheck)
            for lines in list(self._credentials.values()):
                await self._check(dict(lines))

    async def _check(self, lines: dict[Line, tuple[Request, Viewer]]) -> None:
        """End the lines whose viewer is another now, or nobody: a key may be good for one address only."""
        for line, (request, viewer) in lines.items():
            try:
                now: Viewer | None = await self.access.viewer(request)
            except Refused as refused:
                if refused.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                    continue  # Who vouches for it does not answer just now.
                now = None
            except StoreError:
                return  # The database will tell when it is back.
            if viewer != now:
                line.end(NO_LONGER)


def request_of(scope: Scope, authorization: str | None = None) -> Request:
    """The request that opened a line, with the credentials that were handed in later."""
    headers = scope["headers"]
    if authorization is not None:
        others = [(name, value) for name, value in headers if name.lower() != b"authorization"]
        headers = [*others, (b"authorization", authorization.encode("latin-1", "replace"))]
    return Request({**scope, "type": "http", "method": "GET", "headers": headers})


async def _subscribed(
    plan: Plan, asked: Asked, context: Context
) -> AsyncGenerator[ExecutionResult, None] | ExecutionResult:
    stream = subscribe(
        plan.schema,
        plan.document,
        context_value=context,
        variable_values=dict(asked.variables),
        operation_name=plan.name,
        hide_suggestions=not plan.suggestions,
        executor_class=SCHEMA.execution_context_class,
    )
    return await stream if isawaitable(stream) else stream  # type: ignore[return-value]


def _must_be_allowed(kind: OperationType, allowed: Collection[OperationType]) -> None:
    if kind not in allowed:
        raise Refused(405, "BAD_REQUEST", "Only queries and subscriptions are answered by GET.", Allow="POST")


def _refusal(refused: Refused, request_id: str) -> dict[str, Any]:
    return {
        "message": str(refused),
        "extensions": {"code": refused.code, "requestId": request_id, **refused.facts},
    }


def _failure(error: StoreError, request_id: str) -> dict[str, Any]:
    if isinstance(error, TimedOut):
        return {"message": str(error), "extensions": {"code": "TIMEOUT", "requestId": request_id}}
    log.error("database failed", request_id=request_id, exc_info=error)
    message = "The database does not answer; try again."
    return {"message": message, "extensions": {"code": "UNAVAILABLE", "requestId": request_id}}


def _code(reply: Reply) -> str:
    """OK, or the code of the first error."""
    errors = reply.payload.get("errors")
    return str(errors[0]["extensions"]["code"]) if errors else "OK"


def _reply(result: ExecutionResult, request_id: str, *, refused: bool = False) -> Reply:
    payload: dict[str, Any] = {} if refused else {"data": result.data}
    if result.errors:
        payload["errors"] = _told(result.errors, request_id)
    return Reply(payload, refused)


def _told(errors: list[GraphQLError], request_id: str) -> list[dict[str, Any]]:
    causes = (error.original_error for error in errors)
    failure = next((cause for cause in causes if isinstance(cause, StoreError)), None)
    return told(errors, request_id) if failure is None else [_failure(failure, request_id)]


def encoded(message: Any) -> str:
    """A message as the text of a frame or event: clients of both protocols take no bytes."""
    return orjson.dumps(message).decode()
