"""API keys: made once, shown once, found by their public half."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import NotFound
from hub.model import ApiKey

MARK = "hub"
"""How every key begins, so that secret scanners know one when they see it."""

USE_NOTED_EVERY = timedelta(minutes=5)
"""How exactly last_used_at is kept: a write per request would cost more than it tells."""


async def create(
    session: AsyncSession,
    name: str,
    organization_id: UUID,
    expires_at: datetime | None = None,
    *,
    app: str | None = None,
    documents_only: bool = False,
) -> str:
    """A new key in the clear: hub_<public part>_<secret part>. It cannot be shown again."""
    prefix = f"{MARK}_{secrets.token_hex(6)}"
    key = f"{prefix}_{secrets.token_hex(32)}"
    row = ApiKey(
        name=name,
        prefix=prefix,
        digest=_digest(key),
        organization_id=organization_id,
        expires_at=expires_at,
        app=app,
        documents_only=documents_only,
    )
    session.add(row)
    return key


async def holder(session: AsyncSession, key: str) -> ApiKey | None:
    """What is known of a key; None where it is unknown, wrong, expired or revoked."""
    valid = (ApiKey.revoked_at.is_(None), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()))
    row = await session.scalar(select(ApiKey).where(ApiKey.prefix == key.rpartition("_")[0], *valid))
    if row is None or not hmac.compare_digest(row.digest, _digest(key)):
        return None
    now = datetime.now(UTC)
    if row.last_used_at is None or now - row.last_used_at > USE_NOTED_EVERY:
        await session.execute(update(ApiKey).where(ApiKey.id == row.id).values(last_used_at=now))
    return row


async def every(session: AsyncSession) -> list[ApiKey]:
    """All keys, the newest first."""
    return list(await session.scalars(select(ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)))


async def revoke(session: AsyncSession, prefix: str) -> None:
    """End a key's validity; raises NotFound."""
    revoked = await session.execute(
        update(ApiKey)
        .where(ApiKey.prefix == prefix, ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.now())
        .returning(ApiKey.id)
    )
    if revoked.first() is None:
        raise NotFound(f"There is no valid key {prefix!r}. `hub key list` shows them.")


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
