"""The queue of matches that wait for a person: what is at stake in each, and how uncertain it is."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Amount, Evidence, Match, Review
from hub.store.account_records import Known
from hub.store.sharing import VIEWER, visible

# Nobody sees a pair of two owners' records, so nobody can decide about it.
_WAITING = """
    select match.id as match_id, one_of.owner_id, one.account_id as one, other.account_id as other,
           greatest(0.5, 1 - abs(match.score - :middle) / :width) as uncertainty
    from match
    join account_record one on one.id = match.left_id
    join account_record other on other.id = match.right_id
    join connection one_of on one_of.id = one.connection_id
    join connection other_of on other_of.id = other.connection_id and other_of.owner_id = one_of.owner_id
    where match.verdict = 'UNSURE' and one.removal is null and other.removal is null
"""

_DEALS = """
    select deal.id, connection.owner_id, deal.connection_id, deal.external_id, deal.amount, deal.currency
    from opportunity deal join connection on connection.id = deal.connection_id
    where deal.removal is null and not deal.is_closed and deal.amount > 0
"""

_FILL = f"""
    with waiting as materialized ({_WAITING}),
    deal as materialized ({_DEALS}),
    average as (select owner_id, currency, avg(amount) as amount from deal group by owner_id, currency),
    side as (
        select match_id, owner_id, account_id from waiting
        cross join lateral (values (one), (other)) account (account_id)
    ),
    concerned as (
        select distinct side.match_id, deal.id, deal.owner_id, deal.amount, deal.currency
        from side
        join opportunity_account link on link.account_id = side.account_id
        join deal on deal.connection_id = link.connection_id and deal.external_id = link.opportunity_external_id
                 and deal.owner_id = side.owner_id
    ),
    by_currency as (
        select match_id, concerned.currency, sum(concerned.amount) as amount,
               sum(concerned.amount) / average.amount as deals
        from concerned
        join average on average.owner_id = concerned.owner_id
                    and average.currency is not distinct from concerned.currency
        group by match_id, concerned.currency, average.amount
    ),
    stake as (
        select match_id, round(sum(deals), 6) as deals, jsonb_agg(
            jsonb_build_object('amount', amount::text, 'currency', currency) order by deals desc, currency
        ) as amounts
        from by_currency group by match_id
    ),
    filled as (
        select match_id, coalesce(amounts, '[]') as amounts, coalesce(deals, 0) as stake,
               round(uncertainty, 6) as uncertainty, round(coalesce(deals, 0) * uncertainty, 6) as priority
        from waiting left join stake using (match_id)
    ),
    gone as (delete from review where match_id not in (select match_id from filled))
    insert into review as present (match_id, amounts, stake, uncertainty, priority)
    select match_id, amounts, stake, uncertainty, priority from filled
    on conflict (match_id) do update
    set amounts = excluded.amounts, stake = excluded.stake, uncertainty = excluded.uncertainty,
        priority = excluded.priority
    where (present.amounts, present.stake, present.uncertainty, present.priority)
      is distinct from (excluded.amounts, excluded.stake, excluded.uncertainty, excluded.priority)
"""  # noqa: S608 - put together from the two above


async def fill(session: AsyncSession, reviewed: float, accepted: float) -> None:
    """Let the queue hold the matches that wait: those between the two thresholds, and those people are unsure about."""
    middle, width = Decimal(str((reviewed + accepted) / 2)), Decimal(str(accepted - reviewed))
    await session.execute(text(_FILL), {"middle": middle, "width": width})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A pair that waits for a person."""

    left: Known
    right: Known
    score: Decimal
    evidence: list[Evidence]
    amounts: list[Amount]


async def first(session: AsyncSession, organization_id: UUID, most: int) -> list[Waiting]:
    """The head of the queue, as an organization sees it."""
    match = Match.__table__.alias()
    left, right = Known.selected("left"), Known.selected("right")
    found = (
        select(match.c.score, match.c.evidence, Review.amounts, *left.c, *right.c)
        .join(match, match.c.id == Review.match_id)
        .join(left, left.c.left_id == match.c.left_id)
        .join(right, right.c.right_id == match.c.right_id)
        .where(visible(Match, match, removed=False))
        .order_by(Review.priority.desc(), Review.uncertainty.desc(), Review.id.desc())
        .limit(most)
    )
    rows = (await session.execute(found, {VIEWER.key: organization_id})).all()
    return [Waiting(Known.of(row, "left"), Known.of(row, "right"), *row[:3]) for row in rows]
