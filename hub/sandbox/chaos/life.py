"""Rows that change while somebody reads them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hub.sandbox.world import Fate

TOWNS = ("Aarhus", "Bergamo", "Cádiz", "Dhaka", "Ełk", "Funchal", "Göteborg", "København", "Łódź", "Malmö")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that people do to rows, and how often beside the rest. It may find nothing to do it to."""

    happen: Callable[[random.Random], None]
    weight: int = 10


class Life:
    """Events between requests, as a seed decides, until it ends."""

    def __init__(self, events: Sequence[Event], seed: int, *, share: float = 0.3) -> None:
        """`share` is how many requests find that something happened ahead of them."""
        self._events = events
        self._weights = [event.weight for event in events]
        self._rng = random.Random(f"life {seed}")  # noqa: S311 - repeatable on purpose, guards nothing
        self._share = share
        self._has_ended = False
        self.count = 0

    def go_on(self) -> None:
        """Perhaps let something happen."""
        while not self._has_ended and self._rng.random() < self._share:
            self.count += 1
            event = self._rng.choices(self._events, self._weights)[0]
            event.happen(self._rng)

    def end(self) -> None:
        """Let nothing happen any more."""
        self._has_ended = True


def some(rng: random.Random, rows: Sequence[Any], *fates: Fate, most: int = 1) -> list[Any]:
    """A few of the rows with one of these fates, live ones unless told."""
    found = [row for row in rows if row.fate in (fates or (Fate.LIVE,))]
    return rng.sample(found, min(most, len(found)))


def town(rng: random.Random) -> str:
    """A name of a place."""
    return rng.choice(TOWNS)


def title(rng: random.Random) -> str:
    """A text as people type it: with quotes, line ends, letters of many scripts."""
    mark = rng.choice(('"', "'", ",", ";", "\n", "\\", "ß", "日本", "𝄞", " "))
    return f"{town(rng)} {mark} {rng.randrange(10**6)}"
