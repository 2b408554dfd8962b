"""What an operator sets: when a connection is synced, and that an issue was looked at."""

from typing import Annotated

import strawberry
from strawberry import UNSET

from hub import model
from hub.errors import Busy, Conflict, HubError, InputError, NotFound
from hub.model import Json, Scope
from hub.schema.comparisons import given
from hub.schema.connections import Connection
from hub.schema.context import Info
from hub.schema.fields import shown
from hub.schema.ids import key_of, opaque
from hub.schema.issues import Issue
from hub.schema.mutating import MutationInput, MutationPayload, done_once, failed
from hub.schema.scopes import requires
from hub.schema.user_errors import BusyError, IdempotencyConflictError, InvalidInputError, NotFoundError
from hub.store import issues, queue
from hub.store.database import Session


@strawberry.input(description="When to sync a connection.")
class SetSyncScheduleInput(MutationInput):
    """When to sync a connection."""

    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    every: int | None = given(
        f"Minutes between the beginnings of two syncs, 1 to {queue.LONGEST_PAUSE}; null: only when somebody asks."
    )


@strawberry.type(description="The schedule is set; the first sync by it begins at once.")
class SetSyncSchedulePayload(MutationPayload):
    """A schedule was set."""

    connection: Connection = strawberry.field(description="The connection.")


@strawberry.input(description="Which issue was looked at.")
class ResolveIssueInput(MutationInput):
    """Which issue was looked at."""

    issue_id: strawberry.ID = strawberry.field(description="The issue.")


@strawberry.type(description="The issue is closed; a later sync that meets it opens it again.")
class ResolveIssuePayload(MutationPayload):
    """An issue was closed."""

    issue: Issue = strawberry.field(description="The issue.")


SetSyncScheduleResult = Annotated[
    SetSyncSchedulePayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("SetSyncScheduleResult", description="A schedule was set, or why it was not."),
]
ResolveIssueResult = Annotated[
    ResolveIssuePayload | NotFoundError | BusyError | IdempotencyConflictError,
    strawberry.union("ResolveIssueResult", description="An issue was closed, or why it was not."),
]


@strawberry.type
class OperatingMutations:
    """What an operator sets."""

    @strawberry.mutation(
        description="Let workers sync a connection every so often, or only when somebody asks.",
        directives=requires(Scope.SYNC_RUN),
    )
    async def set_sync_schedule(
        self,
        info: Info,
        input: Annotated[SetSyncScheduleInput, strawberry.argument(description="When.")],  # noqa: A002 - Relay's name
    ) -> SetSyncScheduleResult:
        key = key_of(model.Connection, input.connection_id)
        every = input.every

        async def do(session: Session) -> Json:
            await queue.set_schedule(session, key, every)
            return {}

        try:
            _check(every)
            await _must_be_ours(info, model.Connection, input.connection_id)
            await done_once(info, input, do)
        except (NotFound, InputError, Busy, Conflict) as error:
            return failed(info, error, _field(error, NotFound="connectionId", InputError="every"))  # type: ignore[no-any-return]
        row = await info.context.loaders.node(model.Connection, key)
        return SetSyncSchedulePayload(connection=shown(model.Connection, row))

    @strawberry.mutation(
        description="Close an issue that was looked at. What a vanished field last said is no longer kept then.",
        directives=requires(Scope.SYNC_RUN),
    )
    async def resolve_issue(
        self,
        info: Info,
        input: Annotated[ResolveIssueInput, strawberry.argument(description="Which.")],  # noqa: A002 - Relay's name
    ) -> ResolveIssueResult:
        key = key_of(model.Issue, input.issue_id)

        async def do(session: Session) -> Json:
            await issues.close(session, key)
            return {}

        try:
            await _must_be_ours(info, model.Issue, input.issue_id)
            await done_once(info, input, do)
        except (NotFound, Busy, Conflict) as error:
            return failed(info, error, _field(error, NotFound="issueId"))  # type: ignore[no-any-return]
        row = await info.context.loaders.node(model.Issue, key)
        return ResolveIssuePayload(issue=shown(model.Issue, row))


def _check(every: int | None) -> None:
    """Raises InputError."""
    if every is UNSET:
        raise InputError("Say `every`: a number of minutes, or null for no schedule.")
    queue.check_schedule(every)


async def _must_be_ours(info: Info, kind: type[model.Connection | model.Issue], given_id: strawberry.ID) -> None:
    """Raises NotFound."""
    key = key_of(kind, given_id)
    if await info.context.loaders.node(kind, key) is None:
        raise NotFound(f"There is no such {kind.__name__.lower()}.")
    info.context.outcome.ids.append(opaque(kind, key))


def _field(error: HubError, **fields: str) -> str | None:
    """The part of the input that is to blame for an error of this class."""
    return fields.get(type(error).__name__)
