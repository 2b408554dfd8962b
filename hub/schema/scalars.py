"""How instants, days and exact numbers are written."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import strawberry
from strawberry.types.scalar import ScalarDefinition

from hub.errors import InputError

MOST_DIGITS, MOST_PLACES = 131_071, 16_383
"""What PostgreSQL's numeric holds before and after the point."""


def _instant_text(value: datetime) -> str:
    """As PostgreSQL writes instants into JSON: the fraction without trailing zeros, the offset +00:00."""
    seconds, _, fraction = value.astimezone(UTC).replace(tzinfo=None).isoformat().partition(".")
    fraction = fraction.rstrip("0")
    return f"{seconds}.{fraction}+00:00" if fraction else f"{seconds}+00:00"


def _instant(value: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError("A DateTime is written as 2026-11-01T12:00:00Z.") from error
    if instant.tzinfo is None:
        raise InputError("A DateTime needs an offset or Z: 2026-11-01T12:00:00Z.")
    return instant


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError("A Date is written as 2026-11-01.") from error


def _number_text(value: Decimal) -> str:
    return f"{value:f}"


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise InputError('A Decimal is written as "1234.50".') from error
    if not number.is_finite():
        raise InputError("A Decimal is finite.")
    if number and not -MOST_PLACES <= number.adjusted() <= MOST_DIGITS:
        raise InputError("A Decimal is neither larger nor finer than PostgreSQL's numeric.")
    return number


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant in UTC as RFC 3339 writes it, such as `2026-11-01T12:00:00+00:00`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_instant_text,
        parse_value=_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day as RFC 3339 writes it, such as `2026-11-01`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=date.isoformat,
        parse_value=_day,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, written as a string: `"1234.50"`. As an argument, a number will do.',
        specified_by_url="https://json-schema.org/draft/2020-12/json-schema-core",
        serialize=_number_text,
        parse_value=_number,
    ),
}
