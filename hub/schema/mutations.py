"""What can be changed: each mutation answers with a payload or with an error that was to be expected."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated, cast

import strawberry

from hub import model
from hub.errors import Busy, HubError, InputError, NotFound, SourceError
from hub.model import Scope
from hub.schema.auditing import Outcome
from hub.schema.comparisons import given
from hub.schema.context import Info
from hub.schema.fields import shown
from hub.schema.ids import key_of, opaque
from hub.schema.scopes import requires
from hub.schema.sync_runs import SyncRun

if TYPE_CHECKING:
    from hub.schema.schema import Query

TheQuery = Annotated["Query", strawberry.lazy("hub.schema.schema")]


@strawberry.enum(description="What kind of error. More may be added: treat an unknown one by its message.")
class ErrorCode(Enum):
    """What kind of error."""

    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="It does not exist, or the viewer may not see it.")
    BUSY = strawberry.enum_value("BUSY", description="That is being done already; try again later.")
    INVALID_INPUT = strawberry.enum_value("INVALID_INPUT", description="What was given cannot be used.")
    SOURCE_FAILED = strawberry.enum_value("SOURCE_FAILED", description="An outside system refused or failed.")


@strawberry.interface(description="An error that was to be expected; every such error of a mutation implements it.")
class UserError:
    """An expected failure."""

    message: str = strawberry.field(description="What happened, in words for people.")
    code: ErrorCode = strawberry.field(description="What happened, for programs.")
    path: list[str] | None = strawberry.field(description="The part of the input that it is about, where there is one.")


@strawberry.type(description="The thing named does not exist, or the viewer may not see it.")
class NotFoundError(UserError):
    """Nothing there."""


@strawberry.type(description="Another process is doing just that.")
class BusyError(UserError):
    """Being done already."""


@strawberry.type(description="What was given cannot be used.")
class InvalidInputError(UserError):
    """Bad input."""


@strawberry.type(description="An outside system refused or failed.")
class SourceFailedError(UserError):
    """A source failed."""


ANSWERS: dict[type[HubError], tuple[type[UserError], ErrorCode]] = {
    NotFound: (NotFoundError, ErrorCode.NOT_FOUND),
    Busy: (BusyError, ErrorCode.BUSY),
    InputError: (InvalidInputError, ErrorCode.INVALID_INPUT),
    SourceError: (SourceFailedError, ErrorCode.SOURCE_FAILED),
}
"""How errors are answered that a mutation expects."""


def _answer(error: HubError, outcome: Outcome) -> UserError:
    kind, code = next(ANSWERS[kind] for kind in type(error).__mro__ if kind in ANSWERS)
    outcome.code = code.name
    return kind(message=str(error), code=code, path=None)


@strawberry.input(description="What to sync.")
class RunSyncInput:
    """What to sync."""

    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    stream: str | None = given('One stream only, such as "accounts"; otherwise all.')
    full: bool = strawberry.field(
        default=False, description="Whether to read from the start, whatever was read already."
    )


@strawberry.type(description="Syncing has begun and goes on in the background.")
class RunSyncPayload:
    """A sync was started."""

    sync_runs: list[SyncRun] = strawberry.field(
        description="The runs that have begun; those of further streams follow on the connection's `syncRuns`."
    )

    @strawberry.field(description="For further reads.")
    def query(self) -> TheQuery:
        from hub.schema.schema import Query  # noqa: PLC0415 - Query's types include this one

        return Query()


@strawberry.type(description="All accounts and people were mapped anew.")
class MapAccountsPayload:
    """Mapping is done."""

    records: int = strawberry.field(description="How many account records were looked at.")
    accounts: int = strawberry.field(description="How many accounts they form.")
    people: int = strawberry.field(description="How many people the contact records form.")
    matches: int = strawberry.field(description="How many matches were found between account records.")

    @strawberry.field(description="For further reads.")
    def query(self) -> TheQuery:
        from hub.schema.schema import Query  # noqa: PLC0415 - Query's types include this one

        return Query()


RunSyncResult = Annotated[
    RunSyncPayload | NotFoundError | BusyError | InvalidInputError | SourceFailedError,
    strawberry.union("RunSyncResult", description="A sync was started, or why it was not."),
]
MapAccountsResult = Annotated[
    MapAccountsPayload | BusyError,
    strawberry.union("MapAccountsResult", description="What mapping came to, or why it did not begin."),
]


@strawberry.type(description="What can be changed.")
class Mutation:
    """The root of mutations."""

    @strawberry.mutation(
        description="Sync a connection, or one of its streams. Running it twice changes nothing.",
        directives=requires(Scope.SYNC_RUN),
    )
    async def run_sync(
        self,
        info: Info,
        input: Annotated[RunSyncInput, strawberry.argument(description="What to sync.")],  # noqa: A002 - Relay's name
    ) -> RunSyncResult:
        key = key_of(model.Connection, input.connection_id)
        if await info.context.loaders.node(model.Connection, key) is None:
            info.context.outcome.code = ErrorCode.NOT_FOUND.name
            return NotFoundError(
                message="There is no such connection.", code=ErrorCode.NOT_FOUND, path=["connectionId"]
            )
        outcome = info.context.outcome
        outcome.ids.append(opaque(model.Connection, key))
        try:
            ids = await info.context.run_sync(key, input.stream or None, input.full)
        except (NotFound, Busy, InputError, SourceError) as error:
            return cast("RunSyncResult", _answer(error, outcome))
        outcome.ids += [opaque(model.SyncRun, each) for each in ids]
        await info.context.loaders.renew()
        rows = [await info.context.loaders.node(model.SyncRun, each) for each in ids]
        return RunSyncPayload(sync_runs=[shown(model.SyncRun, row) for row in rows if row])

    @strawberry.mutation(
        description="Map all accounts and people anew. Running it twice changes nothing.",
        directives=requires(Scope.MAPPING_WRITE),
    )
    async def map_accounts(self, info: Info) -> MapAccountsResult:
        try:
            mapped = await info.context.map_accounts()
        except Busy as error:
            return cast("MapAccountsResult", _answer(error, info.context.outcome))
        await info.context.loaders.renew()
        return MapAccountsPayload(
            records=mapped.records, accounts=mapped.accounts, people=mapped.people, matches=mapped.matches
        )
