import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text, update

from hub.errors import Busy, Conflict, InputError
from hub.model import IdempotencyKey
from hub.store.database import Database
from hub.store.idempotency import Keyed, once
from tests.builders import a_home


@pytest.fixture
async def keyed(database: Database) -> Keyed:
    async with database.session() as session:
        organization_id: UUID = await a_home(session)
    return Keyed(organization_id=organization_id, key=uuid4(), digest=b"same")


class Doing:
    """Counts how often it was done."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self, session: object) -> dict[str, int]:
        self.times += 1
        return {"times": self.times}


async def test_the_same_is_done_once(database: Database, keyed: Keyed):
    do = Doing()

    answers = [await once(database, keyed, do) for _ in range(3)]

    assert answers == [{"times": 1}] * 3


async def test_another_input_under_the_same_key_is_a_conflict(database: Database, keyed: Keyed):
    do = Doing()
    await once(database, keyed, do)

    with pytest.raises(Conflict):
        await once(database, Keyed(organization_id=keyed.organization_id, key=keyed.key, digest=b"other"), do)
    assert do.times == 1


async def test_keys_of_other_organizations_are_other_keys(database: Database, keyed: Keyed):
    async with database.session() as session:
        await session.execute(text("insert into organization (name, is_home) values ('Other', false)"))
        other = (await session.execute(text("select id from organization where name = 'Other'"))).scalar_one()

    assert await once(database, keyed, Doing()) == {"times": 1}
    do = Doing()
    await once(database, Keyed(organization_id=other, key=keyed.key, digest=b"other"), do)
    assert do.times == 1


async def test_of_two_at_the_same_time_one_does_it_and_the_other_may_try_again(database: Database, keyed: Keyed):
    begun, go_on = asyncio.Event(), asyncio.Event()
    do = Doing()

    async def slow(session: object) -> dict[str, int]:
        begun.set()
        await go_on.wait()
        return await do(session)

    first = asyncio.create_task(once(database, keyed, slow))
    await begun.wait()
    with pytest.raises(Busy):
        await once(database, keyed, slow)
    go_on.set()

    assert await first == await once(database, keyed, slow) == {"times": 1}


async def test_what_was_cut_off_is_done_again_and_only_that(database: Database, keyed: Keyed):
    async def killed(session: object) -> dict[str, int]:
        await session.execute(text("update organization set name = 'half done'"))
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await once(database, keyed, killed)

    assert await once(database, keyed, Doing()) == {"times": 1}
    async with database.session() as session:
        names = (await session.execute(text("select name from organization"))).scalars().all()
    assert names == ["Home Inc."]


async def test_a_failure_is_not_kept(database: Database, keyed: Keyed):
    async def failing(session: object) -> dict[str, int]:
        raise InputError("bad")

    with pytest.raises(InputError):
        await once(database, keyed, failing)

    other = Keyed(organization_id=keyed.organization_id, key=keyed.key, digest=b"mended")
    assert await once(database, other, Doing()) == {"times": 1}


async def test_a_key_is_forgotten_after_a_day(database: Database, keyed: Keyed):
    do = Doing()
    await once(database, keyed, do)
    async with database.session() as session:
        await session.execute(update(IdempotencyKey).values(created_at=func.now() - timedelta(hours=24, seconds=1)))
    await once(database, Keyed(organization_id=keyed.organization_id, key=uuid4(), digest=b""), do)

    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(IdempotencyKey)) == 1
    assert await once(database, keyed, do) == {"times": 3}
