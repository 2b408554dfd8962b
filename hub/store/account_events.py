"""What mapping did to accounts, told to those who follow changes: to each owner, of its own records only."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# A profile that was made in this transaction is of an account of which its owner had no record before.
_TELL = text("""
    insert into change (organization_id, transaction, kind, node_id, action, other_id)
    select owner_id, pg_current_xact_id()::text::bigint, event, node_id, action, other_id from (
        select owner_id, 'account_merged' as event, retired_id as node_id, 'REMOVED' as action, heir as other_id
        from staged_heir
        union all
        select distinct move.owner_id, 'account_split', move.was, 'UPDATED', move.identity
        from staged_move move
        join account_profile part on part.owner_id = move.owner_id and part.id = move.identity
                                 and part.created_at = now()
        left join staged_heir retired on retired.owner_id = move.owner_id and retired.retired_id = move.was
        where move.was is not null and retired.heir is distinct from move.identity
        union all
        select owner_id, 'membership_moved', record_id, 'UPDATED', was from staged_move where was is not null
    ) told
""")


async def tell(session: AsyncSession) -> None:
    """Tell of merges, splits and moves, in the transaction in which `identities.write` staged and stored them."""
    await session.execute(_TELL)
