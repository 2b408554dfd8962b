"""Why records are one account, or are not, as JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from hub.cli.terminal import spelled
from hub.graph.explaining import Comparison, Explanation, Surroundings
from hub.model import AccountRecord
from hub.store.account_records import Known
from hub.store.paths import prefix_of

Facts = dict[str, Any]


def explanation_facts(found: Explanation, names: Mapping[UUID, Known]) -> Facts:
    """Of two records."""
    against = found.against
    return {
        "left": _record(found.comparison.left, names),
        "right": _record(found.comparison.right, names),
        "reason": found.reason,
        "isOneAccount": found.is_one_account,
        "isCompared": found.is_compared,
        "missing": found.missing,
        **_comparison(found.comparison),
        "chain": [{**asdict(each), "record": _record(each.record, names)} for each in found.chain],
        "against": against
        and {**asdict(against), "left": _record(against.left, names), "right": _record(against.right, names)},
        "rules": asdict(found.rules),
    }


def surroundings_facts(key: UUID, found: Surroundings, names: Mapping[UUID, Known]) -> Facts:
    """Of one."""
    return {
        "record": _record(key, names),
        **{
            side: [{"record": _record(each.right, names), **_comparison(each)} for each in getattr(found, side)]
            for side in ("members", "nearest")
        },
        "rules": asdict(found.rules),
    }


def _comparison(found: Comparison) -> Facts:
    return {
        "bits": found.bits,
        "ruleVerdict": found.rule_verdict,
        "decided": found.decided,
        "steps": [asdict(each) for each in found.steps],
    }


def _record(key: UUID | None, names: Mapping[UUID, Known]) -> Facts | None:
    known = names.get(key) if key else None
    if known is None:
        return None
    facts = {spelled(name): getattr(known, name) for name in Known.__slots__}
    return {**facts, "id": f"{prefix_of(AccountRecord)}{known.id}"}
