"""Lists as files: asked for as a document, written in the background, downloaded by a signed link."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import strawberry

from hub import model
from hub.errors import Busy, Conflict, InputError, NotFound
from hub.model import Json, Scope
from hub.schema import choices
from hub.schema.context import Info
from hub.schema.documents import id_of
from hub.schema.export_plan import planned
from hub.schema.fields import Node, column, shown, shows
from hub.schema.ids import key_of, opaque
from hub.schema.mutating import MutationInput, MutationPayload, done_once, failed, unfound
from hub.schema.paging import Listing, many
from hub.schema.scopes import requires
from hub.schema.user_errors import BusyError, IdempotencyConflictError, InvalidInputError, NotFoundError
from hub.store import documents, exports, paths
from hub.store.database import Session
from hub.store.sharing import Viewer


@shows(model.Export, "A list that is written to its end: gzip of one JSON line per row, as a query would answer it.")
class Export(Node):
    """A list as a file."""

    document: str = column(model.Export.document, "The query whose list it is.")
    state: choices.ExportState = column(model.Export.state, "How it stands.")
    rows: int = column(model.Export.rows, "How many rows are written so far.")
    bytes: int = column(model.Export.bytes, "The size of the file so far, compressed.")
    error: str | None = column(model.Export.error, "Why it failed.")
    created_at: datetime = column(model.Export.created_at, "When it was asked for.")
    started_at: datetime | None = column(model.Export.started_at, "When writing began; null while it waits.")
    finished_at: datetime | None = column(model.Export.finished_at, "When it ended; null until then.")
    expires_at: datetime | None = column(
        model.Export.expires_at, "From when on it is forgotten, file and all: 24 hours after it ended."
    )

    @strawberry.field(
        description="Where the file can be had for 15 minutes without a key, relative to the hub's address, such as "
        "`/exports/0199…?expires=…`; each reading makes a new link. Null until it has succeeded, and for who lacks a "
        "scope that the one who asked for the export had."
    )
    def url(self, info: Info) -> str | None:
        row = self.row
        if row.state is not model.ExportState.SUCCEEDED or row.expires_at <= datetime.now(UTC):
            return None
        # The file was written with its asker's eyes: other keys of the organization may see less.
        if not info.context.viewer.scopes.issuperset(row.scopes):
            return None
        return info.context.export_links.link(row.id, row.organization_id, row.expires_at)


@strawberry.type
class ExportQueries:
    """What can be asked of exports."""

    exports: Listing[Export] = many(
        paths.EXPORTS, "The organization's exports, the newest first. Expired ones are removed within the hour."
    )


@strawberry.input(description="What to export.")
class StartExportInput(MutationInput):
    """What to export."""

    document: str = strawberry.field(
        description="A query for one list and nothing beside it, without variables, such as "
        "`{ accounts(first: 100) { nodes { id name } } }`. `first` is the size of the pages that the hub reads; the "
        "export goes on to the list's end. Each of the `nodes`, or `edges`, becomes a line."
    )


@strawberry.type(description="The export waits for its turn and goes on in the background: ask for its `state`.")
class StartExportPayload(MutationPayload):
    """An export was queued."""

    export: Export = strawberry.field(description="The export.")


StartExportResult = Annotated[
    StartExportPayload | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("StartExportResult", description="An export was queued, or why it was not."),
]


@strawberry.input(description="Which export to delete.")
class DeleteExportInput(MutationInput):
    """Which export to delete."""

    export_id: strawberry.ID = strawberry.field(description="The export.")


@strawberry.type(description="The export and its file are gone; one that was being written was stopped.")
class DeleteExportPayload(MutationPayload):
    """An export was deleted."""

    deleted_export_id: strawberry.ID = strawberry.field(description="The id that it had.")


DeleteExportResult = Annotated[
    DeleteExportPayload | NotFoundError | BusyError | IdempotencyConflictError,
    strawberry.union("DeleteExportResult", description="An export was deleted, or why it was not."),
]


async def _must_be_trusted(session: Session, viewer: Viewer, document: str) -> None:
    """What a key may not ask itself, it may not have asked in its name; raises InputError."""
    if viewer.documents_only and await documents.text(session, viewer.app, id_of(document)) is None:
        raise InputError("This key exports trusted documents only: push this one with `hub documents push`.")


@strawberry.type
class ExportMutations:
    """What can be done about exports."""

    @strawberry.mutation(
        description="Write a list of any length to a file. Without an order of your own it is read by id: each row "
        "that is there all the while is written exactly once.",
        directives=requires(Scope.EXPORT_RUN),
    )
    async def start_export(
        self,
        info: Info,
        input: Annotated[StartExportInput, strawberry.argument(description="What to export.")],  # noqa: A002 - Relay's name
    ) -> StartExportResult:
        async def do(session: Session) -> Json:
            await _must_be_trusted(session, viewer, input.document)
            return {"export": str(await exports.start(session, viewer, input.document))}

        viewer = info.context.viewer
        try:
            planned(input.document, info._raw_info.schema, viewer)  # noqa: SLF001 - the contract that this runs under
            answer = await done_once(info, input, do)
        except (InputError, Busy, Conflict) as error:
            return failed(info, error, "document" if isinstance(error, InputError) else None)  # type: ignore[no-any-return]
        row = await info.context.loaders.node(model.Export, UUID(answer["export"]))
        return StartExportPayload(export=shown(model.Export, row))

    @strawberry.mutation(
        description="Delete an export and its file, or stop one that is being written.",
        directives=requires(Scope.EXPORT_RUN),
    )
    async def delete_export(
        self,
        info: Info,
        input: Annotated[DeleteExportInput, strawberry.argument(description="Which export.")],  # noqa: A002 - Relay's name
    ) -> DeleteExportResult:
        async def do(session: Session) -> Json:
            await exports.remove(session, info.context.viewer.organization_id, key)
            return {"export": str(key)}

        key = key_of(model.Export, input.export_id)
        try:
            await done_once(info, input, do)
        except (NotFound, Busy, Conflict) as error:
            return unfound(info, error, "exportId")  # type: ignore[no-any-return]
        return DeleteExportPayload(deleted_export_id=opaque(model.Export, key))
