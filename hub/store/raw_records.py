"""Payloads as they came, with their history."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.store.staging import stage

KEPT = timedelta(days=90)
"""How long superseded payloads are remembered."""
PRUNED_AT_ONCE = 10_000

_STAGED = {"external_id": "text", "payload": "json", "digest": "bytea", "modified_at": "timestamptz"}

# What was buried meanwhile may come back with the date it had.
_NEWER = """
    raw.digest <> staged.digest
    and (raw.digest = '' or raw.modified_at is null or staged.modified_at is null
         or staged.modified_at >= raw.modified_at)
"""

# The limit keeps it a look-up for each: the planner knows too little of a temporary table, and would read all payloads.
_KEEP_EARLIER = text(f"""
    insert into raw_record_version (raw_id, version, payload, observed_at, superseded_at)
    select raw.id, raw.version, raw.payload, raw.observed_at, now()
    from staged_payload staged
    cross join lateral (
        select * from raw_record stored
        where stored.connection_id = :connection and stored.stream = :stream
          and stored.external_id = staged.external_id
        limit 1
    ) raw
    where {_NEWER} and raw.payload::text <> staged.payload::text
""")  # noqa: S608 - no value in it

_KEEP = text(f"""
    insert into raw_record as raw
        (connection_id, stream, external_id, payload, digest, modified_at, version, observed_at)
    select :connection, :stream, external_id, payload, digest, modified_at, 1, now() from staged_payload
    on conflict (connection_id, stream, external_id) do update
    set payload = excluded.payload, digest = excluded.digest, observed_at = excluded.observed_at,
        modified_at = excluded.modified_at,
        version = raw.version + (raw.payload::text <> excluded.payload::text)::int
    where {_NEWER.replace("staged", "excluded")}
    returning raw.external_id, raw.id, raw.xmax = 0 as is_new
""")  # noqa: S608 - no value in it


# Of rows whose dates a full sync forgot, and that came as they were.
_DATE = text("""
    update raw_record raw set modified_at = staged.modified_at
    from staged_payload staged
    where raw.connection_id = :connection and raw.stream = :stream and raw.external_id = staged.external_id
      and raw.modified_at is null and staged.modified_at is not null and raw.digest = staged.digest
""")


@dataclass(frozen=True, slots=True)
class Sent:
    """A payload as it came, and when its source changed the object, where it says so."""

    payload: bytes
    modified_at: datetime | None = None

    def is_older_than(self, other: "Sent") -> bool:
        """Whether both are dated, and this one earlier."""
        return self.modified_at is not None and other.modified_at is not None and self.modified_at < other.modified_at


class Kept(NamedTuple):
    """A payload that was stored because it is new, or differs from the one before."""

    id: UUID
    is_new: bool


async def keep(
    session: AsyncSession, connection_id: UUID, stream: str, payloads: Mapping[str, Sent]
) -> dict[str, Kept]:
    """Store what is new or differs, and is no older than what is stored; just those, by external id."""
    rows = [(key, sent.payload.decode(), _digest(sent.payload), sent.modified_at) for key, sent in payloads.items()]
    await stage(session, "staged_payload", _STAGED, rows)
    place = {"connection": connection_id, "stream": stream}
    await session.execute(_KEEP_EARLIER, place)
    await session.execute(_DATE, place)
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


_FORGET_DATES = text("""
    update raw_record set modified_at = null
    where connection_id = :connection and stream = :stream and modified_at is not null
""")


async def forget_dates(session: AsyncSession, connection_id: UUID, stream: str) -> None:
    """Take whatever is sent next, though it be older: the source may have been set back."""
    await session.execute(_FORGET_DATES, {"connection": connection_id, "stream": stream})


_LAST_TOLD = text("""
    select distinct on (external_id) external_id, told
    from (
        select raw.external_id, version.version,
            -- JSON with an escaped NUL or half a character is kept, but PostgreSQL looks into none of it.
            case when version.payload::text !~ '\\\\u(0000|[dD][89a-fA-F])'
                then version.payload #> cast(:path as text[]) end as told
        from raw_record raw join raw_record_version version on version.raw_id = raw.id
        where raw.connection_id = :connection and raw.stream = :stream and raw.external_id = any(:external_ids)
    ) earlier
    where told is not null
    order by external_id, version desc
""")


async def last_told(
    session: AsyncSession,
    connection_id: UUID,
    stream: str,
    external_ids: list[str],
    member: str | None,
    fields: Iterable[str],
) -> dict[str, dict[str, Any]]:
    """What earlier payloads last said of these fields, which stand in that member of them, by external id."""
    found: dict[str, dict[str, Any]] = {}
    for name in fields:
        path = [name] if member is None else [member, name]
        place = {"connection": connection_id, "stream": stream, "external_ids": external_ids, "path": path}
        for row in await session.execute(_LAST_TOLD, place):
            found.setdefault(row.external_id, {})[name] = row.told
    return found


class Stored(NamedTuple):
    """A payload as it is stored."""

    id: UUID
    external_id: str
    payload: str


_STORED = text("""
    select id, external_id, payload::text as payload from raw_record
    where connection_id = :connection and stream = :stream and digest <> ''
      and (cast(:after as uuid) is null or id > :after)
    order by id limit :most
""")


async def stored(
    session: AsyncSession, connection_id: UUID, stream: str, after: UUID | None, most: int
) -> list[Stored]:
    """The newest payloads of the objects that are there, behind the raw id `after`; at most so many."""
    place = {"connection": connection_id, "stream": stream, "after": after, "most": most}
    return [Stored(*row) for row in await session.execute(_STORED, place)]


_PRUNE = text("""
    delete from raw_record_version old
    using (
        select raw_id, version from raw_record_version aged
        where superseded_at < now() - cast(:kept as interval)
          and exists (select from raw_record_version newer where newer.raw_id = aged.raw_id
                      and newer.version > aged.version)
        limit :most
    ) gone
    where old.raw_id = gone.raw_id and old.version = gone.version
""")


async def prune(session: AsyncSession) -> None:
    """Forget payloads that were superseded long ago, but for the newest of them of each object."""
    await session.execute(_PRUNE, {"kept": KEPT, "most": PRUNED_AT_ONCE})


async def are_more_than(session: AsyncSession, connection_id: UUID, stream: str, many: int) -> bool:
    """Whether more payloads of a stream are kept than so many."""
    one_more = "select 1 from raw_record where connection_id = :connection and stream = :stream offset :many limit 1"
    place = {"connection": connection_id, "stream": stream, "many": many}
    return (await session.execute(text(one_more), place)).first() is not None


async def count_by_stream(session: AsyncSession) -> dict[tuple[UUID, str], int]:
    """How many payloads are stored, by connection and stream."""
    rows = await session.execute(text("select connection_id, stream, count(*) as stored from raw_record group by 1, 2"))
    return {(row.connection_id, row.stream): row.stored for row in rows}
