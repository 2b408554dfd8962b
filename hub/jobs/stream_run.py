"""One reading of one stream, as far as it got."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.connectors.base import Stream
from hub.model import Connection, SyncRunState


@dataclass(slots=True, kw_only=True)
class StreamRun:
    """One reading of one stream."""

    connection: Connection
    stream: Stream[Any]
    id: UUID
    is_whole: bool = False
    """Whether every row is read, so that those it does not meet are gone."""
    state: SyncRunState = SyncRunState.RUNNING
    seen: int = 0
    changed: int = 0
    unmapped: int = 0
    removed: int = 0
    held_back: int = 0
    """Rows that are gone at the source and not removed here, because a person must look first."""
    unread: int = 0
    """Rows that could not be read, and may be any that were read before."""
    expected: int | None = None
    """Payloads that the source says it has to give."""
    error: str | None = None
    is_passing: bool = False
    """Whether it failed for a reason that passes."""


Tell = Callable[[StreamRun], None]
"""Called when a run starts, after each stored page, and when it ends."""
