"""The filters of a search: each becomes a test of an entry."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import CONTACTS, ObjectType
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.property import Kind, Property
from hub.sandbox.hubspot.refusal import invalid
from hub.sandbox.hubspot.stamps import epoch_milliseconds

Comparable = Any
Predicate = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition of a filter group, as asked for."""

    name: str
    operator: str
    values: tuple[str, ...]

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Filter":
        """The filter that a body holds."""
        name, operator = given.get("propertyName"), given.get("operator")
        if not name or not operator:
            raise invalid(
                "Invalid input JSON: Cannot build Filter, "
                "some of required attributes are not set [propertyName, operator]"
            )
        if operator not in _OPERANDS:
            raise invalid(f"Invalid input JSON: Cannot deserialize operator {operator}")
        wanted = _OPERANDS[operator]
        values = tuple(given.get("values") or ()) if wanted == ("values",) else tuple(given.get(key) for key in wanted)
        if wanted and (not values or None in values):
            raise invalid(f"There was a problem with the request: operator {operator} requires {' and '.join(wanted)}")
        return cls(str(name), operator, tuple(str(value) for value in values))


_OPERANDS: dict[str, tuple[str, ...]] = {
    "EQ": ("value",),
    "NEQ": ("value",),
    "LT": ("value",),
    "LTE": ("value",),
    "GT": ("value",),
    "GTE": ("value",),
    "BETWEEN": ("value", "highValue"),
    "IN": ("values",),
    "NOT_IN": ("values",),
    "HAS_PROPERTY": (),
    "NOT_HAS_PROPERTY": (),
    "CONTAINS_TOKEN": ("value",),
    "NOT_CONTAINS_TOKEN": ("value",),
}


def predicate(portal: Portal, kind: ObjectType, given: Filter) -> Predicate:
    """Whether an entry passes the filter. An entry without a value passes NOT_HAS_PROPERTY only."""
    other_modified = "hs_lastmodifieddate" if kind is CONTACTS else "lastmodifieddate"
    if given.name == other_modified:
        return lambda _: given.operator == "NOT_HAS_PROPERTY"
    found = properties_of(portal, kind).get(given.name)
    if found is None:
        raise invalid(f"There was a problem with the request: property {given.name} does not exist")
    if found.name == "hs_object_id" and portal.quirks.ids_compare_as_text:
        found = dataclasses.replace(found, kind=Kind.STRING)
    read = reading(portal, kind, found)
    if given.operator == "HAS_PROPERTY":
        return lambda entry: read(entry) is not None
    if given.operator == "NOT_HAS_PROPERTY":
        return lambda entry: read(entry) is None
    accepts = _condition(found, given)
    return lambda entry: (value := read(entry)) is not None and accepts(value)


def reading(portal: Portal, kind: ObjectType, found: Property) -> Callable[[Any], Comparable]:
    """What an entry holds in a property, in a form that compares; None where it holds nothing, or no number."""
    if found.name == "hs_object_id":
        return lambda entry: entry.id if portal.quirks.ids_compare_as_text else int(entry.id)
    if found.name == kind.modified:
        return lambda entry: epoch_milliseconds(entry.modified_at)

    def read(entry: Any) -> Comparable:
        value = found.read(entry, portal)
        return None if value is None or value == "" else _comparable(found, value)

    return read


def operand(found: Property, value: str) -> Comparable:
    """A value of a filter in the form that the entries' values have."""
    comparable = _comparable(found, value)
    if comparable is None:
        raise invalid(f"There was a problem with the request: {value} is not a {found.kind}")
    return comparable


def _comparable(found: Property, value: str) -> Comparable:
    if found.kind is Kind.NUMBER:
        return _number(value)
    if found.kind in (Kind.DATE, Kind.DATETIME):
        return _instant(value)
    return value if found.kind is Kind.ENUMERATION else value.lower()


def _number(value: str) -> int | Decimal | None:
    if value.isdecimal():
        return int(value)
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


def _instant(value: str) -> int | None:
    if value.lstrip("-").isdecimal():
        return int(value)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return None
    return epoch_milliseconds(instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC))


def _condition(found: Property, given: Filter) -> Callable[[Comparable], bool]:
    if given.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        wanted = given.operator == "CONTAINS_TOKEN"
        return lambda value: _holds(str(value), given.values[0]) is wanted
    # Texts are indexed in lower case, and IN compares with the index as it is.
    exact = found.kind is Kind.STRING and given.operator in ("IN", "NOT_IN")
    operands = list(given.values) if exact else [operand(found, value) for value in given.values]
    return _COMPARISONS[given.operator](operands)


_COMPARISONS: dict[str, Callable[[list[Comparable]], Callable[[Comparable], bool]]] = {
    "EQ": lambda operands: lambda value: bool(value == operands[0]),
    "NEQ": lambda operands: lambda value: bool(value != operands[0]),
    "LT": lambda operands: lambda value: bool(value < operands[0]),
    "LTE": lambda operands: lambda value: bool(value <= operands[0]),
    "GT": lambda operands: lambda value: bool(value > operands[0]),
    "GTE": lambda operands: lambda value: bool(value >= operands[0]),
    "BETWEEN": lambda operands: lambda value: bool(operands[0] <= value <= operands[1]),
    "IN": lambda operands: lambda value: value in operands,
    "NOT_IN": lambda operands: lambda value: value not in operands,
}


def tokens(text: str) -> list[str]:
    """The words of a text as the index has them."""
    return "".join(c if c.isalnum() else " " for c in text.lower()).split()


def _holds(text: str, wanted: str) -> bool:
    """Whether all words of `wanted` stand in the text; `*` at an end of one stands for anything."""
    present = tokens(text)
    return all(any(_word_fits(word, each) for each in present) for word in wanted.lower().split())


def _word_fits(pattern: str, word: str) -> bool:
    core = pattern.strip("*")
    if pattern.startswith("*") and pattern.endswith("*"):
        return core in word
    if pattern.startswith("*"):
        return word.endswith(core)
    return word.startswith(core) if pattern.endswith("*") else word == core
