"""Plans: what is worked out once for a document, and used by all requests that send it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Any

import msgspec
from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from hub.model import Base, Role
from hub.schema import auditing as audit
from hub.schema.auditing import root_fields
from hub.schema.binding import Bound, bound, id_parameter, id_variable
from hub.schema.contracts import contract
from hub.schema.drafting import Draft, Uncompilable, draft
from hub.schema.limits import LIMITS
from hub.schema.measure import Measure
from hub.schema.nodes import named
from hub.schema.operations import checked
from hub.schema.required import Required, required
from hub.schema.schema import CORE
from hub.schema.weights import weights
from hub.store.answers import Question, question
from hub.store.kept import Kept
from hub.store.statement import Target, statement
from hub.telemetry import Operation

CACHED_PLANS = 2_000_000
"""Characters of all documents whose plans are kept: a plan takes up to forty times the room of its document."""
LONGEST_CACHED = 20_000
"""Characters: longer documents are planned anew each time."""
CACHED_STATEMENTS = 2_000
CACHED_DRAFTS = 16
"""For each plan: what different @skip and @include came to."""
CACHED_QUESTIONS = 30_000_000
"""Bytes of what the variables of all plans came to."""
LONGEST_VARIABLES = 2_000
"""Bytes: what longer variables came to is not kept."""
LONGEST_NAME = 200
"""Characters of an operation's name that metrics, traces and logs see."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A valid operation, and what it came to before."""

    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    measure: Measure
    flags: tuple[str, ...]
    """The variables in its @skip and @include."""
    variables: tuple[str, ...]
    """Those that it declares: others do not matter."""
    ids: tuple[str, ...]
    """The variables that hold ids of nodes and nothing else: what is worked out for one id serves all of its type."""
    told: Operation
    """The operation, as metrics, traces and logs tell of it."""
    required: Required
    """The scopes it needs."""
    roots: tuple[str, ...]
    """The first fields it selects."""
    is_of_schema: bool
    """Whether it asks for nothing but what the schema is: whoever has its contract is answered the same."""
    schema: GraphQLSchema
    """The contract it is valid under."""
    suggestions: bool
    """Whether a mistake in its variables is answered with the names that were perhaps meant."""
    drafts: Kept[tuple[Any, ...], Draft | str] = field(default_factory=lambda: Kept(CACHED_DRAFTS))

    @property
    def name(self) -> str | None:
        """What the document calls the operation."""
        return self.operation.name.value if self.operation.name else None

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.operation.operation

    def question(self, variables: Mapping[str, Any], secret: bytes) -> Question:
        """What to ask the database, given the request's variables.

        Raises Uncompilable; InputError and GraphQLError for variables that nothing can be made of.
        """
        given = {name: variables[name] for name in self.variables if name in variables}
        models, keys = [], {}
        for name in self.ids:
            if type(given.get(name)) is str:
                model, keys[id_parameter(name)] = named(given.pop(name))
                models.append((name, model))
        sent = msgspec.json.encode(given)
        # Its cursors are signed with the secret: under another one it is another question.
        key = (self, sent, tuple(models), secret)
        found = _questions.get(key)
        if found is None:
            found = self._question(variables, secret)
            if len(sent) <= LONGEST_VARIABLES:
                _questions.keep(key, found, found.size + len(sent))
        return found.about(keys) if keys else found

    def _question(self, variables: Mapping[str, Any], secret: bytes) -> Question:
        coerced = self._coerced(variables)
        draft = self._draft(coerced)
        slots: list[Bound] = [bound(slot, coerced, f"v{number}", secret) for number, slot in enumerate(draft.slots)]
        values = {name: value for each in slots for name, value in each.values.items()}
        models = frozenset(each.asked.model for each in slots if isinstance(each.asked, Target))
        return question(_statement(draft.parts, tuple(each.asked for each in slots)), values, models)

    def _draft(self, coerced: VariableValues) -> Draft:
        key = tuple(coerced.coerced.get(name) for name in self.flags)
        found = self.drafts.get(key)
        if found is None:
            found = self._drafted(coerced)
            self.drafts.keep(key, found)
        if isinstance(found, str):
            raise Uncompilable(found)
        return found

    def _drafted(self, coerced: VariableValues) -> Draft | str:
        """The draft, or why there is none: an exception that is kept would hold on to everything it passed."""
        try:
            return draft(self.schema, self.operation, self.fragments, coerced)
        except Uncompilable as reason:
            return str(reason)

    def _coerced(self, variables: Mapping[str, Any]) -> VariableValues:
        defined = self.operation.variable_definitions or ()
        found = get_variable_values(self.schema, defined, dict(variables), hide_suggestions=not self.suggestions)
        if isinstance(found, VariableValues):
            return found
        raise found[0]


PLANS: Kept[tuple[str, str | None, Role], Plan] = Kept(CACHED_PLANS)
"""By document, operation and role."""

_QuestionKey = tuple[Plan, bytes, tuple[tuple[str, type[Base]], ...], bytes]
_questions: Kept[_QuestionKey, Question] = Kept(CACHED_QUESTIONS)

_statement = lru_cache(CACHED_STATEMENTS)(statement)


def audited(plan: Plan, request_id: str) -> audit.Operation:
    """The operation, as the audit log tells of it."""
    return audit.Operation(
        name=plan.name,
        document_hash=plan.told.document,
        root_fields=plan.roots,
        scopes=plan.required.scopes,
        request_id=request_id,
    )


def plan(text: str, operation_name: str | None, role: Role) -> Plan:
    """The plan of an operation of a document, for those of a role; raises Invalid."""
    key = (text, operation_name, role)
    kept = PLANS.get(key)
    if kept is None:
        kept = _planned(text, operation_name, role)
        if len(text) <= LONGEST_CACHED:
            PLANS.keep(key, kept, len(text))
    return kept


def _planned(text: str, name: str | None, role: Role) -> Plan:
    schema = contract(role)
    found = checked(schema, weights(CORE), text, name, LIMITS[role])
    document, operation = found.parsed.document, found.operation
    roots = root_fields(document, operation)
    return Plan(
        document,
        operation,
        found.parsed.fragments,
        found.measure,
        _flags(document),
        tuple(each.variable.name.value for each in operation.variable_definitions or ()),
        _ids(document),
        _told(operation, text),
        required(schema, document, operation),
        roots,
        operation.operation is OperationType.QUERY and all(name.startswith("__") for name in roots),
        schema,
        LIMITS[role].suggestions,
    )


def _told(operation: OperationDefinitionNode, text: str) -> Operation:
    name = operation.name.value[:LONGEST_NAME] if operation.name else ""
    digest = sha256(text.encode()).hexdigest()
    path = "compiled" if operation.operation is OperationType.QUERY else "reference"
    return Operation(kind=operation.operation.value, name=name, path=path, document=digest)


def _flags(document: DocumentNode) -> tuple[str, ...]:
    """The variables that decide which fields there are."""
    found = _Flags()
    visit(document, found)
    return tuple(sorted(found.names))


class _Flags(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in ("skip", "include"):
            return
        for argument in node.arguments or ():
            if isinstance(argument.value, VariableNode):
                self.names.add(argument.value.name.value)


def _ids(document: DocumentNode) -> tuple[str, ...]:
    """The variables that are used as the id of `node`, and as nothing else."""
    found = _Ids()
    visit(document, found)
    return tuple(sorted(name for name, uses in found.lookups.items() if uses == found.uses[name]))


class _Ids(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.uses: Counter[str] = Counter()
        self.lookups: Counter[str] = Counter()

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self.uses[node.variable.name.value] -= 1  # its definition is none

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self.uses[node.name.value] += 1

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        name = id_variable(node)
        if name is not None:
            self.lookups[name] += 1
