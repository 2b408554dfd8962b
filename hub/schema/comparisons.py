"""Filters: how columns are compared, and how what a client wrote becomes a condition."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import strawberry
from strawberry.utils.str_converters import to_camel_case

from hub.errors import InputError
from hub.model import Base
from hub.model.base import Attribute
from hub.schema.costs import RELATED, SEARCH, Cost, cost
from hub.schema.ids import key_of
from hub.schema.scopes import reading
from hub.store.conditions import AllOf, AnyOf, Comparison, Condition, Leads, Not, Operator, counted, nested, pattern
from hub.store.paths import Path

CONDITION = "condition"
"""Field metadata: the function from a field's value to what it says."""
DEEPEST = 20
"""How far conditions may be nested: about five relations."""
MOST_CONDITIONS = 200
MOST_VALUES = 500

ValueT = TypeVar("ValueT")
_IS_NULL = "Whether there is no value."


def given(description: str, name: str | None = None, *directives: Cost) -> Any:
    """A part of an input that may be left out."""
    return strawberry.field(default=strawberry.UNSET, description=description, name=name, directives=directives)


@strawberry.input(description="Compares an id. All that is given must hold.")
class IdComparison:
    """Compares an id."""

    eq: strawberry.ID | None = given("Is this one.")
    in_: list[strawberry.ID] | None = given("Is one of these.", name="in")


@strawberry.input(name="Comparison", description="Compares a choice. All that is given must hold.")
class ChoiceComparison(Generic[ValueT]):
    """Compares an enum."""

    eq: ValueT | None = given("Is this one.")
    in_: list[ValueT] | None = given("Is one of these.", name="in")
    is_null: bool | None = given(_IS_NULL)


@strawberry.input(description="Compares a yes or no. All that is given must hold.")
class BooleanComparison:
    """Compares a boolean."""

    eq: bool | None = given("Is this.")
    is_null: bool | None = given("Whether it is unknown.")


@strawberry.input(description="Compares a text. All that is given must hold.")
class TextComparison:
    """Compares a text."""

    eq: str | None = given("Is exactly this.")
    in_: list[str] | None = given("Is exactly one of these.", name="in")
    contains: str | None = given("Contains this, whatever the case of letters.", None, cost(SEARCH))
    is_null: bool | None = given(_IS_NULL)


@strawberry.input
class Range(Generic[ValueT]):
    """Compares what has an order."""

    eq: ValueT | None = given("Is this.")
    in_: list[ValueT] | None = given("Is one of these.", name="in")
    gt: ValueT | None = given("Is more, or later, than this.")
    gte: ValueT | None = given("Is this, or more, or later.")
    lt: ValueT | None = given("Is less, or earlier, than this.")
    lte: ValueT | None = given("Is this, or less, or earlier.")
    is_null: bool | None = given(_IS_NULL)


@strawberry.input(description="Compares an exact number. All that is given must hold.")
class DecimalComparison(Range[Decimal]):
    """Compares a number."""


@strawberry.input(description="Compares a day. All that is given must hold.")
class DateComparison(Range[date]):
    """Compares a day."""


@strawberry.input(description="Compares an instant. All that is given must hold.")
class DateTimeComparison(Range[datetime]):
    """Compares an instant."""


@strawberry.input
class Filter:
    """The base of filters: each of their fields says in its metadata how its value becomes a condition."""


FilterT = TypeVar("FilterT", bound=Filter)


@strawberry.input(name="Related", description="Says which related rows there are. All that is given must hold.")
class Related(Generic[FilterT]):
    """Some or none of the related rows."""

    some: FilterT | None = given("At least one of the related rows is like this.", None, cost(RELATED))
    none: FilterT | None = given("None of the related rows is like this.", None, cost(RELATED))


def compared(attribute: Attribute, description: str, *, through: Path | None = None) -> Any:
    """Compares a column of the row, or of the row that a path leads to."""

    def condition(value: Any) -> Condition:
        here = _comparisons(attribute.key, value)
        return Leads(through, here) if through else here

    return _filtering(description, condition, directives=_one_of(through) if through else ())


def identified(attribute: Attribute, model: type[Base], description: str) -> Any:
    """Compares a column that holds the key of a model's row."""

    def condition(value: IdComparison) -> Condition:
        return _comparisons(attribute.key, value, lambda text: key_of(model, text))

    return _filtering(description, condition)


def absent(attribute: Attribute, description: str) -> Any:
    """Whether a column has no value."""
    return _filtering(description, lambda value: Comparison(attribute.key, Operator.IS_NULL, value))


def leading(path: Path, description: str) -> Any:
    """What the one row is like that a path leads to."""
    return _filtering(description, lambda value: Leads(path, condition_of(value)), directives=_one_of(path))


def related(path: Path, description: str) -> Any:
    """What the rows are like that a path leads to."""

    def condition(value: Related[Any]) -> Condition:
        some = [Leads(path, condition_of(value.some))] if value.some else []
        none = [Not(Leads(path, condition_of(value.none)))] if value.none else []
        return AllOf((*some, *none))

    # Its `some` and `none` each say what they cost.
    return _filtering(description, condition, directives=reading(path.target))


def all_of() -> Any:
    """Combines filters."""
    return _filtering("Each of these holds.", lambda value: AllOf(tuple(map(condition_of, value))), name="and")


def any_of() -> Any:
    """Combines filters."""
    return _filtering("At least one of these holds.", lambda value: AnyOf(tuple(map(condition_of, value))), name="or")


def not_of() -> Any:
    """Turns a filter round."""
    return _filtering("This does not hold.", lambda value: Not(condition_of(value)), name="not")


def filtering(value: Filter) -> Condition:
    """What a filter says; raises InputError for one that is null in places, too deep or too large."""
    condition = condition_of(value)
    if nested(condition) > DEEPEST or counted(condition) > MOST_CONDITIONS:
        raise InputError("The filter is nested too deeply or has too many parts.")
    return condition


def condition_of(value: Filter) -> Condition:
    """What a filter, or a part of one, says."""
    return AllOf(
        tuple(
            field.metadata[CONDITION](part)
            for field in dataclasses.fields(value)
            if (part := getattr(value, field.name)) is not strawberry.UNSET and _present(field.name, part)
        )
    )


def _filtering(
    description: str,
    condition: Callable[[Any], Condition],
    *,
    name: str | None = None,
    directives: Sequence[object] = (),
) -> Any:
    return strawberry.field(
        default=strawberry.UNSET,
        description=description,
        name=name,
        metadata={CONDITION: condition},
        directives=directives,
    )


def _one_of(path: Path) -> tuple[object, ...]:
    """What a path leads to is read by filtering, too: that needs the same scope."""
    return (cost(RELATED), *reading(path.target))


def _comparisons(column: str, value: Any, key: Callable[[Any], Any] = lambda given: given) -> Condition:
    found: list[Condition] = []
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if part is not strawberry.UNSET and _present(field.name, part):
            operator = Operator(field.name.rstrip("_"))
            found.append(Comparison(column, operator, _operand(operator, part, key)))
    return AllOf(tuple(found))


def _operand(operator: Operator, part: Any, key: Callable[[Any], Any]) -> Any:
    if operator is Operator.IS_NULL:
        return part
    for each in part if isinstance(part, list) else [part]:
        if isinstance(each, str) and "\0" in each:
            raise InputError("A text in a filter has a null character: no stored text has one.")
    if operator is Operator.CONTAINS:
        return pattern(part)
    if operator is not Operator.IN:
        return key(part)
    if len(part) > MOST_VALUES:
        raise InputError(f"`in` takes up to {MOST_VALUES} values.")
    return tuple(map(key, part))


def _present(name: str, part: Any) -> bool:
    if part is None:
        told = to_camel_case(name.rstrip("_"))
        raise InputError(f"`{told}` in a filter is null: leave it out, or use `isNull`.")
    return True
