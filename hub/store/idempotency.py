"""What clients ask under a key of their own is done once, however often they ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.errors import Conflict, HubError
from hub.model import IdempotencyKey, Json
from hub.store.database import Database, Session
from hub.store.locks import only_one

REMEMBERED = timedelta(hours=24)

Do = Callable[[Session], Awaitable[Json]]
"""Does it. What it writes in the session is stored together with its answer, or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """Something asked under a key."""

    organization_id: UUID
    key: UUID
    digest: bytes
    """Of what is asked: the same key with another digest is a mistake of the client's."""


async def once(database: Database, asked: Keyed, do: Do) -> Json:
    """What `do` answered when this was first asked, within REMEMBERED; it is done now where it was not, or cut off.

    Raises Busy while another process does it, Conflict where the key stands for something else, and what `do` raises:
    then nothing was done, and nothing is remembered.
    """
    async with only_one(database, f"idempotency key {asked.key} of {asked.organization_id}"):
        known = await _known(database, asked)
        if known is not None:
            return known
        try:
            return await _done(database, asked, do)
        except HubError:
            async with database.session() as session:
                await session.execute(delete(IdempotencyKey).where(*_same(asked)))
            raise


async def _known(database: Database, asked: Keyed) -> Json | None:
    """The answer, None where there is none yet; from now on the key stands for what is asked."""
    async with database.session() as session:
        await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < func.now() - REMEMBERED))
        values = {"organization_id": asked.organization_id, "key": asked.key, "digest": asked.digest}
        await session.execute(insert(IdempotencyKey).values(values).on_conflict_do_nothing())
        found = await session.execute(select(IdempotencyKey.digest, IdempotencyKey.answer).where(*_same(asked)))
        row = found.one()
    if row.digest != asked.digest:
        raise Conflict("The idempotency key was used with another input: use a new one for each change.")
    answer: Json | None = row.answer
    return answer


async def _done(database: Database, asked: Keyed, do: Do) -> Json:
    async with database.session() as session:
        answer = await do(session)
        await session.execute(update(IdempotencyKey).where(*_same(asked)).values(answer=answer))
    return answer


def _same(asked: Keyed) -> tuple[ColumnElement[bool], ...]:
    return IdempotencyKey.organization_id == asked.organization_id, IdempotencyKey.key == asked.key
