"""Answers: statements whose one value goes out as it comes, byte for byte, each from a snapshot of its own."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer

from hub.errors import StoreError, TimedOut
from hub.store.failures import told
from hub.store.line import Line
from hub.store.sharing import VIEWER, Viewer
from hub.store.statement import Statement

log = structlog.get_logger()

MOST_LINES = 10
LONGEST_WAIT = 10
"""Seconds that a question waits for a line."""
PATIENCE = 15
"""Seconds that a statement may take."""

OPTIONS = (
    "-c timezone=UTC -c default_transaction_read_only=on -c jit=off "
    # Planning costs more than running; what a good plan depends on stands in the text: limits, order, comparisons.
    "-c plan_cache_mode=force_generic_plan"
)

ABSENT = "HB001"
"""The SQL state of hub_absent()."""


class Unanswerable(Exception):
    """The statement came to an error; which field's, and how to tell it, graphql-core knows.

    A value was out of range, a row missing where the schema promises one, or it is a defect of ours, which is logged.
    """


@dataclass(frozen=True, slots=True)
class Question:
    """A statement, and the values of its parameters as PostgreSQL reads them; None is for the viewer's."""

    statement: Statement
    values: tuple[bytes | None, ...]

    def of(self, viewer: Viewer) -> list[bytes]:
        """The values, for a viewer."""
        organization = str(viewer.organization_id).encode()
        return [organization if value is None else value for value in self.values]


def question(statement: Statement, values: Mapping[str, Any]) -> Question:
    """A statement and its values by name; the viewer's is left open."""
    written = (None if name == VIEWER.key else _written(values[name]) for name in statement.parameters)
    return Question(statement, tuple(written))


def _written(value: Any) -> bytes:
    """As text: so it is taken for what the statement compares it with, whatever type it has here."""
    if isinstance(value, bytes):
        return rb"\x" + value.hex().encode()
    (written,) = Transformer().dump_sequence([value], [PyFormat.TEXT])
    return bytes(written or b"")


@dataclass(slots=True)
class Answers:
    """Lines to the database, and who waits for one."""

    conninfo: str
    patience: float = PATIENCE
    """Seconds that a statement may take."""
    _idle: list[Line] = field(default_factory=list)
    _lines: int = 0
    """Those that are open, being opened or being ended: never more than MOST_LINES."""
    _waiting: deque[asyncio.Future[Line | None]] = field(default_factory=deque)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    async def answer(self, asked: Question, viewer: Viewer) -> bytes:
        """The one value that the statement comes to.

        Raises StoreError where the database fails, TimedOut where it takes too long, Unanswerable.
        """
        values = asked.of(viewer)
        try:
            return await self._answered(asked.statement.sql, values)
        except errors.QueryCanceled as error:
            raise TimedOut(
                f"The operation takes longer than {self.patience:g} seconds: ask for less at once."
            ) from error
        except errors.Error as error:
            # psycopg takes states that it does not know for failures of the server.
            if error.sqlstate == ABSENT:
                raise Unanswerable from error
            if isinstance(error, errors.OperationalError):
                raise told(error) from error
            if not isinstance(error, errors.DataError):
                log.exception("statement failed", sqlstate=error.sqlstate)
            raise Unanswerable from error

    async def _answered(self, sql: bytes, values: list[bytes]) -> bytes:
        line = self._idle.pop() if self._idle else await self._line()
        try:
            return await line.answer(sql, values)
        except errors.OperationalError:
            if line.stands:
                raise
        finally:
            self._keep(line)
        # An old line has broken: the server may have been started again. Reading twice is safe.
        while self._idle:
            self._drop(self._idle.pop())
        line = await self._line()
        try:
            return await line.answer(sql, values)
        finally:
            self._keep(line)

    async def _line(self) -> Line:
        """A line: one that is idle, a new one, or the next that becomes free."""
        if self._idle:
            return self._idle.pop()
        if self._lines < MOST_LINES:
            self._lines += 1
            return await self._opened()
        return await self._freed() or await self._opened()

    async def _opened(self) -> Line:
        """A new line, for which there is room."""
        try:
            return await Line.opened(self.conninfo, f"{OPTIONS} -c statement_timeout={round(self.patience * 1000)}")
        except BaseException:
            self._make_room()
            raise

    async def _freed(self) -> Line | None:
        """The next line that becomes free, or None where there is room for another."""
        turn: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                return await asyncio.shield(turn)
        except BaseException as error:
            self._decline(turn)
            if isinstance(error, TimeoutError):
                raise StoreError("The database is too busy: no connection became free in time.") from error
            raise

    def _decline(self, turn: asyncio.Future[Line | None]) -> None:
        """Wait no longer; what was given in the same moment is for the next."""
        if not turn.done():
            self._waiting.remove(turn)
        elif line := turn.result():
            self._keep(line)
        else:
            self._make_room()

    def _keep(self, line: Line) -> None:
        """Give a line to who has waited longest, or keep it for who comes; end it where it is of no more use."""
        if not line.usable:
            self._drop(line)
        elif self._waiting:
            self._waiting.popleft().set_result(line)
        else:
            self._idle.append(line)

    def _drop(self, line: Line) -> None:
        """There is room for another line only when the server is rid of this one."""
        task = asyncio.create_task(line.end())
        self._ending.add(task)
        task.add_done_callback(self._dropped)

    def _dropped(self, task: asyncio.Task[None]) -> None:
        self._ending.discard(task)
        self._make_room()

    def _make_room(self) -> None:
        """Let who has waited longest open a line, or whoever comes."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self._lines -= 1

    async def end(self) -> None:
        """Close all lines."""
        while self._idle:
            self._drop(self._idle.pop())
        await asyncio.gather(*self._ending)
