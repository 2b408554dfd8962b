"""Asking for what comes next while what came is being stored."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

DEPTH = 8
"""So many readings are under way or wait to be taken: what holds memory, and what a failure throws away."""


async def in_order(listed: AsyncGenerator[T, None], read: Callable[[T], Awaitable[R]]) -> AsyncGenerator[R, None]:
    """What `read` makes of each thing listed, in the order of the list; errors come in their place."""
    room = asyncio.Semaphore(DEPTH)
    readings: asyncio.Queue[asyncio.Task[R] | None] = asyncio.Queue()
    begun: set[asyncio.Task[R]] = set()

    async def begin_all() -> None:
        try:
            async with aclosing(listed):
                async for each in listed:
                    await room.acquire()
                    reading = asyncio.create_task(_result(read, each))
                    begun.add(reading)
                    readings.put_nowait(reading)
        finally:
            readings.put_nowait(None)

    beginning = asyncio.create_task(begin_all())
    try:
        while (reading := await readings.get()) is not None:
            yield await reading
            begun.discard(reading)
            room.release()
        await beginning
    finally:
        for task in (beginning, *begun):
            task.cancel()
        await asyncio.gather(beginning, *begun, return_exceptions=True)


async def portions(rows: Iterable[T]) -> AsyncGenerator[T, None]:
    """A list that is known already."""
    for each in rows:
        yield each


async def _result(read: Callable[[T], Awaitable[R]], each: T) -> R:
    """Begins nothing before its task does: that may be canceled first."""
    return await read(each)


async def gathered(pages: AsyncIterator[list[T]], least: int) -> AsyncGenerator[list[T], None]:
    """The same things in portions of `least` or more, but for the last one."""
    held: list[T] = []
    async for page in pages:
        held += page
        if len(held) >= least:
            yield held
            held = []
    if held:
        yield held
