"""The pace of requests."""

import asyncio
import time
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[None]]


class Rate:
    """At most `burst` requests at once and `per_second` of them in the long run: a token bucket."""

    def __init__(
        self,
        per_second: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(burst)
        self._counted_at = clock()

    async def turn(self) -> None:
        """Return when one more request may go."""
        now = self._clock()
        earned = (now - self._counted_at) * self._per_second
        self._counted_at = now
        # Below zero, the tokens are a queue: each who waits sleeps off the debt it found and its own.
        self._tokens = min(float(self._burst), self._tokens + earned) - 1
        if self._tokens < 0:
            await self._sleep(-self._tokens / self._per_second)
