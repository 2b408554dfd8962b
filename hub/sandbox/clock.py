"""The sandbox's own time: it starts where the made-up history ends, so that every start looks the same."""

import time
from datetime import UTC, datetime, timedelta

HISTORY_ENDS = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


class Clock:
    """Runs at the speed of real time from HISTORY_ENDS on."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def now(self) -> datetime:
        """The present instant in the sandbox, UTC."""
        return HISTORY_ENDS + timedelta(seconds=time.monotonic() - self._started)
