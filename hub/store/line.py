"""A connection to PostgreSQL that answers one prepared statement at a time: with a text, and the snapshot it is of.

libpq is spoken to through psycopg's own binding of it: what a cursor adds (adapting, fetching, counting towards
preparing, waiting by a new event each time) costs five times the processor time of the statement itself, as
docs/decisions/0011-libpq-for-answers.md shows.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any, NamedTuple, Self

import psycopg
from psycopg import errors, pq

MOST_PREPARED = 500
"""Statements that a connection keeps; after that it is replaced."""
LONGEST_CANCEL = 5
"""Seconds."""
_DONE = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)


class Result(NamedTuple):
    """What a statement came to."""

    body: bytes
    snapshot: bytes
    """Which transactions it saw."""
    seconds: float
    """How long the server took."""


@dataclass(slots=True, eq=False)
class Line:
    """One connection. It is to be ended, not used again, once it is no longer usable."""

    connection: psycopg.AsyncConnection[Any]
    _socket: int
    _prepared: dict[bytes, bytes] = field(default_factory=dict)
    _readable: asyncio.Future[None] | None = None

    @classmethod
    async def opened(cls, conninfo: str, options: str) -> Self:
        """A new connection; raises psycopg.OperationalError."""
        connection = await psycopg.AsyncConnection.connect(conninfo, autocommit=True, options=options)
        line = cls(connection, connection.pgconn.socket)
        connection.pgconn.nonblocking = 1
        asyncio.get_running_loop().add_reader(line._socket, line._read)
        return line

    @property
    def stands(self) -> bool:
        """Whether the connection is not broken."""
        return self.connection.pgconn.status == pq.ConnStatus.OK

    @property
    def usable(self) -> bool:
        """Whether the connection stands, awaits no answer, and may take more statements."""
        awaits_none = self.connection.pgconn.transaction_status == pq.TransactionStatus.IDLE
        return self.stands and awaits_none and len(self._prepared) < MOST_PREPARED

    async def answer(self, sql: bytes, values: Sequence[bytes | None]) -> Result:
        """What the statement comes to; raises psycopg.Error."""
        name = self._prepared.get(sql) or await self._prepare(sql)
        began = perf_counter()
        self.connection.pgconn.send_query_prepared(name, values)
        result = await self._result()
        value = result.get_value(0, 0)
        return Result(b"null" if value is None else value, result.get_value(0, 1) or b"", perf_counter() - began)

    async def _prepare(self, sql: bytes) -> bytes:
        name = b"s%d" % len(self._prepared)
        self.connection.pgconn.send_prepare(name, sql)
        await self._result()
        self._prepared[sql] = name
        return name

    async def _result(self) -> pq.abc.PGresult:
        """What the server answers; the connection is free again afterwards."""
        connection, first = self.connection.pgconn, None
        while connection.flush():
            await self._writable()
        while True:
            while connection.is_busy():
                self._readable = asyncio.get_running_loop().create_future()
                await self._readable
            result = connection.get_result()
            if result is None:
                break
            first = first or result
        if first is None:
            raise errors.OperationalError("the connection ended without an answer")
        if first.status in _DONE:
            return first
        raise errors.error_from_result(first)

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        written = loop.create_future()
        loop.add_writer(self._socket, _wake, written)
        try:
            await written
        finally:
            loop.remove_writer(self._socket)

    def _read(self) -> None:
        """The socket has something: let libpq take it, and wake who waits once an answer is whole."""
        waiting = self._readable
        try:
            self.connection.pgconn.consume_input()
        except errors.OperationalError as error:
            # By then libpq has closed the socket, whose number the next connection may get.
            asyncio.get_running_loop().remove_reader(self._socket)
            if waiting and not waiting.done():
                waiting.set_exception(error)
            return
        if waiting and not waiting.done() and not self.connection.pgconn.is_busy():
            waiting.set_result(None)

    async def end(self) -> None:
        """Close it; what it still runs is canceled on the server."""
        if self.stands:
            asyncio.get_running_loop().remove_reader(self._socket)
        if self.connection.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
            with suppress(
                psycopg.Error
            ):  # The server ends it all the same: when it writes to nobody, or by its timeout.
                await self.connection.cancel_safe(timeout=LONGEST_CANCEL)
        await self.connection.close()


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
