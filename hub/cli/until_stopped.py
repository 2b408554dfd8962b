"""Waiting for Ctrl-C or SIGTERM."""

import asyncio
import signal

ONE_REQUEST = 2.0
"""Seconds in which further signals count as the same request: make, timeout and supervisors often send several."""


async def until_stopped() -> None:
    """Return when this process is asked to stop; from then on, a second request ends it at once."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stopped.set)
    await stopped.wait()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.call_later(ONE_REQUEST, loop.remove_signal_handler, wanted)
