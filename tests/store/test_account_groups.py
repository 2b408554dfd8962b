"""What holds groups together, read from where something changed."""

from uuid import UUID

import pytest
from sqlalchemy import text

from hub.model import Member
from hub.store import account_groups
from hub.store.account_groups import MOST_STEPS

OWNER, OTHER = UUID(int=1), UUID(int=2)


async def chained(session, owner: UUID, length: int, first: int) -> None:
    await session.execute(
        text("""
        insert into relation (kind, source, owner_id, from_id, to_id, from_record_id, to_record_id)
        select 'PARENT_OF', 'SOURCE', :owner, ids[place], ids[place + 1], hub_uuid7(), hub_uuid7()
        from (select cast(:ids as uuid[]) as ids) chain, generate_series(1, cardinality(ids) - 1) place
        """),
        {"owner": owner, "ids": [UUID(int=first + place) for place in range(length + 1)]},
    )


@pytest.mark.parametrize(
    ("length", "read"), [(3, 3), (MOST_STEPS - 2, MOST_STEPS - 2), (MOST_STEPS + 5, MOST_STEPS + 7)]
)
async def test_a_group_is_read_alone_unless_it_reaches_far(database, length, read):
    async with database.session() as session:
        await chained(session, OWNER, length, first=100)
        await chained(session, OWNER, 1, first=900)
        await chained(session, OTHER, 1, first=100)

        found = await account_groups.ties(session, {Member(OWNER, UUID(int=100))})

    assert len(found) == read
    assert {(tie.from_id.int, tie.to_id.int) for tie in found} >= {(100 + step, 101 + step) for step in range(length)}
