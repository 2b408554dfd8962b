"""When things happened: second by second since the history began, with the ties that imports and mass updates leave."""

import random
from datetime import datetime, timedelta

from hub.sandbox.chance import happens
from hub.sandbox.clock import HISTORY_ENDS
from hub.sandbox.world import System

HISTORY_BEGINS = HISTORY_ENDS - timedelta(days=6 * 365)
LAST_SECOND = int((HISTORY_ENDS - HISTORY_BEGINS).total_seconds()) - 3600
DAY = 24 * 60 * 60
LARGEST_TIE = 13

_TIED_SHARE = 0.08
_TOUCHED_SHARE = 0.12


def stamp(system: System, second: int) -> datetime:
    """That second of the history, as precisely as the system writes it: HubSpot's stamps have milliseconds."""
    milliseconds = second * 7919 % 1000 if system is System.HUBSPOT else 0
    return HISTORY_BEGINS + timedelta(0, second, 1000 * milliseconds)


def second_of(moment: datetime) -> int:
    """Which second of the history a moment falls into."""
    return int((moment - HISTORY_BEGINS).total_seconds())


def growing(count: int, rng: random.Random) -> list[int]:
    """That many seconds in order, more of them the later it gets."""
    return sorted(int(LAST_SECOND * rng.random() ** 0.7) for _ in range(count))


def tied(seconds: list[int], rng: random.Random) -> list[int]:
    """The same in order, where some runs share the second of their last."""
    moved = list(seconds)
    at = 0
    while at < len(moved):
        run = rng.randint(2, LARGEST_TIE) if happens(rng, _TIED_SHARE) else 1
        last = min(at + run, len(moved)) - 1
        moved[at : last + 1] = [moved[last]] * (last + 1 - at)
        at = last + 1
    return moved


def after(second: int, rng: random.Random, within: int = LAST_SECOND) -> int:
    """A later second, sooner rather than later, within that many seconds and the history."""
    room = min(LAST_SECOND - second, within)
    return second + int(room * rng.random() ** 2)


def modified(created: list[int], rng: random.Random) -> list[int]:
    """When rows created at these seconds last changed; mass updates change several in the same second."""
    changed = [second if happens(rng, 0.35) else after(second, rng) for second in created]
    touched = [place for place in range(len(created)) if happens(rng, _TOUCHED_SHARE)]
    for start in range(0, len(touched), LARGEST_TIE):
        batch = touched[start : start + LARGEST_TIE]
        moment = after(max(changed[place] for place in batch), rng)
        for place in batch:
            changed[place] = moment
    return changed


def last_days(earliest: int, days: int, rng: random.Random) -> int:
    """A second in the last days of the history, not before the earliest."""
    return rng.randint(max(earliest, LAST_SECOND - days * DAY), LAST_SECOND)
