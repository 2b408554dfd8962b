"""One operation, as metrics, traces and logs speak of it."""

from time import perf_counter
from typing import NamedTuple

from opentelemetry.trace import Span

MOST_SPANS = 50
"""Statements of one operation that become spans of their own; all of them count as database time."""


class Operation(NamedTuple):
    """What is known of an operation once it is planned; nothing that a client wrote into literals or variables."""

    kind: str = "unknown"
    """query, mutation or subscription; unknown where the request was refused before that was known."""
    name: str = ""
    """The operation's name, or the id of a trusted document."""
    client: str = "anonymous"
    """A stable public name of who asked: a key's prefix or an OIDC client id; never a secret or an address."""
    path: str = "none"
    """compiled or reference; none where nothing was read."""
    document: str = ""
    """SHA-256 of the document, in hexadecimal."""
    trusted: bool = False
    """Whether `name` is the id of a document that an operator registered, and so from a bounded set."""


NOT_PLANNED = Operation()


class Timings:
    """What one operation is and took, in seconds of `perf_counter`. One per request, on the hot path: no dataclass."""

    __slots__ = ("compiled", "database", "operation", "planned_at", "span", "started", "statements", "token")

    def __init__(self) -> None:
        self.started = perf_counter()
        self.operation = NOT_PLANNED
        """Set it when the operation is known, and again when more is."""
        self.planned_at = 0.0
        self.compiled = 0.0
        """Seconds that its statement was found or made in."""
        self.database = 0.0
        self.span: Span | None = None
        """The operation's span, where it is recorded."""
        self.token: object = None
        self.statements: list[tuple[float, float]] | None = None

    def planned(self) -> None:
        """The operation is parsed, validated and measured: from now on it is answered."""
        self.planned_at = perf_counter()

    def read(self, began: float) -> None:
        """A statement that was sent at `began` (`perf_counter()`) has been answered."""
        now = perf_counter()
        self.database += now - began
        if self.statements is not None and len(self.statements) < MOST_SPANS:
            self.statements.append((began, now))

    @property
    def plan(self) -> float:
        """Seconds until the operation was planned; 0 where it never was."""
        return self.planned_at - self.started if self.planned_at else 0.0

    def header(self) -> bytes:
        """The value of `Server-Timing` (https://www.w3.org/TR/server-timing/), in milliseconds."""
        plan = self.planned_at - self.started if self.planned_at else 0.0
        total = perf_counter() - self.started
        # Bytes are formatted in two thirds of the time that text takes.
        return b"plan;dur=%.2f, db;dur=%.2f, total;dur=%.2f" % (plan * 1e3, self.database * 1e3, total * 1e3)
