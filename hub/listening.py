"""An ASGI app, served by uvicorn in the running event loop; signals are left to whoever runs the loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from hub.errors import ConfigurationError

PATIENCE = 5
"""Seconds that open requests have to end."""

LARGEST_MESSAGE = 100_000
"""Bytes of a WebSocket message; a larger one closes the socket with 1009."""

LONGEST_JAM = 60
"""Seconds until a connection is cut whose other side takes nothing, where the system can do that."""


@asynccontextmanager
async def listening(app: ASGIApp, listener: socket.socket, **options: Any) -> AsyncIterator[str]:
    """The app's base URL, for as long as the context is open; `options` are uvicorn's."""
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
        ws_max_size=LARGEST_MESSAGE,
        **options,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        await server.ready.wait()
        host, port = listener.getsockname()[:2]
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
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
        raise ConfigurationError(f"Cannot listen on {host}:{port}: {reason}. Choose another port.") from error
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

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
