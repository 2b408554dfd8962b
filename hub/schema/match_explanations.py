"""Why account records are one account, or are not."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import strawberry

from hub import model
from hub.errors import NotFound
from hub.model import Scope
from hub.schema import choices
from hub.schema.accounts import AccountRecord
from hub.schema.context import Info
from hub.schema.costs import EXPLAINING, assumed, cost
from hub.schema.fields import shown
from hub.schema.ids import key_of
from hub.schema.scopes import requires

if TYPE_CHECKING:
    from hub.graph import explaining, ties

STEPS, MEMBERS, NEAREST, LINKS = 8, 100, 10, 5
"""How long lists are taken to be: there are as many comparisons, and at most so many records."""
DIRECTIVES = [cost(EXPLAINING), *requires(Scope.MAPPING_READ)]


@strawberry.type(description="One comparison of two records, as a bar of a waterfall chart.")
class ComparisonStep:
    """One comparison."""

    feature: str = strawberry.field(description='What is compared, such as "domain".')
    left: str = strawberry.field(description="What the left record says, in the form in which it is compared.")
    right: str = strawberry.field(description="What the right record says.")
    bits: float = strawberry.field(
        description="log2 of how much likelier the observation is for one company than for two; below 0 speaks against."
    )
    start: float = strawberry.field(description="The sum of the steps before it: where its bar begins.")
    end: float = strawberry.field(description="The sum with it: where its bar ends.")


@strawberry.type(description="What bits are measured by.")
class MappingRules:
    """Thresholds and their version."""

    version: str = strawberry.field(description="The rule set and its version, as `Match.decidedBy` tells it.")
    unsure: float = strawberry.field(description="From so many bits on, a person should decide.")
    same: float = strawberry.field(description="From so many bits on, two records are one company.")
    shared: float = strawberry.field(description="From so many bits on, it is sure enough to be told to a partner.")


@strawberry.type(description="Two records and what they say, whatever other records do.")
class RecordComparison:
    """Two records."""

    compared: strawberry.Private["explaining.Comparison"]
    bits: float = strawberry.field(description="The sum of the steps.")
    rule_verdict: choices.Verdict = strawberry.field(description="What the rules say of the two alone.")
    decided: choices.Verdict | None = strawberry.field(description="What a person said of the two, if one did.")
    steps: list[ComparisonStep] = strawberry.field(
        description="Each comparison in which a record says anything.", directives=[assumed(STEPS)]
    )

    @strawberry.field(description="The record that was asked about; of two, the first.")
    async def left(self, info: Info) -> AccountRecord:
        return await _record(info, self.compared.left)

    @strawberry.field(description="The other record.")
    async def right(self, info: Info) -> AccountRecord:
        return await _record(info, self.compared.right)


@strawberry.type(description="A record of a chain, and what ties it to the one before it.")
class ChainLink:
    """A link."""

    record_id: strawberry.Private[UUID | None]
    bits: float | None = strawberry.field(
        description="What the two say; null for the first, where a person said so, and next to records of others."
    )
    verdict: choices.Verdict | None = strawberry.field(description="What a person said, where that ties them.")

    @strawberry.field(description="The record; null for records of others, however many.")
    async def record(self, info: Info) -> AccountRecord | None:
        return await _record_or_null(info, self.record_id)


@strawberry.type(description="What speaks most against one account of two: a record of each.")
class Opposition:
    """A pair that speaks against."""

    told: strawberry.Private["ties.Opposition"]
    bits: float | None = strawberry.field(
        description="What the two say; null where a person said it, and for records of others."
    )
    verdict: choices.Verdict | None = strawberry.field(description="What a person said of the two.")

    @strawberry.field(description="A record of the left account; null where it is one of others, or the right one is.")
    async def left(self, info: Info) -> AccountRecord | None:
        return await _record_or_null(info, self.told.left)

    @strawberry.field(description="A record of the right account; null where it is one of others, or the left one is.")
    async def right(self, info: Info) -> AccountRecord | None:
        return await _record_or_null(info, self.told.right)


@strawberry.type(
    description="Why two account records are one account, or are not: they are compared now; which accounts they are "
    "in is what the last mapping said."
)
class MatchExplanation:
    """Why, or why not."""

    comparison: RecordComparison = strawberry.field(description="What the two say.")
    reason: choices.MatchReason = strawberry.field(description="Why.")
    is_one_account: bool = strawberry.field(description="Whether the two are in one account.")
    is_compared: bool = strawberry.field(
        description="Whether something that records say leads mapping from the one to the other."
    )
    missing: float = strawberry.field(description="How many bits more would make the two the same; 0 where they are.")
    chain: list[ChainLink] = strawberry.field(
        description="Of one account: the shortest way from the left record to the right one by pairs that are the "
        "same.",
        directives=[assumed(LINKS)],
    )
    against: Opposition | None = strawberry.field(
        description="Of two accounts: what speaks most against one, besides the two themselves; first what can be "
        "named."
    )
    rules: MappingRules = strawberry.field(description="What bits are measured by.")


@strawberry.type(
    description="An account record beside those of its account, and beside those outside it that are like it."
)
class RecordExplanation:
    """A record and others."""

    members: list[RecordComparison] = strawberry.field(
        description="With each other record of its account, the most alike first; 100 at most.",
        directives=[assumed(MEMBERS)],
    )
    nearest: list[RecordComparison] = strawberry.field(
        description="With records of other accounts that something leads to, the most alike first; 10 at most.",
        directives=[assumed(NEAREST)],
    )
    rules: MappingRules = strawberry.field(description="What bits are measured by.")


Left = Annotated[strawberry.ID, strawberry.argument(description="An account record.")]
Right = Annotated[strawberry.ID, strawberry.argument(description="Another account record.")]
Record = Annotated[strawberry.ID, strawberry.argument(name="id", description="An account record.")]


@strawberry.type
class ExplanationQueries:
    """What can be asked about matches."""

    @strawberry.field(
        description="Why two account records are one account, or are not. `BUSY` while something else is explained.",
        directives=DIRECTIVES,
    )
    async def explain_match(self, info: Info, a: Left, b: Right) -> MatchExplanation:
        pair = (await _seen(info, a), await _seen(info, b))
        return _explanation(await info.context.explain(pair, info.context.viewer.organization_id))

    @strawberry.field(
        description="An account record beside those that it is most like. `BUSY` while something else is explained.",
        directives=DIRECTIVES,
    )
    async def explain_record(self, info: Info, record_id: Record) -> RecordExplanation:
        key = await _seen(info, record_id)
        found = await info.context.surround(key, info.context.viewer.organization_id)
        return RecordExplanation(
            members=[_comparison(each) for each in found.members],
            nearest=[_comparison(each) for each in found.nearest],
            rules=_rules(found.rules),
        )


async def _seen(info: Info, text: str) -> UUID:
    """The key of a record that the viewer may see. Raises NotFound."""
    key = key_of(model.AccountRecord, text)
    await _record(info, key)
    return key


async def _record(info: Info, key: UUID) -> AccountRecord:
    row = await info.context.loaders.node(model.AccountRecord, key)
    if row is None:
        raise NotFound("There is no such account record.")
    found: AccountRecord = shown(model.AccountRecord, row)
    return found


async def _record_or_null(info: Info, key: UUID | None) -> AccountRecord | None:
    row = await info.context.loaders.node(model.AccountRecord, key) if key else None
    found: AccountRecord | None = shown(model.AccountRecord, row)
    return found


def _explanation(found: "explaining.Explanation") -> MatchExplanation:
    against = found.against
    return MatchExplanation(
        comparison=_comparison(found.comparison),
        reason=found.reason,
        is_one_account=found.is_one_account,
        is_compared=found.is_compared,
        missing=found.missing,
        chain=[ChainLink(record_id=each.record, bits=each.bits, verdict=each.verdict) for each in found.chain],
        against=Opposition(told=against, bits=against.bits, verdict=against.verdict) if against else None,
        rules=_rules(found.rules),
    )


def _comparison(found: "explaining.Comparison") -> RecordComparison:
    steps = [ComparisonStep(**{name: getattr(each, name) for name in _STEP}) for each in found.steps]
    return RecordComparison(
        compared=found, bits=found.bits, rule_verdict=found.rule_verdict, decided=found.decided, steps=steps
    )


_STEP = ("feature", "left", "right", "bits", "start", "end")


def _rules(found: "explaining.Rules") -> MappingRules:
    return MappingRules(version=found.version, unsure=found.unsure, same=found.same, shared=found.shared)
