"""How companies are related."""

from decimal import Decimal

from hub import model
from hub.schema import choices
from hub.schema.accounts import Account, AccountRecord
from hub.schema.decisions import Decision
from hub.schema.fields import Node, column, one, shows
from hub.store import relation_paths as paths


@shows(model.Relation, "One company is related to another, as a source, a person or the rules say of a record of each.")
class Relation(Node):
    """Two related companies."""

    kind: choices.RelationKind | None = column(
        model.Relation.kind,
        "`from` is this to `to`; null where a person said no more than that they are related, which has no direction.",
    )
    source: choices.RelationSource = column(model.Relation.source, "Who says so.")
    from_: Account = one(paths.RELATION_FROM, "The first company.", name="from")
    to: Account = one(paths.RELATION_TO, "The other company.")
    from_record: AccountRecord = one(paths.RELATION_FROM_RECORD, "The record of the first of which it is said.")
    to_record: AccountRecord = one(
        paths.RELATION_TO_RECORD, "The record of the other; where a source says so, it is this that names its parent."
    )
    decision: Decision | None = one(paths.RELATION_DECISION, "What the person decided, where one says so.")
    bits: Decimal | None = column(model.Relation.bits, "How sure the rules are, where they say so; as of a match.")
    reason: str | None = column(model.Relation.reason, "Why the rules say so.")
