"""How often a portal may be asked."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from hub.sandbox.hubspot.refusal import Refusal

BURST_SECONDS = 10.0
KEY_BURST, OAUTH_BURST = 190, 110
UTC_OFFSET = timedelta(hours=-5)
"""The portal lies on the US east coast, and the sandbox's time is in winter."""


class RetryAfter(StrEnum):
    """How a refusal says when to come again. HubSpot mostly does not, and its unit varies."""

    ABSENT = "ABSENT"
    SECONDS = "SECONDS"
    MILLISECONDS = "MILLISECONDS"


class Limits:
    """Counts requests against the three policies. `monotonic` tells the seconds.

    The service key and the OAuth app have a burst each: HubSpot's own sizes, unless `burst` says how many are let in.
    The daily count is the service key's; an OAuth app has none.
    """

    def __init__(
        self,
        *,
        burst: int | None = None,
        searches: int = 5,
        daily: int = 650_000,
        retry_after: RetryAfter = RetryAfter.ABSENT,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.searches = searches
        self.daily = daily
        self.retry_after = retry_after
        self._bursts = {oauth: burst or own for oauth, own in ((False, KEY_BURST), (True, OAUTH_BURST))}
        self._monotonic = monotonic
        self._requests: dict[bool, deque[float]] = {False: deque(), True: deque()}
        self._searched: deque[float] = deque()
        self._today = 0
        self._day: date | None = None

    def admit(self, now: datetime, *, oauth: bool) -> None:
        """Count a request that is no search; refuse it with 429 where it is one too many."""
        self._admit_today(now, oauth=oauth)
        if not _fits(self._requests[oauth], self._bursts[oauth], self._monotonic(), BURST_SECONDS):
            raise self._too_many("TEN_SECONDLY_ROLLING", BURST_SECONDS)

    def admit_search(self, now: datetime, *, oauth: bool) -> None:
        """Count a search; all searches of the account share their own limit per second."""
        self._admit_today(now, oauth=oauth)
        if not _fits(self._searched, self.searches, self._monotonic(), 1.0):
            raise self._too_many("SECONDLY", 1.0)

    def headers(self, *, oauth: bool) -> dict[str, str]:
        """What an answer to anything but a search tells of the limits."""
        burst, requests = self._bursts[oauth], self._requests[oauth]
        told = {
            "x-hubspot-ratelimit-max": str(burst),
            "x-hubspot-ratelimit-remaining": str(burst - len(requests)),
            "x-hubspot-ratelimit-interval-milliseconds": str(int(BURST_SECONDS * 1000)),
            "x-hubspot-ratelimit-secondly": str(burst // 10),
            "x-hubspot-ratelimit-secondly-remaining": str(_left_this_second(requests, burst, self._monotonic())),
        }
        if oauth:
            return told
        return told | {
            "x-hubspot-ratelimit-daily": str(self.daily),
            "x-hubspot-ratelimit-daily-remaining": str(self.daily - self._today),
        }

    def _admit_today(self, now: datetime, *, oauth: bool) -> None:
        local = now.astimezone(UTC) + UTC_OFFSET
        if local.date() != self._day:
            self._day, self._today = local.date(), 0
        if oauth:
            return
        if self._today >= self.daily:
            midnight = datetime(local.year, local.month, local.day, tzinfo=UTC) + timedelta(days=1)
            raise self._too_many("DAILY", (midnight - local).total_seconds())
        self._today += 1

    def _too_many(self, policy: str, seconds: float) -> Refusal:
        message = f"You have reached your {policy.lower()} limit."
        told = {RetryAfter.SECONDS: seconds, RetryAfter.MILLISECONDS: seconds * 1000}.get(self.retry_after)
        headers = None if told is None else {"retry-after": str(int(told))}
        return Refusal(429, message, headers=headers, errorType="RATE_LIMIT", policyName=policy)


def _left_this_second(requests: deque[float], burst: int, now: float) -> int:
    recent = 0
    for instant in reversed(requests):
        if instant <= now - 1.0:
            break
        recent += 1
    return max(burst // 10 - recent, 0)


def _fits(instants: deque[float], most: int, now: float, window: float) -> bool:
    while instants and instants[0] <= now - window:
        instants.popleft()
    if len(instants) >= most:
        return False
    instants.append(now)
    return True
