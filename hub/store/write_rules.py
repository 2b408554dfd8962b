"""Which values of ours may be written where: only what a person enabled."""

from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import WriteRule


async def enable(session: AsyncSession, rule: WriteRule) -> UUID:
    """The rule that this field now has, in place of an earlier one.

    Raises InputError where rows of the stream are made by another field already.
    """
    place = {"connection_id": rule.connection_id, "stream": rule.stream, "field": rule.field}
    given = {"value": rule.value, "creates_rows": rule.creates_rows, "enabled_by": rule.enabled_by}
    new = insert(WriteRule).values(**place, **given)
    upsert = new.on_conflict_do_update(
        index_elements=list(place), set_={**given, "enabled_at": new.excluded.enabled_at}
    ).returning(WriteRule.id)
    try:
        return (await session.execute(upsert)).scalar_one()
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        raise InputError(f"Rows of {rule.stream} are made by another field already: disable that first.") from error


async def disable(session: AsyncSession, connection_id: UUID, stream: str, field: str) -> UUID:
    """The id that the rule had. From now on nothing is written there, plans that were made included.

    Raises NotFound.
    """
    place = (WriteRule.connection_id == connection_id, WriteRule.stream == stream, WriteRule.field == field)
    gone = (await session.execute(delete(WriteRule).where(*place).returning(WriteRule.id))).scalar_one_or_none()
    if gone is None:
        raise NotFound(f"Nothing is written into {field} of {stream}.")
    return gone


async def of(session: AsyncSession, connection_id: UUID | None = None) -> list[WriteRule]:
    """The rules of a connection, or all."""
    rules = select(WriteRule).order_by(WriteRule.connection_id, WriteRule.stream, WriteRule.field)
    return list(
        await session.scalars(rules if connection_id is None else rules.where(WriteRule.connection_id == connection_id))
    )
