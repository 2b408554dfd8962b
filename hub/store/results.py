"""Whole answers, kept as long as nothing is written: the same question in the same snapshot has the same answer.

PostgreSQL says which transactions a statement sees (pg_current_snapshot). Where that is what it was when an answer was
read, the answer is what it would be again, to the byte: no rule of what depends on what can be wrong. Who asks for the
same in the same snapshot meanwhile waits for the one answer.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from hub.store.answers import OVERHEAD, Answers, Question
from hub.store.kept import Kept
from hub.store.line import Result
from hub.store.sharing import Viewer
from hub.store.statement import Statement

WORTH_KEEPING = 0.002
"""Seconds: asking for the snapshot costs a tenth of that, so that what takes less is asked for at once."""

MOST_SLOW = 1_000
LARGEST_SHARE = 8
"""No answer takes more than this part of the room."""

SNAPSHOT = Question(Statement(b"select null, pg_current_snapshot()", ()), (), frozenset())

Key = tuple[bytes, tuple[bytes | None, ...], bytes]
"""A statement, its values, and whose eyes it is asked with."""


@dataclass(slots=True)
class _Flight:
    """An answer that is being read, and how many wait for it."""

    task: asyncio.Task[Result]
    waiting: int = 0


@dataclass(slots=True)
class Results:
    """Answers that took a while."""

    answers: Answers
    most: int
    """Bytes; 0 keeps nothing."""
    hits: int = 0
    _kept: Kept[Key, Result] = field(init=False)
    _slow: OrderedDict[bytes, None] = field(default_factory=OrderedDict)
    """The statements that took long when they were last asked."""
    _flights: dict[tuple[Key, bytes], _Flight] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._kept = Kept(self.most)

    async def answer(self, asked: Question, viewer: Viewer) -> bytes:
        """The answer, kept or new; raises what `Answers.answer` raises."""
        if asked.statement.sql not in self._slow:
            return (await self._asked(asked, viewer)).body
        key = (asked.statement.sql, asked.values, viewer.organization_id.bytes)
        snapshot = (await self.answers.answer(SNAPSHOT, viewer)).snapshot
        kept = self._kept.get(key)
        if kept is not None and kept.snapshot == snapshot:
            self.hits += 1
            return kept.body
        found = await self._shared((key, snapshot), asked, viewer)
        self._keep(key, found)
        return found.body

    async def _asked(self, asked: Question, viewer: Viewer) -> Result:
        found = await self.answers.answer(asked, viewer)
        self._judge(asked.statement.sql, found.seconds)
        return found

    def _judge(self, sql: bytes, seconds: float) -> None:
        """Note whether the statement's answers are worth keeping."""
        self._slow.pop(sql, None)
        if self.most and seconds > WORTH_KEEPING:
            self._slow[sql] = None
            if len(self._slow) > MOST_SLOW:
                self._slow.popitem(last=False)

    async def end(self) -> None:
        """Close all connections."""
        await self.answers.end()

    async def _shared(self, what: tuple[Key, bytes], asked: Question, viewer: Viewer) -> Result:
        """The answer that is being read already for somebody who asked in the same snapshot, or a new one."""
        flight = self._flights.get(what)
        if flight is None:
            flight = self._flights[what] = _Flight(asyncio.create_task(self._asked(asked, viewer)))
            flight.task.add_done_callback(lambda done: self._landed(what, done))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        except asyncio.CancelledError:
            if flight.waiting == 1:
                # Who asks from now on must not share its end.
                self._landed(what, flight.task)
                flight.task.cancel()
            raise
        finally:
            flight.waiting -= 1

    def _landed(self, what: tuple[Key, bytes], task: asyncio.Task[Result]) -> None:
        flight = self._flights.get(what)
        if flight is not None and flight.task is task:
            del self._flights[what]

    def _keep(self, key: Key, found: Result) -> None:
        size = _size(key, found)
        if size <= self.most // LARGEST_SHARE:
            self._kept.keep(key, found, size)


def _size(key: Key, found: Result) -> int:
    """Bytes that a kept answer takes, roughly; the text of a statement is kept anyway."""
    return len(found.body) + sum(len(value or b"") for value in key[1]) + OVERHEAD
