"""The one store: how it is reached, checked and handed out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, TextClause, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as SQLTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from hub.errors import ConfigurationError
from hub.settings import Settings
from hub.store import embedded, migration
from hub.store.answers import Answers
from hub.store.failures import first_line, translated
from hub.store.results import Results

Session = AsyncSession
"""What the other functions of the store are given: one transaction."""

OLDEST = 15
"""The oldest major version of PostgreSQL that the hub runs on."""


MEGABYTE = 1_000_000

POOL_SIZE = 10
MOST_CONNECTIONS = 20
"""Of one process; what goes beyond the pool's size is closed after use."""


LIVELY: dict[str, Any] = {
    "application_name": "hub",
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""A server that vanished without a word is noticed after 25 seconds, not after the system's hours."""


class Connections(NamedTuple):
    """The connections of one process to the database."""

    in_use: int
    idle: int
    most: int


@dataclass(frozen=True)
class Database:
    """A migrated database."""

    engine: AsyncEngine
    answers: Results
    """What compiled reads go through."""
    conninfo: str = field(repr=False)
    """How libpq reaches it, password included: for the queue's own connections."""

    @asynccontextmanager
    async def session(self, patience: float | None = None) -> AsyncIterator[AsyncSession]:
        """A session in a transaction that is committed when the context ends well. Raises StoreError on a full disk.

        With `patience`, each of its statements may take so many seconds; one that takes longer raises TimedOut.
        """
        with translated():
            async with async_sessionmaker(self.engine, expire_on_commit=False).begin() as session:
                if patience is not None:
                    await session.execute(bounded(patience))
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


def bounded(seconds: float) -> TextClause:
    """Lets each statement of the transaction take so long."""
    return text(f"set local statement_timeout = {round(seconds * 1000)}")


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
        raise ConfigurationError(f"The database cannot be migrated: {first_line(error)}.") from error


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
            async with _connected(_parsed(url), settings.result_cache * MEGABYTE) as database:
                yield database
    else:
        async with _connected(
            _parsed(settings.database_url.get_secret_value()), settings.result_cache * MEGABYTE
        ) as database:
            yield database


@asynccontextmanager
async def _connected(url: URL, result_cache: int) -> AsyncIterator[Database]:
    engine = create_async_engine(
        url,
        pool_size=POOL_SIZE,
        max_overflow=MOST_CONNECTIONS - POOL_SIZE,
        # Values may be personal: they stay out of messages, and so out of logs.
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={**LIVELY, "options": "-c timezone=UTC"},
    )
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    conninfo = make_conninfo(plain, **LIVELY)
    answers = Results(Answers(conninfo), result_cache)
    try:
        await _check(engine)
        yield Database(engine, answers, conninfo)
    finally:
        await answers.end()
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
        raise ConfigurationError(f"The database {place} cannot be used: {first_line(error)}.") from error
    if version < OLDEST * 10_000:
        raise ConfigurationError(f"The database server is PostgreSQL {version // 10_000}; {OLDEST} or newer is needed.")
