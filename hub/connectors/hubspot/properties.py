"""The values of a HubSpot record. All are text; an emptied one is "" or null, which means the same."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from hub.connectors.base import Payload

T = TypeVar("T")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 2**31 - 1
"""The largest whole number that is kept as one."""
DIGITS = 30
"""A number with more of them before or after its point is a slip of the finger."""
KEPT = frozenset(("hs_additional_domains", "hs_additional_emails"))
"""HubSpot's own that are worth keeping though the model has no place for them."""
STAMPS = frozenset(("createdate", "lastmodifieddate"))
CURRENCY = re.compile("[A-Z]{3}")
FLAGS = {"true": True, "1": True, "false": False, "0": False}


class Properties:
    """A record's properties. Those that the model takes and understands are gone from the rest."""

    def __init__(self, payload: Payload) -> None:
        self._values = {
            name: clean(value) for name, value in dict(payload["properties"]).items() if value not in (None, "")
        }
        self._taken = set(STAMPS)
        self._odd: set[str] = set()

    def text(self, name: str) -> str | None:
        return self._meaning(name, str)

    def number(self, name: str) -> Decimal | None:
        return self._meaning(name, number)

    def whole(self, name: str) -> int | None:
        return self._meaning(name, whole)

    def share(self, name: str) -> Decimal | None:
        return self._meaning(name, share)

    def flag(self, name: str) -> bool | None:
        return self._meaning(name, flag)

    def instant(self, name: str) -> datetime | None:
        return self._meaning(name, instant)

    def day(self, name: str) -> date | None:
        return self._meaning(name, lambda text: instant(text).date())

    def currency(self, name: str) -> str | None:
        return self._meaning(name, currency)

    def rest(self) -> dict[str, Any]:
        """What the model has no place for: the account's own properties, and values that are not of their type."""
        return {
            name: value
            for name, value in self._values.items()
            if name in self._odd | KEPT or not (name in self._taken or name.startswith("hs_"))
        }

    def _meaning(self, name: str, meaning: Callable[[str], T]) -> T | None:
        if name not in self._values:
            return None
        try:
            meant = meaning(str(self._values[name]))
        except ValueError:
            # HubSpot holds "12;34" in a number. The field is unknown then, and the text is not lost.
            self._odd.add(name)
            return None
        self._taken.add(name)
        return meant


def instant(text: str) -> datetime:
    """ISO 8601, or milliseconds since 1970 as older records and exports have it."""
    if re.fullmatch("-?[0-9]+", text):
        try:
            return EPOCH + timedelta(milliseconds=int(text))
        except OverflowError as error:
            raise ValueError(f"no instant: {text}") from error
    stamp = datetime.fromisoformat(text)
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def number(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except InvalidOperation as error:
        raise ValueError("not a number") from error
    if not value.is_finite() or abs(value.adjusted()) > DIGITS:
        raise ValueError("not a number of this world")
    return value


def whole(text: str) -> int:
    value = number(text)
    if value != value.to_integral_value() or abs(value) > MOST:
        raise ValueError("not a whole number")
    return int(value)


def share(text: str) -> Decimal:
    value = number(text)
    if not 0 <= value <= 1:
        raise ValueError("not between 0 and 1")
    return value


def flag(text: str) -> bool:
    value = FLAGS.get(text.strip().lower())
    if value is None:
        raise ValueError("neither true nor false")
    return value


def currency(text: str) -> str:
    code = text.strip().upper()
    if not CURRENCY.fullmatch(code):
        raise ValueError("not a currency code")
    return code


def clean(value: Any) -> Any:
    # PostgreSQL has no place for NUL in text.
    return value.replace("\x00", "") if isinstance(value, str) else value
