"""A client's open connection: what it may take, how it is spoken to, and how it ends."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much of everything. Times are in seconds."""

    lines: int = 1000
    """Lines of a process."""
    lines_of_one: int = 100
    """Lines of one client in a process."""
    unknown: int = 200
    """Sockets of a process that have not said yet who they are."""
    operations: int = 100
    """Operations of one socket at a time."""
    introduction: float = 5.0
    """Until a socket has said who it is."""
    sending: float = 30.0
    """Until a message must have found room on its way to the client."""
    recheck: float = 5.0
    """Between two looks at whether credentials are still good."""
    heartbeat: float = 15.0
    """Between two signs of life on an event stream."""
    farewell: float = 2.0
    """For the last word to find room."""


BOUNDS = Bounds()


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a line ends, in the terms of WebSocket."""

    code: int
    reason: str


GOING_AWAY = Ending(1001, "The hub stops here: connect again.")
TOO_SLOW = Ending(1013, "Reading too slowly: connect again, and go on after the last cursor.")
TOO_MANY = Ending(1013, "Too many connections: try again later.")
NO_LONGER = Ending(4403, "The credentials are no longer valid.")


@dataclass(slots=True, eq=False)
class Line:
    """A client's open connection: a socket, or an event stream."""

    send: Callable[[Any], Awaitable[None]]
    """Takes one ASGI message; waits while the client's side is full."""
    patience: float
    ended: asyncio.Future[Ending | None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Why it ends; None where the client is gone."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def end(self, ending: Ending | None) -> None:
        """Let it end; the first reason counts."""
        if not self.ended.done():
            self.ended.set_result(ending)

    async def say(self, message: dict[str, Any]) -> None:
        """Send an ASGI message. A client that does not take it in time, or is gone, ends the line."""
        async with self._turn:
            try:
                async with asyncio.timeout(self.patience):
                    await self.send(message)
            except TimeoutError:
                self.end(TOO_SLOW)
            except OSError:
                self.end(None)
            else:
                return
        # Whoever speaks has nothing left to do: the end of the line ends them.
        await asyncio.Event().wait()

    async def say_last(self, message: dict[str, Any], patience: float) -> None:
        """Send an ASGI message if it finds room in time; else the server cuts the connection."""
        try:
            async with asyncio.timeout(patience):
                await self.send(message)
        except (TimeoutError, OSError):
            return
