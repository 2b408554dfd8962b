"""The hub's mapping in a process of its own: for each line of its input one mapping, and the seconds that it took."""

import asyncio
import sys
import time

from hub.cli.terminal import configure_logging
from hub.jobs.mapping import map_accounts
from hub.settings import Settings
from hub.store.database import opened

STEPS = {"all": map_accounts, "changed": map_accounts}
"""There is no way yet to map what changed but to map all."""


async def serve(url: str) -> None:
    settings = Settings.from_env({"HUB_DATABASE_URL": url, "HUB_LOG_LEVEL": "warning"})
    async with opened(settings) as database:
        print("ready", flush=True)
        while step := (await asyncio.to_thread(sys.stdin.readline)).strip():
            started = time.perf_counter()
            await STEPS[step](database)
            print(time.perf_counter() - started, flush=True)


if __name__ == "__main__":
    configure_logging("warning")
    asyncio.run(serve(sys.argv[1]))
