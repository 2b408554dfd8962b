"""Which documents can be exported, and how the hub asks for their pages.

A document is an ordinary query for one list. Its `first` is the size of the pages; the hub adds a variable for the
cursor and the page info, so that all pages are asked for by one and the same text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLArgument,
    GraphQLEnumType,
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
from hub.schema.limits import OWN
from hub.schema.operations import Invalid, checked
from hub.schema.paging import LARGEST_PAGE
from hub.schema.required import Required, required
from hub.schema.weights import weights

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


@lru_cache(maxsize=CACHED_PLANS)
def planned(document: str, schema: GraphQLSchema) -> Plan:
    """How to export a document; raises InputError, which says why it cannot be exported."""
    if len(document) > LARGEST_DOCUMENT:
        raise InputError(f"The document has more than {LARGEST_DOCUMENT} characters.")
    parsed = _valid(document, schema)
    operation = _operation(parsed)
    root, rows = _list_and_rows(operation, schema)
    paged = _paged(operation, root, schema)
    asked = replace(parsed, definitions=tuple(paged if each is operation else each for each in parsed.definitions))
    text = print_ast(asked)
    _valid(text, schema)
    return Plan(document=text, root=_key(root), rows=_key(rows), required=required(schema, parsed, operation))


def _valid(document: str, schema: GraphQLSchema) -> DocumentNode:
    """The document; raises InputError where it breaks a rule or a limit."""
    try:
        return checked(schema, weights(schema), document, None, OWN).parsed.document
    except Invalid as invalid:
        raise InputError(invalid.errors[0].message) from invalid


def _operation(document: DocumentNode) -> OperationDefinitionNode:
    operations = [each for each in document.definitions if not isinstance(each, FragmentDefinitionNode)]
    if len(operations) != 1 or not isinstance(operations[0], OperationDefinitionNode):
        raise InputError("A document to be exported has one operation.")
    operation = operations[0]
    if operation.operation is not OperationType.QUERY:
        raise InputError("Only a query can be exported.")
    if operation.variable_definitions or operation.directives:
        raise InputError("A document to be exported has no variables: write their values into it.")
    return operation


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
