"""The queue of matches that wait for a person: what is at stake in each, and how uncertain it is."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Amount, Evidence, Match, Review
from hub.store.account_records import Known
from hub.store.sharing import VIEWER, visible

# In steps, each analyzed: of rows that a statement makes on its way PostgreSQL knows no numbers, and was seen to
# compare each with each.
_STEPS = (
    "drop table if exists pg_temp.waiting, pg_temp.stake",
    # Nobody sees a pair of two owners' records, so nobody can decide about it. What was decided while mapping ran is
    # not in the matches yet.
    """
    create temporary table waiting on commit drop as
    select match.id as match_id, one_of.owner_id, one.account_id as one, other.account_id as other, round(
        greatest(0.5, 1 - abs(match.score - cast(:middle as numeric)) / cast(:width as numeric)), 6
    ) as uncertainty
    from match
    join account_record one on one.id = match.left_id
    join account_record other on other.id = match.right_id
    join connection one_of on one_of.id = one.connection_id
    join connection other_of on other_of.id = other.connection_id and other_of.owner_id = one_of.owner_id
    where match.verdict = 'UNSURE' and one.removal is null and other.removal is null and not exists (
        select from decision
        where (decision.left_id, decision.right_id) = (match.left_id, match.right_id)
          and decision.withdrawn_at is null and decision.verdict <> 'UNSURE'
    )
    """,
    "analyze waiting",
    """
    create temporary table stake on commit drop as
    with average as materialized (
        select connection.owner_id, deal.currency, avg(deal.amount) as amount
        from opportunity deal join connection on connection.id = deal.connection_id
        where deal.removal is null and not deal.is_closed and deal.amount > 0
        group by connection.owner_id, deal.currency
    ),
    concerned as (
        select distinct waiting.match_id, waiting.owner_id, deal.id, deal.amount, deal.currency
        from waiting
        cross join lateral (values (one), (other)) side (account_id)
        join opportunity_account link on link.account_id = side.account_id
        join opportunity deal on deal.connection_id = link.connection_id
                             and deal.external_id = link.opportunity_external_id
        join connection on connection.id = deal.connection_id and connection.owner_id = waiting.owner_id
        where deal.removal is null and not deal.is_closed and deal.amount > 0
    ),
    by_currency as (
        select match_id, owner_id, currency, sum(amount) as amount from concerned group by match_id, owner_id, currency
    )
    select match_id, round(sum(by_currency.amount / average.amount), 6) as deals, jsonb_agg(
        jsonb_build_object('amount', by_currency.amount::text, 'currency', by_currency.currency)
        order by by_currency.amount / average.amount desc, by_currency.currency
    ) as amounts
    from by_currency
    join average on average.owner_id = by_currency.owner_id
                and average.currency is not distinct from by_currency.currency
    group by match_id
    """,
    "analyze stake",
    "delete from review where not exists (select from waiting where waiting.match_id = review.match_id)",
    """
    insert into review as present (match_id, amounts, stake, uncertainty, priority)
    select match_id, coalesce(amounts, '[]'), coalesce(deals, 0), uncertainty,
           round(coalesce(deals, 0) * uncertainty, 6)
    from waiting left join stake using (match_id)
    on conflict (match_id) do update
    set amounts = excluded.amounts, stake = excluded.stake, uncertainty = excluded.uncertainty,
        priority = excluded.priority
    where (present.amounts, present.stake, present.uncertainty, present.priority)
      is distinct from (excluded.amounts, excluded.stake, excluded.uncertainty, excluded.priority)
    """,
)


async def fill(session: AsyncSession, reviewed: float, accepted: float) -> None:
    """Let the queue hold the matches that wait: those between the two thresholds, and those people are unsure about."""
    middle, width = Decimal(str((reviewed + accepted) / 2)), Decimal(str(accepted - reviewed))
    for step in _STEPS:
        await session.execute(text(step), {"middle": middle, "width": width} if ":middle" in step else {})


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
