"""An ASGI app, served by uvicorn in the running event loop; signals are left to whoever runs the loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from hub.errors import ConfigurationError

LARGEST_MESSAGE = 100_000
"""Bytes of a WebSocket message; a larger one closes the socket with 1009."""

LONGEST_JAM = 60
"""Seconds until a connection is cut whose other side takes nothing, where the system can do that."""

CHECK = 0.02
"""Seconds between two looks at the connections that are still open."""

CLOSE = (b"connection", b"close")


@dataclass(frozen=True, slots=True)
class Drain:
    """How a server ends."""

    started: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it begins to end: it is not ready any more, and whoever holds a socket open says goodbye."""
    delay: float = 0.0
    """Seconds in which connections are accepted yet, so that load balancers see that it is not ready."""
    idle: float = 0.0
    """Seconds in which connections without a request are kept then: a client that sends its next request just now
    gets an answer that tells it to close, instead of a connection that breaks under it."""
    patience: int = 5
    """Seconds that open requests then have to end."""


@asynccontextmanager
async def listening(
    app: ASGIApp, listener: socket.socket, drain: Drain | None = None, **options: Any
) -> AsyncIterator[str]:
    """The app's base URL, for as long as the context is open; `options` are uvicorn's."""
    drain = drain or Drain()
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        log_config=None,
        access_log=False,
        ws_max_size=LARGEST_MESSAGE,
        server_header=False,
        timeout_graceful_shutdown=drain.patience,
        **options,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        await server.ready.wait()
        host, port = listener.getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        drain.started.set()
        await server.drained(drain)
        server.should_exit = True
        await running
        listener.close()


def listener_on(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises ConfigurationError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigurationError(
            f"Cannot listen on {host}:{port}: {reason}. Choose another port, as --port does."
        ) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, LONGEST_JAM * 1000)
    return listener


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def drained(self, drain: Drain) -> None:
        """Every answer from now on closes its connection; after the delay no new ones are accepted.

        uvicorn's own end, which follows, waits for the requests that are open then, but cuts idle connections at once.
        """
        self.config.encoded_headers.append(CLOSE)
        self.server_state.default_headers = [*self.server_state.default_headers, CLOSE]
        for connection in self.server_state.connections:
            if _answers(connection):
                connection.shutdown()
        await asyncio.sleep(drain.delay)
        for each in self.servers:
            each.close()
        until = asyncio.get_running_loop().time() + drain.idle
        while self.server_state.connections and asyncio.get_running_loop().time() < until:  # noqa: ASYNC110
            await asyncio.sleep(CHECK)  # uvicorn tells nobody when a connection closes

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _answers(connection: Any) -> bool:
    """Whether an HTTP request is open on a connection of uvicorn's."""
    cycle = getattr(connection, "cycle", None)
    return cycle is not None and not cycle.response_complete
