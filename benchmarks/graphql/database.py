"""The database that all servers are asked about: the hub's migrations, a made-up world, what PostGraphile needs."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import tables
from psycopg import sql
from world import Account, World

from hub.settings import Settings
from hub.store import embedded
from hub.store.database import upgraded

NAME = "hub_benchmark"
"""The database that is made, and dropped at the end."""

CHUNK = 1_000
"""Accounts copied at a time."""

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A PostgreSQL server, and the database on it that is measured. `url` names a database of the server."""

    url: str

    @property
    def measured(self) -> str:
        """The measured database's URL."""
        return urlsplit(self.url)._replace(path=f"/{NAME}").geturl()

    @property
    def environment(self) -> dict[str, str]:
        """The measured database as libpq and node-postgres read it from the environment."""
        with psycopg.connect(self.measured) as connection:
            info = connection.info
            told = {"PGHOST": info.host, "PGPORT": str(info.port), "PGUSER": info.user, "PGDATABASE": NAME}
            return told | ({"PGPASSWORD": info.password} if info.password else {})


@contextmanager
def server(given: str | None, folder: Path) -> Iterator[Place]:
    """The PostgreSQL server of a URL; else an embedded one in the folder, spoken to by its Unix socket."""
    if given:
        yield Place(given)
        return
    with embedded.running(folder) as url:
        yield Place(url)


@contextmanager
def loaded(place: Place, world: World, folder: Path, told: Told) -> Iterator[None]:
    """The measured database, made and filled anew; dropped at the end."""
    _drop(place)
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(NAME)))
    try:
        asyncio.run(upgraded(Settings.from_env({"HUB_DATA_DIR": str(folder), "HUB_DATABASE_URL": place.measured})))
        _fill(place, world, told)
        yield
    finally:
        _drop(place)


def _drop(place: Place) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(NAME)))


def _fill(place: Place, world: World, told: Told) -> None:
    with psycopg.connect(place.measured) as connection:
        for name, columns, rows in tables.foundations(world.connections()):
            _insert(connection, name, columns, rows)
        with _bare(connection):
            companies = world.companies()
            while chunk := list(islice(companies, CHUNK)):
                for table in tables.TABLES:
                    _copy(connection, table, chunk)
                told(len(chunk))
        connection.execute((Path(__file__).parent / "postgraphile" / "setup.sql").read_text())
    with psycopg.connect(place.measured, autocommit=True) as connection:
        # Also sets the visibility map, as autovacuum would have done a minute later.
        connection.execute("vacuum (analyze)")
        connection.execute("checkpoint")


CONSTRAINTS = """
select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),
       format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
from pg_constraint where conrelid = any (%(tables)s::regclass[]) and contype in ('f', 'u') order by contype desc"""

INDEXES = """
select format('drop index %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
from pg_index where indrelid = any (%(tables)s::regclass[])
and not exists (select from pg_constraint where conindid = indexrelid)"""


@contextmanager
def _bare(connection: psycopg.Connection) -> Iterator[None]:
    """The tables without triggers, foreign keys and indexes, which are made anew at the end: many times as fast."""
    names = [table.name for table in tables.TABLES]
    rebuilt: list[str] = []
    for found in (CONSTRAINTS, INDEXES):
        for drop, create in connection.execute(found, {"tables": names}).fetchall():
            connection.execute(drop)
            rebuilt.append(create)
    for name in names:
        connection.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(name)))
    yield
    connection.execute("set local maintenance_work_mem = '256MB'")
    for statement in rebuilt:
        connection.execute(statement)
    for name in names:
        connection.execute(sql.SQL("alter table {} enable trigger user").format(sql.Identifier(name)))


def _insert(connection: psycopg.Connection, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )
    connection.cursor().executemany(statement, rows)


def _copy(connection: psycopg.Connection, table: tables.Table, chunk: Sequence[Account]) -> None:
    lines = ["\t".join(map(_text, row)) for account in chunk for row in table.rows(account)]
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    with connection.cursor().copy(
        sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table.name), columns)
    ) as copy:
        copy.write("\n".join(lines) + "\n" if lines else "")


def _text(value: Any) -> str:
    """As COPY reads it; no made-up text has a tab, a line's end or a backslash."""
    if value is None:
        return r"\N"
    return value.isoformat() if isinstance(value, datetime) else str(value)
