"""The made-up records in a migrated PostgreSQL, as forty connections would store them, and what became of them."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from uuid import UUID

import psycopg
from psycopg import sql

from benchmarks.mapping.speed.noise import habits, typed_name
from benchmarks.mapping.speed.world import ORGANIZATIONS, Typed
from hub.sandbox.countries import COUNTRIES
from hub.settings import Settings
from hub.store.database import upgraded

OBSERVED = "2026-01-01T00:00:00Z"
COLUMNS = (
    "id", "external_id", "connection_id", "raw_id", "observed_at", "name", "website", "country", "duns"
)  # fmt: skip


def migrate(url: str) -> None:
    asyncio.run(upgraded(Settings.from_env({"HUB_DATABASE_URL": url})))


def fill(url: str, records: Iterable[Typed]) -> None:
    """Store `records`; the place of each is its external id, and its id."""
    with psycopg.connect(url) as connection:
        _insert_connections(connection)
        # What triggers keep is of records that were mapped before.
        connection.execute("alter table account_record disable trigger user")
        columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
        statement = sql.SQL("copy account_record ({}) from stdin").format(columns)
        with connection.cursor().copy(statement) as copy:
            for row in _rows(records):
                copy.write_row(row)
        connection.execute("alter table account_record enable trigger user")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")


def accounts(url: str) -> list[UUID]:
    """The account of each record, by the record's place."""
    with psycopg.connect(url) as connection:
        rows = connection.execute("select account_id from account_record order by external_id::integer")
        return [account for (account,) in rows]


def change(url: str, records: Sequence[Typed], count: int, seed: str) -> None:
    """Let people type the names of so many records anew."""
    rng = Random(seed)  # noqa: S311 - the same each time
    kept = habits(rng)
    country = COUNTRIES["Germany"]
    changed = [
        (typed_name(records[place].name, country, kept, rng), _id(place))
        for place in rng.sample(range(len(records)), count)
    ]
    with psycopg.connect(url) as connection:
        connection.cursor().executemany("update account_record set name = %s where id = %s", changed)


def _insert_connections(connection: psycopg.Connection) -> None:
    for number in range(ORGANIZATIONS):
        key = {"id": UUID(int=number + 1), "name": f"organization {number}", "is_home": number == 0}
        connection.execute("insert into organization (id, name, is_home) values (%(id)s, %(name)s, %(is_home)s)", key)
        connection.execute(
            "insert into connection (id, name, connector, owner_id, subject_id, config, credentials, state) "
            "values (%(id)s, %(name)s, 'file', %(id)s, %(id)s, '{}', '', 'ACTIVE')",
            key,
        )
        connection.execute(
            "insert into raw_record (id, connection_id, stream, external_id, payload, digest, version, observed_at) "
            "values (%(id)s, %(id)s, 'accounts', 'all', '{}', '', 1, %(observed)s)",
            key | {"observed": OBSERVED},
        )


def _rows(records: Iterable[Typed]) -> Iterator[tuple[object, ...]]:
    """One raw record stands for all of a connection: mapping reads none."""
    for place, each in enumerate(records):
        owner = UUID(int=each.organization + 1)
        yield _id(place), str(place), owner, owner, OBSERVED, each.name, each.website, each.country, each.duns


def _id(place: int) -> UUID:
    """In time order, as the database mints them: version 7."""
    return UUID(int=(0x0197_0000_0000 + place // 1000 << 80) | (7 << 76) | (2 << 62) | place + 1)
