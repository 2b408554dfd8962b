"""Rows that a source told something happened to; they are to be read again."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import ChangeHint, Link, Synced
from hub.store.paths import SOURCES
from hub.store.records import leaves, table_of


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


async def note_linked(
    session: AsyncSession, connection_id: UUID, model: type[Synced], gone: Collection[str], streams: Sequence[str]
) -> None:
    """Tell of the rows of these streams that name rows of `model` which are gone."""
    column = next((name for name, source in SOURCES.items() if source is model), None)
    if column is None or not gone or not streams:
        return
    place = {"connection": connection_id, "gone": list(gone), "streams": list(streams)}
    for link in leaves(Link):
        if column in table_of(link).c:
            await session.execute(text(_NOTE_LINKED.format(table=table_of(link).name, column=column)), place)


_NOTE_LINKED = """
    insert into change_hint (connection_id, stream, external_id, told_at)
    select distinct raw.connection_id, raw.stream, raw.external_id, now()
    from {table} link join raw_record raw on raw.id = link.raw_id
    where link.connection_id = :connection and link.{column} = any(:gone) and raw.stream = any(:streams)
    on conflict (connection_id, stream, external_id) do update set told_at = excluded.told_at
"""


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
