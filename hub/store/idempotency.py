"""What clients ask under a key of their own is done once, however often they ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from hub.errors import Conflict
from hub.model import IdempotencyKey, Json
from hub.store.database import Database, Session
from hub.store.locks import hold

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
    then nothing is remembered. The lock and the answer are of one transaction: it reads before it waits for `do`, but
    holds no snapshot meanwhile.
    """
    async with database.session() as session:
        await hold(session, f"idempotency key {asked.key} of {asked.organization_id}")
        known = await _known(session, asked)
        if known is None:
            known = await do(session)
            await _remember(session, asked, known)
    return known


async def _known(session: Session, asked: Keyed) -> Json | None:
    kept = IdempotencyKey.created_at > func.now() - REMEMBERED
    same = IdempotencyKey.organization_id == asked.organization_id, IdempotencyKey.key == asked.key
    found = await session.scalar(select(IdempotencyKey).where(*same, kept))
    if found is not None and found.digest != asked.digest:
        raise Conflict("The idempotency key was used with another input: use a new one for each change.")
    return None if found is None else found.answer


async def _remember(session: Session, asked: Keyed, answer: Json) -> None:
    await session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= func.now() - REMEMBERED))
    session.add(
        IdempotencyKey(organization_id=asked.organization_id, key=asked.key, digest=asked.digest, answer=answer)
    )
