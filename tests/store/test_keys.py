from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hub.errors import NotFound
from hub.model import ApiKey
from hub.store import keys
from hub.store.database import Database
from tests.builders import a_home


async def a_key(database: Database, **facts: object) -> str:
    async with database.session() as session:
        return await keys.create(session, "reports", await a_home(session), **facts)


async def owner_of(database: Database, key: str) -> object:
    async with database.session() as session:
        row = await keys.holder(session, key)
        return row and row.organization_id


async def test_a_key_sees_for_its_organization_and_its_secret_is_not_stored(database: Database):
    key = await a_key(database)

    async with database.session() as session:
        row = (await session.scalars(select(ApiKey))).one()
    assert await owner_of(database, key) == row.organization_id
    assert key.startswith(row.prefix + "_")
    assert key.rpartition("_")[2] not in repr([row.prefix, row.name, row.digest])


@pytest.mark.parametrize("wrong", ["", "hub_", "nonsense", "hub_000000000000_" + "0" * 64])
async def test_an_unknown_key_sees_for_nobody(database: Database, wrong: str):
    await a_key(database)

    assert await owner_of(database, wrong) is None


async def test_a_key_with_a_wrong_secret_sees_for_nobody(database: Database):
    key = await a_key(database)

    assert await owner_of(database, key[:-1] + ("0" if key[-1] != "0" else "1")) is None


async def test_an_expired_key_sees_for_nobody(database: Database):
    key = await a_key(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert await owner_of(database, key) is None


async def test_a_revoked_key_sees_for_nobody_and_is_revoked_once(database: Database):
    key = await a_key(database)
    prefix = key.rpartition("_")[0]
    async with database.session() as session:
        await keys.revoke(session, prefix)

    assert await owner_of(database, key) is None
    with pytest.raises(NotFound):
        async with database.session() as session:
            await keys.revoke(session, prefix)


async def test_the_last_use_is_noted_but_not_on_every_request(database: Database):
    key = await a_key(database)
    await owner_of(database, key)
    async with database.session() as session:
        (first,) = await keys.every(session)
    await owner_of(database, key)
    async with database.session() as session:
        (second,) = await keys.every(session)

    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at
