"""How large a document may be. Each fragment is measured once, so that measuring takes linear time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from graphql import (
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationRule,
)
from strawberry.extensions import SchemaExtension

from hub.schema.paging import LARGEST_PAGE

MOST_TOKENS = 2_000
DEEPEST = 15
MOST_FIELDS = 2_000
"""Counted with every fragment written out where it is spread."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How deep a selection is, and how many fields it has."""

    depth: int = 0
    fields: int = 0


@dataclass(slots=True)
class Measure:
    """Measures selections, each fragment once."""

    fragments: dict[str, FragmentDefinitionNode]
    _known: dict[str, Extent] = field(default_factory=dict)

    def of(self, selection_set: SelectionSetNode | None) -> Extent:
        """The extent of a selection. Introspection has a depth limit of its own."""
        parts = [self._part(node) for node in selection_set.selections] if selection_set else []
        return Extent(max((part.depth for part in parts), default=0), sum(part.fields for part in parts))

    def _part(self, node: Any) -> Extent:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        inner = self.of(node.selection_set)
        if not isinstance(node, FieldNode):
            return inner
        depth = 0 if node.name.value.startswith("__") else inner.depth + 1
        return Extent(depth, inner.fields + 1)

    def _fragment(self, name: str) -> Extent:
        if name not in self._known:
            self._known[name] = Extent()  # for fragments that spread themselves, which another rule refuses
            fragment = self.fragments.get(name)
            self._known[name] = self.of(fragment.selection_set if fragment else None)
        return self._known[name]


class Limits(ASTValidationRule):
    """A document is neither too deep nor too large."""

    def enter_document(self, document: DocumentNode, *_: Any) -> None:
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        measure = Measure(fragments)
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                extent = measure.of(operation.selection_set)
                if extent.depth > DEEPEST:
                    self.report_error(
                        GraphQLError(f"The operation is {extent.depth} levels deep; {DEEPEST} are allowed.", operation)
                    )
                if extent.fields > MOST_FIELDS:
                    self.report_error(
                        GraphQLError(
                            f"The operation selects {extent.fields} fields; {MOST_FIELDS} are allowed.", operation
                        )
                    )


class PageSizes(ValidationRule):
    """Every list says how long a page it wants."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        definition = self.context.get_field_def()
        if definition is None or not {"first", "last"} <= definition.args.keys():
            return
        sizes = {
            given.name.value: given.value for given in node.arguments or () if given.name.value in ("first", "last")
        }
        if not sizes:
            self.report_error(
                GraphQLError(f"{node.name.value!r} needs `first` or `last`, from 1 to {LARGEST_PAGE}.", node)
            )


class Planned(SchemaExtension):
    """Notes what is known of an operation once it was found to be valid."""

    def on_execute(self) -> Iterator[None]:
        """Runs before the operation is."""
        timings = self.execution_context.context.timings
        timings.planned()
        timings.operation = timings.operation._replace(
            kind=self.execution_context.operation_type.value,
            name=self.execution_context.operation_name or "",
            path="reference",
            document=sha256((self.execution_context.query or "").encode()).hexdigest(),
        )
        yield


class NamedOperation(SchemaExtension):
    """A document of several operations comes with the name of one: strawberry would take the first."""

    def on_validate(self) -> Iterator[None]:
        """Runs after the document was validated, and adds to what was found."""
        document, found = self.execution_context.graphql_document, self.execution_context.pre_execution_errors
        parts = document.definitions if document else ()
        operations = [each for each in parts if isinstance(each, OperationDefinitionNode)]
        if len(operations) > 1 and not self.execution_context.context.operation_name:
            error = GraphQLError("The document has several operations: say which one with `operationName`.", operations)
            self.execution_context.pre_execution_errors = [*(found or ()), error]
        yield
