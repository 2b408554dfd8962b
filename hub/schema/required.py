"""Which scopes an operation needs. Worked out once per plan, in time linear in the document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLSchema,
    GraphQLType,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    type_from_ast,
)

from hub.model import Scope
from hub.schema.scopes import needed

NONE: frozenset[Scope] = frozenset()


@dataclass(frozen=True, slots=True)
class Required:
    """What an operation needs."""

    scopes: frozenset[Scope]
    inputs: tuple[tuple[str, GraphQLInputObjectType], ...] = ()
    """Variables whose values may need more, such as a filter that reaches people, and their types."""


def required(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Required:
    """What an operation of a valid document needs. Whatever `@skip` leaves out counts, too."""
    found, inputs = set(NONE), []
    for definition in operation.variable_definitions or ():
        kind = get_named_type(type_from_ast(schema, definition.type))
        if isinstance(kind, GraphQLInputObjectType):
            found |= _given(definition.default_value, kind)
            inputs.append((definition.variable.name.value, kind))
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    for node, field, parent in _fields(schema, operation, fragments):
        found |= needed(parent)
        if field:
            found |= needed(field) | needed(get_named_type(field.type))
            found.update(*(_given(each.value, field.args[each.name.value].type) for each in node.arguments or ()))
    return Required(frozenset(found), tuple((name, kind) for name, kind in inputs if within_reach(kind)))


def missing(required: Required, scopes: frozenset[Scope], variables: Mapping[str, Any] | None) -> frozenset[Scope]:
    """The scopes that one who has `scopes` lacks for an operation with these variables, as they came."""
    lacking = required.scopes - scopes
    for name, kind in required.inputs:
        if variables and not within_reach(kind) <= scopes:
            lacking |= _of_value(kind, variables.get(name)) - scopes
    return lacking


@cache
def within_reach(kind: GraphQLInputObjectType) -> frozenset[Scope]:
    """All scopes that a value of this type may need."""
    found, left, seen = set(NONE), [kind], {kind}
    while left:
        for part in left.pop().fields.values():
            found |= needed(part)
            inner = get_named_type(part.type)
            if isinstance(inner, GraphQLInputObjectType) and inner not in seen:
                seen.add(inner)
                left.append(inner)
    return frozenset(found)


def _of_value(kind: GraphQLInputObjectType, value: Any) -> frozenset[Scope]:
    """What a variable's value needs. It was not checked yet, and may be nested deeper than Python recurses."""
    found, left = set(NONE), [(kind, value)]
    while left:
        here, given = left.pop()
        if isinstance(given, list):
            left += [(here, each) for each in given]
        elif isinstance(given, dict):
            for name in given.keys() & here.fields.keys():
                found |= needed(here.fields[name])
                inner = get_named_type(here.fields[name].type)
                if isinstance(inner, GraphQLInputObjectType):
                    left.append((inner, given[name]))
    return frozenset(found)


def _fields(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: dict[str, FragmentDefinitionNode]
) -> Iterator[tuple[FieldNode, GraphQLField | None, Any]]:
    """Every field that is selected, its definition where it is no meta field, and the type it is selected on.

    Each fragment is read once, wherever it is spread. Not by recursion: fragments may lead to each other by hundreds.
    """
    left: list[tuple[SelectionSetNode, Any]] = [(operation.selection_set, schema.get_root_type(operation.operation))]
    while left:
        selection_set, parent = left.pop()
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                definition = getattr(parent, "fields", {}).get(node.name.value)
                yield node, definition, parent
                if node.selection_set and definition:
                    left.append((node.selection_set, get_named_type(definition.type)))
                continue
            part: Any = fragments.pop(node.name.value, None) if isinstance(node, FragmentSpreadNode) else node
            if part is not None:
                on = part.type_condition
                left.append((part.selection_set, schema.get_type(on.name.value) if on else parent))


def _given(value: ValueNode | None, kind: GraphQLType) -> frozenset[Scope]:
    """What a value written into the document needs. Variables in it are looked at by their own types."""
    found, left = set(NONE), [(value, get_named_type(kind))]
    while left:
        here, there = left.pop()
        if isinstance(here, ListValueNode):
            left += [(each, there) for each in here.values]
        elif isinstance(here, ObjectValueNode) and isinstance(there, GraphQLInputObjectType):
            for each in here.fields:
                part = there.fields[each.name.value]
                found |= needed(part)
                left.append((each.value, get_named_type(part.type)))
    return frozenset(found)
