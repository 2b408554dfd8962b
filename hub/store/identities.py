"""Accounts and persons: what mapping reads of their records, and how its answer is stored.

Only what differs is written, so that mapping twice changes nothing.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.store.staging import stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A kind of thing that several records may speak of, in terms of its tables."""

    table: str
    records: str
    """The table of its records; their column `{table}_id` says which one they belong to."""
    redirects: str
    columns: Mapping[str, str]
    """What mapping decides of its profiles, with SQL types."""
    remembered: str
    """Selects those columns from a removed `record`, for a profile that no live record tells of."""
    read: str
    """Selects of each live record its id, its identity today, and what mapping compares."""


ACCOUNT = Identity(
    table="account",
    records="account_record",
    redirects="account_redirect",
    columns={"name": "text", "domain": "text"},
    remembered="coalesce(nullif(record.name, ''), record.domain, record.external_id), record.domain",
    read="""
        select record.id, coalesce(redirect.account_id, record.account_id) as identity, record.external_id,
               connection.owner_id, record.name, record.website, record.domain, record.country, record.duns,
               coalesce(mail.domains, '{}') as email_domains
        from account_record record
        join connection on connection.id = record.connection_id
        left join account_redirect redirect on redirect.retired_id = record.account_id
        left join (
            select link.connection_id, link.account_external_id,
                   array_agg(distinct split_part(contact.email, '@', 2)) as domains
            from contact_account link
            join contact_record contact on contact.connection_id = link.connection_id
                                       and contact.external_id = link.contact_external_id
            where contact.removal is null and contact.email like '%@%'
            group by link.connection_id, link.account_external_id
        ) mail on mail.connection_id = record.connection_id and mail.account_external_id = record.external_id
        where record.removal is null
    """,
)

PERSON = Identity(
    table="person",
    records="contact_record",
    redirects="person_redirect",
    columns={"name": "text", "email": "text"},
    remembered="coalesce(nullif(concat_ws(' ', record.first_name, record.last_name), ''), record.email, "
    "record.external_id), record.email",
    read="""
        select record.id, coalesce(redirect.person_id, record.person_id) as identity, record.external_id,
               connection.owner_id, record.first_name, record.last_name, record.email
        from contact_record record
        join connection on connection.id = record.connection_id
        left join person_redirect redirect on redirect.retired_id = record.person_id
        where record.removal is null
    """,
)


async def live_records(session: AsyncSession, kind: Identity) -> AsyncIterator[Row[Any]]:
    """The live records of a kind, a few at a time."""
    async for row in await session.stream(text(kind.read)):
        yield row


async def mint(session: AsyncSession, count: int) -> list[UUID]:
    """That many new ids."""
    return list((await session.execute(text("select hub_uuid7() from generate_series(1, :n)"), {"n": count})).scalars())


async def write(
    session: AsyncSession, kind: Identity, profiles: Iterable[tuple[Any, ...]], moves: Iterable[tuple[UUID, UUID]]
) -> None:
    """Store profiles, as (owner, identity, *columns), and the records that change theirs, as (record, identity)."""
    await stage(session, "staged_profile", {"owner_id": "uuid", "id": "uuid", **kind.columns}, profiles)
    await stage(session, "staged_move", {"record_id": "uuid", "identity": "uuid"}, moves)
    names = list(kind.columns)
    listed = ", ".join(names)
    changes = ", ".join(f"{name} = excluded.{name}" for name in names)
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("present", "excluded"))
    add = f"insert into {kind.table} (id) select distinct id from staged_profile on conflict do nothing"  # noqa: S608 - names of our own tables and columns
    await session.execute(text(add))
    upsert = f"""
        insert into {kind.table}_profile as present (owner_id, id, {listed})
        select owner_id, id, {listed} from staged_profile
        on conflict (owner_id, id) do update set {changes} where ({old}) is distinct from ({new})
    """  # noqa: S608 - the same
    await session.execute(text(upsert))
    move = f"""
        update {kind.records} record set {kind.table}_id = move.identity
        from staged_move move where record.id = move.record_id
    """  # noqa: S608 - the same
    await session.execute(text(move))


async def redirect(session: AsyncSession, kind: Identity, retired: Mapping[UUID, UUID]) -> None:
    """Let retired ids, as retired → its heir, and all that were redirected to them, lead to their heirs."""
    await stage(session, "staged_heir", {"retired_id": "uuid", "heir": "uuid"}, retired.items())
    follow = f"""
        update {kind.redirects} redirect set {kind.table}_id = staged.heir
        from staged_heir staged where redirect.{kind.table}_id = staged.retired_id
    """  # noqa: S608 - names of our own tables and columns
    await session.execute(text(follow))
    add = f"""
        insert into {kind.redirects} (retired_id, {kind.table}_id, retired_at)
        select retired_id, heir, now() from staged_heir
        on conflict (retired_id) do update set {kind.table}_id = excluded.{kind.table}_id
    """  # noqa: S608 - the same
    await session.execute(text(add))
    # Removed records are not mapped, but may come back: then to the heir, not to an id that leads elsewhere.
    move = f"""
        update {kind.records} record set {kind.table}_id = staged.heir
        from staged_heir staged where record.{kind.table}_id = staged.retired_id
    """  # noqa: S608 - the same
    await session.execute(text(move))
    remember = f"""
        insert into {kind.table}_profile (owner_id, id, {", ".join(kind.columns)}, is_removed)
        select distinct on (connection.owner_id, record.{kind.table}_id)
               connection.owner_id, record.{kind.table}_id, {kind.remembered}, true
        from staged_heir staged
        join {kind.records} record on record.{kind.table}_id = staged.heir and record.removal is not null
        join connection on connection.id = record.connection_id
        order by connection.owner_id, record.{kind.table}_id, record.removed_at desc, record.id
        on conflict do nothing
    """  # noqa: S608 - the same
    await session.execute(text(remember))


async def placements(session: AsyncSession) -> dict[tuple[str, str], UUID]:
    """The account of each live account record, by its connection's name in lower case and its external id."""
    rows = await session.execute(
        text("""
        select lower(connection.name) as connection, record.external_id, record.account_id
        from account_record record join connection on connection.id = record.connection_id
        where record.removal is null and record.account_id is not null
    """)
    )
    return {(row.connection, row.external_id): row.account_id for row in rows}
