"""How often a portal may be asked."""

import time
from collections import deque
from collections.abc import Callable

from hub.sandbox.hubspot.refusal import Refusal

BURST_SECONDS = 10.0


class Limits:
    """Counts requests against the three policies. `monotonic` tells the seconds.

    The daily count is never renewed: no sandbox lives that long.
    """

    def __init__(
        self,
        *,
        burst: int = 190,
        searches: int = 5,
        daily: int = 650_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.burst = burst
        self.searches = searches
        self.daily = daily
        self._monotonic = monotonic
        self._requests: deque[float] = deque()
        self._searched: deque[float] = deque()
        self._today = 0

    def admit(self) -> None:
        """Count a request that is no search; refuse it with 429 where it is one too many."""
        self._admit_today()
        if not _fits(self._requests, self.burst, self._monotonic(), BURST_SECONDS):
            raise _too_many("TEN_SECONDLY_ROLLING")

    def admit_search(self) -> None:
        """Count a search; all searches of the account share their own limit per second."""
        self._admit_today()
        if not _fits(self._searched, self.searches, self._monotonic(), 1.0):
            raise _too_many("SECONDLY")

    def headers(self) -> dict[str, str]:
        """What an answer to anything but a search tells of the limits."""
        now = self._monotonic()
        return {
            "x-hubspot-ratelimit-max": str(self.burst),
            "x-hubspot-ratelimit-remaining": str(self.burst - len(self._requests)),
            "x-hubspot-ratelimit-interval-milliseconds": str(int(BURST_SECONDS * 1000)),
            "x-hubspot-ratelimit-secondly": str(self.burst // 10),
            "x-hubspot-ratelimit-secondly-remaining": str(self._left_this_second(now)),
            "x-hubspot-ratelimit-daily": str(self.daily),
            "x-hubspot-ratelimit-daily-remaining": str(self.daily - self._today),
        }

    def _admit_today(self) -> None:
        if self._today >= self.daily:
            raise _too_many("DAILY")
        self._today += 1

    def _left_this_second(self, now: float) -> int:
        recent = 0
        for instant in reversed(self._requests):
            if instant <= now - 1.0:
                break
            recent += 1
        return max(self.burst // 10 - recent, 0)


def _fits(instants: deque[float], most: int, now: float, window: float) -> bool:
    while instants and instants[0] <= now - window:
        instants.popleft()
    if len(instants) >= most:
        return False
    instants.append(now)
    return True


def _too_many(policy: str) -> Refusal:
    message = f"You have reached your {policy.lower()} limit."
    return Refusal(429, message, errorType="RATE_LIMIT", policyName=policy)
