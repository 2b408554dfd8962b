"""Downloads of exports: their chunks, one after the other, whole or in part."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from hub.errors import StoreError
from hub.model import Export
from hub.schema.export_links import ExportLinks
from hub.store import exports
from hub.store.database import Database

log = structlog.get_logger()

NO_STORE = {"Cache-Control": "no-store"}


@dataclass(frozen=True, slots=True)
class ExportDownload:
    """Answers /exports/{export_id}."""

    database: Database
    links: ExportLinks

    async def answer(self, request: Request) -> Response:
        """The file, or the part of it that is asked for (RFC 9110, 14)."""
        try:
            export = await self._export(request)
        except StoreError:
            log.exception("database failed", request_id=request.state.request_id)
            return _refusal("The database does not answer; try again.", 503)
        if export is None:
            return _refusal("The link is wrong or has expired: ask for the export's `url` again.", 403)
        part = _part(request, export)
        if part is None:
            return _refusal("There is no such range.", 416, **{"Content-Range": f"bytes */{export.bytes}"})
        headers = _headers(export, part)
        status = 200 if len(part) == export.bytes else 206
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers, media_type="application/gzip")
        return StreamingResponse(self._bytes(export, part), status, headers, "application/gzip")

    async def _export(self, request: Request) -> Export | None:
        """The export that a good link leads to."""
        expires, signature = request.query_params.get("expires", ""), request.query_params.get("signature", "")
        if not re.fullmatch(r"[0-9]{1,12}", expires, re.ASCII):
            return None
        export_id: UUID = request.path_params["export_id"]
        async with self.database.session() as session:
            export = await exports.finished(session, export_id)
        return export if export and self.links.holds(export, int(expires), signature) else None

    async def _bytes(self, export: Export, part: range) -> AsyncIterator[bytes]:
        """A short transaction a chunk: a slow client keeps no connection of the database busy."""
        position = part.start
        while position < part.stop:
            async with self.database.session() as session:
                start, body = await exports.chunk_with(session, export.id, position)
            piece = body[position - start : part.stop - start]
            yield piece
            position += len(piece)


def _part(request: Request, export: Export) -> range | None:
    """The bytes that are asked for, None where there are none such; all where the request names no single range."""
    everything = range(export.bytes)
    if request.headers.get("if-range", _tag(export)) != _tag(export):
        return everything
    asked = re.fullmatch(r"bytes=([0-9]{0,12})-([0-9]{0,12})", request.headers.get("range", ""), re.ASCII)
    if asked is None or asked.group() == "bytes=-":
        return everything
    first, last = asked.groups()
    if not first:
        return everything[-int(last) :] if int(last) else None
    if last and int(last) < int(first):
        return everything
    part = everything[int(first) : int(last) + 1 if last else export.bytes]
    return part or None


def _headers(export: Export, part: range) -> dict[str, str]:
    headers = {
        **NO_STORE,
        "Content-Length": str(len(part)),
        "Content-Disposition": f'attachment; filename="export-{export.id}.ndjson.gz"',
        "Accept-Ranges": "bytes",
        "ETag": _tag(export),
    }
    if len(part) < export.bytes:
        headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{export.bytes}"
    return headers


def _tag(export: Export) -> str:
    # A finished export never changes.
    return f'"{export.id}"'


def _refusal(told: str, status: int, **headers: str) -> Response:
    return PlainTextResponse(told, status, {**NO_STORE, **headers})
