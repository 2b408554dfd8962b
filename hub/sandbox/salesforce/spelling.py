"""How Salesforce writes values in JSON."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from hub.sandbox.salesforce.sobject import Kind

_PLAIN_DIGITS = 7
"""From so many digits before the point on, numbers are written with an exponent."""
_SMALLEST_PLAIN = -3


def number(value: Decimal) -> str:
    """A decimal as Java writes a double, without losing a digit: 50000.0, 1.39E8."""
    if not value:
        return "0.0"
    sign, digits, exponent = value.normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    if _SMALLEST_PLAIN < point <= _PLAIN_DIGITS:
        plain = f"{value.normalize():f}"
        return plain if "." in plain else f"{plain}.0"
    return f"{'-' * sign}{text[0]}.{text[1:] or '0'}E{point - 1}"


@lru_cache(maxsize=10_000)
def stamp(moment: datetime) -> str:
    """An instant, to the second, with Salesforce's zone without a colon. It must be in UTC."""
    return f"{moment.isoformat()[:19]}.000+0000"


def _number(value: Decimal) -> msgspec.Raw:
    return msgspec.Raw(number(value))


def _day(value: date) -> str:
    return value.isoformat()


SPELLINGS: Mapping[Kind, Callable[[Any], Any]] = {
    Kind.DOUBLE: _number,
    Kind.CURRENCY: _number,
    Kind.PERCENT: _number,
    Kind.DATE: _day,
    Kind.DATETIME: stamp,
}
"""Values of the other kinds are written as they are."""


def json(value: Any) -> bytes:
    """A body of JSON."""
    return msgspec.json.encode(value)
