"""Rows that end: deleted, archived, purged, merged away."""

import random
from collections.abc import Sequence

from hub.sandbox.chance import happens
from hub.sandbox.timeline import last_days, second_of, stamp
from hub.sandbox.world import Entry, Fate, System

_REMOVED_SHARE = 0.025
_PURGED_SHARE = 0.25
_MERGED_SHARE = 0.5
_RECENT_SHARE = 0.85


def remove_some(entries: Sequence[Entry], system: System, rng: random.Random) -> None:
    """Delete a few of the live rows, mostly in the last days; some of these for good."""
    for entry in entries:
        if entry.fate is Fate.LIVE and happens(rng, _REMOVED_SHARE):
            fate = Fate.PURGED if happens(rng, _PURGED_SHARE) else Fate.DELETED
            end(entry, fate, _removal_second(entry, system, rng), system)


def merge(loser: Entry, winner: Entry, system: System, rng: random.Random) -> None:
    """The winner takes the loser's place; both change in that second."""
    second = max(_removal_second(loser, system, rng), second_of(winner.modified_at) + 1)
    end(loser, Fate.MERGED, second, system)
    loser.merged_into = winner.id
    winner.modified_at = stamp(system, second)


def merge_some(pairs: Sequence[tuple[Entry, Entry]], system: System, rng: random.Random) -> None:
    """Merge about half of the pairs of (duplicate, first row)."""
    for duplicate, first in pairs:
        if happens(rng, _MERGED_SHARE):
            merge(duplicate, first, system, rng)


def end(entry: Entry, fate: Fate, second: int, system: System) -> None:
    """The row ends in that second, or as soon as it exists."""
    removed_at = max(stamp(system, second), entry.created_at)
    entry.fate = fate
    entry.removed_at = removed_at
    entry.modified_at = removed_at


def _removal_second(entry: Entry, system: System, rng: random.Random) -> int:
    """Salesforce forgets after fifteen days; HubSpot remembers its archive for ninety."""
    days = 10 if happens(rng, _RECENT_SHARE) else (14 if system is System.SALESFORCE else 80)
    return last_days(second_of(entry.modified_at), days, rng)
