"""How far each stream was read, and the runs that read it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from hub.errors import Busy
from hub.model import Connection, Json, StreamState, StreamStatus, SyncRun, SyncRunState

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = timedelta(days=90)
"""How long runs are remembered."""
PRUNED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What some pages, stored at once, add to a run."""

    pages: int = 0
    seen: int = 0
    changed: int = 0
    unmapped: int = 0
    removed: int = 0


async def bookmark(session: AsyncSession, connection_id: UUID, stream: str) -> Json | None:
    """Where the stream resumes; None at its start."""
    state = await session.get(StreamState, (connection_id, stream))
    return state.bookmark if state else None


async def fields(session: AsyncSession, connection_id: UUID, stream: str) -> Json | None:
    """The fields that the source last said the stream has; None where it never did."""
    state = await session.get(StreamState, (connection_id, stream))
    return state.fields if state else None


async def note_fields(session: AsyncSession, connection_id: UUID, stream: str, fields: Mapping[str, str]) -> None:
    """Keep the fields that the source says the stream has."""
    await _write_state(session, connection_id, stream, fields=dict(fields))


async def queue(session: AsyncSession, connection_id: UUID, streams: Iterable[str]) -> list[UUID]:
    """A run for each of the streams, waiting for its turn; the one that waits already, where there is one."""
    rows = [{"connection_id": connection_id, "stream": stream, "state": SyncRunState.QUEUED} for stream in streams]
    waiting = SyncRun.state == SyncRunState.QUEUED
    new = insert(SyncRun).values(rows)
    place = ["connection_id", "stream"]
    await session.execute(new.on_conflict_do_nothing(index_elements=place, index_where=waiting))
    of_streams = (SyncRun.connection_id == connection_id, SyncRun.stream.in_([row["stream"] for row in rows]))
    return list(await session.scalars(select(SyncRun.id).where(*of_streams, waiting).order_by(SyncRun.id)))


async def ask_full(session: AsyncSession, connection_id: UUID, streams: Iterable[str]) -> None:
    """Let the next reading of each stream begin at its start, whoever reads it, and compare all ids."""
    for stream in streams:
        await _write_state(session, connection_id, stream, is_full_due=True)


async def begin_full(session: AsyncSession, connection_id: UUID, stream: str) -> bool:
    """Whether the stream is to be read from its start: then its bookmark is forgotten, once. For the lock's holder."""
    of_stream = (StreamState.connection_id == connection_id, StreamState.stream == stream)
    due = update(StreamState).where(*of_stream, StreamState.is_full_due)
    begun = due.values(is_full_due=False, bookmark=None, swept_at=LONG_AGO).returning(StreamState.stream)
    return (await session.execute(begun)).scalar_one_or_none() is not None


async def hold(session: AsyncSession, run_id: UUID) -> None:
    """Keep the run ours until the transaction ends. Raises Busy where another process took the stream over."""
    running = select(SyncRun.id).where(SyncRun.id == run_id, SyncRun.state == SyncRunState.RUNNING)
    if (await session.execute(running.with_for_update(key_share=True))).scalar_one_or_none() is None:
        raise Busy("Another process took the stream over: this reading of it ends here.")


async def start(session: AsyncSession, connection_id: UUID, stream: str) -> UUID:
    """The stream's run that waits for its turn, or a new one, running. Only for one who holds the stream's lock."""
    of_stream = (SyncRun.connection_id == connection_id, SyncRun.stream == stream)
    interrupted = {"state": SyncRunState.INTERRUPTED, "finished_at": func.now()}
    await session.execute(update(SyncRun).where(*of_stream, SyncRun.state == SyncRunState.RUNNING).values(interrupted))
    waiting = update(SyncRun).where(*of_stream, SyncRun.state == SyncRunState.QUEUED)
    begun = waiting.values(state=SyncRunState.RUNNING, started_at=func.now()).returning(SyncRun.id)
    run_id = (await session.execute(begun)).scalar_one_or_none()
    if run_id is None:
        run = SyncRun(connection_id=connection_id, stream=stream)
        session.add(run)
        await session.flush()
        run_id = run.id
    return run_id


async def advance(session: AsyncSession, run_id: UUID, progress: Progress, **told: int | None) -> None:
    """Count what was stored; `told` are columns of the run that the source told."""
    counts = {
        "pages": SyncRun.pages + progress.pages,
        "payloads_seen": SyncRun.payloads_seen + progress.seen,
        "payloads_changed": SyncRun.payloads_changed + progress.changed,
        "payloads_unmapped": SyncRun.payloads_unmapped + progress.unmapped,
        "rows_removed": SyncRun.rows_removed + progress.removed,
    }
    await session.execute(update(SyncRun).where(SyncRun.id == run_id).values(**counts, **told))


async def move_bookmark(session: AsyncSession, connection_id: UUID, stream: str, bookmark: Json) -> None:
    """Let the stream resume behind the page that this transaction stores."""
    await _write_state(session, connection_id, stream, bookmark=bookmark)


async def since_sweep(session: AsyncSession, connection_id: UUID, stream: str) -> timedelta | None:
    """How long ago all rows of the stream, or all ids, were compared with what is stored.

    A stream's first reading counts as comparing; None until it came to its end.
    """
    of_stream = (StreamState.connection_id == connection_id, StreamState.stream == stream)
    ago: timedelta | None = await session.scalar(select(func.now() - StreamState.swept_at).where(*of_stream))
    return ago


async def let_sweep(session: AsyncSession, connection_id: UUID, stream: str) -> None:
    """Let the next reading compare all rows."""
    await _write_state(session, connection_id, stream, swept_at=LONG_AGO)


async def note_sweep(session: AsyncSession, connection_id: UUID, stream: str) -> None:
    """Note that all rows of the stream were compared just now."""
    await _write_state(session, connection_id, stream, swept_at=func.now())


async def finish(session: AsyncSession, run_id: UUID) -> None:
    """Close a run that read its stream to the end."""
    run = await _close(session, run_id, SyncRunState.SUCCEEDED)
    await _write_state(
        session, run.connection_id, run.stream, status=StreamStatus.READY, reason=None, synced_at=func.now()
    )
    first = update(StreamState).where(StreamState.connection_id == run.connection_id, StreamState.stream == run.stream)
    await session.execute(first.where(StreamState.swept_at.is_(None)).values(swept_at=func.now()))


async def prune(session: AsyncSession) -> None:
    """Forget runs that ended long ago, but for the newest of each stream."""
    older = aliased(SyncRun)
    newer = select(older.id).where(
        older.connection_id == SyncRun.connection_id,
        older.stream == SyncRun.stream,
        older.started_at > SyncRun.started_at,
    )
    old = select(SyncRun.id).where(SyncRun.started_at < func.now() - KEPT, newer.exists()).limit(PRUNED_AT_ONCE)
    await session.execute(delete(SyncRun).where(SyncRun.id.in_(old)))


async def fail(session: AsyncSession, run_id: UUID, error: str) -> None:
    """Close a run that could not go on; its bookmark stays."""
    await _close(session, run_id, SyncRunState.FAILED, error)


async def mark_unavailable(session: AsyncSession, run_id: UUID, reason: str) -> None:
    """Close a run whose stream this source does not let us read."""
    run = await _close(session, run_id, SyncRunState.UNAVAILABLE, reason)
    await _write_state(session, run.connection_id, run.stream, status=StreamStatus.UNAVAILABLE, reason=reason)


async def drop_queued(session: AsyncSession, connection_id: UUID, streams: Iterable[str], reason: str) -> None:
    """Close the runs that will not have their turn."""
    waiting = (SyncRun.connection_id == connection_id, SyncRun.state == SyncRunState.QUEUED)
    closed = {"state": SyncRunState.FAILED, "error": reason, "finished_at": func.now()}
    await session.execute(update(SyncRun).where(*waiting, SyncRun.stream.in_(list(streams))).values(closed))


async def forget_bookmarks(session: AsyncSession, connection_id: UUID, stream: str | None) -> None:
    """Let the stream, or all of the connection's, be read from its start again."""
    states = update(StreamState).where(StreamState.connection_id == connection_id).values(bookmark=None)
    await session.execute(states if stream is None else states.where(StreamState.stream == stream))


async def running(session: AsyncSession, owner_id: UUID) -> list[UUID]:
    """The runs that go on now, of the connections that an organization owns; the oldest first."""
    runs = select(SyncRun.id).join(Connection, Connection.id == SyncRun.connection_id)
    of_owner = runs.where(SyncRun.state == SyncRunState.RUNNING, Connection.owner_id == owner_id)
    return list(await session.scalars(of_owner.order_by(SyncRun.started_at, SyncRun.id)))


class StreamSummary(NamedTuple):
    """How one stream of one connection stands."""

    connection: Connection
    state: StreamState | None
    """None where nothing was stored yet."""
    last_run: SyncRun


async def summaries(session: AsyncSession) -> list[StreamSummary]:
    """Every stream that was ever to be read, with its newest run."""
    newest = (
        select(SyncRun)
        .ext(distinct_on(SyncRun.connection_id, SyncRun.stream))
        .order_by(SyncRun.connection_id, SyncRun.stream, SyncRun.started_at.desc(), SyncRun.id.desc())
        .subquery()
    )
    run = aliased(SyncRun, newest)
    of_stream = (StreamState.connection_id == run.connection_id) & (StreamState.stream == run.stream)
    rows = await session.execute(
        select(Connection, StreamState, run)
        .join(run, run.connection_id == Connection.id)
        .outerjoin(StreamState, of_stream)
        .order_by(Connection.name, run.stream)
    )
    return [StreamSummary(*row) for row in rows]


async def _close(session: AsyncSession, run_id: UUID, state: SyncRunState, error: str | None = None) -> SyncRun:
    run = await session.get_one(SyncRun, run_id)
    now = (await session.execute(select(func.now()))).scalar_one()
    run.state, run.error, run.finished_at = state, error, now
    return run


async def _write_state(session: AsyncSession, connection_id: UUID, stream: str, **values: object) -> None:
    new = insert(StreamState).values(
        connection_id=connection_id, stream=stream, **{"status": StreamStatus.READY, **values}
    )
    await session.execute(new.on_conflict_do_update(index_elements=["connection_id", "stream"], set_=values))
