"""How Salesforce spells values. What is spelled otherwise is a ValueError or a TypeError, never guessed."""

from datetime import UTC, date, datetime
from decimal import Decimal

_CURRENCY_LENGTH = 3


def required(value: object) -> str:
    """A text that must be there."""
    if not isinstance(value, str):
        raise TypeError("a mandatory text is missing")
    return value


def text(value: object) -> str | None:
    """A text, unchanged."""
    return None if value is None else required(value)


def flag(value: object) -> bool:
    """A boolean: Salesforce has no third value."""
    if not isinstance(value, bool):
        raise TypeError("not a boolean")
    return value


def number(value: object) -> Decimal | None:
    """A number, to the last digit."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise TypeError("not a number")
    return Decimal(value)


def whole(value: object) -> int | None:
    """A whole number; it may be written as 1.0E7."""
    given = number(value)
    if given is None:
        return None
    if given != given.to_integral_value():
        raise ValueError("not a whole number")
    return int(given)


def share(value: object) -> Decimal | None:
    """A percentage as a part of one."""
    percent = number(value)
    return None if percent is None else percent / 100


def day(value: object) -> date | None:
    """A day, which has no time zone."""
    return None if value is None else date.fromisoformat(required(value))


def instant(value: object) -> datetime:
    """An instant, UTC; a text without an offset names none."""
    stamp = datetime.fromisoformat(required(value))
    if stamp.tzinfo is None:
        raise ValueError("a date and time without its offset")
    return stamp.astimezone(UTC)


def currency(value: object) -> str | None:
    """An ISO 4217 code. Only orgs with several currencies say which one a row is in."""
    code = text(value)
    if code is not None and len(code) != _CURRENCY_LENGTH:
        raise ValueError("not an ISO 4217 code")
    return code
