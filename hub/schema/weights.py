"""What the schema declares about cost, as one table: `measure` looks up fields and arguments in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)

from hub.schema.amounts import Variables
from hub.schema.costs import Cost, ListSize

INTROSPECTED_PER_POINT = 100
"""Things of the schema that introspection tells for one point: they are in memory."""


@dataclass(frozen=True, slots=True)
class InputWeight:
    """What it costs to use an argument or a part of an input."""

    weight: int = 0
    type: str | None = None
    """The input type of its value."""


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """What it costs to select a field once."""

    weight: int = 0
    type: str = ""
    """The type of what is selected in it; empty for a leaf."""
    is_list: bool = False
    is_sized: bool = False
    """Whether its rows are those of the list that it is a field of, such as `nodes`: that list pays for them."""
    size: ListSize | None = None
    row: int = 0
    """The weight of a row in the list's sized fields."""
    arguments: Mapping[str, InputWeight] = field(default_factory=dict)


UNKNOWN = FieldWeight()
"""A field that does not exist: another rule refuses it."""
ANYTHING = InputWeight()


@dataclass(frozen=True, slots=True)
class Weights:
    """The table, by type and by name."""

    fields: Mapping[str, Mapping[str, FieldWeight]]
    inputs: Mapping[str, Mapping[str, InputWeight]]
    roots: Mapping[str, str]
    """The root type of each kind of operation."""

    def field(self, type_: str, name: str) -> FieldWeight:
        """What a field of a type costs."""
        return self.fields.get(type_, {}).get(name, UNKNOWN)

    def given(self, type_: str | None, value: Any) -> int:
        """What a variable's value costs, as a value of an input type, or a list of such."""
        if isinstance(value, list):
            return sum(self.given(type_, each) for each in value)
        if type_ is None or not isinstance(value, dict):
            return 0
        parts = self.inputs[type_]
        return sum(self.part(parts.get(name, ANYTHING), each) for name, each in value.items())

    def part(self, part: InputWeight, value: Any) -> int:
        """What a part of an input costs, with what is in it."""
        return part.weight + self.given(part.type, value)


@dataclass(frozen=True, slots=True)
class Given:
    """What the value of a variable costs where an input of this type is expected; a step of an amount."""

    name: str
    type: str
    weights: Weights

    def value(self, variables: Variables, values: Sequence[int]) -> int:
        return self.weights.given(self.type, variables.get(self.name))


@cache
def weights(schema: GraphQLSchema) -> Weights:
    """What a schema declares."""
    introspected = _introspected(schema)
    roots = {"query": schema.query_type, "mutation": schema.mutation_type, "subscription": schema.subscription_type}
    fields: dict[str, dict[str, FieldWeight]] = {}
    inputs: dict[str, dict[str, InputWeight]] = {}
    for name, type_ in schema.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            sizes = introspected if name.startswith("__") else {}
            fields[name] = {key: _field(each, sizes.get(key)) for key, each in type_.fields.items()}
        elif isinstance(type_, GraphQLInputObjectType):
            inputs[name] = {key: _input(each) for key, each in type_.fields.items()}
    for type_name, name in _sized(schema):
        fields[type_name][name] = replace(fields[type_name][name], is_sized=True)
    for meta, type_name in (("__schema", "__Schema"), ("__type", "__Type")):
        fields["Query"][meta] = FieldWeight(1, type_name)
    return Weights(fields, inputs, {kind: type_.name for kind, type_ in roots.items() if type_})


def _field(field_: GraphQLField, size: ListSize | None) -> FieldWeight:
    type_: Any = get_named_type(field_.type)
    return FieldWeight(
        weight=_weight(field_),
        type=type_.name if is_composite_type(type_) else "",
        is_list=_is_list(field_.type),
        size=size or _declared(field_, ListSize),
        row=_row(field_),
        arguments={name: _input(each) for name, each in field_.args.items()},
    )


def _row(field_: GraphQLField) -> int:
    """What a row costs: its weight in the fields that the size of the list is the size of."""
    size, type_ = _declared(field_, ListSize), get_named_type(field_.type)
    if size is None or not isinstance(type_, GraphQLObjectType):
        return 0
    return max((_weight(type_.fields[name]) for name in size.sized_fields or ()), default=0)


def _sized(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """The fields that hold the rows of a list which another field sizes."""
    sized = set()
    for type_ in schema.type_map.values():
        for each in type_.fields.values() if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) else ():
            size = _declared(each, ListSize)
            sized |= {(get_named_type(each.type).name, name) for name in (size.sized_fields or () if size else ())}
    return sized


def _input(part: Any) -> InputWeight:
    type_: Any = get_named_type(part.type)
    declared = _declared(part, Cost)
    return InputWeight(int(declared.weight) if declared else 0, type_.name if is_input_object_type(type_) else None)


def _weight(field_: GraphQLField) -> int:
    declared = _declared(field_, Cost)
    return int(declared.weight) if declared else int(is_composite_type(get_named_type(field_.type)))


def _declared(part: Any, kind: type[Any]) -> Any:
    """The directive of a kind that a field, an argument or a part of an input was declared with."""
    declaration = (part.extensions or {}).get("strawberry-definition")
    return next((each for each in getattr(declaration, "directives", ()) if isinstance(each, kind)), None)


def _is_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def _introspected(schema: GraphQLSchema) -> dict[str, ListSize]:
    """How long introspection's lists are, on average."""
    kinds = [kind for kind in schema.type_map.values() if not kind.name.startswith("__")]
    counts: dict[str, Iterator[int]] = {
        "fields": (len(getattr(kind, "fields", ())) for kind in kinds if is_composite_type(kind)),
        "inputFields": (len(kind.fields) for kind in kinds if isinstance(kind, GraphQLInputObjectType)),
        "enumValues": (len(getattr(kind, "values", ())) for kind in kinds),
    }
    sizes = {name: sum(count) // len(kinds) + 1 for name, count in counts.items()}
    sizes |= {"types": len(kinds), "directives": len(schema.directives), "args": 4, "interfaces": 1, "possibleTypes": 1}
    return {name: ListSize(assumed_size=size) for name, size in sizes.items()}
