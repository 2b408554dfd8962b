import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from hub.errors import InputError, NotFound, Unauthenticated
from hub.model import SCOPES, ApiKey, Role, Scope
from hub.store import keys, organizations
from hub.store.database import Database
from hub.store.keys import Holder, NewKey
from tests.builders import a_home

DAY = timedelta(days=1)


async def a_key(database: Database, **facts: Any) -> str:
    async with database.session() as session:
        home = NewKey(name="reports", organization_id=await a_home(session), role=Role.FRONTEND)
        return (await keys.create(session, replace(home, **facts)))[0]


async def a_partners_key(database: Database, **facts: Any) -> str:
    async with database.session() as session:
        await a_home(session)
        partner_id = await organizations.partner(session, "Partner Ltd.")
    return await a_key(database, organization_id=partner_id, **{"role": Role.PARTNER_TOOL, **facts})


async def holder_of(database: Database, key: str) -> Holder:
    async with database.session() as session:
        return await keys.holder(session, key)


async def refusal_of(database: Database, key: str) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as refused:
        await holder_of(database, key)
    return refused.value


async def the_row(database: Database) -> ApiKey:
    async with database.session() as session:
        return (await session.scalars(select(ApiKey))).one()


async def test_a_key_sees_for_its_organization_and_its_secret_is_not_stored(database: Database):
    key = await a_key(database)
    row, holder = await the_row(database), await holder_of(database, key)

    assert holder.viewer.organization_id == row.organization_id
    assert (holder.viewer.role, holder.viewer.scopes) == (Role.FRONTEND, SCOPES[Role.FRONTEND])
    assert holder.viewer.client == f"key:{row.prefix}"
    assert key.startswith(row.prefix + "_")
    assert key.rpartition("_")[2] not in repr([row.prefix, row.name, row.digest, row, holder])


async def test_a_key_may_have_less_than_its_role(database: Database):
    key = await a_key(database, scopes=frozenset({Scope.ACCOUNT_READ}), networks=keys.networks(["192.0.2.0/24"]))
    holder = await holder_of(database, key)

    assert holder.viewer.scopes == {Scope.ACCOUNT_READ}
    assert [str(each) for each in holder.networks] == ["192.0.2.0/24"]


async def test_a_key_cannot_have_more_than_its_role(database: Database):
    with pytest.raises(InputError, match="audit:read"):
        await a_key(database, scopes=frozenset({Scope.ACCOUNT_READ, Scope.AUDIT_READ}))


async def test_a_scope_that_a_role_lost_or_nobody_knows_is_none(database: Database):
    key = await a_key(database)
    async with database.session() as session:
        await session.execute(update(ApiKey).values(scopes=["account:read", "audit:read", "teleport:run"]))

    assert (await holder_of(database, key)).viewer.scopes == {Scope.ACCOUNT_READ}


async def test_another_organizations_key_is_a_partners_tool(database: Database):
    holder = await holder_of(database, await a_partners_key(database))

    assert holder.viewer.role is Role.PARTNER_TOOL
    with pytest.raises(InputError, match="partner_tool"):
        await a_partners_key(database, name="more", role=Role.ADMIN)


@pytest.mark.parametrize("wrong", ["", "hub_", "nonsense", "hub_000000000000_" + "0" * 64, "hub_" + "é" * 77])
async def test_an_unknown_key_is_nobodys(database: Database, wrong: str):
    await a_key(database)

    assert (await refusal_of(database, wrong)).client is None


async def test_a_key_with_a_wrong_secret_is_refused_and_named_for_the_audit_log(database: Database):
    key = await a_key(database)
    refused = await refusal_of(database, key[:-1] + ("0" if key[-1] != "0" else "1"))

    assert refused.client == f"key:{key.rpartition('_')[0]}"
    assert "hub_" not in str(refused)


async def test_an_expired_key_is_refused(database: Database):
    key = await a_key(database, expires_at=datetime.now(UTC) - timedelta(seconds=1))

    assert (await refusal_of(database, key)).client


async def test_a_key_knows_how_long_it_is_valid(database: Database):
    until = datetime.now(UTC) + DAY

    assert (await holder_of(database, await a_key(database, expires_at=until))).until == until


async def test_a_revoked_key_is_refused_and_revoked_once(database: Database):
    key = await a_key(database)
    async with database.session() as session:
        assert await keys.revoke(session, "reports") == key.rpartition("_")[0]

    await refusal_of(database, key)
    with pytest.raises(NotFound):
        async with database.session() as session:
            await keys.revoke(session, "reports")


async def test_a_name_is_free_again_once_its_key_is_revoked(database: Database):
    first = await a_key(database)
    with pytest.raises(InputError, match="already"):
        await a_key(database)
    async with database.session() as session:
        await keys.revoke(session, first.rpartition("_")[0])

    assert await a_key(database) != first


async def test_a_name_cannot_pass_for_another_keys_public_part(database: Database):
    with pytest.raises(InputError, match="begin"):
        await a_key(database, name="hub_0a1b2c3d4e5f")


async def rotated(database: Database, overlap: timedelta, expires_at: datetime | None = None) -> str:
    async with database.session() as session:
        return (await keys.rotate(session, "reports", overlap, expires_at))[0]


async def test_after_a_rotation_both_secrets_work_until_the_overlap_ends(database: Database):
    old = await a_key(database)
    new = await rotated(database, DAY)
    before, after = await holder_of(database, old), await holder_of(database, new)

    assert new != old
    assert new.rpartition("_")[0] == old.rpartition("_")[0]
    assert before.viewer == after.viewer
    assert before.until is not None
    assert timedelta() < before.until - datetime.now(UTC) <= DAY
    async with database.session() as session:
        await session.execute(update(ApiKey).values(previous_until=datetime.now(UTC)))
    await refusal_of(database, old)
    await holder_of(database, new)


async def test_without_an_overlap_the_old_secret_ends_at_once(database: Database):
    old = await a_key(database)
    await rotated(database, timedelta())

    await refusal_of(database, old)


async def test_a_rotation_does_not_lengthen_the_old_secrets_life(database: Database):
    until = datetime.now(UTC) + timedelta(minutes=1)
    old = await a_key(database, expires_at=until)
    new = await rotated(database, DAY, until + DAY)

    assert (await holder_of(database, old)).until == until
    assert (await holder_of(database, new)).until == until + DAY


async def test_a_second_rotation_ends_the_first_secret(database: Database):
    first = await a_key(database)
    second = await rotated(database, DAY)
    third = await rotated(database, DAY)

    await refusal_of(database, first)
    await holder_of(database, second)
    await holder_of(database, third)


async def test_a_revocation_ends_the_old_secret_too(database: Database):
    old = await a_key(database)
    new = await rotated(database, DAY)
    async with database.session() as session:
        await keys.revoke(session, "reports")

    await refusal_of(database, old)
    await refusal_of(database, new)


async def test_only_a_key_that_is_there_can_be_rotated(database: Database):
    with pytest.raises(NotFound):
        await rotated(database, DAY)


async def test_the_last_use_is_noted_but_not_on_every_request(database: Database):
    key = await a_key(database)
    await holder_of(database, key)
    first = await the_row(database)
    await holder_of(database, key)
    second = await the_row(database)
    async with database.session() as session:
        await session.execute(update(ApiKey).values(last_used_at=first.last_used_at - keys.USE_NOTED_EVERY))
    await asyncio.gather(*(holder_of(database, key) for _ in range(3)))
    third = await the_row(database)

    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at
    assert third.last_used_at > first.last_used_at


async def test_keys_are_listed_with_their_organizations(database: Database):
    await a_key(database)
    await a_partners_key(database, name="partner")

    async with database.session() as session:
        found = await keys.every(session)
    assert [(key.name, name) for key, name in found] == [("partner", "Partner Ltd."), ("reports", "Home Inc.")]


@pytest.mark.parametrize("wrong", ["everywhere", "192.0.2.1/24", "192.0.2.0/33"])
def test_a_network_that_is_none_is_refused(wrong: str):
    with pytest.raises(InputError, match="a network is written"):
        keys.networks([wrong])
