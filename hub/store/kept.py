"""What was worked out once, as long as there is room for it."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
ValueT = TypeVar("ValueT")


class Kept(Generic[KeyT, ValueT]):
    """Values by key, bounded by their sizes together; what was not asked for for longest goes first.

    The sizes are in whatever `most` is: bytes, characters, or one for each.
    """

    def __init__(self, most: int) -> None:
        self.hits = 0
        self.misses = 0
        self._most = most
        self._held = 0
        self._kept: OrderedDict[KeyT, tuple[ValueT, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: KeyT) -> ValueT | None:
        """The value, if it is still there."""
        found = self._kept.get(key)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: KeyT, value: ValueT, size: int = 1) -> None:
        """Keep a value of this size."""
        _, before = self._kept.pop(key, (None, 0))
        self._kept[key] = (value, size)
        self._held += size - before
        while self._held > self._most:
            _, (_, gone) = self._kept.popitem(last=False)
            self._held -= gone
