"""The Python example, run as a user runs it: as a process, against a hub that wants a key."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from hub import model
from hub.app import serving
from hub.listening import listener_on
from hub.settings import Settings
from hub.store.database import Database
from tests.schema.builders import a_connection, a_key, an_account, an_account_record, an_organization

MIRROR = Path(__file__).parents[2] / "examples" / "python" / "mirror_accounts.py"
Mirror = Callable[[], Awaitable[str]]


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
async def crm(session: AsyncSession) -> model.Connection:
    """A connection of the home organization's own."""
    home = await an_organization(session, "Home", is_home=True)
    return await a_connection(session, home)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "accounts.sqlite"


@pytest.fixture
async def mirror(
    database: Database, settings: Settings, session: AsyncSession, crm: model.Connection, copy: Path
) -> AsyncIterator[Mirror]:
    """Commits what was built, runs the example, and answers with what it printed."""
    home = await session.get_one(model.Organization, crm.owner_id)
    key = await a_key(session, home, expires_at=datetime.now(UTC) + timedelta(days=1))
    async with serving(database, settings, listener_on("127.0.0.1", 0)) as url:

        async def mirror() -> str:
            await session.commit()
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(MIRROR), f"{url}/graphql", str(copy)),
                env={**os.environ, "HUB_KEY": key},
                stdout=asyncio.subprocess.PIPE,
            )
            printed, _ = await process.communicate()
            assert process.returncode == 0
            return printed.decode().strip()

        yield mirror


def stored(copy: Path) -> list[tuple[str, str | None, int]]:
    with closing(sqlite3.connect(copy)) as database:
        return database.execute("select name, domain, records from account order by name").fetchall()


async def test_the_copy_has_every_account_and_a_second_run_changes_nothing(session, crm, mirror: Mirror, copy: Path):
    for number in range(101):
        await an_account_record(session, crm, await an_account(session, f"Account {number:03}"))
    acme = await an_account(session, "Acme", "acme.example")
    for _ in range(2):
        await an_account_record(session, crm, acme)

    assert await mirror() == "102 accounts are new or changed, 0 are gone."
    assert await mirror() == "0 accounts are new or changed, 0 are gone."
    assert len(stored(copy)) == 102
    assert stored(copy)[-1] == ("Acme", "acme.example", 2)


async def test_a_changed_account_is_written_and_one_that_is_gone_is_deleted(session, crm, mirror: Mirror, copy: Path):
    kept, gone = [await an_account(session, name) for name in ("Kept", "Gone")]
    await an_account_record(session, crm, kept)
    record = await an_account_record(session, crm, gone)
    await mirror()

    kept.domain = "kept.example"
    await session.execute(delete(model.AccountRecord).where(model.AccountRecord.id == record.id))

    assert await mirror() == "1 accounts are new or changed, 1 are gone."
    assert stored(copy) == [("Kept", "kept.example", 1)]
