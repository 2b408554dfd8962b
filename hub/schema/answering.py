"""How an operation is answered: by one compiled statement where it can be, else by graphql-core."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter, thread_time
from typing import Any
from uuid import uuid4

import msgspec
import orjson
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from strawberry.execution import optimized_is_awaitable

from hub.errors import InputError, StoreError
from hub.schema.auditing import Audit
from hub.schema.context import Context, Explain, Loaders, MapAccounts, MapSoon, RunSync, Surround, WriteBack
from hub.schema.drafting import Uncompilable
from hub.schema.errors import code_of, told
from hub.schema.export_links import ExportLinks
from hub.schema.operations import Invalid
from hub.schema.plans import Plan, audited, plan
from hub.schema.schema import SCHEMA
from hub.schema.scopes import all_readable
from hub.store.answers import Unanswerable
from hub.store.database import Database
from hub.store.feed import Feed
from hub.store.kept import Kept
from hub.store.read import reading
from hub.store.sharing import Viewer
from hub.telemetry import Metrics, Timings

MOST_INTROSPECTED = 16
"""Tools send a handful of documents, but a client may send any; an answer can have a megabyte."""


class Answer(msgspec.Struct, frozen=True):
    """What goes back."""

    body: bytes
    code: str = "OK"
    """OK, or the code of its first error."""
    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = ()
    cache_control: bytes = b"no-store"
    legacy: bool = False
    """Whether who does not name GraphQL's media type gets status 200 all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What operations are answered with."""

    database: Database
    run_sync: RunSync
    map_accounts: MapAccounts
    map_soon: MapSoon
    explain: Explain
    surround: Surround
    write_back: WriteBack
    cursor_secret: bytes
    export_links: ExportLinks
    feed: Feed
    audit: Audit
    metrics: Metrics
    introspected: Kept[tuple[Plan, bytes], Answer] = field(default_factory=lambda: Kept(MOST_INTROSPECTED))
    """What the schema told about itself, by plan and variables: it never changes."""

    async def answer(
        self, planned: Plan, variables: Mapping[str, Any], viewer: Viewer, timings: Timings, request_id: str
    ) -> Answer:
        """The response; raises StoreError."""
        if planned.is_of_schema:
            return await self._of_schema(planned, variables, viewer, timings, request_id)
        if planned.kind is OperationType.QUERY:
            try:
                return await self._compiled(planned, variables, viewer, timings)
            except (Uncompilable, Unanswerable, InputError, GraphQLError) as reason:
                # graphql-core knows how to answer, or how to word the error.
                self.metrics.fell_back(type(reason).__name__)
        return await self._by_reference(planned, variables, viewer, timings, request_id)

    async def _of_schema(
        self, planned: Plan, variables: Mapping[str, Any], viewer: Viewer, timings: Timings, request_id: str
    ) -> Answer:
        """What the schema tells about itself, which takes it a fifth of a second the first time."""
        key = (planned, msgspec.json.encode(variables))
        kept = self.introspected.get(key)
        if kept is not None:
            timings.operation = timings.operation._replace(path="none")
            return kept
        found = await self._by_reference(planned, variables, viewer, timings, request_id)
        if found.code == "OK":
            self.introspected.keep(key, found)
        return found

    async def _by_reference(
        self, planned: Plan, variables: Mapping[str, Any], viewer: Viewer, timings: Timings, request_id: str
    ) -> Answer:
        timings.operation = timings.operation._replace(path="reference")
        return response(await self.executed(planned, variables, viewer, timings, request_id), request_id)

    async def answered(self, viewer: Viewer, document: str, variables: dict[str, Any]) -> bytes:
        """The answer to a query of the hub's own making, as JSON. Raises StoreError."""
        request_id = uuid4().hex
        try:
            found = plan(document, None, viewer.role)
        except Invalid as invalid:
            return request_error(invalid.errors, request_id).body
        return (await self.answer(found, variables, viewer, Timings(), request_id)).body

    async def _compiled(self, planned: Plan, variables: Mapping[str, Any], viewer: Viewer, timings: Timings) -> Answer:
        began = thread_time()
        try:
            question = planned.question(variables, self.cursor_secret)
        finally:
            timings.compiled = thread_time() - began
        if not all_readable(question.models, viewer.scopes):
            raise Uncompilable("it asks for rows by id that the viewer may not read")
        sent = perf_counter()
        data = await self.database.answers.answer(question, viewer)
        timings.read(sent)
        return Answer(b'{"data":%b}' % data)

    async def executed(
        self, planned: Plan, variables: Mapping[str, Any], viewer: Viewer, timings: Timings, request_id: str
    ) -> ExecutionResult:
        """What graphql-core makes of the operation; raises StoreError."""
        async with reading(self.database, viewer, timings) as reader:
            context = self.context(Loaders(reader), viewer, timings, request_id)
            if planned.kind is OperationType.MUTATION:
                found = await self._audited(planned, variables, context)
            else:
                found = await _executed(planned, variables, context)
        for error in found.errors or ():
            if isinstance(error.original_error, StoreError):
                raise error.original_error
        return found

    def context(self, loaders: Loaders, viewer: Viewer, timings: Timings, request_id: str) -> Context:
        """What graphql-core's resolvers work with."""
        return Context(
            viewer=viewer,
            database=self.database,
            feed=self.feed,
            export_links=self.export_links,
            loaders=loaders,
            cursor_secret=self.cursor_secret,
            run_sync=self.run_sync,
            map_accounts=self.map_accounts,
            map_soon=self.map_soon,
            explain=self.explain,
            surround=self.surround,
            write_back=self.write_back,
            request_id=request_id,
            timings=timings,
            audit=self.audit,
        )

    async def _audited(self, planned: Plan, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
        told = audited(planned, context.request_id)
        async with self.audit.mutation(context.viewer, told, context.outcome) as outcome:
            found = await _executed(planned, variables, context)
            if found.errors:
                outcome.code = code_of(found.errors[0]) or "INTERNAL_SERVER_ERROR"
        return found


async def _executed(planned: Plan, variables: Mapping[str, Any], context: Context) -> ExecutionResult:
    result = execute(
        planned.schema,
        planned.document,
        context_value=context,
        variable_values=dict(variables),
        operation_name=planned.name,
        hide_suggestions=not planned.suggestions,
        executor_class=SCHEMA.execution_context_class,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type] # it is one, but not declared so
    )
    return result if isinstance(result, ExecutionResult) else await result


def response(result: ExecutionResult, request_id: str) -> Answer:
    """The result as JSON."""
    if not result.errors:
        return Answer(orjson.dumps({"data": result.data}))
    if result.data is None and all(error.path is None for error in result.errors):
        return request_error(result.errors, request_id)
    errors = told(result.errors, request_id)
    return Answer(orjson.dumps({"errors": errors, "data": result.data}), errors[0]["extensions"]["code"])


def request_error(errors: Sequence[GraphQLError], request_id: str) -> Answer:
    """No field is at fault, but the request: the answer has no data."""
    found = told(list(errors), request_id)
    return Answer(orjson.dumps({"errors": found}), found[0]["extensions"]["code"], 400, legacy=True)
