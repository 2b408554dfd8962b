"""What clients may spend: a bucket of points for each, which fills again as time passes.

Buckets live in this process. Each process of a hub has its own, so what a client may spend in all is the budget times
the number of processes.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import msgspec

from hub.schema.limits import Limits

MOST_BUCKETS = 10_000
"""The one that was not asked of for longest goes first; it will have filled again."""
LEAST = 1
"""Every request costs something."""
REFUSED = 100
"""What a document costs that is refused: reading it was work."""


class Granted(msgspec.Struct, frozen=True):
    """The client could afford it."""

    requested: int
    remaining: int
    limit: int
    restored: int
    """Points each second."""

    @property
    def reset_in(self) -> int:
        """Seconds until the bucket is full."""
        return ceil((self.limit - self.remaining) / self.restored)


class Exceeded(Granted, frozen=True, kw_only=True):
    """The client could not, and nothing was taken."""

    retry_after: int
    """Seconds until it can."""


@dataclass(slots=True)
class _Bucket:
    points: float
    at: float
    """When it held so many, in seconds of a clock that never goes back."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """What each client has left."""

    limits: Mapping[str, Limits]
    """By role."""
    most: int = MOST_BUCKETS
    _buckets: OrderedDict[tuple[str, str], _Bucket] = field(default_factory=OrderedDict)

    def take(self, client: str, role: str, cost: int, now: float) -> Granted | Exceeded:
        """Takes what an operation costs, if the client has it; `now` is of a clock that never goes back."""
        limits, cost = self.limits[role], max(cost, LEAST)
        bucket = self._bucket((role, client), limits, now)
        if cost > bucket.points:
            wait = ceil((cost - bucket.points) / limits.restored)
            return Exceeded(cost, int(bucket.points), limits.budget, limits.restored, retry_after=wait)
        bucket.points -= cost
        return Granted(cost, int(bucket.points), limits.budget, limits.restored)

    def _bucket(self, key: tuple[str, str], limits: Limits, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(limits.budget, now)
            if len(self._buckets) > self.most:
                self._buckets.popitem(last=False)
            return bucket
        self._buckets.move_to_end(key)
        bucket.points = min(limits.budget, bucket.points + (now - bucket.at) * limits.restored)
        bucket.at = now
        return bucket


def headers(spent: Granted) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-10; of one that was refused, Retry-After too."""
    window = ceil(spent.limit / spent.restored)
    fields = {
        "RateLimit-Policy": f'"cost";q={spent.limit};w={window}',
        "RateLimit": f'"cost";r={spent.remaining};t={spent.reset_in}',
    }
    return fields | ({"Retry-After": str(spent.retry_after)} if isinstance(spent, Exceeded) else {})


def told(spent: Granted, now: datetime) -> dict[str, Any]:
    """`extensions.cost` of an answer."""
    return {
        "requested": spent.requested,
        "remaining": spent.remaining,
        "limit": spent.limit,
        "restoreRate": spent.restored,
        "resetAt": (now + timedelta(seconds=spent.reset_in)).isoformat(timespec="seconds"),
    }
