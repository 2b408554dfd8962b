"""How an operation is answered: by one compiled statement where it can be, else by graphql-core."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, OperationType, execute
from strawberry.execution import optimized_is_awaitable

from hub.errors import InputError, StoreError
from hub.schema.context import Context, Loaders, MapAccounts, RunSync
from hub.schema.drafting import Uncompilable
from hub.schema.errors import told
from hub.schema.plans import Plan
from hub.schema.schema import SCHEMA
from hub.store.answers import Answers, Unanswerable
from hub.store.database import Database
from hub.store.read import reading
from hub.store.sharing import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What operations are answered with."""

    database: Database
    answers: Answers
    run_sync: RunSync
    map_accounts: MapAccounts
    cursor_secret: bytes

    async def answer(self, plan: Plan, variables: Mapping[str, Any], viewer: Viewer, request_id: str) -> bytes:
        """The response, as JSON; raises StoreError."""
        if plan.kind is OperationType.QUERY:
            try:
                question = plan.question(variables, self.cursor_secret)
                return b'{"data":%b}' % await self.answers.answer(question, viewer)
            except (Uncompilable, Unanswerable, InputError, GraphQLError):
                pass  # graphql-core knows how to answer, or how to word the error
        return response(await self.executed(plan, variables, viewer, request_id), request_id)

    async def executed(
        self, plan: Plan, variables: Mapping[str, Any], viewer: Viewer, request_id: str
    ) -> ExecutionResult:
        """What graphql-core makes of the operation; raises StoreError."""
        async with reading(self.database, viewer) as reader:
            context = Context(
                loaders=Loaders(reader),
                cursor_secret=self.cursor_secret,
                run_sync=self.run_sync,
                map_accounts=self.map_accounts,
                request_id=request_id,
            )
            result = execute(
                plan.schema,
                plan.document,
                context_value=context,
                variable_values=dict(variables),
                operation_name=plan.name,
                executor_class=SCHEMA.execution_context_class,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type] # it is one, but not declared so
            )
            found: ExecutionResult = result if isinstance(result, ExecutionResult) else await result
        for error in found.errors or ():
            if isinstance(error.original_error, StoreError):
                raise error.original_error
        return found


def response(result: ExecutionResult, request_id: str) -> bytes:
    """The result as JSON. Without data and without a field at fault, the request itself was: it gets no `data`."""
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = told(result.errors, request_id)
    if result.data is not None or any(error.path for error in result.errors or ()):
        answer["data"] = result.data
    return orjson.dumps(answer)
