"""What was found out a moment ago."""

import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Recent(Generic[KeyT, ValueT]):
    """Values that hold for some seconds; of too many, the oldest are forgotten."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._kept: dict[KeyT, tuple[ValueT, float]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: KeyT) -> ValueT | None:
        """The value, while it holds."""
        found = self._kept.get(key)
        return None if found is None or found[1] <= self._clock() else found[0]

    def keep(self, key: KeyT, value: ValueT, seconds: float | None = None) -> None:
        """Remember a value, for `seconds` where these are fewer than usual."""
        self._kept.pop(key, None)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        lasts = self._seconds if seconds is None else min(seconds, self._seconds)
        self._kept[key] = (value, self._clock() + lasts)
