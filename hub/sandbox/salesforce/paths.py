"""Where the paths of a query lead: through relationships to a field."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import at
from hub.sandbox.salesforce.sobject import Field, Kind, SObject, Value
from hub.sandbox.salesforce.soql import Path

_LONG_TEXT = 255


@dataclass(frozen=True, slots=True)
class Reached:
    """The field at the end of a path, and its value in a row at the start of it."""

    name: str
    """The path, spelled as describe spells it."""
    field: Field[Any]
    value: Callable[[Any], Value]


def reached(org: Org, sobject: SObject[Any], path: Path, soql: str) -> Reached:
    """The field that a path leads to; raises INVALID_FIELD."""
    *names, last = inside(org, sobject, path).names
    hops: list[tuple[Field[Any], SObject[Any]]] = []
    for name in names:
        hop = relationship(org, sobject, name)
        if hop is None:
            raise at(soql, path.at, "INVALID_FIELD", f"Didn't understand relationship '{name}' in field path.")
        sobject = org.target(hop)
        hops.append((hop, sobject))
    field = org.field(sobject, last)
    if field is None:
        hint = "Custom fields end in '__c'; the describe call lists the names that exist."
        raise at(soql, path.at, "INVALID_FIELD", f"No such column '{last}' on entity '{sobject.name}'. {hint}")
    name = ".".join([*(str(hop.relationship) for hop, _ in hops), field.name])
    return Reached(name, field, _value(org, hops, field))


def inside(org: Org, sobject: SObject[Any], path: Path) -> Path:
    """The path without the name of the object itself: Account.Name is Name in a query of accounts."""
    named = len(path.names) > 1 and path.names[0].lower() == sobject.name.lower()
    if named and relationship(org, sobject, path.names[0]) is None:
        return Path(path.names[1:], path.at)
    return path


def relationship(org: Org, sobject: SObject[Any], name: str) -> Field[Any] | None:
    """The reference of that relationship name in any case, if it leads to an object of this org."""
    wanted = name.lower()
    for field in org.fields(sobject):
        if field.relationship and field.relationship.lower() == wanted and any(map(org.sobject, field.references)):
            return field
    return None


def filterable(field: Field[Any]) -> bool:
    """Whether a query may filter and sort by a field: not by compound fields, nor by long texts."""
    long = field.kind is Kind.TEXTAREA and (field.length or 0) > _LONG_TEXT
    return field.plain and field.kind is not Kind.ADDRESS and not long


def _value(org: Org, hops: list[tuple[Field[Any], SObject[Any]]], field: Field[Any]) -> Callable[[Any], Value]:
    if not hops:
        return partial(field.value, org)

    def followed(row: Any) -> Value:
        for hop, target in hops:
            row = org.row(target, hop.value(org, row))
            if row is None:
                return None
        return field.value(org, row)

    return followed
