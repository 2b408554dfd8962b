"""Waiting for Ctrl-C or SIGTERM."""

import asyncio
import signal


async def until_stopped() -> None:
    """Return when this process is asked to stop; from then on, a second request ends it at once."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stopped.set)
    await stopped.wait()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(wanted)
