import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import event, make_url

from hub.settings import Settings
from hub.store import embedded
from hub.store.database import Database, opened

os.environ["COLUMNS"] = "200"  # rich asks once, when the first command is imported, whichever test that is

MEMORY = Path("/dev/shm")  # noqa: S108 - made by the system, and what is put there has names of our own
ROOM = 4_000_000_000
"""Bytes that the databases of a run may take."""


def _place() -> str:
    """Where databases go: into memory where there is room; a disk takes ten times as long to copy the template."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return str(MEMORY) if roomy else tempfile.gettempdir()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL for tests: HUB_TEST_DATABASE_URL, or an embedded one that all workers share.

    Not in pytest's own temporary directory: each pytest that root starts closes that to PostgreSQL's user.
    """
    external = os.environ.get("HUB_TEST_DATABASE_URL")
    if external:
        yield external
        return
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)
    data_dir = Path(_place()) / f"hub-tests-{run[:16]}"
    with embedded.running(data_dir) as url:
        yield url
    if not (data_dir / "postgres" / "postmaster.pid").exists():
        shutil.rmtree(data_dir, ignore_errors=True)


@pytest.fixture(scope="session")
def folder_of_ours() -> Iterator[Path]:
    """A temporary directory that PostgreSQL's user may enter, whatever other tests root runs meanwhile."""
    with tempfile.TemporaryDirectory(prefix="hub-tests-", dir=_place(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def fresh_database(server: str, template: str | None = None) -> Iterator[str]:
    """The URL of a new database on `server`, dropped at the end."""
    name = f"hub_test_{uuid4().hex}"
    create = sql.SQL("create database {}").format(sql.Identifier(name))
    if template:
        create += sql.SQL(" template {}").format(sql.Identifier(template))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(create)
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a migrated database that nothing is connected to."""

    async def migrated(url: str) -> None:
        async with opened(Settings.from_env({"HUB_DATABASE_URL": url})):
            pass

    with fresh_database(server) as url:
        asyncio.run(migrated(url))
        yield str(make_url(url).database)


@pytest.fixture
def database_url(server: str, template: str) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    with fresh_database(server, template) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings.from_env({"HUB_DATABASE_URL": database_url, "HUB_DATA_DIR": str(tmp_path / "data")})


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    async with opened(settings) as database:
        yield database


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL statements sent to the database since the test last cleared the list, but for bounds of their time."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("set local statement_timeout"):
            sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def logs_to_nowhere_else() -> Iterator[None]:
    """What a test configured of logging ends with it: its standard error is closed to the next."""
    yield
    structlog.reset_defaults()
