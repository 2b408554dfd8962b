"""Answers: statements whose text goes out as it comes, byte for byte, each from a snapshot of its own."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec
import structlog
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer

from hub.errors import StoreError
from hub.model import Base
from hub.store.failures import PATIENCE, told
from hub.store.line import Line, Result
from hub.store.sharing import VIEWER, Viewer
from hub.store.statement import Statement

log = structlog.get_logger()

MOST_LINES = 10
LONGEST_WAIT = 10
"""Seconds that a question waits for a line."""

OPTIONS = (
    "-c timezone=UTC -c default_transaction_read_only=on -c jit=off "
    # Planning costs more than running; what a good plan depends on stands in the text: limits, order, comparisons.
    "-c plan_cache_mode=force_generic_plan"
)

OVERHEAD = 500
"""Bytes of what is around values."""

ABSENT = "HB001"
"""The SQL state of hub_absent()."""


class Unanswerable(Exception):
    """The statement came to an error; which field's, and how to tell it, graphql-core knows.

    A value was out of range, a row missing where the schema promises one, or it is a defect of ours, which is logged.
    """


class Question(msgspec.Struct, frozen=True):
    """A statement, and the values of its parameters as PostgreSQL reads them; None is for the viewer's."""

    statement: Statement
    values: tuple[bytes | None, ...]
    models: frozenset[type[Base]]
    """Whose rows are looked up by id."""

    def about(self, values: Mapping[str, Any]) -> "Question":
        """The same question with other values for some parameters."""
        changed, parameters = list(self.values), self.statement.parameters
        for name, value in values.items():
            if name in parameters:  # @skip may have left out what it is for
                changed[parameters.index(name)] = _written(value)
        return Question(self.statement, tuple(changed), self.models)

    @property
    def size(self) -> int:
        """Bytes that it takes beside its statement, roughly."""
        return OVERHEAD + sum(len(value or b"") for value in self.values)

    def of(self, viewer: Viewer) -> list[bytes]:
        """The values, for a viewer."""
        organization = _organization(viewer.organization_id)
        return [organization if value is None else value for value in self.values]


@lru_cache(1000)
def _organization(id_: UUID) -> bytes:
    return str(id_).encode()


def question(statement: Statement, values: Mapping[str, Any], models: frozenset[type[Base]]) -> Question:
    """A statement and its values by name; the viewer's is left open."""
    written = (None if name == VIEWER.key else _written(values[name]) for name in statement.parameters)
    return Question(statement, tuple(written), models)


def _written(value: Any) -> bytes:
    """As text: so it is taken for what the statement compares it with, whatever type it has here."""
    if isinstance(value, str):
        return value.encode()
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
    _waiting: OrderedDict[asyncio.Future[Line | None], float] = field(default_factory=OrderedDict)
    """Who waits, and until when, in order."""
    _alarm: asyncio.TimerHandle | None = None
    """Looks whether one has waited for too long: one timer for all."""
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def in_use(self) -> int:
        """How many lines answer just now, are being opened or ended."""
        return self._lines - len(self._idle)

    @property
    def idle(self) -> int:
        """How many lines wait for a question."""
        return len(self._idle)

    @property
    def waiting(self) -> int:
        """How many questions wait for a line."""
        return len(self._waiting)

    async def answer(self, asked: Question, viewer: Viewer) -> Result:
        """What the statement comes to.

        Raises StoreError where the database fails, TimedOut where it takes too long, Unanswerable.
        """
        values = asked.of(viewer)
        try:
            return await self._answered(asked.statement.sql, values)
        except errors.Error as error:
            # psycopg takes states that it does not know for failures of the server.
            if error.sqlstate == ABSENT:
                raise Unanswerable from error
            if isinstance(error, errors.OperationalError):
                raise told(error) from error
            if not isinstance(error, errors.DataError):
                log.exception("statement failed", sqlstate=error.sqlstate)
            raise Unanswerable from error

    async def _answered(self, sql: bytes, values: list[bytes]) -> Result:
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
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[Line | None] = loop.create_future()
        self._waiting[turn] = loop.time() + LONGEST_WAIT
        self._alarm = self._alarm or loop.call_later(LONGEST_WAIT, self._expire)
        try:
            return await turn
        except asyncio.CancelledError:
            self._decline(turn)
            raise

    def _expire(self) -> None:
        """Let nobody wait for longer."""
        loop = asyncio.get_running_loop()
        for turn, until in list(self._waiting.items()):
            if until > loop.time():
                self._alarm = loop.call_at(until, self._expire)
                return
            del self._waiting[turn]
            if not turn.done():
                turn.set_exception(StoreError("The database is too busy: no connection became free in time."))
        self._alarm = None

    def _decline(self, turn: asyncio.Future[Line | None]) -> None:
        """Wait no longer; what was given in the same moment is for the next."""
        if self._waiting.pop(turn, None) is not None or turn.cancelled() or turn.exception():
            return
        if line := turn.result():
            self._keep(line)
        else:
            self._make_room()

    def _keep(self, line: Line) -> None:
        """Give a line to who has waited longest, or keep it for who comes; end it where it is of no more use."""
        if not line.usable:
            self._drop(line)
        elif turn := self._next():
            turn.set_result(line)
        else:
            self._idle.append(line)

    def _next(self) -> asyncio.Future[Line | None] | None:
        """Who has waited longest, and still does."""
        while self._waiting:
            turn, _ = self._waiting.popitem(last=False)
            if not turn.done():
                return turn
        return None

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
        if turn := self._next():
            turn.set_result(None)
        else:
            self._lines -= 1

    async def end(self) -> None:
        """Close all lines."""
        while self._idle:
            self._drop(self._idle.pop())
        await asyncio.gather(*self._ending)
