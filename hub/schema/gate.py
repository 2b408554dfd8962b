"""What stands around an operation that strawberry executes: its scopes are checked, its mutations are told."""

from collections.abc import AsyncIterator
from hashlib import sha256

from graphql import OperationType, get_operation_ast
from strawberry.extensions import SchemaExtension

from hub.schema.access import forbidden
from hub.schema.auditing import Operation, root_fields
from hub.schema.context import Context
from hub.schema.errors import code_of
from hub.schema.required import missing, required


class Gate(SchemaExtension):
    """Refuses an operation whole where its viewer lacks a scope."""

    async def on_execute(self) -> AsyncIterator[None]:
        """Runs once the document was found valid. Raises Refused."""
        here = self.execution_context
        context: Context = here.context
        document = here.graphql_document
        operation = get_operation_ast(document, context.operation_name) if document else None
        if document is None or operation is None:
            raise AssertionError("A valid document has the operation.")  # pragma: no cover
        needs = required(here.schema._schema, document, operation)  # noqa: SLF001 - strawberry has no public way
        told = Operation(
            name=operation.name.value if operation.name else None,
            document_hash=sha256((here.query or "").encode()).hexdigest(),
            root_fields=root_fields(document, operation),
            scopes=needs.scopes,
            request_id=context.request_id,
        )
        lacking = missing(needs, context.viewer.scopes, here.variables)
        if lacking:
            await context.audit.forbidden(context.viewer, told, lacking)
            raise forbidden(lacking)
        if operation.operation is not OperationType.MUTATION:
            yield
            return
        async with context.audit.mutation(context.viewer, told, context.outcome) as outcome:
            yield
            errors = here.result.errors if here.result else None
            if errors:
                outcome.code = code_of(errors[0]) or "INTERNAL_SERVER_ERROR"
