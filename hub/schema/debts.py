"""What each owes, and how it is forgotten as time passes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)

MOST = 10_000


class Debts(Generic[KeyT]):
    """Numbers by key that fall to nothing at a rate; of too many, the one that was not written for longest goes first.

    `now` is of a clock that never goes back, `rate` so much for each of its seconds.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._owed: OrderedDict[KeyT, tuple[float, float]] = OrderedDict()

    def owed(self, key: KeyT, rate: float, now: float) -> float:
        """What is left of it."""
        found = self._owed.get(key)
        return max(0.0, found[0] - (now - found[1]) * rate) if found else 0.0

    def owe(self, key: KeyT, amount: float, now: float) -> None:
        """From now on it is so much."""
        self._owed[key] = (amount, now)
        self._owed.move_to_end(key)
        if len(self._owed) > self._most:
            self._owed.popitem(last=False)
