"""Instants as HubSpot spells them: with milliseconds, in UTC."""

from datetime import UTC, datetime
from functools import lru_cache


@lru_cache(maxsize=1024)
def spelled(instant: datetime) -> str:
    """ISO 8601, to the millisecond. A record repeats its two stamps as properties."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def epoch_milliseconds(instant: datetime) -> int:
    """Milliseconds since 1970."""
    return round(instant.timestamp() * 1000)


def to_the_millisecond(instant: datetime) -> datetime:
    """`instant` as precisely as HubSpot keeps it."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
