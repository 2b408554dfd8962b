"""Counting what the hub answers: plain numbers in memory, given to Prometheus when it asks.

prometheus_client's own counters lock, and in its mode for several processes write to a mapped file: 5 µs for one
operation. These take half a microsecond. See docs/decisions/0016-metrics-are-plain-numbers.md.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable

import psutil

from hub.telemetry.exposition import BUCKETS, Snapshot, text
from hub.telemetry.operation import Operation
from hub.telemetry.shared import Shared

OTHER = "other"
MOST_CLIENTS = 50
MOST_NAMES = 50
"""Names that one client can bring in; trusted documents do not count."""
MOST_TALLIES = 5_000
LONGEST_NAME = 80

Key = tuple[str, str, str, str, str]
"""kind, operation, client, code, path."""


class Metrics:
    """The counters of one process. Every method is cheap and none waits: call them from the event loop's thread."""

    def __init__(self, shared: Shared | None = None) -> None:
        """Carries on with what an earlier process in the same place of `shared` counted."""
        self.process = str(shared.place) if shared else "1"
        self._shared = shared
        before = shared.own() if shared else Snapshot()
        self._tallies: dict[Key, list[float]] = before.operations
        self._counts: defaultdict[tuple[str, ...], float] = defaultdict(float, before.counts)
        self._gauges: dict[tuple[str, ...], float] = {}
        self._names: dict[str, set[str]] = {OTHER: set()}
        self._known: dict[tuple[Operation, str], list[float]] = {}
        self._self = psutil.Process()
        self._samples: list[Callable[[], None]] = [self._sample_process]

    def answered(self, operation: Operation, seconds: float, code: str, database: float = 0.0) -> None:
        """An operation was answered; `code` is OK, or that of its first error."""
        tally = self._known.get((operation, code)) or self._tally(operation, code)
        tally[0] += 1
        tally[1] += seconds
        tally[2] += database
        tally[3 + bisect_left(BUCKETS, seconds)] += 1

    def fell_back(self, reason: str) -> None:
        """A plan goes by the reference path, wholly or in part; `reason` is from a set that the code bounds."""
        self._counts["hub_plan_fallbacks", reason] += 1

    def refused_for_rate(self, client: str) -> None:
        """A request was refused because its client's budget is used up."""
        self._counts["hub_rate_limited", self._client(client)] += 1

    def subscription_opened(self, transport: str) -> None:
        """A subscription began; `transport` is websocket or sse."""
        self._change("hub_subscriptions_open", transport, 1)

    def subscription_closed(self, transport: str) -> None:
        """A subscription ended."""
        self._change("hub_subscriptions_open", transport, -1)

    def delivered(self, transport: str) -> None:
        """An event was sent to a subscriber."""
        self._counts["hub_subscription_events", transport] += 1

    def synced(self, connector: str, stream: str, state: str, payloads: int) -> None:
        """A sync run of this process ended."""
        self._counts["hub_sync_runs", connector, stream, state] += 1
        self._counts["hub_sync_payloads", connector, stream] += payloads

    def sampled_by(self, family: str, *labels: str, value: Callable[[], float]) -> None:
        """Ask `value` whenever somebody looks, and show it as a gauge of `family`."""

        def sample() -> None:
            self._gauges[family, *labels] = value()

        self._samples.append(sample)

    def counted_by(self, family: str, *labels: str, value: Callable[[], float]) -> None:
        """Ask `value`, which counts what this process did, whenever somebody looks, and show it as a counter."""
        before = self._counts[family, *labels]

        def sample() -> None:
            self._counts[family, *labels] = before + value()

        self._samples.append(sample)

    def text(self) -> bytes:
        """All that was counted, by this process and those beside it, in Prometheus' text format."""
        return text(self.publish())

    @property
    def is_shared(self) -> bool:
        """Whether other processes count beside this one."""
        return self._shared is not None

    def publish(self) -> Snapshot:
        """What all processes counted, after telling them what this one did."""
        for sample in self._samples:
            sample()
        own = Snapshot(self._tallies, dict(self._counts), self._gauges)
        if self._shared is None:
            return own
        self._shared.publish(own)
        return self._shared.together()

    def _tally(self, operation: Operation, code: str) -> list[float]:
        """The numbers for an operation, under bounded labels, remembered for the next time."""
        client = self._client(operation.client)
        name = operation.name if operation.trusted else self._name(client, operation.name)
        key = (operation.kind, name, client, code, operation.path)
        if key not in self._tallies and len(self._tallies) >= MOST_TALLIES:
            key = (operation.kind, OTHER, OTHER, code, operation.path)
        tally = self._tallies.setdefault(key, [0.0] * (4 + len(BUCKETS)))
        if len(self._known) >= MOST_TALLIES:
            self._known.clear()
        self._known[operation, code] = tally
        return tally

    def _client(self, client: str) -> str:
        if client not in self._names and len(self._names) > MOST_CLIENTS:
            return OTHER
        self._names.setdefault(client, set())
        return client

    def _name(self, client: str, name: str) -> str:
        names = self._names[client]
        if name not in names and (len(names) >= MOST_NAMES or len(name) > LONGEST_NAME):
            return OTHER
        names.add(name)
        return name

    def _change(self, family: str, label: str, by: int) -> None:
        self._gauges[family, label] = self._gauges.get((family, label), 0) + by

    def _sample_process(self) -> None:
        with self._self.oneshot():
            times = self._self.cpu_times()
            self._gauges["process_resident_memory_bytes", self.process] = self._self.memory_info().rss
            self._gauges["process_cpu_seconds", self.process] = times.user + times.system
            self._gauges["process_open_fds", self.process] = self._self.num_fds()
            self._gauges["process_start_time_seconds", self.process] = self._self.create_time()
