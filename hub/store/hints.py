"""Rows that a source told something happened to; they are to be read again."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import ChangeHint


async def note(session: AsyncSession, connection_id: UUID, told: Sequence[tuple[str, str]]) -> None:
    """Keep streams and external ids; what was told before and not followed yet is told once."""
    if not told:
        return
    rows = [
        {
            "connection_id": connection_id,
            "stream": stream,
            "external_id": external_id,
            "told_at": func.clock_timestamp(),
        }
        for stream, external_id in sorted(set(told))
    ]
    new = insert(ChangeHint).values(rows)
    key = ["connection_id", "stream", "external_id"]
    await session.execute(new.on_conflict_do_update(index_elements=key, set_={"told_at": new.excluded.told_at}))


async def oldest(session: AsyncSession, connection_id: UUID, stream: str, most: int) -> list[tuple[str, datetime]]:
    """External ids and when they were told, the oldest first; at most so many."""
    found = select(ChangeHint.external_id, ChangeHint.told_at).where(
        ChangeHint.connection_id == connection_id, ChangeHint.stream == stream
    )
    rows = await session.execute(found.order_by(ChangeHint.told_at, ChangeHint.external_id).limit(most))
    return [(row.external_id, row.told_at) for row in rows]


async def streams(session: AsyncSession, connection_id: UUID) -> list[str]:
    """The streams of which there are hints."""
    found = select(ChangeHint.stream).where(ChangeHint.connection_id == connection_id).distinct()
    return list(await session.scalars(found))


async def drop(
    session: AsyncSession, connection_id: UUID, stream: str, followed: Sequence[tuple[str, datetime]]
) -> None:
    """Forget the hints that were followed; what was told again meanwhile stays."""
    same = tuple_(ChangeHint.external_id, ChangeHint.told_at).in_(followed)
    await session.execute(
        delete(ChangeHint).where(ChangeHint.connection_id == connection_id, ChangeHint.stream == stream, same)
    )
