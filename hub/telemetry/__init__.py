"""What can be seen of the hub from outside: metrics, traces, logs and timings of what it answers."""

from hub.telemetry.metrics import Metrics
from hub.telemetry.operation import NOT_PLANNED, Operation, Timings
from hub.telemetry.telemetry import Telemetry

__all__ = ["NOT_PLANNED", "Metrics", "Operation", "Telemetry", "Timings"]
