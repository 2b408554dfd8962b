"""From a validated operation to the shape of its answer.

What a field shows stands in its metadata (hub/schema/fields.py); what its arguments ask for is left open, in slots.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    get_named_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.types.field import StrawberryField

from hub.model import Base
from hub.schema.fields import COLUMN, ELEMENTS, ENTRIES, ID, LOOKUP, PATH, TYPES, Node
from hub.store.paths import Path, prefix_of
from hub.store.shape import (
    Aspect,
    Constant,
    Cursor,
    Elements,
    Entries,
    Id,
    Many,
    Nested,
    One,
    Page,
    Parts,
    Row,
    Rows,
    Shape,
    Through,
    Value,
)

LONGEST_KEY = 63
"""Bytes of a name in PostgreSQL."""
MOST_PARTS = 300
"""Making a statement takes some tenths of a millisecond a field, in which nobody else is answered."""


class Uncompilable(Exception):
    """The operation, or a field of it, runs on graphql-core; the message says why."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A field whose arguments say what to read, along `path`, or by id where there is none."""

    node: FieldNode
    definition: GraphQLField
    path: Path | None

    @property
    def declared(self) -> StrawberryField:
        """The field as it was declared."""
        return declared(self.definition)


@dataclass(frozen=True, slots=True)
class Draft:
    """The shape of an operation's answer, and the slots in it."""

    parts: Parts
    slots: tuple[Slot, ...]


Grouped = Mapping[str, list[FieldDetails]]
Fragments = Mapping[str, FragmentDefinitionNode]


def draft(
    schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments, flags: VariableValues
) -> Draft:
    """The draft of a query, given the values of the variables in its @skip and @include; raises Uncompilable."""
    if schema.query_type is None or operation.operation.value != "query":
        raise Uncompilable("it is no query")
    details = {name: FragmentDetails(fragment) for name, fragment in fragments.items()}
    drafter = _Drafter(schema, operation, details, flags)
    collected = collect_fields(schema, details, flags, schema.query_type, operation)
    if collected.new_defer_usages:
        raise Uncompilable("parts of it are deferred")
    return Draft(drafter.root(schema.query_type, collected.grouped_field_set), tuple(drafter.slots.values()))


def declared(definition: GraphQLField) -> StrawberryField:
    """The strawberry field behind one of graphql-core."""
    found: StrawberryField = definition.extensions["strawberry-definition"]
    return found


@dataclass(frozen=True, slots=True)
class _Drafter:
    schema: GraphQLSchema
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    flags: VariableValues
    slots: dict[tuple[int, Path | None], Slot] = field(default_factory=dict)
    counted: list[int] = field(default_factory=lambda: [0])
    """How many fields were drafted."""

    def root(self, kind: GraphQLObjectType, grouped: Grouped) -> Parts:
        """The parts of a query's answer."""
        return tuple(
            (key, self._root(kind, definition, details)) for key, definition, details in _fields(kind, grouped)
        )

    def _root(self, kind: GraphQLObjectType, definition: GraphQLField | None, details: list[FieldDetails]) -> Shape:
        if definition is None:
            return Constant(kind.name)
        metadata = _metadata(definition)
        if LOOKUP in metadata:
            slot = self._slot(details, definition, None)
            parts = tuple((model, self._row(model, details)) for model in self._models(details))
            return metadata[LOOKUP](slot, parts)  # type: ignore[no-any-return]
        if PATH in metadata:
            return self._many(metadata[PATH], definition, details)
        raise Uncompilable(f"{details[0].node.name.value} is not read from the database")

    def _models(self, details: list[FieldDetails]) -> Iterator[type[Base]]:
        """The models with ids of whose rows anything is asked for."""
        for model, shown in TYPES.items():
            # A contract has not all types.
            if not issubclass(shown, Node) or shown.__name__ not in self.schema.type_map:
                continue
            kind = self._type(shown.__name__)
            asked = collect_subfields(self.schema, self.fragments, self.flags, self.operation, kind, details)
            if asked.grouped_field_set:
                yield model

    def _row(self, model: type[Base], details: list[FieldDetails]) -> Parts:
        """The parts of a row of a model."""
        kind = self._type(TYPES[model].__name__)
        return tuple(
            (key, self._of_row(model, kind, definition, details))
            for key, definition, details in self._subfields(kind, details)
        )

    def _of_row(
        self, model: type[Base], kind: GraphQLObjectType, definition: GraphQLField | None, details: list[FieldDetails]
    ) -> Shape:
        if definition is None:
            return Constant(kind.name)
        metadata = _metadata(definition)
        if PATH in metadata:
            return self._along(model, metadata, definition, details)
        if ID in metadata:
            return Id(prefix_of(model))
        if ENTRIES in metadata:
            return Entries(metadata[ENTRIES].key, self._plain(definition, details))
        if ELEMENTS in metadata:
            return Elements(metadata[ELEMENTS].key, self._plain(definition, details))
        if COLUMN in metadata:
            return self._column(metadata[COLUMN], definition, details)
        raise Uncompilable(f"{kind.name}.{details[0].node.name.value} is computed")

    def _along(
        self, model: type[Base], metadata: Mapping[Any, Any], definition: GraphQLField, details: list[FieldDetails]
    ) -> Shape:
        path = metadata[PATH] if isinstance(metadata[PATH], Path) else metadata[PATH](model)
        if COLUMN in metadata:
            return Through(path, metadata[COLUMN].key)
        if definition.args:
            return self._many(path, definition, details)
        return One(path, self._row(path.target, details), required=is_non_null_type(definition.type))

    def _column(self, shown: Any, definition: GraphQLField, details: list[FieldDetails]) -> Shape:
        if not isinstance(shown, tuple):
            return Value(shown.key)
        amount, currency = shown
        columns = {"amount": amount.key, "currency": currency.key}
        return Nested(self._plain(definition, details, columns), amount.key)

    def _plain(
        self, definition: GraphQLField, details: list[FieldDetails], columns: Mapping[str, str] | None = None
    ) -> Parts:
        """The parts of an object without a table: its fields are called as what they show, or as `columns` say."""
        kind = self._type(get_named_type(definition.type).name)
        return tuple(
            (key, Constant(kind.name) if each is None else Value((columns or {}).get(_name(each), _name(each))))
            for key, each, _ in self._subfields(kind, details)
        )

    def _many(self, path: Path, definition: GraphQLField, details: list[FieldDetails]) -> Shape:
        kind = self._type(get_named_type(definition.type).name)
        slot = self._slot(details, definition, path)
        parts = tuple(
            (key, self._of_list(path.target, kind, each, inner)) for key, each, inner in self._subfields(kind, details)
        )
        return Many(path, slot, parts)

    def _of_list(
        self, model: type[Base], kind: GraphQLObjectType, definition: GraphQLField | None, details: list[FieldDetails]
    ) -> Shape:
        match definition and _name(definition):
            case None:
                return Constant(kind.name)
            case "nodes":
                return Rows(self._row(model, details))
            case "edges":
                return Rows(self._edge(model, definition, details))
            case "page_info":
                return Page(self._page_info(definition, details))
            case "total_count":
                return Aspect.TOTAL
            case other:
                raise Uncompilable(f"{kind.name}.{other} is computed")

    def _edge(self, model: type[Base], definition: Any, details: list[FieldDetails]) -> Parts:
        kind = self._type(get_named_type(definition.type).name)
        return tuple(
            (key, self._of_edge(model, kind, each, inner)) for key, each, inner in self._subfields(kind, details)
        )

    def _of_edge(
        self, model: type[Base], kind: GraphQLObjectType, definition: GraphQLField | None, details: list[FieldDetails]
    ) -> Shape:
        if definition is None:
            return Constant(kind.name)
        return Cursor() if _name(definition) == "cursor" else Row(self._row(model, details))

    def _page_info(self, definition: Any, details: list[FieldDetails]) -> Parts:
        kind = self._type(get_named_type(definition.type).name)
        return tuple(
            (key, Constant(kind.name) if each is None else Aspect(inner[0].node.name.value))
            for key, each, inner in self._subfields(kind, details)
        )

    def _slot(self, details: list[FieldDetails], definition: GraphQLField, path: Path | None) -> int:
        node = details[0].node
        found = (id(node), path)
        self.slots.setdefault(found, Slot(node, definition, path))
        return list(self.slots).index(found)

    def _type(self, name: str) -> GraphQLObjectType:
        kind = self.schema.type_map[name]
        if not isinstance(kind, GraphQLObjectType):
            raise Uncompilable(f"{name} is abstract")
        return kind

    def _subfields(
        self, kind: GraphQLObjectType, details: list[FieldDetails]
    ) -> Iterator[tuple[str, GraphQLField | None, list[FieldDetails]]]:
        found = collect_subfields(self.schema, self.fragments, self.flags, self.operation, kind, details)
        if found.new_defer_usages:
            raise Uncompilable("parts of it are deferred")
        self.counted[0] += len(found.grouped_field_set)
        if self.counted[0] > MOST_PARTS:
            raise Uncompilable(f"it has more than {MOST_PARTS} fields")
        return _fields(kind, found.grouped_field_set)


def _fields(kind: GraphQLObjectType, grouped: Grouped) -> Iterator[tuple[str, GraphQLField | None, list[FieldDetails]]]:
    """The fields of an object by their keys; __typename has no definition."""
    for key, details in grouped.items():
        if len(key.encode()) > LONGEST_KEY:
            raise Uncompilable(f"an alias is longer than {LONGEST_KEY} bytes")
        name = details[0].node.name.value
        if name.startswith("__") and name != "__typename":
            raise Uncompilable("it asks for the schema")
        yield key, None if name == "__typename" else kind.fields[name], details


def _metadata(definition: GraphQLField) -> Mapping[Any, Any]:
    return declared(definition).metadata


def _name(definition: GraphQLField) -> str:
    return declared(definition).python_name
