"""The one door: what a request's way through the hub tells of itself."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter

import structlog

from hub.telemetry.metrics import Metrics
from hub.telemetry.operation import Timings
from hub.telemetry.tracing import Tracing

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Metrics, traces and logs of operations."""

    metrics: Metrics = field(default_factory=Metrics)
    tracing: Tracing = field(default_factory=Tracing)
    slow: float = 1.0
    """Seconds above which an operation is logged."""

    def begun(self, headers: Iterable[tuple[bytes, bytes]]) -> Timings:
        """A request came, with these headers of ASGI; each needs one `answered`, however it ends."""
        timings = Timings()
        self.tracing.begin(timings, headers)
        return timings

    def answered(self, timings: Timings, code: str, request_id: str) -> None:
        """It was answered; `code` is OK, or that of its first error."""
        seconds = perf_counter() - timings.started
        self.metrics.answered(timings.operation, seconds, code, timings.database)
        if self.tracing.tracer is not None:
            self.tracing.end(timings, code, request_id)
        if seconds >= self.slow:
            _tell_slow(timings, code, request_id, seconds)


def _tell_slow(timings: Timings, code: str, request_id: str, seconds: float) -> None:
    log.info(
        "slow operation",
        request_id=request_id,
        **timings.operation._asdict(),
        code=code,
        milliseconds=round(seconds * 1e3),
        plan_milliseconds=round(timings.plan * 1e3, 1),
        database_milliseconds=round(timings.database * 1e3, 1),
    )
