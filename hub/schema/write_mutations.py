"""Writing into sources: enabled field by field, planned, read, then applied."""

from typing import Annotated

import strawberry

from hub import model
from hub.errors import Busy, Conflict, InputError, NotFound
from hub.model import Json, Scope
from hub.schema.context import Info
from hub.schema.costs import WRITING, cost
from hub.schema.ids import key_of, opaque
from hub.schema.mutating import MutationInput, MutationPayload, done_once, seen, told, unfound
from hub.schema.scopes import requires
from hub.schema.user_errors import BusyError, IdempotencyConflictError, InvalidInputError, NotFoundError
from hub.schema.write_plans import WritePlan, WriteRule
from hub.store import write_rules
from hub.store.database import Session
from hub.store.write_values import VALUES

EXPECTED = (NotFound, Busy, Conflict, InputError)
MAY_WRITE = requires(Scope.SOURCE_WRITE)

_CONNECTION = "The connection."
_STREAM = "The stream that has the field."
_VALUE = (
    "What to write: "
    + "; ".join(
        f"`{each.name}`: {each.description[0].lower()}{each.description[1:].rstrip('.')}" for each in VALUES.values()
    )
    + "."
)


@strawberry.input(description="What to write where.")
class EnableWriteBackInput(MutationInput):
    """What to write where."""

    connection_id: strawberry.ID = strawberry.field(description=_CONNECTION)
    stream: str = strawberry.field(default="accounts", description=_STREAM)
    field: str = strawberry.field(description='The field, as the source\'s API names it: "Hub_Account_Id__c".')
    value: str = strawberry.field(description=_VALUE)
    creates_rows: bool = strawberry.field(
        default=False,
        description="Whether rows may also be created of the owner's accounts that the source has none of. The field "
        "must be one that rows are found by, an External ID or a property with unique values; `account_id` its value.",
    )


@strawberry.type(description="The value may be written there. Nothing is written yet: plan it, then apply the plan.")
class EnableWriteBackPayload(MutationPayload):
    """A value may be written."""

    write_rule: WriteRule = strawberry.field(description="The rule that says so, in place of an earlier one.")


@strawberry.input(description="Which rule to end.")
class DisableWriteBackInput(MutationInput):
    """Which rule to end."""

    rule_id: strawberry.ID = strawberry.field(description="The rule.")


@strawberry.type(description="Nothing is written there any more, plans that wait included. What was written stays.")
class DisableWriteBackPayload(MutationPayload):
    """A rule has ended."""

    deleted_write_rule_id: strawberry.ID = strawberry.field(description="The id that the rule had.")


@strawberry.input(description="For which source to plan.")
class PlanWriteBackInput(MutationInput):
    """For which source to plan."""

    connection_id: strawberry.ID = strawberry.field(description=_CONNECTION)


@strawberry.type(description="A plan is being made in the background: ask for its `state`. It only reads.")
class PlanWriteBackPayload(MutationPayload):
    """A plan is being made."""

    write_plan: WritePlan = strawberry.field(description="The plan.")


@strawberry.input(description="Which plan to apply.")
class ApplyWriteBackInput(MutationInput):
    """Which plan to apply."""

    plan_id: strawberry.ID = strawberry.field(description="The plan.")
    is_confirmed: bool = strawberry.field(
        default=False,
        description="Whether it is meant that the plan changes and creates as many rows as it does; needed where these "
        "are more than 20 rows and more than 30 % of those that were compared, or more than 20 that it creates.",
    )


@strawberry.type(description="The plan is written in the background, exactly as it stands: ask for its `state`.")
class ApplyWriteBackPayload(MutationPayload):
    """A plan is being applied."""

    write_plan: WritePlan = strawberry.field(description="The plan.")


EnableWriteBackResult = Annotated[
    EnableWriteBackPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("EnableWriteBackResult", description="A value may be written, or why not."),
]
DisableWriteBackResult = Annotated[
    DisableWriteBackPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("DisableWriteBackResult", description="A rule has ended, or why not."),
]
PlanWriteBackResult = Annotated[
    PlanWriteBackPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("PlanWriteBackResult", description="A plan is being made, or why not."),
]
ApplyWriteBackResult = Annotated[
    ApplyWriteBackPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("ApplyWriteBackResult", description="A plan is being applied, or why not."),
]


@strawberry.type
class WriteMutations:
    """What can be written into sources."""

    @strawberry.mutation(
        description="Allow a value of the hub's to be written into a field of a source. Nothing is written by that.",
        directives=MAY_WRITE,
    )
    async def enable_write_back(
        self,
        info: Info,
        input: Annotated[EnableWriteBackInput, strawberry.argument(description="What, where.")],  # noqa: A002 - Relay's name
    ) -> EnableWriteBackResult:
        async def do(session: Session) -> Json:
            await seen(info, model.Connection, key)
            rule = model.WriteRule(
                connection_id=key,
                stream=input.stream,
                field=input.field,
                value=input.value,
                creates_rows=input.creates_rows,
                enabled_by=info.context.viewer.client,
            )
            return {"rule": str(await info.context.write_back.enable(session, rule))}

        key = key_of(model.Connection, input.connection_id)
        try:
            answer = await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, "connectionId")  # type: ignore[no-any-return]
        return EnableWriteBackPayload(write_rule=await told(info, model.WriteRule, answer["rule"]))

    @strawberry.mutation(
        description="End that a value is written into a field of a source.",
        directives=MAY_WRITE,
    )
    async def disable_write_back(
        self,
        info: Info,
        input: Annotated[DisableWriteBackInput, strawberry.argument(description="Which rule.")],  # noqa: A002 - Relay's name
    ) -> DisableWriteBackResult:
        async def do(session: Session) -> Json:
            rule = await seen(info, model.WriteRule, key)
            await write_rules.disable(session, rule.connection_id, rule.stream, rule.field)
            return {"rule": str(key)}

        key = key_of(model.WriteRule, input.rule_id)
        try:
            await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, "ruleId")  # type: ignore[no-any-return]
        return DisableWriteBackPayload(deleted_write_rule_id=opaque(model.WriteRule, key))

    @strawberry.mutation(
        description="Compare a source with what would be written into it. Only reads.",
        directives=[cost(WRITING), *MAY_WRITE],
    )
    async def plan_write_back(
        self,
        info: Info,
        input: Annotated[PlanWriteBackInput, strawberry.argument(description="For which source.")],  # noqa: A002 - Relay's name
    ) -> PlanWriteBackResult:
        async def do(session: Session) -> Json:
            await seen(info, model.Connection, key)
            plan = await info.context.write_back.plan(session, key, info.context.viewer.client)
            return {"plan": str(plan)}

        key = key_of(model.Connection, input.connection_id)
        try:
            answer = await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, "connectionId")  # type: ignore[no-any-return]
        return PlanWriteBackPayload(write_plan=await told(info, model.WritePlan, answer["plan"]))

    @strawberry.mutation(
        description="Write exactly what a plan shows into its source. A row that somebody changed since is left as it "
        "is. Applying a plan twice writes nothing twice.",
        directives=[cost(WRITING), *MAY_WRITE],
    )
    async def apply_write_back(
        self,
        info: Info,
        input: Annotated[ApplyWriteBackInput, strawberry.argument(description="Which plan.")],  # noqa: A002 - Relay's name
    ) -> ApplyWriteBackResult:
        async def do(session: Session) -> Json:
            await seen(info, model.WritePlan, key)
            by = info.context.viewer.client
            await info.context.write_back.apply(session, key, by, is_confirmed=input.is_confirmed)
            return {"plan": str(key)}

        key = key_of(model.WritePlan, input.plan_id)
        try:
            answer = await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, "planId")  # type: ignore[no-any-return]
        return ApplyWriteBackPayload(write_plan=await told(info, model.WritePlan, answer["plan"]))
