"""How instants, days and exact numbers are written."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NewType
from uuid import UUID

import strawberry
from strawberry.types.scalar import ScalarDefinition

from hub.errors import InputError

MOST_DIGITS = 100
"""More than any amount has; PostgreSQL stops at some thousands."""
ScopeName = NewType("ScopeName", str)
"""How a scope is written."""


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


def _uuid(value: Any) -> UUID:
    try:
        return UUID(value)
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError("A UUID is written as 0199d1c3-5f2e-7a4b-9c80-3d5e6f708192.") from error


def _number_text(value: Decimal) -> str:
    return f"{value:f}"


def _number(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise InputError('A Decimal is written as "1234.50".') from error
    if not number.is_finite():
        raise InputError("A Decimal is finite.")
    if abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
        raise InputError(f"A Decimal has up to {MOST_DIGITS} digits.")
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
    UUID: strawberry.scalar(
        name="UUID",
        description="A UUID as RFC 9562 writes it, such as `0199d1c3-5f2e-7a4b-9c80-3d5e6f708192`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=_uuid,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='An exact decimal number, written as a string: `"1234.50"`. As an argument, a number will do.',
        specified_by_url="https://json-schema.org/draft/2020-12/json-schema-core",
        serialize=_number_text,
        parse_value=_number,
    ),
    ScopeName: strawberry.scalar(
        name="Scope",
        description="A kind of thing that a viewer may do, such as `account:read`. More may be added.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc6749#section-3.3",
        serialize=str,
        parse_value=str,
    ),
}
