"""Row ids as the vendors make them: in the order of creation, with gaps."""

import random
from collections.abc import Iterator
from functools import lru_cache
from itertools import product

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAIRS = tuple(high + low for high, low in product(_BASE62, repeat=2))
_CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_FIRST_SERIAL = 62**6
_TWELVE_DIGITS = 200_000_000_000


def salesforce_ids(prefix: str, rng: random.Random) -> Iterator[str]:
    """18-character ids without end: prefix, instance, serial number in base 62, checksum."""
    serial = _FIRST_SERIAL + rng.randrange(62**5)
    while True:
        serial += 1 + int(8 * rng.random())
        yield with_checksum(f"{prefix}Qk{_base62(serial)}")


def with_checksum(short: str) -> str:
    """The 18-character form of a 15-character id: three letters that say which of its letters are capitals."""
    return f"{short}{_capitals(short[:5])}{_capitals(short[5:10])}{_capitals(short[10:])}"


def hubspot_ids(expected: int, rng: random.Random) -> Iterator[str]:
    """Numbers without end: the first has nine digits, and about the expected number of them reaches twelve."""
    number = rng.randrange(110_000_000, 190_000_000)
    growth = (_TWELVE_DIGITS / number) ** (1 / max(expected, 1)) - 1
    while True:
        yield str(number)
        number += 1 + int(number * growth if number < _TWELVE_DIGITS else 50 * rng.random())


@lru_cache(maxsize=1024)
def _capitals(group: str) -> str:
    return _CHECKSUM[sum(1 << place for place, char in enumerate(group) if "A" <= char <= "Z")]


def _base62(number: int) -> str:
    """Ten digits."""
    digits = ""
    for _ in range(5):
        number, pair = divmod(number, len(_PAIRS))
        digits = _PAIRS[pair] + digits
    return digits
