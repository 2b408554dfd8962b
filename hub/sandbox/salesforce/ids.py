"""Salesforce ids: a key prefix and a number in 15 characters, and 3 more that make them safe to compare."""

import re

from hub.sandbox.ids import with_checksum

SHORT = 15
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_INSTANCE = "Hb"
_SHAPE = re.compile(r"[0-9A-Za-z]{15}(?:[A-Z0-5]{3})?")


def full_id(text: str) -> str:
    """The id of 18 characters that an id of 15 is short for; other text unchanged."""
    return with_checksum(text) if len(text) == SHORT else text


def record_id(prefix: str, number: int) -> str:
    """The id of the row of that number: of an instance of its own, so that it meets no made-up one."""
    digits = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return with_checksum(prefix + _INSTANCE + digits.rjust(10, "0"))


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id."""
    return _SHAPE.fullmatch(text) is not None
