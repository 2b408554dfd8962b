"""Why records are thought to be one company, and since when."""

import pyarrow as pa
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.store.staging import stage_table

_COLUMNS = {
    "left_id": "uuid",
    "right_id": "uuid",
    "score": "numeric",
    "evidence": "jsonb",
    "verdict": "text",
    "decided_by": "text",
    "rule_verdict": "text",
}

_DROP_VANISHED = text("""
    delete from match where not exists (
        select from staged_match staged where (staged.left_id, staged.right_id) = (match.left_id, match.right_id)
    )
""")

_KEEP = text("""
    insert into match as present (left_id, right_id, score, evidence, verdict, decided_by, rule_verdict)
    select left_id, right_id, score, evidence, verdict, decided_by, rule_verdict from staged_match
    on conflict (left_id, right_id) do update
    set score = excluded.score, evidence = excluded.evidence, verdict = excluded.verdict,
        decided_by = excluded.decided_by, rule_verdict = excluded.rule_verdict, created_at = now()
    where (present.score, present.evidence, present.verdict, present.decided_by, present.rule_verdict)
      is distinct from
          (excluded.score, excluded.evidence, excluded.verdict, excluded.decided_by, excluded.rule_verdict)
""")


async def replace(session: AsyncSession, matches: pa.Table) -> None:
    """Make `matches`, with the columns (left_id, right_id, score, evidence as JSON, …), all that there are."""
    await stage_table(session, "staged_match", _COLUMNS, matches)
    await session.execute(text("create index on staged_match (left_id, right_id)"))
    await session.execute(text("analyze staged_match"))
    await session.execute(_DROP_VANISHED)
    await session.execute(_KEEP)


_CLOSE_MEMBERSHIPS = text("""
    update account_membership membership set valid_to = now()
    from account_record record
    where record.id = membership.record_id and membership.valid_to is null
      and (record.removal is not null or record.account_id <> membership.account_id)
""")

_OPEN_MEMBERSHIPS = text("""
    insert into account_membership (record_id, account_id, valid_from)
    select id, account_id, now() from account_record record
    where removal is null and account_id is not null and not exists (
        select from account_membership membership where membership.record_id = record.id and membership.valid_to is null
    )
    order by id
""")


async def note_memberships(session: AsyncSession) -> None:
    """Write into the history which account each live record belongs to from now on."""
    # The tables may have grown from nothing in this very transaction: without fresh statistics, and without sorting
    # what is inserted before it is, PostgreSQL was seen to compare each record with each membership.
    await session.execute(text("analyze account_record, account_membership"))
    await session.execute(_CLOSE_MEMBERSHIPS)
    await session.execute(_OPEN_MEMBERSHIPS)
