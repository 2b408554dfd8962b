"""What people decided about matches, what waits for them, and how the rules do by what they decided."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import strawberry

from hub import model
from hub.model import Scope
from hub.schema import choices
from hub.schema.accounts import AccountRecord
from hub.schema.context import Info
from hub.schema.costs import TOTAL, cost
from hub.schema.fields import ELEMENTS, Node, column, one, shows
from hub.schema.filters import DecisionFilter
from hub.schema.money import Money
from hub.schema.paging import Listing, many
from hub.schema.scopes import requires
from hub.store import decision_paths as paths
from hub.store import relation_paths

if TYPE_CHECKING:
    from hub.schema.matches import Match


@shows(model.Decision, "What a person said two account records are to each other. It outranks every rule.")
class Decision(Node):
    """A person's verdict."""

    verdict: choices.Verdict = column(
        model.Decision.verdict,
        "SAME joins the two, DIFFERENT and RELATED keep them apart, UNSURE leaves it to the rules and keeps the pair "
        "in the queue.",
    )
    relation: choices.RelationKind | None = column(
        model.Decision.relation, "`from` is this to the other company; null where nobody said how they are related."
    )
    from_: AccountRecord | None = one(
        relation_paths.DECISION_FROM, "The record whose company is `relation` to the other's.", name="from"
    )
    reason: str | None = column(model.Decision.reason, 'Why, as they put it, such as "one is the other\'s reseller".')
    decided_by: str = column(model.Decision.decided_by, "Who decided, as the audit log names them.")
    decided_at: datetime = column(model.Decision.decided_at, "When.")
    withdrawn_by: str | None = column(model.Decision.withdrawn_by, "Who took it back, or decided otherwise.")
    withdrawn_at: datetime | None = column(model.Decision.withdrawn_at, "When; null while it stands.")
    left: AccountRecord = one(paths.DECISION_LEFT, "The one record.")
    right: AccountRecord = one(paths.DECISION_RIGHT, "The other record.")


@shows(model.Review, "A match that waits for a person, and what is at stake in it, as of the last mapping.")
class Review(Node):
    """A pair that waits."""

    match: Annotated["Match", strawberry.lazy("hub.schema.matches")] = one(paths.REVIEW_MATCH, "The match.")
    stake: Decimal = column(
        model.Review.stake,
        "What `amounts` come to in one number: each counted in the average open deal of its currency. 0 where no open "
        "deal has an amount.",
    )
    uncertainty: Decimal = column(
        model.Review.uncertainty,
        "1 where the score is in the middle between the two thresholds of the rules, 0.5 at either of them; 0.5 at "
        "least, too, where a person was unsure.",
    )
    priority: Decimal = column(model.Review.priority, "`stake` times `uncertainty`: the queue's order.")

    @strawberry.field(
        description="The amounts of the open deals of both accounts, by currency.",
        metadata={ELEMENTS: model.Review.amounts},
    )
    def amounts(self) -> list[Money]:
        return [Money(amount=Decimal(said["amount"]), currency=said["currency"]) for said in self.row.amounts]


@strawberry.type(
    description="How the verdicts of the rules compare with what people decided, in pairs of live records. People "
    "decide about chosen pairs, doubtful ones first, so all others may fare better."
)
class RuleMeasure:
    """How the rules do."""

    precision: float | None = strawberry.field(
        description="What share of the pairs that the rules say are the same is so; null below 30 such pairs."
    )
    recall: float | None = strawberry.field(
        description="What share of the pairs that are the same the rules say so of; null below 30 such pairs."
    )
    right: int = strawberry.field(description="Pairs that are the same by people and by the rules.")
    wrong: int = strawberry.field(description="Pairs that are the same by the rules only.")
    missed: int = strawberry.field(description="Pairs that are the same by people only.")
    kept_apart: int = strawberry.field(description="Pairs that are the same by neither.")


@strawberry.type
class DecisionQueries:
    """What can be asked of decisions."""

    review_queue: Listing[Review] = many(
        paths.REVIEWS,
        "The matches that wait for a person's decision, those first in which most money is at stake and which are "
        "least certain.",
    )
    decisions: Listing[Decision] = many(
        paths.DECISIONS, "What people decided about matches, the newest first.", where=DecisionFilter
    )

    @strawberry.field(
        description="How the rules do, by what people decided.",
        directives=[cost(TOTAL), *requires(Scope.MAPPING_READ)],
    )
    async def rule_measure(self, info: Info) -> RuleMeasure:
        found = await info.context.loaders.reader.measure()
        counts = {name: getattr(found, name) for name in ("right", "wrong", "missed", "kept_apart")}
        return RuleMeasure(precision=found.precision, recall=found.recall, **counts)
