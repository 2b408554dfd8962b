"""Which scopes an operation needs. Worked out once per plan, in time linear in the document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLSchema,
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
    reading = _Reading(schema, {each.name.value: each for each in _fragments(document)})
    root = schema.get_root_type(operation.operation)
    inputs = [
        (definition.variable.name.value, kind)
        for definition in operation.variable_definitions or ()
        if isinstance(kind := get_named_type(type_from_ast(schema, definition.type)), GraphQLInputObjectType)
    ]
    defaults = [
        _given(definition.default_value, type_from_ast(schema, definition.type))
        for definition in operation.variable_definitions or ()
    ]
    selected = reading.selected(operation.selection_set, root)
    return Required(selected.union(*defaults), tuple((name, kind) for name, kind in inputs if within_reach(kind)))


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
    """What a variable's value needs. It may yet be refused as invalid, and may be nested deeper than Python recurses."""
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


def _fragments(document: DocumentNode) -> Iterable[FragmentDefinitionNode]:
    return (each for each in document.definitions if isinstance(each, FragmentDefinitionNode))


@dataclass(slots=True)
class _Reading:
    """Reads selections, each fragment once: its type is its own, wherever it is spread."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDefinitionNode]
    _known: dict[str, frozenset[Scope]] = field(default_factory=dict)

    def selected(self, selection_set: SelectionSetNode | None, parent: Any) -> frozenset[Scope]:
        """What a selection on a type needs, the type included."""
        parts = [self._part(node, parent) for node in selection_set.selections] if selection_set else []
        return _of_type(parent).union(*parts)

    def _part(self, node: Any, parent: Any) -> frozenset[Scope]:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, FieldNode):
            return NONE if node.name.value.startswith("__") else self._field(node, parent)
        on = self.schema.get_type(node.type_condition.name.value) if node.type_condition else parent
        return self.selected(node.selection_set, on)

    def _field(self, node: FieldNode, parent: Any) -> frozenset[Scope]:
        definition = parent.fields[node.name.value]
        arguments = [_given(each.value, definition.args[each.name.value].type) for each in node.arguments or ()]
        there = get_named_type(definition.type)
        inner = self.selected(node.selection_set, there) if node.selection_set else _of_type(there)
        return needed(definition).union(inner, *arguments)

    def _fragment(self, name: str) -> frozenset[Scope]:
        if name not in self._known:
            self._known[name] = NONE  # for a fragment that spreads itself, which validation refuses
            fragment = self.fragments[name]
            on = self.schema.get_type(fragment.type_condition.name.value)
            self._known[name] = self.selected(fragment.selection_set, on)
        return self._known[name]


def _of_type(kind: GraphQLNamedType | None) -> frozenset[Scope]:
    return needed(kind) if kind else NONE


def _given(value: ValueNode | None, kind: GraphQLInputType | None) -> frozenset[Scope]:
    """What a value written into the document needs. Variables in it are looked at by their own types."""
    there = get_named_type(kind)
    if isinstance(value, ListValueNode):
        return NONE.union(*(_given(each, there) for each in value.values))
    if not isinstance(value, ObjectValueNode) or not isinstance(there, GraphQLInputObjectType):
        return NONE
    parts = [(there.fields[each.name.value], each.value) for each in value.fields]
    return NONE.union(*(needed(part) | _given(inner, part.type) for part, inner in parts))
