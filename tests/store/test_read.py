import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import TimedOut
from hub.model import ApiKey, Organization, Role
from hub.store import paths
from hub.store.cursor import padded
from hub.store.database import Database
from hub.store.listing import Selection, complete
from hub.store.read import reading
from hub.store.sharing import Viewer


async def added(database: Database, name: str, **facts: bool) -> Organization:
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        session.add(organization := Organization(name=name, **facts))
        await session.commit()
    return organization


async def test_a_reader_sees_one_moment_until_it_is_renewed(database):
    home = await added(database, "Home", is_home=True)
    named = Selection(order=complete(Organization, ()), limit=10, cursor_key=padded(b"k"))
    async with reading(database, Viewer.anonymous(home.id)) as reader:
        before = await reader.pages(paths.ORGANIZATIONS, named, [()])
        async with AsyncSession(database.engine) as session:
            found = await session.get_one(Organization, home.id)
            found.name = "Renamed"
            await session.commit()
        during = await reader.pages(paths.ORGANIZATIONS, named, [()])
        await reader.renew()
        after = await reader.pages(paths.ORGANIZATIONS, named, [()])

    assert [rows[0].name for (rows,) in (before, during, after)] == ["Home", "Home", "Renamed"]


async def test_who_takes_too_long_is_told_to_ask_for_less(database):
    home = await added(database, "Home", is_home=True)
    named = Selection(order=complete(Organization, ()), limit=10, cursor_key=padded(b"k"))
    async with database.engine.begin() as other:
        await other.execute(text("lock table organization in access exclusive mode"))
        async with reading(database, Viewer.anonymous(home.id), patience=0.1) as reader:
            with pytest.raises(TimedOut, match="ask for less"):
                await reader.pages(paths.ORGANIZATIONS, named, [()])


async def test_what_has_no_rule_is_seen_by_nobody(database):
    home = await added(database, "Home", is_home=True)
    async with AsyncSession(database.engine) as session:
        session.add(key := ApiKey(name="a", prefix="hub_a", digest=b"", organization_id=home.id, role=Role.ADMIN))
        await session.flush()
        key_id = key.id
        await session.commit()
    async with reading(database, Viewer.anonymous(home.id)) as reader:
        assert await reader.nodes(ApiKey, [key_id]) == [None]
