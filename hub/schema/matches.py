"""Why records are thought to be the same company."""

from datetime import datetime
from decimal import Decimal

import strawberry

from hub import model
from hub.schema import choices
from hub.schema.accounts import AccountRecord
from hub.schema.decisions import Decision
from hub.schema.fields import ELEMENTS, Node, column, one, shows
from hub.schema.paging import Listing, many
from hub.store import decision_paths, paths


@strawberry.type(description="One comparison that speaks for or against a match.")
class Evidence:
    """One comparison."""

    feature: str = strawberry.field(description='What was compared, such as "domain".')
    left: str = strawberry.field(description="What the left record says.")
    right: str = strawberry.field(description="What the right record says.")
    bits: float = strawberry.field(
        description="log2 of how much likelier the observation is for one company than for two; below 0 speaks against."
    )


@shows(model.Match, "Two account records compared: the score, the evidence and the verdict.")
class Match(Node):
    """Two records compared."""

    score: Decimal = column(model.Match.score, "The sum of the evidence, in bits.")
    verdict: choices.Verdict = column(
        model.Match.verdict, "What they are to each other: a person's word, or else the rules'; as of the last mapping."
    )
    rule_verdict: choices.Verdict | None = column(
        model.Match.rule_verdict, "The rules' word, whatever a person said; null where they did not compare the two."
    )
    decided_by: str = column(
        model.Match.decided_by,
        'The weights by their version, such as "bits-4"; a person as the audit log names them, where one decided.',
    )
    created_at: datetime = column(model.Match.created_at, "When it was decided.")
    left: AccountRecord = one(paths.MATCH_LEFT, "The one record.")
    right: AccountRecord = one(paths.MATCH_RIGHT, "The other record.")
    decisions: Listing[Decision] = many(decision_paths.MATCH_DECISIONS, "What a person decided about the two.")

    @strawberry.field(description="What speaks for it and against it.", metadata={ELEMENTS: model.Match.evidence})
    def evidence(self) -> list[Evidence]:
        return [Evidence(**said) for said in self.row.evidence]
