"""Which documents can be exported, and how the hub asks for their pages.

A document is an ordinary query for one list. Its `first` is the size of the pages; the hub adds a variable for the
cursor and the page info, so that all pages are asked for by one and the same text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    parse,
    print_ast,
)

from hub.errors import InputError
from hub.schema.limits import LIMITS, Limits
from hub.schema.operations import Checked, Invalid, checked, cost_within, parsed
from hub.schema.paging import LARGEST_PAGE
from hub.schema.required import Required, missing, required
from hub.schema.weights import weights
from hub.store.sharing import Viewer

CURSOR = "hubExportCursor"
"""The variable that holds the cursor."""
PAGE_INFO = "hubExportPage"
"""The alias of the page info."""
LARGEST_DOCUMENT = 50_000
"""Characters."""
CACHED_PLANS = 100

_ADDED = f"""query (${CURSOR}: String) {{
  list(after: ${CURSOR}, orderBy: [{{ field: ID }}]) {{ {PAGE_INFO}: pageInfo {{ endCursor hasNextPage }} }}
}}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to ask for the pages of a list."""

    document: str
    """Takes the variable CURSOR; answers with the page info under PAGE_INFO."""
    root: str
    """The answer's field with the list."""
    rows: str
    """The list's field with the rows."""
    required: Required
    """The scopes that reading it needs."""


def planned(document: str, schema: GraphQLSchema, viewer: Viewer) -> Plan:
    """How a viewer, whose contract `schema` is, can export a document; raises InputError, which says why it cannot."""
    plan = _planned(document, schema, LIMITS[viewer.role])
    lacking = missing(plan.required, viewer.scopes, None)
    if lacking:
        raise InputError(f"The document needs scopes that the viewer lacks: {', '.join(sorted(lacking))}.")
    return plan


@lru_cache(maxsize=CACHED_PLANS)
def _planned(document: str, schema: GraphQLSchema, limits: Limits) -> Plan:
    if len(document) > LARGEST_DOCUMENT:
        raise InputError(f"The document has more than {LARGEST_DOCUMENT} characters.")
    _must_be_one_query(document, limits)
    found = _valid(document, schema, limits)
    whole, operation = found.parsed.document, found.operation
    root, rows = _list_and_rows(operation, schema)
    paged = _paged(operation, root, schema)
    text = print_ast(
        replace(whole, definitions=tuple(paged if each is operation else each for each in whole.definitions))
    )
    _must_be_affordable(_valid(text, schema, limits), limits)
    return Plan(document=text, root=_key(root), rows=_key(rows), required=required(schema, whole, operation))


def _must_be_one_query(document: str, limits: Limits) -> None:
    """Looked at before any rule is: what those tell is about requests, which may name one of several operations."""
    try:
        found = parsed(document, limits)
    except GraphQLError as error:
        raise InputError(error.message) from error
    operations = [each for each in found.document.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        raise InputError("A document to be exported has one operation.")
    if operations[0].operation is not OperationType.QUERY:
        raise InputError("Only a query can be exported.")
    if operations[0].variable_definitions or operations[0].directives:
        raise InputError("A document to be exported has no variables: write their values into it.")


def _valid(document: str, schema: GraphQLSchema, limits: Limits) -> Checked:
    """The document's operation; raises InputError where it breaks a rule or a limit."""
    try:
        return checked(schema, weights(schema), document, None, limits)
    except Invalid as invalid:
        raise InputError(invalid.errors[0].message) from invalid


def _must_be_affordable(page: Checked, limits: Limits) -> None:
    try:
        cost_within(page.measure, {}, limits)
    except Invalid as invalid:
        raise InputError(invalid.errors[0].message) from invalid


def _list_and_rows(operation: OperationDefinitionNode, schema: GraphQLSchema) -> tuple[FieldNode, FieldNode]:
    """The field of the list, and the one in it with the rows, each of which becomes a line."""
    root = _only_field(operation, "An export's query asks for one list and nothing beside it.")
    if not {"first", "after"} <= _arguments(root, schema).keys():
        raise InputError(f"`{root.name.value}` is no list that can be exported.")
    for argument in root.arguments or ():
        _must_not_page(argument)
    told = "Select the list's `nodes`, or its `edges`, and nothing beside it."
    rows = _only_field(root, told)
    if rows.name.value not in ("nodes", "edges"):
        raise InputError(told)
    return root, rows


def _must_not_page(argument: Any) -> None:
    name, value = argument.name.value, argument.value
    if name in ("after", "last", "before"):
        raise InputError(f"Leave out `{name}`: an export reads a list from its start to its end.")
    if name == "first" and isinstance(value, IntValueNode) and not 1 <= int(value.value) <= LARGEST_PAGE:
        raise InputError(f"`first` is the size of the pages, from 1 to {LARGEST_PAGE}.")


def _only_field(parent: OperationDefinitionNode | FieldNode, told: str) -> FieldNode:
    """The one field that is selected, not through a fragment and unconditionally; raises InputError with `told`."""
    selections = parent.selection_set.selections if parent.selection_set else ()
    if len(selections) != 1 or not isinstance(selections[0], FieldNode) or selections[0].directives:
        raise InputError(told)
    return selections[0]


def _paged(operation: OperationDefinitionNode, root: FieldNode, schema: GraphQLSchema) -> OperationDefinitionNode:
    """Asks for a page from the cursor on, with its page info, in an order that changes do not disturb."""
    added = cast("OperationDefinitionNode", parse(_ADDED, no_location=True).definitions[0])
    page = cast("FieldNode", added.selection_set.selections[0])
    after, by_id = page.arguments or ()
    arguments = (*(root.arguments or ()), after)
    if not any(each.name.value == "orderBy" for each in arguments) and _has_an_order_by_id(_arguments(root, schema)):
        arguments = (*arguments, by_id)
    selections = tuple(each for part in (root, page) if part.selection_set for each in part.selection_set.selections)
    paged = replace(root, arguments=arguments, selection_set=SelectionSetNode(selections=selections))
    return replace(
        operation,
        variable_definitions=added.variable_definitions,
        selection_set=SelectionSetNode(selections=(paged,)),
    )


def _arguments(root: FieldNode, schema: GraphQLSchema) -> Mapping[str, GraphQLArgument]:
    """The arguments that the field of the list takes; none where it is one of introspection."""
    query = schema.query_type
    field = query.fields.get(root.name.value) if query else None
    return field.args if field else {}


def _has_an_order_by_id(arguments: Mapping[str, GraphQLArgument]) -> bool:
    order = get_named_type(arguments["orderBy"].type) if "orderBy" in arguments else None
    field = get_named_type(order.fields["field"].type) if isinstance(order, GraphQLInputObjectType) else None
    return isinstance(field, GraphQLEnumType) and "ID" in field.values


def _key(field: FieldNode) -> str:
    return (field.alias or field.name).value
