"""The Python example, run as a user runs it: as a process, against a hub that wants a key."""

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.app import serving
from hub.listening import listener_on
from hub.model import AccountProfile, AccountRedirect, Connection, Organization
from hub.settings import Settings
from hub.store import changes
from hub.store.database import Database
from tests.schema.builders import (
    NOON,
    a_connection,
    a_key,
    an_account,
    an_account_record,
    an_organization,
    belongs_to,
    settled,
)

MIRROR = Path(__file__).parents[2] / "examples" / "python" / "mirror_accounts.py"
Mirror = Callable[[], Awaitable[str]]


@pytest.fixture
async def session(database: Database) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


@pytest.fixture
async def home(session: AsyncSession) -> Organization:
    return await an_organization(session, "Home", is_home=True)


@pytest.fixture
async def crm(session: AsyncSession, home: Organization) -> Connection:
    """A connection of the home organization's own."""
    return await a_connection(session, home)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "accounts.sqlite"


@pytest.fixture
async def mirror(
    database: Database, settings: Settings, session: AsyncSession, home: Organization, copy: Path
) -> AsyncIterator[Mirror]:
    """Commits what was built, runs the example, and answers with what it printed."""
    key = await a_key(session, home)
    async with serving(database, settings, listener_on("127.0.0.1", 0)) as url:

        async def mirror() -> str:
            await session.commit()
            await settled(database)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(MIRROR), f"{url}/graphql", str(copy)),
                env={**os.environ, "HUB_KEY": key},
                stdout=asyncio.subprocess.PIPE,
            )
            printed, _ = await process.communicate()
            assert process.returncode == 0
            return printed.decode().strip()

        yield mirror


def stored(copy: Path) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(copy)) as database:
        return database.execute("select name, domain from account order by name").fetchall()


async def test_all_is_read_once_and_then_only_what_changed(session, crm, mirror: Mirror, copy: Path):
    for number in range(501):
        await an_account_record(session, crm, await an_account(session, f"Account {number:03}"))
    acme = await an_account(session, "Acme", "acme.example")
    for _ in range(2):
        await an_account_record(session, crm, acme)

    assert await mirror() == "502 accounts were read."
    assert await mirror() == "0 accounts are new or changed, 0 are gone."
    assert len(stored(copy)) == 502
    assert stored(copy)[-1] == ("Acme", "acme.example")


async def test_what_is_new_changed_merged_or_gone_is_so_in_the_copy(session, crm, mirror: Mirror, copy: Path):
    kept, merged, gone, new = [await an_account(session, name) for name in ("Kept", "Merged", "Gone", "New")]
    records = [await an_account_record(session, crm, account) for account in (kept, merged, gone)]
    await mirror()

    await session.execute(update(AccountProfile).where(AccountProfile.id == kept.id).values(domain="kept.example"))
    session.add(AccountRedirect(owner_id=crm.owner_id, retired_id=merged.id, account_id=kept.id, retired_at=NOON))
    await belongs_to(session, crm, records[1], kept)
    await session.delete(records[2])
    await an_account_record(session, crm, new)

    assert await mirror() == "2 accounts are new or changed, 2 are gone."
    assert stored(copy) == [("Kept", "kept.example"), ("New", None)]


async def test_who_was_away_for_too_long_starts_over(session, crm, mirror: Mirror, copy: Path):
    await an_account_record(session, crm, await an_account(session, "Acme"))
    await mirror()
    await an_account_record(session, crm, await an_account(session, "Birch"))
    await session.execute(text("update change set at = at - interval '31 days'"))
    await changes.prune(session)

    assert await mirror() == "2 accounts were read."
    assert stored(copy) == [("Acme", None), ("Birch", None)]
