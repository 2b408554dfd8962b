"""A hub on a real socket, and what follows it."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import websockets
from websockets.asyncio.client import ClientConnection

from hub.app import Admittance, application
from hub.jobs.background import Background
from hub.listening import listener_on, listening
from hub.model import Organization
from hub.schema.lines import BOUNDS, Bounds
from hub.schema.live import Live
from hub.store.database import Database
from hub.store.secrets import Sealer
from hub.store.sharing import Viewer

SEALER = Sealer(b"k" * 32)
PATIENCE = 20


@dataclass(frozen=True)
class Hub:
    url: str
    live: Live

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1) + "/graphql"

    @asynccontextmanager
    async def socket(
        self, *, introduce: bool = True, over: socket.socket | None = None, **payload: Any
    ) -> AsyncIterator["Socket"]:
        """A socket that speaks graphql-transport-ws."""
        how: dict[str, Any] = {"sock": over, "max_queue": 1} if over else {}
        async with websockets.connect(
            self.socket_url, subprotocols=["graphql-transport-ws"], proxy=None, compression=None, **how
        ) as connection:
            spoken = Socket(connection, self.live.database)
            if introduce:
                await spoken.say(type="connection_init", payload=payload)
                assert await spoken.heard() == {"type": "connection_ack"}
            yield spoken


@dataclass(frozen=True)
class Socket:
    connection: ClientConnection
    database: Database
    """Of the hub at the other end."""

    async def say(self, **message: Any) -> None:
        await self.connection.send(orjson.dumps(message).decode())

    async def heard(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            text = await self.connection.recv()
        assert isinstance(text, str)
        return orjson.loads(text)

    async def heard_or_none(self) -> dict[str, Any] | None:
        """The next message; None where the hub has closed the socket."""
        try:
            return await self.heard()
        except websockets.ConnectionClosed:
            return None

    async def ask(self, query: str, key: str = "1", **variables: Any) -> None:
        await self.say(id=key, type="subscribe", payload={"query": query, "variables": variables})

    async def told(self, key: str = "1") -> Any:
        """The data of the next answer."""
        message = await self.heard()
        assert (message["type"], message["id"]) == ("next", key), message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]

    async def ending(self) -> tuple[int, str]:
        """Why the hub closes the socket, whatever it says before."""
        while await self.heard_or_none() is not None:
            pass
        closed = self.connection.protocol
        assert closed.close_code is not None
        return closed.close_code, closed.close_reason or ""


async def until(holds: Callable[[], bool]) -> None:
    """Look until it holds."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


@asynccontextmanager
async def a_hub(
    database: Database, anonymous: Organization | None = None, bounds: Bounds = BOUNDS
) -> AsyncIterator[Hub]:
    """One process of the hub, as its clients meet it."""
    viewer = anonymous and Viewer.anonymous(anonymous.id)
    app = application(database, Background(database, SEALER), Admittance(anonymous=viewer, bounds=bounds))
    async with listening(app, listener_on("127.0.0.1", 0)) as url:
        try:
            yield Hub(url, app.live)
        finally:
            await app.live.close()
