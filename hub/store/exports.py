"""Exports: what was asked, how far it was written, and the file, which any replica can serve."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import Busy, NotFound
from hub.model import SCOPES, Export, ExportChunk, ExportState
from hub.store.sharing import Viewer

MOST_UNFINISHED = 3
"""Per organization."""
MOST_KEPT = 100
"""Per organization, those that have expired left out."""
MOST_BYTES_KEPT = 8 * 2**30
"""Of all files of an organization: the next export waits until one expires or is deleted."""
MOST_ROWS = 10_000_000
MOST_BYTES = 2**30
"""Of a file, compressed."""
MOST_ATTEMPTS = 5
"""How often an export is begun again without coming on."""
KEPT = timedelta(hours=24)
"""How long a file can be had."""
GRACE = timedelta(hours=1)
"""How much longer it stays, for downloads that run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some rows of an export, one line of JSON each."""

    lines: bytes
    rows: int
    cursor: str | None
    """Where the next page begins; None after the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Lines to be stored: how many, compressed, and the cursor after them."""

    number: int
    start: int
    body: bytes
    rows: int
    cursor: str | None


async def start(session: AsyncSession, viewer: Viewer, document: str) -> UUID:
    """Queue an export of a document that was checked. Raises Busy where the organization has too many."""
    organization_id = viewer.organization_id
    await session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": f"exports of {organization_id}"}
    )
    kept = Export.expires_at.is_(None) | (Export.expires_at > func.now())
    counts = select(
        func.count().filter(Export.finished_at.is_(None)).label("unfinished"),
        func.count().label("kept"),
        func.coalesce(func.sum(Export.bytes), 0).label("bytes"),
    )
    found = (await session.execute(counts.where(Export.organization_id == organization_id, kept))).one()
    if found.unfinished >= MOST_UNFINISHED:
        raise Busy(f"{found.unfinished} exports are under way; start the next when one of them has finished.")
    if found.kept >= MOST_KEPT or found.bytes >= MOST_BYTES_KEPT:
        raise Busy(f"{found.kept} exports with {found.bytes:,} bytes are kept: delete one, or wait until one expires.")
    row = Export(organization_id=organization_id, role=viewer.role, scopes=sorted(viewer.scopes), document=document)
    session.add(row)
    await session.flush()
    return row.id


async def unfinished(session: AsyncSession) -> list[UUID]:
    """The exports that wait or run; each organization's first before anyone's second."""
    turn = func.row_number().over(partition_by=Export.organization_id, order_by=(Export.created_at, Export.id))
    waiting = select(Export.id).where(Export.finished_at.is_(None)).order_by(turn, Export.created_at, Export.id)
    return list(await session.scalars(waiting.limit(100)))


async def begin(session: AsyncSession, export_id: UUID) -> Export | None:
    """Take up an export, from its start or where it was cut off; None where it has ended. For who holds its lock."""
    taken = (
        update(Export)
        .where(Export.id == export_id, Export.finished_at.is_(None))
        .values(
            state=ExportState.RUNNING,
            attempts=Export.attempts + 1,
            started_at=func.coalesce(Export.started_at, func.now()),
        )
        .returning(Export)
    )
    return (await session.scalars(taken)).one_or_none()


async def advance(session: AsyncSession, export_id: UUID, chunk: Chunk) -> None:
    """Store a chunk and move the cursor past it. Raises Busy where someone else moved it, or deleted the export."""
    moved = await session.execute(
        update(Export)
        .where(Export.id == export_id, Export.finished_at.is_(None), Export.chunks == chunk.number)
        .values(
            chunks=chunk.number + 1,
            rows=Export.rows + chunk.rows,
            bytes=chunk.start + len(chunk.body),
            cursor=chunk.cursor,
            attempts=0,
        )
        .returning(Export.id)
    )
    if moved.first() is None:
        raise Busy(f"Another process writes the export {export_id}.")
    session.add(
        ExportChunk(export_id=export_id, number=chunk.number, start=chunk.start, size=len(chunk.body), body=chunk.body)
    )
    await session.flush()


async def finish(session: AsyncSession, export_id: UUID) -> None:
    """Close an export whose last chunk is stored."""
    await _close(session, export_id, ExportState.SUCCEEDED)


async def fail(session: AsyncSession, export_id: UUID, error: str) -> None:
    """Close an export that cannot go on; what was written of it goes."""
    await session.execute(delete(ExportChunk).where(ExportChunk.export_id == export_id))
    await _close(session, export_id, ExportState.FAILED, error)


async def remove(session: AsyncSession, organization_id: UUID, export_id: UUID) -> None:
    """Delete an organization's export and its file; one that is being written is stopped. Raises NotFound."""
    own = (Export.id == export_id, Export.organization_id == organization_id)
    if (await session.execute(delete(Export).where(*own).returning(Export.id))).first() is None:
        raise NotFound("There is no such export.")


async def prune(session: AsyncSession) -> None:
    """Delete what has expired."""
    await session.execute(delete(Export).where(Export.expires_at < func.now() - GRACE))


async def finished(session: AsyncSession, export_id: UUID) -> Export | None:
    """An export whose file can be had; None where there is none."""
    there = (Export.state == ExportState.SUCCEEDED, Export.expires_at > func.now())
    return (await session.scalars(select(Export).where(Export.id == export_id, *there))).one_or_none()


async def chunk_with(session: AsyncSession, export_id: UUID, position: int) -> tuple[int, bytes]:
    """The chunk that holds a byte of the file: where it begins, and its bytes. Raises NotFound."""
    chunk = (
        select(ExportChunk.start, ExportChunk.body)
        .where(
            ExportChunk.export_id == export_id,
            ExportChunk.start <= position,
            ExportChunk.start + ExportChunk.size > position,
        )
        .limit(1)
    )
    found = (await session.execute(chunk)).one_or_none()
    if found is None:
        raise NotFound(f"The export {export_id} has expired.")
    return found.start, found.body


async def _close(session: AsyncSession, export_id: UUID, state: ExportState, error: str | None = None) -> None:
    closed = {"state": state, "error": error, "finished_at": func.now(), "expires_at": func.now() + KEPT}
    await session.execute(update(Export).where(Export.id == export_id, Export.finished_at.is_(None)).values(closed))


def viewer_of(row: Export) -> Viewer:
    """Who asked for an export; scopes that its role no longer has are gone."""
    scopes = SCOPES[row.role].intersection(row.scopes)
    return Viewer(row.organization_id, row.role, scopes, f"export:{row.id}")
