"""The metrics' names and meanings, and their text for Prometheus."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Upper bounds in seconds: a warm read of one row takes about one millisecond, statements end after seconds."""

COUNT, SECONDS, DATABASE, FIRST_BUCKET = range(4)
"""Where a tally has what; a count for each bucket, and one for what is slower than all of them, follow."""


class Family(NamedTuple):
    """One metric."""

    kind: Literal["counter", "gauge"]
    told: str
    labels: tuple[str, ...] = ()


OPERATION_LABELS = ("kind", "operation", "client", "code", "path")

FAMILIES = {
    "hub_plan_cache_requests": Family("counter", "Plans asked of the plan cache.", ("result",)),
    "hub_plan_cache_size": Family("gauge", "Plans in the plan caches."),
    "hub_plan_fallbacks": Family("counter", "Plans that go by the reference path, and why.", ("reason",)),
    "hub_rate_limited": Family("counter", "Requests refused because a budget was used up.", ("client",)),
    "hub_subscriptions_open": Family("gauge", "Subscriptions that are open.", ("transport",)),
    "hub_subscription_events": Family("counter", "Events sent to subscribers.", ("transport",)),
    "hub_requests_watched": Family("gauge", "Requests that run for longer than 0.1 s just now."),
    "hub_answer_connections": Family("gauge", "Connections to the database for compiled reads.", ("state",)),
    "hub_answers_waiting": Family("gauge", "Compiled reads that wait for a connection."),
    "hub_pool_connections": Family("gauge", "Connections to the database for all else.", ("state",)),
    "hub_pool_connections_max": Family("gauge", "Connections to the database for all else that there may be at most."),
    "hub_sync_runs": Family("counter", "Sync runs that ended.", ("connector", "stream", "state")),
    "hub_sync_payloads": Family("counter", "Payloads that ended sync runs read.", ("connector", "stream")),
    "process_resident_memory_bytes": Family("gauge", "Resident memory.", ("process",)),
    "process_cpu_seconds": Family("counter", "User and system CPU time.", ("process",)),
    "process_open_fds": Family("gauge", "Open file descriptors.", ("process",)),
    "process_start_time_seconds": Family("gauge", "Start time since the Unix epoch.", ("process",)),
}
"""Every metric but those of operations, which come from tallies."""

Operations = dict[tuple[str, str, str, str, str], list[float]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was counted until now."""

    operations: Operations = field(default_factory=dict)
    counts: Mapping[tuple[str, ...], float] = field(default_factory=dict)
    """By the family's name and the values of its labels."""
    gauges: Mapping[tuple[str, ...], float] = field(default_factory=dict)


def summed(snapshots: Iterable[Snapshot]) -> Snapshot:
    """What several processes counted, together."""
    operations: Operations = {}
    counts: defaultdict[tuple[str, ...], float] = defaultdict(float)
    gauges: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for each in snapshots:
        for labels, tally in each.operations.items():
            operations[labels] = _added(operations.get(labels), tally)
        for total, numbers in ((counts, each.counts), (gauges, each.gauges)):
            for key, number in numbers.items():
                total[key] += number
    return Snapshot(operations, counts, gauges)


def text(snapshot: Snapshot) -> bytes:
    """A snapshot in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Collected(snapshot))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)
class _Collected(Collector):
    snapshot: Snapshot

    def collect(self) -> Iterator[Metric]:
        yield from _of_operations(self.snapshot.operations)
        numbers = {**self.snapshot.counts, **self.snapshot.gauges}
        for name, family in FAMILIES.items():
            kind = CounterMetricFamily if family.kind == "counter" else GaugeMetricFamily
            metric = kind(name, family.told, labels=family.labels)
            for (of, *labels), number in numbers.items():
                if of == name:
                    metric.add_metric(labels, number)
            yield metric


def _of_operations(operations: Operations) -> Iterator[Metric]:
    answered = CounterMetricFamily("hub_operations", "Operations answered.", labels=OPERATION_LABELS)
    database = CounterMetricFamily(
        "hub_operation_database_seconds", "Time operations waited for the database.", labels=("kind", "operation")
    )
    durations = HistogramMetricFamily(
        "hub_operation_duration_seconds", "From request to answer.", labels=("kind", "operation", "path")
    )
    by_operation: dict[tuple[str, str], float] = defaultdict(float)
    by_path: dict[tuple[str, str, str], list[float]] = {}
    for labels, tally in operations.items():
        kind, operation, _, _, path = labels
        answered.add_metric(labels, tally[COUNT])
        by_operation[kind, operation] += tally[DATABASE]
        by_path[kind, operation, path] = _added(by_path.get((kind, operation, path)), tally)
    for pair, seconds in by_operation.items():
        database.add_metric(pair, seconds)
    bounds = [*map(str, BUCKETS), "+Inf"]
    for triple, tally in by_path.items():
        buckets = list(zip(bounds, accumulate(tally[FIRST_BUCKET:]), strict=True))
        durations.add_metric(triple, buckets, sum_value=tally[SECONDS])
    yield from (answered, database, durations)


def _added(left: list[float] | None, right: list[float]) -> list[float]:
    return [*right] if left is None else [a + b for a, b in zip(left, right, strict=True)]
