"""Secrets that are replaced by using them."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from hub.errors import AuthError, NotFound
from hub.store import connections, hints
from hub.store.database import Database
from hub.store.grants import NewGrant, StoredGrant
from tests.builders import SEALER, a_connection


@pytest.fixture
async def grant(database: Database) -> StoredGrant:
    async with database.session() as session:
        connection_id = await a_connection(session, secrets={"refresh_token": "0"})
    return StoredGrant(database, SEALER, connection_id)


async def stored(database: Database, connection_id: UUID) -> Mapping[str, Any]:
    async with database.session() as session:
        connection = await connections.by_id(session, connection_id)
        return SEALER.opened(connection.credentials, connection.name)


async def test_of_many_who_need_newer_secrets_one_renews_them(database, grant):
    asked = []

    async def renew(secrets: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(secrets["refresh_token"])
        return {"refresh_token": str(int(secrets["refresh_token"]) + 1)}

    others = StoredGrant(database, SEALER, grant.connection_id)
    found = await asyncio.gather(*(each.renewed({"refresh_token": "0"}, renew) for each in (grant, others, grant)))

    assert asked == ["0"]
    assert found == [{"refresh_token": "1"}] * 3
    assert await stored(database, grant.connection_id) == {"refresh_token": "1"}


async def test_what_cannot_be_renewed_stays_as_it_is(database, grant):
    async def refused(_: Mapping[str, Any]) -> Mapping[str, Any]:
        raise AuthError("invalid_grant")

    with pytest.raises(AuthError):
        await grant.renewed({"refresh_token": "0"}, refused)
    with pytest.raises(NotFound):
        await StoredGrant(database, SEALER, uuid4()).renewed({}, refused)

    assert await stored(database, grant.connection_id) == {"refresh_token": "0"}


async def test_a_renewal_that_the_source_has_seen_is_stored_though_who_asked_was_cancelled(database, grant):
    asked, answer = asyncio.Event(), asyncio.Event()

    async def renew(_: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.set()
        await answer.wait()
        return {"refresh_token": "1"}

    asking = asyncio.create_task(grant.renewed({"refresh_token": "0"}, renew))
    await asked.wait()
    asking.cancel()
    asyncio.get_running_loop().call_soon(answer.set)
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert await stored(database, grant.connection_id) == {"refresh_token": "1"}


async def test_who_is_cancelled_waits_for_a_silent_source_no_longer_than_it_may_take(database, grant):
    asked, answer = asyncio.Event(), asyncio.Event()

    async def renew(_: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.set()
        await answer.wait()
        raise AuthError("invalid_grant")

    async def renewed_next(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"refresh_token": "1"}

    impatient = replace(grant, patience=0.01)
    asking = asyncio.create_task(impatient.renewed({"refresh_token": "0"}, renew))
    await asked.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    answer.set()

    assert await grant.renewed({"refresh_token": "0"}, renewed_next) == {"refresh_token": "1"}


async def test_what_refers_to_the_connection_can_be_stored_during_a_renewal(database, grant):
    async def renew(_: Mapping[str, Any]) -> Mapping[str, Any]:
        async with database.session(patience=5) as session:
            await hints.note(session, grant.connection_id, [("contacts", "1")])
        return {"refresh_token": "1"}

    assert await grant.renewed({"refresh_token": "0"}, renew) == {"refresh_token": "1"}


async def test_of_a_connection_in_the_making_secrets_are_stored_where_using_them_replaced_them():
    stored_now, answers = [], [{"refresh_token": "0"}, {"refresh_token": "1"}]

    async def store(secrets: Mapping[str, Any]) -> None:
        stored_now.append(secrets)

    async def renew(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return answers.pop(0)

    grant = NewGrant({"refresh_token": "0"}, store)
    assert await grant.renewed({"refresh_token": "0"}, renew) == {"refresh_token": "0"}
    assert (stored_now, grant.is_stored) == ([], False)
    assert await grant.renewed({"refresh_token": "0"}, renew) == {"refresh_token": "1"}
    assert await grant.renewed({"refresh_token": "0"}, renew) == {"refresh_token": "1"}
    assert (stored_now, grant.is_stored) == ([{"refresh_token": "1"}], True)
