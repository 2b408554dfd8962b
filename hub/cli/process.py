"""`hub process`: one of the processes of `hub serve`, which starts it; not for people."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.answering import answering
from hub.cli.terminal import configure_logging, run_fast
from hub.cli.until_stopped import until_stopped
from hub.settings import Settings
from hub.store.database import opened
from hub.telemetry.shared import Shared

app = typer.Typer(add_completion=False)


@app.command(hidden=True)
def process(
    listener: Annotated[int, typer.Argument(help="The file descriptor of the socket that all of them listen on.")],
    place: Annotated[int, typer.Argument(help="Which of the processes this is.")],
    directory: Annotated[Path, typer.Argument(help="Where all of them write what they count.")],
) -> None:
    """Answer on a socket that was handed down, until SIGTERM or until standard input ends."""
    settings = Settings.from_env()
    configure_logging(settings.log_level or "info")
    run_fast(_served(settings, socket.socket(fileno=listener), Shared(directory, place)))


async def _served(settings: Settings, listener: socket.socket, shared: Shared) -> None:
    async with opened(settings) as database, answering(database, settings, listener, shared):
        print("ready", flush=True)  # noqa: T201 - what `hub serve` waits for
        ends = {asyncio.create_task(until_stopped()), asyncio.create_task(_until_orphaned())}
        _, waiting = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()


async def _until_orphaned() -> None:
    """Return when `hub serve` is gone, however it went: only it holds the other end of standard input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
