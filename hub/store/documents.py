"""Trusted documents: pushed by a client app, found by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import NotFound
from hub.model import TrustedDocument


@dataclass(frozen=True, slots=True)
class Pushed:
    """A document that is pushed."""

    id: str
    text: str
    operation_names: tuple[str, ...]


async def push(session: AsyncSession, app: str, documents: Sequence[Pushed]) -> frozenset[str]:
    """Store the documents that the app does not have; their ids."""
    rows = [
        {"app": app, "document_id": each.id, "text": each.text, "operation_names": list(each.operation_names)}
        for each in documents
    ]
    if not rows:
        return frozenset()
    stored = insert(TrustedDocument).on_conflict_do_nothing().returning(TrustedDocument.document_id)
    return frozenset(await session.scalars(stored, rows))


async def text(session: AsyncSession, app: str | None, document_id: str) -> str | None:
    """The text of an app's document, or of any app's where `app` is None; notes the day it was last used."""
    rows = select(TrustedDocument).where(TrustedDocument.document_id == document_id).limit(1)
    row = await session.scalar(rows if app is None else rows.where(TrustedDocument.app == app))
    if row is None:
        return None
    today = datetime.now(UTC).date()
    if row.last_used_on != today:
        used = (TrustedDocument.app == row.app, TrustedDocument.document_id == document_id)
        await session.execute(update(TrustedDocument).where(*used).values(last_used_on=today))
    return row.text


async def every(session: AsyncSession, app: str | None = None) -> list[TrustedDocument]:
    """All documents, or those of an app, by app and operation."""
    rows = select(TrustedDocument).order_by(
        TrustedDocument.app, TrustedDocument.operation_names, TrustedDocument.document_id
    )
    return list(await session.scalars(rows if app is None else rows.where(TrustedDocument.app == app)))


async def remove(session: AsyncSession, app: str, document_id: str) -> None:
    """Forget a document of an app; raises NotFound."""
    removed = await session.execute(
        delete(TrustedDocument)
        .where(TrustedDocument.app == app, TrustedDocument.document_id == document_id)
        .returning(TrustedDocument.document_id)
    )
    if removed.first() is None:
        raise NotFound(f"{app!r} has no document {document_id!r}. `hub documents list` shows them.")
