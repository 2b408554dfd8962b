"""Jobs that wait for a worker, in the same database: a job is there once the transaction that needs it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import case, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError
from hub.model import Connection, ConnectionState

# As procrastinate's own function does it, but that a job which waits already is no error. That one is locked until the
# transaction ends: a worker that took it before would not see what it is needed for.
_ENQUEUE = text("""
    insert into procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
    values ('hub', :task, :lock, :queueing_lock, :args)
    on conflict (queueing_lock) where status = 'todo' do update set queueing_lock = excluded.queueing_lock
""")


async def enqueue(session: AsyncSession, task: str, lock: str, args: Mapping[str, Any]) -> None:
    """Let a worker do the task with these arguments; nothing is added where the very same waits already.

    Of the jobs with one lock, one runs at a time, in their order.
    """
    same = f"{task} {sorted(args.items())}"
    await session.execute(_ENQUEUE, {"task": task, "lock": lock, "queueing_lock": same, "args": Jsonb(dict(args))})


LONGEST_PAUSE = 366 * 24 * 60
"""Minutes between two syncs, at most."""


def check_schedule(every: int | None) -> None:
    """Raises InputError where it is no number of minutes that a schedule may have."""
    if every is not None and not 1 <= every <= LONGEST_PAUSE:
        raise InputError(f"A schedule is 1 to {LONGEST_PAUSE:,} minutes.")


async def set_schedule(session: AsyncSession, connection_id: UUID, every: int | None) -> None:
    """Sync the connection every so many minutes, from now on; None: only when somebody asks."""
    due = None if every is None else func.now()
    changed = update(Connection).where(Connection.id == connection_id)
    await session.execute(changed.values(sync_every=every, sync_due_at=due))


async def postpone(session: AsyncSession, connection_id: UUID, delay: timedelta) -> None:
    """Let the next sync begin after that time."""
    changed = update(Connection).where(Connection.id == connection_id)
    await session.execute(changed.values(sync_due_at=func.now() + delay))


async def take_due(session: AsyncSession) -> UUID | None:
    """A connection whose sync is due; it is told to one who asks, and is due again when its schedule says."""
    due = (
        select(Connection.id)
        .where(Connection.sync_due_at <= func.now(), Connection.state == ConnectionState.ACTIVE)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    every = func.make_interval(0, 0, 0, 0, 0, Connection.sync_every)
    again = case((Connection.sync_every.is_(None), None), else_=func.now() + every)
    taken = update(Connection).where(Connection.id == due).values(sync_due_at=again).returning(Connection.id)
    found: UUID | None = (await session.execute(taken)).scalar_one_or_none()
    return found
