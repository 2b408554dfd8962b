"""The one store: how it is reached, checked and handed out."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import orjson
import psycopg
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as SQLTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from hub.errors import ConfigurationError, StoreError
from hub.settings import Settings
from hub.store import embedded, migration

Session = AsyncSession
"""What the other functions of the store are given: one transaction."""

OLDEST = 15
"""The oldest major version of PostgreSQL that the hub runs on."""


POOL_SIZE = 10
MOST_CONNECTIONS = 20
"""Of one process; what goes beyond the pool's size is closed after use."""


class Connections(NamedTuple):
    """The connections of one process to the database."""

    in_use: int
    idle: int
    most: int


@dataclass(frozen=True)
class Database:
    """A migrated database."""

    engine: AsyncEngine

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that is committed when the context ends well. Raises StoreError on a full disk."""
        with translated():
            async with async_sessionmaker(self.engine, expire_on_commit=False).begin() as session:
                yield session

    def connections(self) -> Connections:
        """How many connections there are just now."""
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)  # noqa: S101 - _connected asks for one
        return Connections(pool.checkedout(), pool.checkedin(), MOST_CONNECTIONS)

    async def ready(self) -> bool:
        """Whether the database answers and is at the newest migration."""
        try:
            async with self.engine.connect() as connection:
                return await connection.run_sync(migration.is_current)
        except (DBAPIError, SQLTimeout):
            return False


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database that `settings` name, at the newest migration.

    Raises ConfigurationError where it cannot be used as configured, StoreError where it fails.
    """
    async with reached(settings) as database:
        await _migrated(database)
        yield database


async def upgraded(settings: Settings) -> tuple[str | None, str | None]:
    """Apply the migrations that are missing; the newest one that was applied before, and now."""
    async with reached(settings) as database:
        async with database.engine.connect() as connection:
            before = await connection.run_sync(migration.revision)
        return before, await _migrated(database)


async def _migrated(database: Database) -> str | None:
    """Apply the migrations that are missing; the newest one."""
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(migration.upgrade)
            return await connection.run_sync(migration.revision)
    except DBAPIError as error:
        raise ConfigurationError(f"The database cannot be migrated: {_first_line(error)}.") from error


async def findings(settings: Settings) -> list[str]:
    """How the database's schema differs from the one this code expects; empty where it does not."""
    async with reached(settings) as database, database.engine.connect() as connection:
        if not await connection.run_sync(migration.is_current):
            return ["migrations are missing; run `hub db upgrade`"]
        return [repr(difference) for difference in await connection.run_sync(migration.drift)]


@asynccontextmanager
async def reached(settings: Settings) -> AsyncIterator[Database]:
    """The database that `settings` name, as it is."""
    if settings.database_url is None:
        with embedded.running(settings.data_dir) as url:
            async with _connected(_parsed(url)) as database:
                yield database
    else:
        async with _connected(_parsed(settings.database_url.get_secret_value())) as database:
            yield database


@asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[Database]:
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=MOST_CONNECTIONS - POOL_SIZE,
        # Values may be personal: they stay out of messages, and so out of logs.
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"application_name": "hub", "connect_timeout": 10, "options": "-c timezone=UTC"},
    )
    try:
        await _check(engine)
        yield Database(engine)
    finally:
        await engine.dispose()


def _parsed(text_url: str) -> URL:
    try:
        url = make_url(text_url)
    except ArgumentError as error:
        raise ConfigurationError(_URL_HINT) from error
    if url.drivername not in ("postgres", "postgresql", "postgresql+psycopg"):
        raise ConfigurationError(_URL_HINT)
    return url.set(drivername="postgresql+psycopg")


_URL_HINT = "HUB_DATABASE_URL is not a PostgreSQL URL; it looks like postgresql://user:password@host:5432/database."


async def _check(engine: AsyncEngine) -> None:
    try:
        async with engine.connect() as connection:
            version = int((await connection.execute(text("show server_version_num"))).scalar_one())
    except DBAPIError as error:
        place = engine.url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise ConfigurationError(f"The database {place} cannot be used: {_first_line(error)}.") from error
    if version < OLDEST * 10_000:
        raise ConfigurationError(f"The database server is PostgreSQL {version // 10_000}; {OLDEST} or newer is needed.")


OPERATORS_TO_MEND = frozenset({"53100", "53200", "53300", "25006", "42501", "57P01", "57P03"})
"""SQL states: disk full, out of memory, too many connections, read-only, no privilege, shut down, starting up."""


@contextmanager
def translated() -> Iterator[None]:
    """Errors of the database as StoreError, where an operator can mend them or they pass."""
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        raise _translated(error) from error
    except SQLTimeout as error:
        raise StoreError("The database is too busy: no connection became free in time.") from error


def _translated(error: DBAPIError | psycopg.Error) -> Exception:
    """A StoreError for what an operator can mend; anything else as it is: a defect of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if getattr(cause, "sqlstate", None) in OPERATORS_TO_MEND or isinstance(cause, psycopg.OperationalError):
        return StoreError(f"The database refuses to go on: {_first_line(error)}.")
    return error


def _first_line(error: DBAPIError | psycopg.Error) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    lines = str(cause).strip().splitlines() or ["no reason given"]
    return lines[0].rstrip(".")
