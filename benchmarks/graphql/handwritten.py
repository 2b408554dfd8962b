"""The limit: one hand-written statement per query, in a bare ASGI app on uvicorn. No GraphQL, no checks, no limits.

It knows the documents by their operation's name, holds its connections open with the statements prepared, and passes
PostgreSQL's bytes on. PORT, POOL and ORGANIZATION say where, with how many connections, and who is looking.
"""

import asyncio
import gc
import os
from typing import Any

import orjson
import psycopg
import uvicorn
from psycopg.adapt import Buffer, Loader
from statements import STATEMENTS

ORGANIZATION = os.environ["ORGANIZATION"]
OPTIONS = "-c timezone=UTC -c plan_cache_mode=force_generic_plan"
"""Where a limit is a parameter, PostgreSQL plans anew each time: a third of Q2's time, for the same plan."""
idle: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()


class AsSent(Loader):
    """JSON as PostgreSQL writes it."""

    def load(self, data: Buffer) -> bytes:
        return bytes(data)


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = b'{"data":%b}' % await _answer(orjson.loads(body))
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


async def _answer(asked: dict[str, Any]) -> bytes:
    statement, names = STATEMENTS[asked["operationName"]]
    given = asked["variables"]
    values = [given[name][-36:] if name == "id" else given[name] for name in names]
    connection = await idle.get()
    try:
        cursor = psycopg.AsyncRawCursor(connection)
        await cursor.execute(statement, [ORGANIZATION, *values], prepare=True)
        row = await cursor.fetchone()
    finally:
        idle.put_nowait(connection)
    return row[0] if row else b"null"


async def _lifespan(receive: Any, send: Any) -> None:
    await receive()
    for _ in range(int(os.environ["POOL"])):
        connection = await psycopg.AsyncConnection.connect("", autocommit=True, options=OPTIONS)
        connection.adapters.register_loader("json", AsSent)
        idle.put_nowait(connection)
    gc.collect()
    gc.freeze()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    while not idle.empty():
        await idle.get_nowait().close()
    await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
    )
