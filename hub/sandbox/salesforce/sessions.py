"""What the server remembers of its clients: access tokens, open query results, and how many requests were made."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.salesforce.org import ORG_ID
from hub.sandbox.salesforce.query import Result
from hub.sandbox.salesforce.refusal import Refusal

SESSION = timedelta(hours=2)
MAX_LOCATORS = 10
DAILY_REQUESTS = 15_000


@dataclass(slots=True)
class Session:
    """What a token stands for."""

    issued_at: datetime
    expires_at: datetime


@dataclass(slots=True)
class Sessions:
    """The access tokens of the integration user. Each use of one prolongs it."""

    clock: Clock
    _held: dict[str, Session] = field(default_factory=dict)

    def token(self) -> str:
        """A new access token."""
        token = f"{ORG_ID[:15]}!AQ{secrets.token_urlsafe(48)}"
        now = self.clock.now()
        self._held[token] = Session(now, now + SESSION)
        return token

    def session(self, token: str) -> Session | None:
        """What a token stands for; None once it expired."""
        session = self._held.get(token)
        if session is None or session.expires_at <= self.clock.now():
            return None
        session.expires_at = self.clock.now() + SESSION
        return session

    def revoke(self, token: str) -> bool:
        """End one session; whether there was one."""
        return self._held.pop(token, None) is not None

    def expire(self) -> None:
        """End all sessions, as an administrator or a policy may at any moment."""
        self._held.clear()


@dataclass(frozen=True, slots=True)
class OpenResult:
    """A result that is sent in several pages. Only the token that asked may go on."""

    token: str
    result: Result
    size: int
    """Rows per page."""


@dataclass(slots=True)
class Locators:
    """The open query results of the integration user: at most ten, the oldest gives way."""

    _open: dict[str, OpenResult] = field(default_factory=dict)
    _count: int = 0

    def open(self, opened: OpenResult) -> str:
        """Keep a result open; the locator of it."""
        while len(self._open) >= MAX_LOCATORS:
            del self._open[next(iter(self._open))]
        self._count += 1
        locator = record_id("0r8", self._count)
        self._open[locator] = opened
        return locator

    def at(self, locator: str, token: str) -> OpenResult:
        """The result of a locator; raises INVALID_QUERY_LOCATOR."""
        opened = self._open.get(locator)
        if opened is None or opened.token != token:
            raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
        return opened


@dataclass(slots=True)
class Quota:
    """The requests of one day."""

    maximum: int = DAILY_REQUESTS
    used: int = 0
    crowded: int = 0
    """So many of the next requests find too many others running."""
    app: tuple[int, int, str] | None = None
    """Used, most and name, where the app has a share of its own."""
    told: bool = True
    """Whether responses say how much is used; not all do."""

    def spend(self) -> None:
        """Count a request; raises REQUEST_LIMIT_EXCEEDED once none is left, or for a moment."""
        if self.crowded > 0:
            self.crowded -= 1
            problem = "ConcurrentRequests (Concurrent API Requests) Limit exceeded."
            raise Refusal(403, "REQUEST_LIMIT_EXCEEDED", problem)
        if self.used >= self.maximum:
            raise Refusal(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        self.used += 1

    @property
    def headers(self) -> Mapping[str, str]:
        """What a response says of it."""
        if not self.told:
            return {}
        share = "; per-app-api-usage={}/{}(appName={})".format(*self.app) if self.app else ""
        return {"Sforce-Limit-Info": f"api-usage={self.used}/{self.maximum}{share}"}

    def limits(self) -> dict[str, Any]:
        """What /limits says."""
        fixed = {
            "DailyAsyncApexExecutions": 250_000,
            "DailyBulkApiBatches": DAILY_REQUESTS,
            "DataStorageMB": 10_240,
            "FileStorageMB": 10_240,
        }
        requests = {"Max": self.maximum, "Remaining": self.maximum - self.used}
        return {"DailyApiRequests": requests} | {name: {"Max": n, "Remaining": n} for name, n in fixed.items()}
