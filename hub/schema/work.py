"""What clients make the hub work beside what they pay for: documents that must be read, checked and planned anew.

What an operation costs is known once it is planned, and planning is work. It happens once for each document of an app,
and then never again; who goes on sending new ones, right or wrong, is held to a share of a processor.
"""

from dataclasses import dataclass, field
from math import ceil

from hub.schema.debts import Debts

SHARE = 0.05
"""Of one processor, for each client: how fast its debt is forgotten."""
PATIENCE = 10.0
"""Seconds of work that a client may owe: those of all documents of an app after a restart."""
UNNOTICED = 0.001
"""Seconds that do not count: to find a plan takes a hundredth of that."""
MOST = 0.5
"""Seconds that count at most, each time: a busy machine is not the client's fault."""


@dataclass(frozen=True, slots=True)
class Work:
    """What each client owes, in seconds of work; `now` is of a clock that never goes back."""

    scale: float = 1
    """By how much the share and the patience are larger."""
    _debts: Debts[str] = field(default_factory=Debts)

    def note(self, client: str, seconds: float, now: float) -> None:
        """The client made so much work."""
        if seconds > UNNOTICED:
            self._debts.owe(client, self._owed(client, now) + min(seconds, MOST), now)

    def wait(self, client: str, now: float) -> int:
        """Seconds until the client may send anything again; 0 where it may at once."""
        return max(0, ceil((self._owed(client, now) - PATIENCE * self.scale) / (SHARE * self.scale)))

    def _owed(self, client: str, now: float) -> float:
        return self._debts.owed(client, SHARE * self.scale, now)
