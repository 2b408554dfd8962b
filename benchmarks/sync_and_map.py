"""How long 100,000 account records take to sync and map, and how much memory that needs.

The sandbox runs in a process of its own, at no vendor's pace, so that what is measured is ours: the connectors, the
store and the mapping, in this process, and PostgreSQL beside it. Only the accounts of both vendors are read, first
whole, then once more. A tenth of the size runs first: memory that is bounded does not grow tenfold.
Run it with `make bench`; ACCOUNTS=… changes the size.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hub.cli.terminal import configure_logging
from hub.jobs.mapping import map_accounts
from hub.jobs.sync import Order, StreamRun, sync
from hub.settings import Settings
from hub.store import connections, organizations
from hub.store.database import Database, opened
from hub.store.secrets import sealer


def main() -> None:
    """Measure one size in this process if told to; else start a fresh process per size and print the table."""
    if len(sys.argv) > 1:
        configure_logging("warning")
        asyncio.run(measured(int(sys.argv[1])))
        return
    size = int(os.environ.get("ACCOUNTS", "100000"))
    print(f"{'asked for':>9} {'step':<26} {'records':>9} {'seconds':>8} {'per second':>11} {'peak MB':>8}", flush=True)
    for accounts in (size // 10, size):
        subprocess.run([sys.executable, __file__, str(accounts)], check=True)  # noqa: S603 - this very script


async def measured(accounts: int) -> None:
    with tempfile.TemporaryDirectory() as folder, sandbox(accounts) as vendors:
        settings = Settings.from_env({"HUB_DATA_DIR": folder, "HUB_LOG_LEVEL": "warning"})
        async with opened(settings) as database:
            orders = await connected(database, settings, vendors)
            for again in ("first sync", "second sync"):
                for name, order in orders.items():
                    await timed_sync(database, settings, order, (accounts, f"{again}: {name}"))
            for again in ("first", "second"):
                started = time.perf_counter()
                outcome = await map_accounts(database)
                tell(accounts, f"{again} mapping", outcome.records, started)


async def timed_sync(database: Database, settings: Settings, order: Order, label: tuple[int, str]) -> None:
    started = time.perf_counter()
    runs: list[StreamRun] = await sync(database, sealer(settings), order)
    tell(*label, sum(run.seen for run in runs), started)


def tell(accounts: int, step: str, records: int, started: float) -> None:
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    pace = records / seconds
    print(f"{accounts:>9,} {step:<26} {records:>9,} {seconds:>8.1f} {pace:>11,.0f} {peak:>8,.0f}", flush=True)


@contextmanager
def sandbox(accounts: int) -> Iterator[dict[str, Any]]:
    """The vendors of `hub sandbox`, in a process of their own; a third of its accounts are in partners' lists."""
    command = [
        str(Path(sys.executable).with_name("hub")),
        "sandbox",
        "--json",
        "--no-limits",
        "--accounts",
        str(accounts * 3 // 2),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own command
        lines: list[str] = []
        while process.stdout and (line := process.stdout.readline()):
            lines.append(line)
            if line == "}\n":
                break
        yield json.loads("".join(lines))
        process.terminate()


async def connected(database: Database, settings: Settings, vendors: dict[str, Any]) -> dict[str, Order]:
    salesforce, hubspot = vendors["salesforce"], vendors["hubspot"]
    given = {
        "salesforce": (
            {"base_url": salesforce["base_url"], "client_id": salesforce["client_id"]},
            {"client_secret": salesforce["client_secret"]},
        ),
        "hubspot": ({"base_url": hubspot["base_url"]}, {"access_token": hubspot["service_key"]}),
    }
    orders = {}
    async with database.session() as session:
        home = await organizations.settle(session, "Home", None)
        for name, (config, secrets) in given.items():
            connection_id = await connections.connect(
                session,
                sealer(settings),
                name=name,
                connector=name,
                owner_id=home,
                subject_id=home,
                config=config,
                secrets=secrets,
            )
            orders[name] = Order(connection_id=connection_id, stream="accounts")
    return orders


if __name__ == "__main__":
    main()
