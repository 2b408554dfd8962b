"""How accounts are related: what sources, people and rules say of their records, as it holds after a mapping."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import func, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Issue, IssueKind, Member, RelationFound
from hub.store import issues
from hub.store.staging import stage

_FOUND = {"kind": "text", "from_record_id": "uuid", "to_record_id": "uuid", "bits": "numeric", "reason": "text"}

_SAID = """
    select 'PARENT_OF' as kind, 'SOURCE' as source, parent.id as from_record_id, child.id as to_record_id,
           null::uuid as decision_id, null::numeric as bits, null::text as reason
    from account_record child
    join account_record parent on parent.connection_id = child.connection_id
                              and parent.external_id = child.parent_external_id
    union all
    select relation, 'PERSON', coalesce(from_id, left_id),
           case when from_id = right_id then left_id else right_id end, id, null, null
    from decision where verdict = 'RELATED' and withdrawn_at is null
    union all
    select distinct on (kind, from_record_id, to_record_id)
           kind, 'RULES', from_record_id, to_record_id, null, bits, reason
    from staged_finding order by kind, from_record_id, to_record_id, bits desc, reason
"""

# A person's word on two accounts outranks the rules': who says DIFFERENT says that they are not related either.
_DECIDED = """
    select one_of.owner_id, least(one.account_id, other.account_id), greatest(one.account_id, other.account_id)
    from decision
    join account_record one on one.id = decision.left_id and one.removal is null
    join account_record other on other.id = decision.right_id and other.removal is null
    join connection one_of on one_of.id = one.connection_id
    where decision.withdrawn_at is null and decision.verdict <> 'UNSURE'
      and one.account_id is not null and other.account_id is not null
"""

_STAGE = f"""
    create temporary table staged_relation on commit drop as
    select said.kind, said.source, one_of.owner_id, one.account_id as from_id, other.account_id as to_id,
           said.from_record_id, said.to_record_id, said.decision_id, said.bits, said.reason
    from ({_SAID}) said
    join account_record one on one.id = said.from_record_id
    join account_record other on other.id = said.to_record_id
    join connection one_of on one_of.id = one.connection_id
    join connection other_of on other_of.id = other.connection_id and other_of.owner_id = one_of.owner_id
    where one.removal is null and other.removal is null and one.account_id <> other.account_id
      and (
        said.source <> 'RULES' or (
            one_of.owner_id, least(one.account_id, other.account_id), greatest(one.account_id, other.account_id)
        ) not in ({_DECIDED})
      )
"""  # noqa: S608 - put together from constants

_ANALYZE = "analyze staged_relation"

_COLUMNS = "kind, source, owner_id, from_id, to_id, from_record_id, to_record_id, decision_id, bits, reason"

# The records find the row, the rest says whether it is the same: `is not distinct from` by itself can use no hash.
_SAME = """
    (one.from_record_id, one.to_record_id, one.source) = (other.from_record_id, other.to_record_id, other.source)
    and (one.kind, one.owner_id, one.from_id, one.to_id, one.decision_id, one.bits, one.reason)
        is not distinct from
        (other.kind, other.owner_id, other.from_id, other.to_id, other.decision_id, other.bits, other.reason)
"""

_DROP = f"""
    delete from relation one where not exists (select from staged_relation other where {_SAME})
    returning owner_id, from_id, to_id
"""  # noqa: S608

# Apart from adding them: a scan for each row of a table that grows meanwhile was seen to take minutes.
_MISSING = f"""
    create temporary table missing_relation on commit drop as
    select {_COLUMNS} from staged_relation one where not exists (select from relation other where {_SAME})
"""  # noqa: S608

_ADD = f"""
    insert into relation ({_COLUMNS}) select {_COLUMNS} from missing_relation
    returning owner_id, from_id, to_id
"""  # noqa: S608


async def replace(session: AsyncSession, found: Iterable[RelationFound]) -> set[Member]:
    """Make what sources and people say, and what the rules found, all relations that there are.

    Answers with the accounts whose relations are others than before.
    """
    rows = ((each.kind, each.from_record, each.to_record, round(each.bits, 3), each.reason) for each in found)
    await stage(session, "staged_finding", _FOUND, rows)
    for step in ("drop table if exists pg_temp.staged_relation, pg_temp.missing_relation", _STAGE, _ANALYZE):
        await session.execute(text(step))
    dropped = (await session.execute(text(_DROP))).all()
    await session.execute(text(_MISSING))
    added = (await session.execute(text(_ADD))).all()
    return {Member(row.owner_id, end) for row in (*dropped, *added) for end in (row.from_id, row.to_id)}


_ANCESTORS = text("""
    select child.connection_id, child.external_id, child.parent_external_id
    from account_record child
    join account_record parent on parent.connection_id = child.connection_id
                              and parent.external_id = child.parent_external_id
    where child.removal is null and parent.removal is null and parent.parent_external_id is not null
""")


async def ancestors(session: AsyncSession) -> dict[UUID, dict[str, str]]:
    """For each connection, the records whose parents have parents, and those: where there are circles, all of them."""
    found: dict[UUID, dict[str, str]] = {}
    for row in await session.execute(_ANCESTORS):
        found.setdefault(row.connection_id, {})[row.external_id] = row.parent_external_id
    return found


async def note_circles(session: AsyncSession, messages: Mapping[UUID, str]) -> None:
    """Tell of connections whose records are their own parents, and close what was told of others."""
    kind = IssueKind.CIRCULAR_PARENTS
    open_ones = update(Issue).where(Issue.kind == kind, Issue.resolved_at.is_(None))
    mended = Issue.connection_id.not_in(list(messages))
    await session.execute(open_ones.where(mended).values(resolved_at=func.now()))
    for connection_id, message in messages.items():
        await issues.report(session, connection_id, "accounts", kind, {"accounts": message})
