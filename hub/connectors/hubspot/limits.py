"""How often an account may be asked, as its own answers say.

https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from hub.connectors.base import Quota
from hub.connectors.hubspot.properties import EPOCH
from hub.connectors.rate import Rate, Sleep
from hub.connectors.response import http_date
from hub.errors import QuotaExhausted

REQUESTS_PER_SECOND = 9.0
"""Where the account does not say what it allows: the smallest plan has 100 in ten seconds."""
SHARE = 0.9
"""The part of the allowed pace that we take."""
NEARLY_NONE = 0.03
"""So little of an interval's requests left means that others spend them, too."""
RESERVE = 0.1
"""The share of the day's requests that is left to the account's other integrations."""
DAY = timedelta(days=1)


class Limits(Rate):
    """A pace that follows what answers tell, and the count of the day."""

    def __init__(
        self, reserve: float = RESERVE, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        super().__init__(REQUESTS_PER_SECOND, burst=1, clock=clock, sleep=sleep)
        self.utc_offset = timedelta()
        """Of the account's own midnight, at which days begin."""
        self._reserve = reserve
        self._quiet_until = 0.0
        self._quota: Quota | None = None
        self._until_midnight: float | None = None

    def quota(self) -> Quota | None:
        """The requests of the day, as the last answer had them; only answers to tokens that are no app's have them."""
        return self._quota

    async def turn(self) -> None:
        """Return when one more request may go."""
        await super().turn()
        quiet = self._quiet_until - self._clock()
        if quiet > 0:
            await self._sleep(quiet)

    def check(self) -> None:
        """Raise QuotaExhausted where only the reserve of the day is left."""
        if self._quota is not None and self._quota.used >= self._quota.limit * (1 - self._reserve):
            told = f"{self._quota.used} of the account's {self._quota.limit} requests of the day are used"
            raise QuotaExhausted(told, self._until_midnight)

    def exhausted(self, error: QuotaExhausted) -> QuotaExhausted:
        """The same refusal, with the time until the day ends where the refusal has none."""
        return QuotaExhausted(str(error), error.retry_after or self._until_midnight)

    def heed(self, headers: Mapping[str, str]) -> None:
        """Take up what an answer says. Answers to searches say nothing."""
        self._heed_interval(headers)
        self._heed_day(headers)
        stamp = http_date(headers.get("Date", ""))
        if stamp is not None:
            self._until_midnight = (DAY - (stamp - EPOCH + self.utc_offset) % DAY).total_seconds()

    def _heed_interval(self, headers: Mapping[str, str]) -> None:
        most = _count(headers, "X-HubSpot-RateLimit-Max")
        interval = _count(headers, "X-HubSpot-RateLimit-Interval-Milliseconds")
        if not most or not interval:
            return
        self._per_second = most * 1000 / interval * SHARE
        self._burst = max(1, int(self._per_second / 3))
        left = _count(headers, "X-HubSpot-RateLimit-Remaining")
        if left is not None and left < most * NEARLY_NONE:
            self._quiet_until = self._clock() + interval / 1000

    def _heed_day(self, headers: Mapping[str, str]) -> None:
        limit = _count(headers, "X-HubSpot-RateLimit-Daily")
        left = _count(headers, "X-HubSpot-RateLimit-Daily-Remaining")
        if limit and left is not None:
            self._quota = Quota(used=max(0, limit - left), limit=limit)


def _count(headers: Mapping[str, str], name: str) -> int | None:
    told = headers.get(name, "")
    return int(told) if told.isdecimal() else None
