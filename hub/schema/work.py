"""What clients make the hub work beside what they pay for: documents that must be read, checked and planned anew.

What an operation costs is known once it is planned, and planning is work. It happens once for each document of an app,
and then never again; who goes on sending new ones, right or wrong, is held to a share of a processor.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from math import ceil

SHARE = 0.05
"""Of one processor, for each client: how fast its debt is forgotten."""
PATIENCE = 10.0
"""Seconds of work that a client may owe: those of all documents of an app after a restart."""
UNNOTICED = 0.001
"""Seconds that do not count: to find a plan takes a hundredth of that."""
MOST = 0.5
"""Seconds that count at most, each time: a busy machine is not the client's fault."""
MOST_DEBTORS = 10_000


@dataclass(slots=True)
class _Debt:
    seconds: float
    at: float


@dataclass(frozen=True, slots=True)
class Work:
    """What each client owes, in seconds of work; `now` is of a clock that never goes back."""

    scale: float = 1
    """By how much the share and the patience are larger."""
    _debts: OrderedDict[str, _Debt] = field(default_factory=OrderedDict)

    def note(self, client: str, seconds: float, now: float) -> None:
        """The client made so much work."""
        if seconds < UNNOTICED:
            return
        owed = self._owed(client, now) + min(seconds, MOST)
        self._debts[client] = _Debt(owed, now)
        self._debts.move_to_end(client)
        if len(self._debts) > MOST_DEBTORS:
            self._debts.popitem(last=False)

    def wait(self, client: str, now: float) -> int:
        """Seconds until the client may send anything again; 0 where it may at once."""
        if client not in self._debts:
            return 0
        return max(0, ceil((self._owed(client, now) - PATIENCE * self.scale) / (SHARE * self.scale)))

    def _owed(self, client: str, now: float) -> float:
        debt = self._debts.get(client)
        return max(0.0, debt.seconds - (now - debt.at) * SHARE * self.scale) if debt else 0.0
