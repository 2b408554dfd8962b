"""Payloads as they came, with their history."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.store.staging import stage

_STAGED = {"external_id": "text", "payload": "json", "digest": "bytea"}

_KEEP_EARLIER = text("""
    insert into raw_record_version (raw_id, version, payload, observed_at, superseded_at)
    select raw.id, raw.version, raw.payload, raw.observed_at, now()
    from raw_record raw join staged_payload staged using (external_id)
    where raw.connection_id = :connection and raw.stream = :stream and raw.digest <> staged.digest
      and raw.payload::text <> staged.payload::text
""")

_KEEP = text("""
    insert into raw_record as raw (connection_id, stream, external_id, payload, digest, version, observed_at)
    select :connection, :stream, external_id, payload, digest, 1, now() from staged_payload
    on conflict (connection_id, stream, external_id) do update
    set payload = excluded.payload, digest = excluded.digest, observed_at = excluded.observed_at,
        version = raw.version + (raw.payload::text <> excluded.payload::text)::int
    where raw.digest <> excluded.digest
    returning raw.external_id, raw.id, raw.xmax = 0 as is_new
""")


class Kept(NamedTuple):
    """A payload that was stored because it is new, or differs from the one before."""

    id: UUID
    is_new: bool


async def keep(
    session: AsyncSession, connection_id: UUID, stream: str, payloads: Mapping[str, bytes]
) -> dict[str, Kept]:
    """Store what is new or differs; just those, by external id."""
    rows = [(key, payload.decode(), _digest(payload)) for key, payload in payloads.items()]
    await stage(session, "staged_payload", _STAGED, rows)
    place = {"connection": connection_id, "stream": stream}
    await session.execute(_KEEP_EARLIER, place)
    return {row.external_id: Kept(row.id, row.is_new) for row in await session.execute(_KEEP, place)}


def _digest(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=16).digest()


_FORGET_DIGESTS = text("""
    update raw_record set digest = ''
    where connection_id = :connection and stream = :stream and external_id = any(:external_ids)
""")


async def expect_again(session: AsyncSession, connection_id: UUID, stream: str, external_ids: list[str]) -> None:
    """Take the next payload of these objects for a change, though it be the same: they were gone in between."""
    place = {"connection": connection_id, "stream": stream, "external_ids": external_ids}
    await session.execute(_FORGET_DIGESTS, place)


_FORGET_UNMAPPED = text("""
    update raw_record raw set digest = '' from issue
    where raw.connection_id = :connection and issue.connection_id = raw.connection_id and issue.stream = raw.stream
      and issue.subject = raw.external_id and issue.kind = 'UNMAPPED_PAYLOAD' and issue.resolved_at is null
""")


async def expect_unmapped_again(session: AsyncSession, connection_id: UUID) -> None:
    """Try again to understand what was not understood, when it is next sent: our code may have learned."""
    await session.execute(_FORGET_UNMAPPED, {"connection": connection_id})


_START_OVER = text("delete from seen_key where connection_id = :connection and stream = :stream")

_SEE = text("""
    insert into seen_key (connection_id, stream, external_id)
    select :connection, :stream, unnest(cast(:external_ids as text[])) on conflict do nothing
""")

_UNSEEN = text("""
    select raw.id, raw.external_id from raw_record raw
    where connection_id = :connection and stream = :stream and digest <> ''
      and not exists (
        select from seen_key seen
        where seen.connection_id = raw.connection_id and seen.stream = raw.stream
          and seen.external_id = raw.external_id
      )
""")


async def start_over(session: AsyncSession, connection_id: UUID, stream: str) -> None:
    """Forget which keys the last run met."""
    await session.execute(_START_OVER, {"connection": connection_id, "stream": stream})


async def see(session: AsyncSession, connection_id: UUID, stream: str, external_ids: Iterable[str]) -> None:
    """Note that this run met these keys."""
    place = {"connection": connection_id, "stream": stream, "external_ids": list(external_ids)}
    await session.execute(_SEE, place)


async def unseen(session: AsyncSession, connection_id: UUID, stream: str) -> dict[str, UUID]:
    """The raw ids of the payloads stored earlier that this run did not meet, by external id."""
    place = {"connection": connection_id, "stream": stream}
    return {row.external_id: row.id for row in await session.execute(_UNSEEN, place)}


async def count_by_stream(session: AsyncSession) -> dict[tuple[UUID, str], int]:
    """How many payloads are stored, by connection and stream."""
    rows = await session.execute(text("select connection_id, stream, count(*) as stored from raw_record group by 1, 2"))
    return {(row.connection_id, row.stream): row.stored for row in rows}
