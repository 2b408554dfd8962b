"""Links of deals and contacts to accounts. Triggers place them; here is what triggers cannot see."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import ContactAccount, OpportunityAccount

_PLACE = """
    update {link} link set account_id = record.account_id
    from {link} it
    left join account_record record on record.connection_id = it.connection_id
        and record.external_id = it.account_external_id and record.removal is null
    where it.id = link.id and it.account_id is distinct from record.account_id
"""


async def place(session: AsyncSession) -> None:
    """Let every link lead to the account of the live record that it names, or nowhere.

    A link and its record that are written by two transactions at once do not see each other: the trigger of each
    finds the other as it was. Only what differs is written.
    """
    for model in (OpportunityAccount, ContactAccount):
        await session.execute(text(_PLACE.format(link=model.__tablename__)))
