"""How decisions lead to what they are about, and back."""

from hub.model import AccountRecord, Decision, Match, Review
from hub.store.paths import Hop, Path

DECISIONS = Path("decisions", Decision)
REVIEWS = Path("reviewQueue", Review)

DECISION_LEFT = Path("Decision.left", AccountRecord, ((Hop((Decision.left_id,), (AccountRecord.id,)),),))
DECISION_RIGHT = Path("Decision.right", AccountRecord, ((Hop((Decision.right_id,), (AccountRecord.id,)),),))
MATCH_DECISIONS = Path(
    "Match.decisions", Decision, ((Hop((Match.left_id, Match.right_id), (Decision.left_id, Decision.right_id)),),)
)
RECORD_DECISIONS = Path(
    "AccountRecord.decisions",
    Decision,
    ((Hop((AccountRecord.id,), (Decision.left_id,)),), (Hop((AccountRecord.id,), (Decision.right_id,)),)),
)
REVIEW_MATCH = Path("Review.match", Match, ((Hop((Review.match_id,), (Match.id,)),),))
