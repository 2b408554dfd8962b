"""One reading by the hub, in a process of its own: prints what it read, how long that took, and its memory."""

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[2]))

from hub.cli.terminal import configure_logging
from hub.jobs.stream_run import StreamRun
from hub.jobs.sync import Order, sync
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Database, opened
from hub.store.secrets import Sealer

SEALER = Sealer(bytes(32))
PAUSE = 0.05
"""Seconds between two looks at the memory."""


@dataclass(slots=True)
class Memory:
    """The resident megabytes of this process, looked at all the time."""

    records: int = 0
    samples: list[tuple[int, float]] = field(default_factory=list)
    """Records read by then, and megabytes."""
    done: Event = field(default_factory=Event)

    def watch(self) -> None:
        process = psutil.Process()
        while not self.done.wait(PAUSE):
            self.samples.append((self.records, process.memory_info().rss / 1e6))


async def read(task: Mapping[str, Any], memory: Memory) -> dict[str, float]:
    """Seconds and records, by stream."""
    settings = Settings.from_env({"HUB_DATABASE_URL": task["database_url"], "HUB_LOG_LEVEL": "warning"})
    async with opened(settings) as database:
        connection_id = await _connected(database, task)
        before = 0
        seconds: dict[str, float] = {}

        def tell(run: StreamRun) -> None:
            memory.records = before + run.seen

        for stream in task["streams"]:
            started = time.perf_counter()
            (run,) = await sync(database, SEALER, Order(connection_id=connection_id, stream=stream), tell)
            seconds[stream] = time.perf_counter() - started
            before += run.seen
            if run.error is not None or run.unmapped:
                raise SystemExit(f"{stream}: {run.error}, {run.unmapped} not understood")
        return seconds


async def _connected(database: Database, task: Mapping[str, Any]) -> Any:
    async with database.session() as session:
        home = await organizations.settle(session, "Home", None)
        return await connections.connect(
            session,
            SEALER,
            name=task["vendor"],
            connector=task["vendor"],
            owner_id=home,
            subject_id=home,
            config=task["config"],
            secrets=task["secrets"],
        )


def main() -> None:
    configure_logging("warning")
    memory = Memory()
    watch = Thread(target=memory.watch)
    watch.start()
    try:
        seconds = asyncio.run(read(json.loads(sys.argv[1]), memory))
    finally:
        memory.done.set()
        watch.join()
    print(json.dumps({"records": memory.records, "seconds": sum(seconds.values()), "memory": memory.samples}))


if __name__ == "__main__":
    main()
