from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_non_null_type,
    is_specified_scalar_type,
)

from hub.schema.fields import COLUMN, PATH, TYPES, Node
from hub.schema.orders import Ordering
from hub.schema.schema import SCHEMA
from hub.schema.sdl import sdl
from hub.store.paths import Path as PathToRows

CORE = SCHEMA._schema  # noqa: SLF001 - strawberry has no public way to graphql-core's schema


def test_the_committed_schema_is_the_code():
    assert (Path(__file__).parents[2] / "schema.graphql").read_text() == sdl()


def test_the_committed_schema_is_valid():
    build_schema(sdl())


def _described() -> Iterator[tuple[str, str | None]]:
    for name, kind in CORE.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        yield name, kind.description
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, definition in kind.fields.items():
                yield f"{name}.{field}", definition.description
                for argument, given in getattr(definition, "args", {}).items():
                    yield f"{name}.{field}({argument}:)", given.description
        if isinstance(kind, GraphQLEnumType):
            for value, definition in kind.values.items():
                yield f"{name}.{value}", definition.description


def test_every_type_field_argument_and_value_is_described():
    assert [name for name, description in _described() if not description] == []


def _fields(declared: type[Any]) -> list[Any]:
    return list(declared.__strawberry_definition__.fields)


@pytest.mark.parametrize("shown", TYPES, ids=lambda each: each.__name__)
def test_a_field_that_shows_a_column_has_its_name_and_is_null_where_it_may_be(shown):
    kind = CORE.type_map[TYPES[shown].__name__]
    for field in _fields(TYPES[shown]):
        column = field.metadata.get(COLUMN)
        if column is None or isinstance(column, tuple) or PATH in field.metadata:
            continue
        assert field.python_name == column.key
        graphql_name = SCHEMA.config.name_converter.get_graphql_name(field)
        nullable = shown.__table__.c[column.key].nullable
        assert is_non_null_type(kind.fields[graphql_name].type) is not nullable, graphql_name


@pytest.mark.parametrize("shown", TYPES, ids=lambda each: each.__name__)
def test_a_path_starts_at_the_type_that_declares_it_and_ends_at_the_type_of_the_field(shown):
    for field in _fields(TYPES[shown]):
        path = field.metadata.get(PATH)
        if path is None or COLUMN in field.metadata:
            continue
        found = path if isinstance(path, PathToRows) else path(shown)
        graphql_name = SCHEMA.config.name_converter.get_graphql_name(field)
        answer = get_named_type(CORE.type_map[TYPES[shown].__name__].fields[graphql_name].type).name
        target = TYPES[found.target].__name__
        assert answer in {target, f"{target}Connection"}
        assert {column.class_ for column in found.start} <= {shown, *shown.__mro__}


def test_an_order_names_columns():
    for order in Ordering.__subclasses__():
        name = order.__name__.removesuffix("Order")
        shown = next(model for model, kind in TYPES.items() if kind.__name__ == name)
        field = next(each for each in _fields(order) if each.python_name == "field")
        for member in field.type.wrapped_cls:
            assert member.value in shown.__table__.c


def test_whatever_has_an_id_is_a_node():
    assert [shown for shown in TYPES if "id" in shown.__table__.c and not issubclass(TYPES[shown], Node)] == []


@pytest.mark.parametrize("name", CORE.mutation_type.fields)
def test_a_mutation_follows_the_conventions(name):
    field = CORE.mutation_type.fields[name]
    named = name[0].upper() + name[1:]
    assert [*field.args] == ["input"]
    assert str(field.args["input"].type) == f"{named}Input!"
    assert str(field.args["input"].type.of_type.fields["idempotencyKey"].type) == "UUID"
    assert str(field.type) == f"{named}Result!"
    payload, *failures = field.type.of_type.types
    assert payload.name == f"{named}Payload"
    assert str(payload.fields["query"].type) == "Query!"
    assert {str(interface) for failure in failures for interface in failure.interfaces} == {"UserError"}
    assert "IdempotencyConflictError" in {failure.name for failure in failures}
