"""What can be changed: each mutation answers with a payload or with an error that was to be expected."""

from typing import Annotated
from uuid import UUID

import strawberry

from hub import model
from hub.errors import Busy, Conflict, InputError, NotFound, SourceError
from hub.model import Json, Scope
from hub.schema.comparisons import given
from hub.schema.context import Info
from hub.schema.costs import MAPPING, SYNC, assumed, cost
from hub.schema.decision_mutations import DecisionMutations
from hub.schema.exports import ExportMutations
from hub.schema.fields import shown
from hub.schema.ids import key_of, opaque
from hub.schema.mutating import MutationInput, MutationPayload, done_once, failed
from hub.schema.operating import OperatingMutations
from hub.schema.scopes import requires
from hub.schema.sync_runs import SyncRun
from hub.schema.user_errors import (
    BusyError,
    IdempotencyConflictError,
    InvalidInputError,
    NotFoundError,
    SourceFailedError,
)
from hub.schema.write_mutations import WriteMutations
from hub.store.database import Session


@strawberry.input(description="What to sync.")
class RunSyncInput(MutationInput):
    """What to sync."""

    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    stream: str | None = given('One stream only, such as "accounts"; otherwise all.')
    full: bool = strawberry.field(
        default=False, description="Whether to read from the start, whatever was read already."
    )
    accept_removals: bool = strawberry.field(
        default=False,
        description="Whether it is right if most rows of a stream are gone at the source: an issue of the kind "
        "MASS_REMOVAL asks for it.",
    )


@strawberry.type(description="A worker syncs, or will when one is free.")
class RunSyncPayload(MutationPayload):
    """A sync was started."""

    sync_runs: list[SyncRun] = strawberry.field(
        description="The runs that are to be, one for each stream; `syncProgress` follows them.",
        directives=[assumed(20)],
    )


@strawberry.input(description="How to map.")
class MapAccountsInput(MutationInput):
    """How to map."""


@strawberry.type(description="All accounts and people were mapped anew.")
class MapAccountsPayload(MutationPayload):
    """Mapping is done."""

    records: int = strawberry.field(description="How many account records were looked at.")
    accounts: int = strawberry.field(description="How many accounts they form.")
    people: int = strawberry.field(description="How many people the contact records form.")
    matches: int = strawberry.field(description="How many matches were found between account records.")


RunSyncResult = Annotated[
    RunSyncPayload | NotFoundError | BusyError | InvalidInputError | IdempotencyConflictError | SourceFailedError,
    strawberry.union("RunSyncResult", description="A sync was started, or why it was not."),
]
MapAccountsResult = Annotated[
    MapAccountsPayload | BusyError | IdempotencyConflictError,
    strawberry.union("MapAccountsResult", description="What mapping came to, or why it did not begin."),
]


@strawberry.type(description="What can be changed.")
class Mutation(ExportMutations, OperatingMutations, DecisionMutations, WriteMutations):
    """The root of mutations."""

    @strawberry.mutation(
        description="Sync a connection, or one of its streams. Running it twice changes nothing.",
        directives=[cost(SYNC), *requires(Scope.SYNC_RUN)],
    )
    async def run_sync(
        self,
        info: Info,
        input: Annotated[RunSyncInput, strawberry.argument(description="What to sync.")],  # noqa: A002 - Relay's name
    ) -> RunSyncResult:
        key = key_of(model.Connection, input.connection_id)
        if await info.context.loaders.node(model.Connection, key) is None:
            return failed(info, NotFound("There is no such connection."), "connectionId")  # type: ignore[no-any-return]

        info.context.outcome.ids.append(opaque(model.Connection, key))

        async def do(session: Session) -> Json:
            ids = await info.context.run_sync(
                session, key, stream=input.stream or None, full=input.full, accept_removals=input.accept_removals
            )
            info.context.outcome.ids += [opaque(model.SyncRun, each) for each in ids]
            return {"syncRuns": [str(each) for each in ids]}

        try:
            answer = await done_once(info, input, do)
        except (NotFound, Busy, Conflict, InputError, SourceError) as error:
            return failed(info, error)  # type: ignore[no-any-return]
        rows = [await info.context.loaders.node(model.SyncRun, UUID(each)) for each in answer["syncRuns"]]
        return RunSyncPayload(sync_runs=[shown(model.SyncRun, row) for row in rows if row])

    @strawberry.mutation(
        description="Map all accounts and people anew. Running it twice changes nothing.",
        directives=[cost(MAPPING), *requires(Scope.MAPPING_WRITE)],
    )
    async def map_accounts(
        self,
        info: Info,
        input: Annotated[MapAccountsInput, strawberry.argument(description="How to map.")],  # noqa: A002 - Relay's name
    ) -> MapAccountsResult:
        async def do(_: Session) -> Json:
            mapped = await info.context.map_accounts()
            counts = ("records", "accounts", "people", "matches")
            return {each: getattr(mapped, each) for each in counts}

        try:
            return MapAccountsPayload(**await done_once(info, input, do))
        except (Busy, Conflict) as error:
            return failed(info, error)  # type: ignore[no-any-return]
