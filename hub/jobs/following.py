"""What people decided, as mapping follows it, and what is told of it."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pyarrow as pa
from pyarrow import compute as pc

from hub.graph import decisions as graph
from hub.graph.decisions import awake, settled
from hub.graph.mapping import Mapping as Found
from hub.model import Decision
from hub.store import decisions
from hub.store.database import Session
from hub.store.paths import prefix_of

Decided = Mapping[graph.Decision, Decision]
"""What people decided about live records, as it is compared and as it is stored."""


async def decided(session: Session, records: pa.Table) -> Decided:
    """What people decided about two of `records`."""
    rows = {
        graph.Decision(left=row.left_id, right=row.right_id, verdict=row.verdict, decided_at=row.decided_at): row
        for row in await decisions.standing(session)
    }
    live = among({id_ for each in rows for id_ in (each.left, each.right)}, records)
    return {each: rows[each] for each in awake(rows, live)}


def among(ids: Collection[UUID], records: pa.Table) -> set[UUID]:
    """Those of `ids` that records have."""
    asked = pa.array([str(id_) for id_ in ids], pa.string())
    found = pc.filter(asked, pc.is_in(asked, records["id"]))
    return {UUID(id_) for id_ in found.to_pylist()}


_MATCHES = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("score", pa.float64()),
        ("evidence", pa.string()),
        ("verdict", pa.string()),
        ("decided_by", pa.string()),
        ("rule_verdict", pa.string()),
    ]
)


def matches(found: Found, decided: Decided) -> pa.Table:
    """Every finding, and every pair that people decided about, as a match: what they said, beside the rules' score."""
    told = found.told
    ruled = told.filter(pc.invert(told["is_asked"]))
    by_rules = pa.table(
        {
            "left_id": ruled["left"],
            "right_id": ruled["right"],
            "score": pc.round(ruled["bits"], 3),
            "evidence": ruled["evidence"],
            "verdict": ruled["verdict"],
            "decided_by": pa.repeat(found.decided_by, ruled.num_rows),
            "rule_verdict": ruled["verdict"],
        }
    )
    asked = told.filter(told["is_asked"])
    scored = {(row["left"], row["right"]): row for row in asked.to_pylist()}
    by_people = [
        _decided_match(pair, said, scored.get((str(pair.left), str(pair.right)))) for pair, said in decided.items()
    ]
    return pa.concat_tables([by_rules.cast(_MATCHES), pa.Table.from_pylist(by_people, _MATCHES)])


def _decided_match(pair: graph.Decision, said: Decision, scored: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where the rules never compared the two, they say nothing."""
    return {
        "left_id": str(pair.left),
        "right_id": str(pair.right),
        "score": round(scored["bits"], 3) if scored else 0.0,
        "evidence": scored["evidence"] if scored else "[]",
        "verdict": said.verdict,
        "decided_by": said.decided_by,
        "rule_verdict": scored["verdict"] if scored else None,
    }


def contradictions(decided: Decided) -> dict[UUID, str]:
    """What a person is told of each decision that cannot be followed, by its id."""
    _, found = settled(decided.keys())
    return {decided[each.same].id: _told(each, decided) for each in found}


def _told(contradiction: graph.Contradiction, decided: Decided) -> str:
    same, *against = (decided[each] for each in (contradiction.same, *contradiction.against))
    apart = ", ".join(f"{each.verdict} of {prefix_of(Decision)}{each.id}" for each in against)
    return (
        f"SAME of {prefix_of(Decision)}{same.id} is not followed: together with other decisions it would join records "
        f"that are kept apart by {apart}. Withdraw one of them."
    )
