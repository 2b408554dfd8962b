"""Connections, by their names."""

import pytest

from hub.errors import InputError
from hub.store import connections
from tests.builders import SEALER, a_home


async def test_a_name_is_for_one_account_of_a_system(database):
    async def connected(org: str | None) -> None:
        async with database.session() as session:
            owner = await a_home(session)
            given = {"connector": "salesforce", "owner_id": owner, "subject_id": owner, "config": {}, "secrets": {}}
            identity = {"org_id": org} if org else {}
            await connections.connect(session, SEALER, name="crm", identity=identity, **given)

    await connected(None)
    await connected("00D1")
    await connected("00D1")
    with pytest.raises(InputError, match="something else"):
        await connected("00D2")
