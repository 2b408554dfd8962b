"""What a client notices between two schemas: for `hub schema diff`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from graphql import (
    BreakingChange,
    BreakingChangeType,
    DangerousChange,
    GraphQLError,
    GraphQLSchema,
    SafeChangeType,
    SchemaChange,
    build_schema,
    find_schema_changes,
    get_named_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    resolve_schema_coordinate,
)

from hub.errors import InputError


class Weight(StrEnum):
    """What a difference means to clients that were written against the old schema."""

    BREAKING = "breaking"
    """Some operation is refused now, or answered with what its client does not know."""
    ANNOUNCED = "announced"
    """The same, of what the old schema said was deprecated."""
    DANGEROUS = "dangerous"
    """A client that is not written with care may stumble."""
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs."""

    weight: Weight
    told: str


def differences(old: str, new: str) -> list[Difference]:
    """What differs, the worst first; texts that describe differ freely. Raises InputError where one is no schema."""
    before, after = _schema(old, "The old schema"), _schema(new, "The new schema")
    found = [
        Difference(_weight(change, before), change.description)
        for change in find_schema_changes(before, after)
        if change.type is not SafeChangeType.DESCRIPTION_CHANGED
    ]
    order = list(Weight)
    return sorted(found, key=lambda each: (order.index(each.weight), each.told))


def _schema(sdl: str, name: str) -> GraphQLSchema:
    try:
        schema = build_schema(sdl)
    except (GraphQLError, TypeError) as error:
        raise InputError(f"{name} cannot be read: {str(error).splitlines()[0]}") from error
    if schema.query_type is None:
        raise InputError(f"{name} cannot be read: it has no queries.")
    return schema


def _weight(change: SchemaChange, old: GraphQLSchema) -> Weight:
    match change:
        case BreakingChange():
            return Weight.ANNOUNCED if _was_deprecated(change, old) else Weight.BREAKING
        case DangerousChange():
            return Weight.DANGEROUS
        case _:
            return Weight.SAFE


_MEMBER = re.compile(r"\w+\.\w+(?:\(\w+:\))?")
_TYPE = re.compile(r"(\w+) was removed")


def _was_deprecated(change: BreakingChange, old: GraphQLSchema) -> bool:
    """Whether the member, or the field whose argument it is, was; of a type: whatever leads to it.

    graphql-core names the thing in its sentence only, as a schema coordinate.
    """
    if change.type is BreakingChangeType.TYPE_REMOVED:
        name = _TYPE.search(change.description)
        leading = [reason for type_name, reason in _leading(old) if name and type_name == name[1]]
        return bool(leading) and all(leading)
    member = _MEMBER.search(change.description)
    parts = resolve_schema_coordinate(old, member[0]) if member else None
    return any(getattr(part, "deprecation_reason", None) for part in parts or ())


def _leading(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    """The type of each field and argument, and why it is deprecated, if it is."""
    for type_ in schema.type_map.values():
        if is_input_object_type(type_) or is_object_type(type_) or is_interface_type(type_):
            for field in type_.fields.values():
                yield get_named_type(field.type).name, field.deprecation_reason
                for argument in getattr(field, "args", {}).values():
                    yield get_named_type(argument.type).name, argument.deprecation_reason or field.deprecation_reason
