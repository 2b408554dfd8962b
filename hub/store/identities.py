"""Accounts and persons: what mapping reads of their records, and how its answer is stored.

Only what differs is written, so that mapping twice changes nothing.
"""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyarrow as pa
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.store.staging import read_table, stage_table


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """A kind of thing that several records may speak of, in terms of its tables."""

    table: str
    records: str
    """The table of its records; their column `{table}_id` says which one they belong to."""
    redirects: str
    columns: Mapping[str, str]
    """What mapping decides of its profiles, with SQL types."""
    read: str
    """Selects of each live record its id, its identity today, and what mapping compares."""


ACCOUNT = Identity(
    table="account",
    records="account_record",
    redirects="account_redirect",
    columns={"name": "text", "domain": "text"},
    read="""
        select record.id, record.account_id as identity, record.external_id, connection.owner_id, record.name,
               left(record.website, 2000) as website, left(record.domain, 2000) as domain,
               left(record.country, 100) as country, left(record.duns, 100) as duns, mail.domains as email_domains
        from account_record record
        join connection on connection.id = record.connection_id
        left join (
            select link.connection_id, link.account_external_id,
                   array_to_string((array_agg(distinct left(split_part(contact.email, '@', 2), 255)))[1:100], ' ')
                   as domains
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
    read="""
        select record.id, record.person_id as identity, record.external_id, connection.owner_id, record.first_name,
               record.last_name, record.email, record.phone, coalesce(company.accounts, '{}') as accounts,
               coalesce(company.countries, '{}') as countries
        from contact_record record
        join connection on connection.id = record.connection_id
        left join (
            select link.connection_id, link.contact_external_id,
                   array_agg(distinct account.account_id) filter (where account.account_id is not null) as accounts,
                   array_agg(distinct account.country) filter (where account.country is not null) as countries
            from contact_account link
            join account_record account on account.connection_id = link.connection_id
                                       and account.external_id = link.account_external_id
            where account.removal is null
            group by link.connection_id, link.contact_external_id
        ) company on company.connection_id = record.connection_id and company.contact_external_id = record.external_id
        where record.removal is null
    """,
)


AT_ONCE = 5_000


async def live_records(session: AsyncSession, kind: Identity) -> AsyncGenerator[Row[Any], None]:
    """The live records of a kind, a few thousand at a time; a transaction reads one kind."""
    # A cursor of the transaction's own: it ends with it, wherever the reader is cut off.
    await session.execute(text(f"declare live_records no scroll cursor for {kind.read}"))
    while rows := (await session.execute(text(f"fetch {AT_ONCE} from live_records"))).all():
        for row in rows:
            yield row
    await session.execute(text("close live_records"))


async def live_table(session: AsyncSession, kind: Identity, columns: pa.Schema) -> pa.Table:
    """The live records of a kind, as texts in such columns."""
    return await read_table(session, kind.read, columns)


async def mint(session: AsyncSession, count: int) -> list[UUID]:
    """That many new ids."""
    return list((await session.execute(text("select hub_uuid7() from generate_series(1, :n)"), {"n": count})).scalars())


_MOVED = {"record_id": "uuid", "owner_id": "uuid", "was": "uuid", "identity": "uuid"}


async def write(
    session: AsyncSession,
    kind: Identity,
    profiles: pa.Table,
    moves: pa.Table,
) -> None:
    """Store profiles (owner_id, id, …), and records that change their identity (record_id, owner_id, was, identity).

    An identity that an owner's records left, and of which no profile is told to that owner any more, is retired for it,
    and only for it.
    """
    await stage_table(session, "staged_profile", {"owner_id": "uuid", "id": "uuid", **kind.columns}, profiles)
    await stage_table(session, "staged_move", _MOVED, moves)
    await session.execute(text("analyze staged_profile, staged_move"))
    await session.execute(text("drop table if exists pg_temp.staged_heir"))
    for statement in (*_WRITE, *_REDIRECT):
        await session.execute(text(statement.format(**_terms(kind))))


def _terms(kind: Identity) -> Mapping[str, str]:
    names = list(kind.columns)
    return {
        "thing": kind.table,
        "records": kind.records,
        "redirects": kind.redirects,
        "columns": ", ".join(names),
        "changes": ", ".join(f"{name} = excluded.{name}" for name in names),
        "old": ", ".join(f"present.{name}" for name in names),
        "new": ", ".join(f"excluded.{name}" for name in names),
    }


_WRITE = (
    "insert into {thing} (id) select distinct id from staged_profile on conflict do nothing",
    """
    insert into {thing}_profile as present (owner_id, id, {columns})
    select owner_id, id, {columns} from staged_profile
    on conflict (owner_id, id) do update set {changes} where ({old}) is distinct from ({new})
    """,
    """
    update {records} record set {thing}_id = move.identity
    from staged_move move where record.id = move.record_id
    """,
)

_REDIRECT = (
    # What an owner has no live record of any more, and its heir: where most of them went, the oldest of equals.
    """
    create temporary table staged_heir on commit drop as
    select distinct on (owner_id, was) owner_id, was as retired_id, identity as heir
    from (select owner_id, was, identity, count(*) as moved from staged_move group by 1, 2, 3) went
    where was is not null and not exists (
        select from staged_profile profile where (profile.owner_id, profile.id) = (went.owner_id, went.was)
    )
    order by owner_id, was, moved desc, identity
    """,
    "analyze staged_heir",
    # Removed records are not mapped, but may come back: then to the heir, not to an id that leads elsewhere.
    """
    update {records} record set {thing}_id = staged.heir
    from staged_heir staged join connection on connection.owner_id = staged.owner_id
    where record.{thing}_id = staged.retired_id and record.connection_id = connection.id
    """,
    # Redirects to what is retired now lead on; none is left of what its owner has records of again.
    """
    update {redirects} redirect set {thing}_id = staged.heir from staged_heir staged
    where (redirect.owner_id, redirect.{thing}_id) = (staged.owner_id, staged.retired_id)
    """,
    """
    delete from {redirects} redirect using staged_profile profile
    where (redirect.owner_id, redirect.retired_id) = (profile.owner_id, profile.id)
    """,
    """
    insert into {redirects} (owner_id, retired_id, {thing}_id, retired_at)
    select owner_id, retired_id, heir, now() from staged_heir
    on conflict (owner_id, retired_id) do update
    set {thing}_id = excluded.{thing}_id, retired_at = excluded.retired_at
    """,
)


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
