"""What each role can know of the schema. For partners' tools, what they can never use is not there at all."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import strawberry
from graphql import (
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    assert_valid_schema,
    get_named_type,
    is_introspection_type,
)

from hub.model import SCOPES, Role, Scope
from hub.schema.schema import CORE, SCHEMA
from hub.schema.scopes import needed


def contract(role: Role) -> GraphQLSchema:
    """The schema that a role's operations are validated against; of the home organization's roles, all have the whole.

    They are told which scope they lack; a partner is not told what there is to lack.
    """
    return strawberry_contract(role)._schema  # noqa: SLF001 - strawberry has no public way to graphql-core's schema


@cache
def strawberry_contract(role: Role) -> strawberry.Schema:
    """A role's contract, as strawberry prints and executes it."""
    if role is not Role.PARTNER_TOOL:
        return SCHEMA
    narrowed = copy(SCHEMA)
    narrowed._schema = within(CORE, SCOPES[role])  # noqa: SLF001
    return narrowed


def within(schema: GraphQLSchema, scopes: frozenset[Scope]) -> GraphQLSchema:
    """The part of a schema that these scopes can reach."""
    return _Part(schema, scopes).schema()


@dataclass(slots=True)
class _Part:
    """Builds the part of a schema that some scopes can reach. Enums and scalars are taken as they are."""

    whole: GraphQLSchema
    scopes: frozenset[Scope]
    _built: dict[str, GraphQLNamedType] = field(default_factory=dict)

    def schema(self) -> GraphQLSchema:
        """The part. Types that nothing leads to are not in it."""
        config = self.whole.to_kwargs()
        roots = {name: self._root(config[name]) for name in ("query", "mutation", "subscription")}
        # Types that only an interface leads to, such as those that `node` finds, are found by nothing else.
        rows = [
            each for each in self.whole.type_map.values() if isinstance(each, GraphQLObjectType) and each.interfaces
        ]
        node = self.whole.type_map["Node"]
        found = [self._named(each) for each in rows if node in each.interfaces and self._allows(each)]
        part = GraphQLSchema(**{**config, **roots, "types": found})
        assert_valid_schema(part)
        return part

    def _root(self, root: GraphQLObjectType | None) -> Any:
        return self._named(root) if root and any(map(self._leads, root.fields.values())) else None

    def _allows(self, element: Any) -> bool:
        return needed(element) <= self.scopes

    def _leads(self, field: GraphQLField) -> bool:
        return self._allows(field) and self._allows(get_named_type(field.type))

    def _named(self, kind: Any) -> Any:
        build = _BUILDERS.get(type(kind))
        if build is None or is_introspection_type(kind):
            return kind
        if kind.name not in self._built:
            self._built[kind.name] = build(self, kind)
        return self._built[kind.name]

    def _type(self, kind: Any) -> Any:
        if isinstance(kind, GraphQLNonNull):
            return GraphQLNonNull(self._type(kind.of_type))
        return GraphQLList(self._type(kind.of_type)) if isinstance(kind, GraphQLList) else self._named(kind)

    def _selectable(self, kind: Any) -> Any:
        """An object type or interface. What it leads to is built later: types lead to each other."""

        def fields() -> dict[str, GraphQLField]:
            return {name: self._field(each) for name, each in kind.fields.items() if self._leads(each)}

        interfaces = [self._named(each) for each in kind.interfaces]
        return _like(kind, fields=fields, interfaces=interfaces)

    def _field(self, field: GraphQLField) -> Any:
        args = {name: _like(each, type_=self._type(each.type)) for name, each in field.args.items()}
        return _like(field, type_=self._type(field.type), args=args)

    def _input(self, kind: GraphQLInputObjectType) -> Any:
        def fields() -> dict[str, GraphQLInputField]:
            allowed = ((name, each) for name, each in kind.fields.items() if self._allows(each))
            return {name: _like(each, type_=self._type(each.type)) for name, each in allowed}

        return _like(kind, fields=fields)

    def _union(self, kind: GraphQLUnionType) -> Any:
        return _like(kind, types=[self._named(each) for each in kind.types if self._allows(each)])


def _like(element: Any, **changes: Any) -> Any:
    """The element of a schema, built anew with changes."""
    return type(element)(**{**element.to_kwargs(), **changes})


_BUILDERS: dict[type, Callable[[_Part, Any], Any]] = {
    GraphQLObjectType: _Part._selectable,  # noqa: SLF001 - its own
    GraphQLInterfaceType: _Part._selectable,  # noqa: SLF001
    GraphQLInputObjectType: _Part._input,  # noqa: SLF001
    GraphQLUnionType: _Part._union,  # noqa: SLF001
}
