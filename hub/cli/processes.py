"""The processes of `hub serve --processes N`: one listening socket, handed down to each.

The kernel gives a connection to whichever of them accepts it first, so none is lost with a process that ends: what it
had not accepted, another one accepts. See docs/decisions/0014-processes-share-a-socket.md.
"""

import asyncio
import socket
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from hub.errors import ConfigurationError
from hub.settings import Settings

log = structlog.get_logger()

FIRST_WAIT = 0.1
LONGEST_WAIT = 10.0
"""Seconds before a process that ended is started again: doubled each time, up to the longest."""

STEADY = 60.0
"""Seconds after which a process is taken to be well, and the wait for its successor is short again."""

LAST_WORDS = 5.0
"""Seconds beyond its patience that a process has to end."""


@asynccontextmanager
async def supervised(settings: Settings, listener: socket.socket) -> AsyncIterator[str]:
    """The base URL of `settings.processes` processes that answer on `listener`, until the context ends.

    One that ends is started again. Raises ConfigurationError where one does not start at all.
    """
    with tempfile.TemporaryDirectory(prefix="hub-metrics-") as directory, listener:
        places = [_Place(number, listener, Path(directory)) for number in range(1, settings.processes + 1)]
        keeping: list[asyncio.Task[None]] = []
        try:
            await asyncio.gather(*(each.start() for each in places))
            keeping += [asyncio.create_task(each.keep()) for each in places]
            host, port = listener.getsockname()[:2]
            yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)
            longest = settings.drain_delay + settings.drain_patience + LAST_WORDS
            await asyncio.gather(*(each.end(longest) for each in places))


@dataclass(slots=True)
class _Place:
    """One of the processes, and its successors."""

    number: int
    listener: socket.socket
    directory: Path
    process: Process | None = field(default=None)

    async def start(self) -> None:
        """Start a process and wait until it answers."""
        descriptor = self.listener.fileno()
        arguments = ("process", str(descriptor), str(self.number), str(self.directory))
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hub.cli", *arguments, stdin=PIPE, stdout=PIPE, pass_fds=[descriptor]
        )
        if self.process.stdout is None or not await self.process.stdout.readline():
            raise ConfigurationError("A process that should answer did not start; it said why above.")

    async def keep(self) -> None:
        """Start it again whenever it ends."""
        loop = asyncio.get_running_loop()
        wait = FIRST_WAIT
        while self.process is not None:
            started = loop.time()
            code = await self.process.wait()
            wait = FIRST_WAIT if loop.time() - started > STEADY else wait
            log.error("serving process ended", process=self.number, code=code, starts_again_in=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
            with suppress(ConfigurationError):  # it is waited for and started again, like one that ended later
                await self.start()

    async def end(self, longest: float) -> None:
        """Ask the process to end; after `longest` seconds end it."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        killing = asyncio.get_running_loop().call_later(longest, self._kill)
        await self.process.wait()
        killing.cancel()

    def _kill(self) -> None:
        log.error("serving process did not end in time", process=self.number)
        if self.process is not None:
            self.process.kill()
