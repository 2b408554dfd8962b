"""How far each stream was read, and the runs that read it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Connection, Json, StreamState, StreamStatus, SyncRun, SyncRunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What some pages, stored at once, add to a run."""

    pages: int
    seen: int
    changed: int
    unmapped: int


async def bookmark(session: AsyncSession, connection_id: UUID, stream: str) -> Json | None:
    """Where the stream resumes; None at its start."""
    state = await session.get(StreamState, (connection_id, stream))
    return state.bookmark if state else None


async def start(session: AsyncSession, connection_id: UUID, stream: str) -> UUID:
    """A new run of a stream."""
    run = SyncRun(connection_id=connection_id, stream=stream)
    session.add(run)
    await session.flush()
    return run.id


async def advance(session: AsyncSession, run_id: UUID, bookmark: Json, progress: Progress) -> None:
    """Move the bookmark of the run's stream past a page, and count the page."""
    run = (
        await session.execute(
            update(SyncRun)
            .where(SyncRun.id == run_id)
            .values(
                pages=SyncRun.pages + progress.pages,
                payloads_seen=SyncRun.payloads_seen + progress.seen,
                payloads_changed=SyncRun.payloads_changed + progress.changed,
                payloads_unmapped=SyncRun.payloads_unmapped + progress.unmapped,
            )
            .returning(SyncRun.connection_id, SyncRun.stream)
        )
    ).one()
    await _write_state(session, run.connection_id, run.stream, bookmark=bookmark)


async def finish(session: AsyncSession, run_id: UUID) -> None:
    """Close a run that read its stream to the end."""
    run = await _close(session, run_id, SyncRunState.SUCCEEDED)
    await _write_state(
        session, run.connection_id, run.stream, status=StreamStatus.READY, reason=None, synced_at=func.now()
    )


async def fail(session: AsyncSession, run_id: UUID, error: str) -> None:
    """Close a run that could not go on; its bookmark stays."""
    await _close(session, run_id, SyncRunState.FAILED, error)


async def mark_unavailable(session: AsyncSession, run_id: UUID, reason: str) -> None:
    """Close a run whose stream this source does not let us read."""
    run = await _close(session, run_id, SyncRunState.UNAVAILABLE, reason)
    await _write_state(session, run.connection_id, run.stream, status=StreamStatus.UNAVAILABLE, reason=reason)


async def mark_interrupted(session: AsyncSession, connection_id: UUID) -> None:
    """Close the runs whose process is no more. Only for one who holds the connection's lock."""
    left_open = (SyncRun.connection_id == connection_id, SyncRun.state == SyncRunState.RUNNING)
    await session.execute(
        update(SyncRun).where(*left_open).values(state=SyncRunState.INTERRUPTED, finished_at=func.now())
    )


async def forget_bookmarks(session: AsyncSession, connection_id: UUID, stream: str | None) -> None:
    """Let the stream, or all of the connection's, be read from its start again."""
    states = update(StreamState).where(StreamState.connection_id == connection_id).values(bookmark=None)
    await session.execute(states if stream is None else states.where(StreamState.stream == stream))


async def running(session: AsyncSession, owner_id: UUID) -> list[UUID]:
    """The runs that go on now, of the connections that an organization owns; the oldest first."""
    runs = select(SyncRun.id).join(Connection, Connection.id == SyncRun.connection_id)
    of_owner = runs.where(SyncRun.state == SyncRunState.RUNNING, Connection.owner_id == owner_id)
    return list(await session.scalars(of_owner.order_by(SyncRun.started_at, SyncRun.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSummary:
    """How one stream of one connection stands."""

    connection: str
    connector: str
    state: StreamState
    last_run: SyncRun | None


async def summaries(session: AsyncSession) -> list[StreamSummary]:
    """Every stream that was ever read, with its newest run."""
    newest = (
        select(SyncRun)
        .distinct(SyncRun.connection_id, SyncRun.stream)
        .order_by(SyncRun.connection_id, SyncRun.stream, SyncRun.started_at.desc(), SyncRun.id.desc())
        .subquery()
    )
    rows = await session.execute(
        select(Connection.name, Connection.connector, StreamState, newest.c.id)
        .join(StreamState, StreamState.connection_id == Connection.id)
        .outerjoin(
            newest, (newest.c.connection_id == StreamState.connection_id) & (newest.c.stream == StreamState.stream)
        )
        .order_by(Connection.name, StreamState.stream)
    )
    found = rows.all()
    runs = {
        run.id: run for run in (await session.scalars(select(SyncRun).where(SyncRun.id.in_([row.id for row in found]))))
    }
    return [
        StreamSummary(connection=row.name, connector=row.connector, state=row.StreamState, last_run=runs.get(row.id))
        for row in found
    ]


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
