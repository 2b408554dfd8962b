"""Which keys a reading of all rows, or of all their ids, met; what it did not meet may be gone."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Link, Synced
from hub.store.records import table_of

_START_OVER = text("delete from seen_key where connection_id = :connection and stream = :stream")

_SEE = text("""
    insert into seen_key (connection_id, stream, external_id)
    select :connection, :stream, unnest(cast(:external_ids as text[])) on conflict do nothing
""")


async def start_over(session: AsyncSession, connection_id: UUID, stream: str) -> None:
    """Forget which keys were met."""
    await session.execute(_START_OVER, {"connection": connection_id, "stream": stream})


async def see(session: AsyncSession, connection_id: UUID, stream: str, external_ids: Iterable[str]) -> None:
    """Note that these keys were met."""
    place = {"connection": connection_id, "stream": stream, "external_ids": list(external_ids)}
    await session.execute(_SEE, place)


class Gone(NamedTuple):
    """How much of a stream was not met."""

    gone: int
    known: int


_NOT_MET = """
    not exists (
        select from seen_key seen
        where seen.connection_id = raw.connection_id and seen.stream = raw.stream
          and seen.external_id = raw.external_id
    )
"""

_PAYLOADS = "from raw_record raw where raw.connection_id = :connection and raw.stream = :stream and digest <> ''"

_COUNT_PAYLOADS = text(f"select count(*) filter (where {_NOT_MET}) as gone, count(*) as known {_PAYLOADS}")

_UNSEEN = text(f"select raw.id, raw.external_id {_PAYLOADS} and {_NOT_MET} limit :most")


async def count_unseen(session: AsyncSession, connection_id: UUID, stream: str) -> Gone:
    """How many of the payloads stored earlier this reading did not meet."""
    counted = await session.execute(_COUNT_PAYLOADS, {"connection": connection_id, "stream": stream})
    return Gone(*counted.one())


async def unseen(session: AsyncSession, connection_id: UUID, stream: str, most: int) -> dict[str, UUID]:
    """The raw ids of payloads stored earlier that this reading did not meet, by external id; at most so many."""
    place = {"connection": connection_id, "stream": stream, "most": most}
    return {row.external_id: row.id for row in await session.execute(_UNSEEN, place)}


def _live(model: type[Synced]) -> str:
    """A condition: the payload's row lives."""
    alive = "" if issubclass(model, Link) else " and said.removal is null"
    return f"exists (select from {table_of(model).name} said where said.raw_id = raw.id{alive})"


_OF_STREAM = "from raw_record raw where raw.connection_id = :connection and raw.stream = :stream"


async def count_vanished(session: AsyncSession, connection_id: UUID, stream: str, model: type[Synced]) -> Gone:
    """How many of the stream's live rows have an id that was not met."""
    counting = f"select count(*) filter (where {_NOT_MET}) as gone, count(*) as known {_OF_STREAM} and {_live(model)}"
    counted = await session.execute(text(counting), {"connection": connection_id, "stream": stream})
    return Gone(*counted.one())


async def vanished(
    session: AsyncSession, connection_id: UUID, stream: str, model: type[Synced], after: str, most: int
) -> list[str]:
    """The ids of live rows that were not met, in order, behind `after`; at most so many."""
    asked = (
        f"select raw.external_id {_OF_STREAM} and raw.external_id > :after and {_NOT_MET} and {_live(model)} "
        "order by raw.external_id limit :most"
    )
    place = {"connection": connection_id, "stream": stream, "after": after, "most": most}
    return list((await session.execute(text(asked), place)).scalars())


async def unmet(
    session: AsyncSession, connection_id: UUID, stream: str, model: type[Synced], after: str, most: int
) -> list[str]:
    """The ids that were met, of which there is no live row, in order, behind `after`; at most so many."""
    alive = "" if issubclass(model, Link) else f" and {_live(model)}"
    asked = f"""
        select seen.external_id from seen_key seen
        where seen.connection_id = :connection and seen.stream = :stream and seen.external_id > :after
          and not exists (
            select from raw_record raw
            where raw.connection_id = seen.connection_id and raw.stream = seen.stream
              and raw.external_id = seen.external_id and raw.digest <> ''{alive}
          )
        order by seen.external_id limit :most
    """  # noqa: S608 - names of our own tables
    place = {"connection": connection_id, "stream": stream, "after": after, "most": most}
    return list((await session.execute(text(asked), place)).scalars())
