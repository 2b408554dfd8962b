"""What the arguments of a field ask for: as a slot of a statement, and the values that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, VariableNode, get_argument_values
from graphql.execution.values import VariableValues
from strawberry.types.arguments import convert_arguments

from hub.schema.drafting import Slot, Uncompilable
from hub.schema.nodes import most, named
from hub.schema.paging import selected
from hub.schema.schema import SCHEMA
from hub.store.conditions import Parameter
from hub.store.listing import Selection, abstracted
from hub.store.statement import Target


@dataclass(frozen=True, slots=True)
class Bound:
    """A slot that is filled."""

    asked: Selection | Target
    values: Mapping[str, Any]


def bound(slot: Slot, variables: VariableValues, prefix: str, secret: bytes) -> Bound:
    """The slot, filled; its parameters begin with `prefix`. Raises InputError, GraphQLError, Uncompilable."""
    given = get_argument_values(slot.definition, slot.node, variables)
    arguments = convert_arguments(
        given, slot.declared.arguments, SCHEMA.schema_converter.scalar_registry, SCHEMA.config
    )
    if slot.path is None:
        variable = id_variable(slot.node)
        return _by_id(arguments, id_parameter(variable) if variable else prefix)
    return Bound(*abstracted(selected(slot.path, arguments, secret), prefix))


def id_variable(node: FieldNode) -> str | None:
    """The variable that is the id of a `node` field; None for any other field."""
    if node.name.value != "node":
        return None
    return next((each.value.name.value for each in node.arguments or () if isinstance(each.value, VariableNode)), None)


def id_parameter(variable: str) -> str:
    """What a statement calls the id in a variable."""
    return f"id_{variable}"


def _by_id(arguments: Mapping[str, Any], prefix: str) -> Bound:
    parameter = Parameter(prefix)
    if "node_id" in arguments:
        model, key = named(arguments["node_id"])
        return Bound(Target(model, parameter), {prefix: key})
    ids = [named(each) for each in most(arguments["ids"])]
    models = {model for model, _ in ids}
    if len(models) != 1:
        raise Uncompilable("it asks for ids of several types at once, or of none")
    return Bound(Target(models.pop(), parameter), {prefix: [key for _, key in ids]})
