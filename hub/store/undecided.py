"""The account records of which mapping has not decided, as they are now, which accounts they belong to."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Row, any_, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import AccountRecord, Restatement

AT_ONCE = 1000


def is_undecided(connection_id: UUID) -> ColumnElement[bool]:
    """Whether a record of the connection was never mapped, or it or a person says something else than when it was."""
    never = select(AccountRecord.id).where(
        AccountRecord.connection_id == connection_id, AccountRecord.account_id.is_(None)
    )
    ids = never.union_all(select(Restatement.record_id)).scalar_subquery()
    # An array is made once, where PostgreSQL, in search of any one row, was seen to compare each with all of them.
    return (AccountRecord.connection_id == connection_id) & (AccountRecord.id == any_(func.array(ids)))


async def removed(session: AsyncSession, connection_id: UUID) -> AsyncIterator[Row[*tuple[Any, ...]]]:
    """Such of them as were removed, which mapping does not read: what each is known by, a few at a time."""
    told = (
        AccountRecord.external_id,
        AccountRecord.name,
        AccountRecord.domain,
        AccountRecord.website,
        AccountRecord.duns,
    )
    rows = select(*told).where(is_undecided(connection_id), AccountRecord.removal.is_not(None))
    async for row in await session.stream(rows, execution_options={"yield_per": AT_ONCE}):
        yield row


async def restatements(session: AsyncSession) -> Sequence[Row[int, UUID]]:
    """All that are known by now, as (id, record): whoever reads the records after this reads what they now say."""
    return (await session.execute(select(Restatement.id, Restatement.record_id))).all()


async def note(session: AsyncSession, records: Collection[UUID]) -> None:
    """Count records as undecided until they were mapped again: people said something about them."""
    live = select(AccountRecord.id).where(AccountRecord.id.in_(list(records)), AccountRecord.removal.is_(None))
    await session.execute(insert(Restatement).from_select(["record_id"], live))


async def settle(session: AsyncSession, restatements: Collection[int]) -> None:
    """Forget restatements, by their ids, of records that were mapped since."""
    ids = literal(list(restatements), ARRAY(BigInteger))
    await session.execute(delete(Restatement).where(Restatement.id == any_(ids)))
