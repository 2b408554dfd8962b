"""Clients that leave before they are answered: what runs for them is cancelled, down to the database's statement.

Nearly every request is answered in a few milliseconds, so each only notes that it began. A look every tenth of a
second finds those that run for longer, and only for them somebody listens whether the client is still there.
"""

import asyncio
from asyncio import Task, current_task
from typing import Any

from starlette.types import Receive

LOOK = 0.1
"""Seconds between two looks; who is there at two of them is watched."""


class ClientGone(Exception):
    """The client closed its connection; there is nobody to answer."""


class Departures:
    """The requests that are being answered in one event loop.

    task = departures.entered(receive)     # when the whole body is read: nobody else may call `receive` from now on
    try:
        answer = …
    finally:
        departures.left(task)              # before the answer is sent
    """

    __slots__ = ("_gone", "_listeners", "_open", "_seen", "_timer")

    def __init__(self) -> None:
        self._open: dict[Task[Any], Receive] = {}
        self._seen: set[Task[Any]] = set()
        self._listeners: dict[Task[Any], Task[None]] = {}
        self._gone: set[Task[Any]] = set()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def watched(self) -> int:
        """How many requests run for so long that they are watched."""
        return len(self._listeners)

    def entered(self, receive: Receive) -> Task[Any]:
        """From now on the current task is cancelled when its client leaves."""
        task = current_task()
        if task is None:
            raise RuntimeError("A request is answered in a task.")
        self._open[task] = receive
        if self._timer is None:
            self._look()
        return task

    def left(self, task: Task[Any]) -> None:
        """No longer. Raises ClientGone where the task was cancelled for that."""
        del self._open[task]
        if task in self._listeners:
            self._listeners.pop(task).cancel()
            if task in self._gone:
                self._gone.remove(task)
                task.uncancel()
                raise ClientGone

    def _look(self) -> None:
        """Listen to the clients of requests that were here at the last look, and look again while there are any."""
        loop = asyncio.get_running_loop()
        for task in self._seen & self._open.keys() - self._listeners.keys():
            self._listeners[task] = loop.create_task(self._listen(task, self._open[task]))
        self._seen = set(self._open)
        self._timer = loop.call_later(LOOK, self._look) if self._open else None

    async def _listen(self, task: Task[Any], receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._gone.add(task)
        task.cancel()
