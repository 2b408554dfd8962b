"""Groups of related accounts: what holds them together, and which account is at the head of each."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Member, Tie
from hub.store.staging import stage

MOST_STEPS = 20
"""So far from what changed relations are followed step by step; beyond, all are read at once."""
MOST_MEMBERS = 20_000
"""The same for how many accounts there are to follow them from."""

_AT = text("""
    with asked as materialized (
        select * from unnest(cast(:owners as uuid[]), cast(:accounts as uuid[])) as asked (owner_id, account_id)
    )
    select relation.owner_id, from_id, to_id, kind from asked
    join relation on relation.from_id = asked.account_id and relation.owner_id = asked.owner_id
    union
    select relation.owner_id, from_id, to_id, kind from asked
    join relation on relation.to_id = asked.account_id and relation.owner_id = asked.owner_id
""")
_ALL = text("select distinct owner_id, from_id, to_id, kind from relation")


async def ties(session: AsyncSession, members: Collection[Member]) -> set[Tie]:
    """All that holds the groups together which these accounts are in; of other groups all or nothing."""
    found: set[Tie] = set()
    known, new = set(members), list(members)
    for _ in range(MOST_STEPS):
        if not new:
            return found
        if len(known) > MOST_MEMBERS:
            break
        at = {"owners": [each.owner_id for each in new], "accounts": [each.account_id for each in new]}
        here = {Tie(*row) for row in await session.execute(_AT, at)}
        new = list({Member(tie.owner_id, end) for tie in here for end in (tie.from_id, tie.to_id)} - known)
        known.update(new)
        found |= here
    return {Tie(*row) for row in await session.execute(_ALL)}


_PLACED = {"owner_id": "uuid", "id": "uuid", "head_id": "uuid"}
# A head may be gone by now, with a connection that was removed: what it led is no group until the next mapping.
_PLACE = text("""
    update account_profile profile set head_id = head.id
    from staged_place placed
    left join account_profile head on (head.owner_id, head.id) = (placed.owner_id, placed.head_id)
    where (profile.owner_id, profile.id) = (placed.owner_id, placed.id) and profile.head_id is distinct from head.id
""")


async def place(session: AsyncSession, heads: Mapping[Member, UUID]) -> None:
    """Put each account into the group of a head, which may be itself."""
    rows = ((*member, None if head == member.account_id else head) for member, head in heads.items())
    await stage(session, "staged_place", _PLACED, rows)
    await session.execute(text("analyze staged_place"))
    await session.execute(_PLACE)
