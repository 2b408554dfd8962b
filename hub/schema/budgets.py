"""What clients may spend: a bucket of points for each, which fills again as time passes.

Buckets live in this process. Each process of a hub has its own, so what a client may spend in all is the budget times
the number of processes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from typing import Any

import msgspec

from hub.schema.debts import Debts
from hub.schema.limits import Limits

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


@dataclass(frozen=True, slots=True)
class Buckets:
    """What each client has left: the size of its bucket less what it spent and did not get back yet."""

    limits: Mapping[str, Limits]
    """By role."""
    spent: Debts[tuple[str, str]] = field(default_factory=Debts)
    """By role and client."""

    def take(self, client: str, role: str, cost: int, now: float) -> Granted | Exceeded:
        """Takes what an operation costs, if the client has it; `now` is of a clock that never goes back."""
        limits, cost = self.limits[role], max(cost, LEAST)
        spent = self.spent.owed((role, client), limits.restored, now)
        left = limits.budget - spent
        if cost > left:
            wait = ceil((cost - left) / limits.restored)
            return Exceeded(cost, int(left), limits.budget, limits.restored, retry_after=wait)
        self.spent.owe((role, client), spent + cost, now)
        return Granted(cost, int(left - cost), limits.budget, limits.restored)


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
