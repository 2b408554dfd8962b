"""What the columns of organizations' lists hold, as a person said it last."""

import hashlib
from collections.abc import Iterable, Mapping
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import ColumnMapping


async def save(session: AsyncSession, subject_id: UUID, columns: Mapping[str, str]) -> None:
    """Keep what the columns hold, for this organization's next list with the same headers."""
    values = {"columns": dict(columns), "saved_at": func.clock_timestamp()}
    new = insert(ColumnMapping).values(subject_id=subject_id, layout=_layout(columns), **values)
    await session.execute(new.on_conflict_do_update(index_elements=["subject_id", "layout"], set_=values))


async def saved(session: AsyncSession, subject_id: UUID) -> list[ColumnMapping]:
    """The organization's mappings, the latest first."""
    of_organization = select(ColumnMapping).where(ColumnMapping.subject_id == subject_id)
    return list(await session.scalars(of_organization.order_by(ColumnMapping.saved_at.desc())))


def _layout(headers: Iterable[str]) -> str:
    return f"sha256:{hashlib.sha256(msgspec.json.encode(sorted(headers))).hexdigest()}"
