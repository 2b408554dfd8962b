"""The vendors, with a large world behind them, in a process of their own: prints their addresses, then serves."""

import asyncio
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.connectors.world import large_world
from hub.cli.until_stopped import until_stopped
from hub.sandbox.hubspot import Limits
from hub.sandbox.server import serving
from hub.sandbox.world import World

UNLIMITED = 10**9


async def served(world: World) -> None:
    limits = Limits(burst=UNLIMITED, searches=UNLIMITED, daily=UNLIMITED)
    async with serving(world, hubspot_limits=limits) as sandbox:
        print(json.dumps(sandbox.as_dict()), flush=True)
        await until_stopped()


if __name__ == "__main__":
    asyncio.run(served(large_world(int(sys.argv[1]))))
