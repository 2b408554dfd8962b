"""How much memory processes have, all the time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import psutil

PAUSE = 0.05
"""Seconds between two looks."""

Processes = Callable[[], list[psutil.Process]]


@dataclass(slots=True)
class Peak:
    """The most bytes that were seen."""

    bytes: int = 0


def tree(process: psutil.Process) -> list[psutil.Process]:
    """The process and all that it started."""
    return [process, *process.children(recursive=True)]


@contextmanager
def watched(root: psutil.Process, *, shares: bool = False) -> Iterator[Peak]:
    """The peak of a process and all that it started; where they share much, each page is counted once."""
    peak, done = Peak(), Event()

    def watch() -> None:
        while not done.wait(PAUSE):
            peak.bytes = max(peak.bytes, sum(_bytes(each, shares=shares) for each in _tree(root)))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def _tree(root: psutil.Process) -> list[psutil.Process]:
    try:
        return tree(root)
    except psutil.NoSuchProcess:
        return []


def _bytes(process: psutil.Process, *, shares: bool) -> int:
    try:
        return int(process.memory_full_info().pss if shares else process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
