"""The two halves of a labeled set: the one that rules were tuned on, and the one that was held back."""

from collections.abc import Hashable
from enum import StrEnum
from hashlib import sha256


class Half(StrEnum):
    """Where a thing belongs."""

    TUNED = "tuned on"
    HELD_BACK = "held back"


def half(truth: Hashable) -> Half:
    """The half of all that speaks of one true thing, the same on every machine."""
    return Half.HELD_BACK if sha256(str(truth).encode()).digest()[0] & 1 else Half.TUNED
