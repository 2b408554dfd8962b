"""Deciding about matches, and taking it back."""

from typing import Annotated
from uuid import UUID

import strawberry

from hub import model
from hub.errors import Busy, Conflict, InputError, NotFound
from hub.model import Json, Scope
from hub.schema import choices
from hub.schema.comparisons import given
from hub.schema.context import Info
from hub.schema.costs import WRITING, cost
from hub.schema.decisions import Decision
from hub.schema.ids import key_of
from hub.schema.mutating import MutationInput, MutationPayload, done_once, seen, told, unfound
from hub.schema.scopes import requires
from hub.schema.user_errors import BusyError, IdempotencyConflictError, InvalidInputError, NotFoundError
from hub.store import decisions
from hub.store.database import Session

EXPECTED = (NotFound, Busy, Conflict, InputError)
DIRECTIVES = [cost(WRITING), *requires(Scope.MAPPING_WRITE, Scope.MAPPING_READ)]


@strawberry.input(description="What two account records are to each other.")
class DecideMatchInput(MutationInput):
    """What two records are to each other."""

    left: strawberry.ID = strawberry.field(description="The one account record.")
    right: strawberry.ID = strawberry.field(description="The other account record.")
    verdict: choices.Verdict = strawberry.field(description="What they are.")
    relation: choices.RelationKind | None = given(
        "Of RELATED companies: `left` is this to `right`. Left out where it is not known how they are related."
    )
    reason: str | None = given("Why, in up to 1000 characters, for those who come after.")


@strawberry.type(description="The decision stands, and a worker maps all accounts anew: it takes effect with that.")
class DecideMatchPayload(MutationPayload):
    """A decision stands."""

    decision: Decision = strawberry.field(
        description="The decision. One that said the same already stays; one that said otherwise is withdrawn."
    )


@strawberry.input(description="Which decision to withdraw.")
class WithdrawDecisionInput(MutationInput):
    """Which decision to withdraw."""

    decision_id: strawberry.ID = strawberry.field(description="The decision.")


@strawberry.type(description="The rules decide again, as soon as a worker has mapped all accounts anew.")
class WithdrawDecisionPayload(MutationPayload):
    """A decision was withdrawn."""

    decision: Decision = strawberry.field(description="The decision, which is kept.")


DecideMatchResult = Annotated[
    DecideMatchPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("DecideMatchResult", description="A decision stands, or why not."),
]
WithdrawDecisionResult = Annotated[
    WithdrawDecisionPayload | NotFoundError | InvalidInputError | BusyError | IdempotencyConflictError,
    strawberry.union("WithdrawDecisionResult", description="A decision was withdrawn, or why not."),
]


def _said(input: DecideMatchInput, left: UUID, right: UUID, by: str) -> model.Decision:  # noqa: A002 - Relay's name
    relation = input.relation or None
    return model.Decision(
        left_id=left,
        right_id=right,
        verdict=input.verdict,
        relation=relation,
        from_id=left if relation else None,
        reason=input.reason or None,
        decided_by=by,
    )


@strawberry.type
class DecisionMutations:
    """What people can say about matches."""

    @strawberry.mutation(
        description="Say what two account records are to each other, whatever the rules say, until it is withdrawn.",
        directives=DIRECTIVES,
    )
    async def decide_match(
        self,
        info: Info,
        input: Annotated[DecideMatchInput, strawberry.argument(description="What they are.")],  # noqa: A002 - Relay's name
    ) -> DecideMatchResult:
        async def do(session: Session) -> Json:
            for side, key in sides.items():
                looked_for.append(side)
                await seen(info, model.AccountRecord, key)
            left, right = sides.values()
            decision = await decisions.decide(session, _said(input, left, right, info.context.viewer.client))
            await info.context.map_soon(session)
            return {"decision": str(decision)}

        sides = {side: key_of(model.AccountRecord, getattr(input, side)) for side in ("left", "right")}
        looked_for: list[str] = []
        try:
            answer = await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, looked_for[-1] if looked_for else None)  # type: ignore[no-any-return]
        return DecideMatchPayload(decision=await told(info, model.Decision, answer["decision"]))

    @strawberry.mutation(description="Take a decision back: the rules decide again. It is kept.", directives=DIRECTIVES)
    async def withdraw_decision(
        self,
        info: Info,
        input: Annotated[WithdrawDecisionInput, strawberry.argument(description="Which decision.")],  # noqa: A002 - Relay's name
    ) -> WithdrawDecisionResult:
        async def do(session: Session) -> Json:
            await seen(info, model.Decision, key)
            await decisions.withdraw(session, key, info.context.viewer.client)
            await info.context.map_soon(session)
            return {"decision": str(key)}

        key = key_of(model.Decision, input.decision_id)
        try:
            answer = await done_once(info, input, do)
        except EXPECTED as error:
            return unfound(info, error, "decisionId")  # type: ignore[no-any-return]
        return WithdrawDecisionPayload(decision=await told(info, model.Decision, answer["decision"]))
