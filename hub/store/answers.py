"""Answers: statements whose text goes out as it comes, byte for byte, each from a snapshot of its own."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import structlog
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer

from hub.errors import StoreError, TimedOut
from hub.model import Base
from hub.store.failures import told
from hub.store.line import Line, Result
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
    f"-c plan_cache_mode=force_generic_plan -c statement_timeout={PATIENCE}s"
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
    models: frozenset[type[Base]]
    """Whose rows are looked up by id."""

    def about(self, values: Mapping[str, Any]) -> "Question":
        """The same question with other values for some parameters."""
        named = zip(self.statement.parameters, self.values, strict=True)
        return replace(self, values=tuple(_written(values[name]) if name in values else value for name, value in named))

    def of(self, viewer: Viewer) -> list[bytes]:
        """The values, for a viewer."""
        organization = str(viewer.organization_id).encode()
        return [organization if value is None else value for value in self.values]


def question(statement: Statement, values: Mapping[str, Any], models: frozenset[type[Base]]) -> Question:
    """A statement and its values by name; the viewer's is left open."""
    written = (None if name == VIEWER.key else _written(values[name]) for name in statement.parameters)
    return Question(statement, tuple(written), models)


def _written(value: Any) -> bytes:
    """As text: so it is taken for what the statement compares it with, whatever type it has here."""
    if isinstance(value, UUID):
        return str(value).encode()
    if isinstance(value, bytes):
        return rb"\x" + value.hex().encode()
    (written,) = Transformer().dump_sequence([value], [PyFormat.TEXT])
    return bytes(written or b"")


@dataclass(slots=True)
class Answers:
    """Lines to the database, and who waits for one."""

    conninfo: str
    _idle: list[Line] = field(default_factory=list)
    _lines: int = 0
    _waiting: deque[asyncio.Future[Line | None]] = field(default_factory=deque)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    async def answer(self, asked: Question, viewer: Viewer) -> Result:
        """What the statement comes to.

        Raises StoreError where the database fails, TimedOut where it takes too long, Unanswerable.
        """
        values = asked.of(viewer)
        try:
            return await self._answered(asked.statement.sql, values)
        except errors.QueryCanceled as error:
            raise TimedOut(f"The operation takes longer than {PATIENCE} seconds: ask for less at once.") from error
        except errors.OperationalError as error:
            raise told(error) from error
        except errors.Error as error:
            if error.sqlstate != ABSENT and not isinstance(error, errors.DataError):
                log.exception("statement failed", sqlstate=error.sqlstate)
            raise Unanswerable from error

    async def _answered(self, sql: bytes, values: list[bytes]) -> Result:
        line = self._idle.pop() if self._idle else await self._line()
        try:
            answer = await line.answer(sql, values)
        except errors.OperationalError:
            self._drop(line)
            if line.stands:
                raise
            return await self._answered_anew(sql, values)
        except BaseException:
            self._drop(line)
            raise
        self._keep(line)
        return answer

    async def _answered_anew(self, sql: bytes, values: list[bytes]) -> Result:
        """By a new line, where an old one has broken: the server may have been started again. Reading twice is safe."""
        while self._idle:
            self._drop(self._idle.pop())
        line = await self._line()
        try:
            answer = await line.answer(sql, values)
        except BaseException:
            self._drop(line)
            raise
        self._keep(line)
        return answer

    async def _line(self) -> Line:
        """A line: one that is idle, a new one, or the next that becomes free."""
        while True:
            if self._idle:
                return self._idle.pop()
            if self._lines < MOST_LINES:
                return await self._opened()
            if line := await self._freed():
                return line

    async def _opened(self) -> Line:
        self._lines += 1
        try:
            return await Line.opened(self.conninfo, OPTIONS)
        except BaseException:
            self._lines -= 1
            self._wake(None)
            raise

    async def _freed(self) -> Line | None:
        """The next line that becomes free, or None where one may be opened."""
        turn: asyncio.Future[Line | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                return await turn
        except TimeoutError as error:
            raise StoreError("The database is too busy: no connection became free in time.") from error
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def _keep(self, line: Line) -> None:
        if not line.usable:
            self._drop(line)
        elif not self._wake(line):
            self._idle.append(line)

    def _drop(self, line: Line) -> None:
        self._lines -= 1
        task = asyncio.create_task(line.end())
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
        self._wake(None)

    def _wake(self, line: Line | None) -> bool:
        """Give a line, or the right to open one, to who has waited longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(line)
                return True
        return False

    async def end(self) -> None:
        """Close all lines."""
        while self._idle:
            self._drop(self._idle.pop())
        await asyncio.gather(*self._ending)
