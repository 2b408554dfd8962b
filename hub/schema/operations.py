"""From the text of a document to an operation that may run: parsed, measured, validated."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from hub.errors import HubError
from hub.schema.budgets import Granted
from hub.schema.limits import MOST_COMPARISONS, MOST_ERRORS, Limits, limit, refusals, too_costly, too_many_values
from hub.schema.measure import Measure, measured
from hub.schema.paging import PageSizes
from hub.schema.weights import Weights

overlapping.MAX_COMPLEXITY_BUDGET = MOST_COMPARISONS

TOKEN = re.compile(
    r'"""(?:[^"\\]+|\\(?:""")?|"(?!""))*(?:""")?|"(?:[^"\\\n]+|\\.)*"?|\.\.\.|[\w.+-]+|#[^\r\n]*|[^\s,\ufeff]'
)
"""A token of GraphQL, or several where only the lexer can tell: never more than there are. Comments count.

Nothing in it can fail to match once it has begun, so that no text makes it go back."""

RULES = (*specified_rules, PageSizes, MaybeNullValidationRule, OneOfInputValidationRule)
COMPARING = (overlapping.OverlappingFieldsCanBeMergedRule,)
"""The rule that may take longest goes first and alone: where it gives up, the others need not look."""
OTHERS = tuple(rule for rule in RULES if rule not in COMPARING)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document, by its parts."""

    document: DocumentNode
    operations: Mapping[str, OperationDefinitionNode] = field(repr=False)
    """By name; the one without a name by the empty one."""
    fragments: Mapping[str, FragmentDefinitionNode] = field(repr=False)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """The operation of this name, or the only one; raises GraphQLError."""
        if name:
            found = self.operations.get(name)
            if found is None:
                raise GraphQLError(f"The document has no operation {name[:100]!r}.")
            return found
        if len(self.operations) > 1:
            raise GraphQLError("The document has several operations: say which one with `operationName`.")
        return next(iter(self.operations.values()))


def parsed(text: str, limits: Limits) -> Parsed:
    """A document; raises GraphQLSyntaxError, and GraphQLError for one without an operation.

    Counting first, by a pattern, costs a tenth of what the lexer does for as many tokens.
    """
    tokens = sum(1 for _ in islice(TOKEN.finditer(text), limits.tokens + 1))
    if tokens > limits.tokens:
        raise limit(f"The document has more than {limits.tokens:,} tokens.")
    document = parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.tokens)
    operations: dict[str, OperationDefinitionNode] = {}
    fragments: dict[str, FragmentDefinitionNode] = {}
    for each in document.definitions:
        if isinstance(each, OperationDefinitionNode):
            operations.setdefault(each.name.value if each.name else "", each)
        elif isinstance(each, FragmentDefinitionNode):
            fragments.setdefault(each.name.value, each)
    if not operations:
        raise GraphQLError("The document has no operation.")
    return Parsed(document, operations, fragments)


@dataclass(frozen=True, slots=True)
class Checked:
    """An operation that may run, but for its variables."""

    parsed: Parsed
    operation: OperationDefinitionNode
    measure: Measure


def checked(schema: GraphQLSchema, weights: Weights, text: str, name: str | None, limits: Limits) -> Checked:
    """The operation of this name; raises Invalid. It is measured first: no rule looks at one that is too large."""
    try:
        document = parsed(text, limits)
        operation = document.operation(name)
    except GraphQLError as error:
        raise Invalid([error]) from error
    measure = measured(document.document, operation, document.fragments, weights)
    errors = refusals(measure, limits) or validated(schema, document.document, suggestions=limits.suggestions)
    if errors:
        raise Invalid(errors)
    return Checked(document, operation, measure)


def cost_within(measure: Measure, variables: Mapping[str, Any], limits: Limits) -> int:
    """What the operation costs with these variables; raises Invalid."""
    error = too_many_values(variables)
    if error is None:
        cost = measure.cost(variables)
        error = too_costly(cost, limits)
        if error is None:
            return cost
    raise Invalid([error])


def validated(schema: GraphQLSchema, document: DocumentNode, *, suggestions: bool) -> list[GraphQLError]:
    """What is wrong with a document: ten errors, and one that says that there are more."""
    for rules in (COMPARING, OTHERS):
        errors = validate(schema, document, rules, max_errors=MOST_ERRORS, hide_suggestions=not suggestions)
        if errors:
            return [_expected(error) for error in errors]
    return []


def _expected(error: GraphQLError) -> GraphQLError:
    """The error without what a scalar stumbled over: a value it cannot read is the client's mistake, not ours."""
    if error.message == "Validation aborted.":
        return limit("The document has too many fields of the same name: there is too much to compare.")
    if error.original_error is None or isinstance(error.original_error, HubError):
        return error
    return GraphQLError(error.message, error.nodes)


class Invalid(Exception):
    """The document, or the operation asked for, does not run."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors[0].message)
        self.errors = errors
        self.spent: Granted | None = None
        """What finding that out took from the client's budget."""
