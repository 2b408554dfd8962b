"""What becomes of a planned line, by its row as it is now."""

from typing import Any
from uuid import UUID

import pytest

from hub.connectors.base import Current
from hub.jobs.write_apply import decision
from hub.model import WriteItem, WriteOutcome

PENDING, WRITTEN, CONFLICT = WriteOutcome.PENDING, WriteOutcome.WRITTEN, WriteOutcome.CONFLICT


def an_item(outcome: WriteOutcome = PENDING, before: str | None = "old", after: str | None = "new") -> Any:
    return WriteItem(
        plan_id=UUID(int=1), connection_id=UUID(int=2), stream="accounts", external_id="A", noun="Account", name=None,
        field="F", before=before, after=after, version="1", outcome=outcome,
    )  # fmt: skip


def there(value: str | None, version: str = "1") -> Current:
    return Current(values={"F": value}, version=version)


SENDING, UNCHANGED, REFUSED = WriteOutcome.SENDING, WriteOutcome.UNCHANGED, WriteOutcome.REFUSED
DECISIONS = [
    (an_item(), there("old"), None, "as planned"),
    (an_item(), there("old", "2"), None, "another field of the row was changed"),
    (an_item(), there("new", "2"), UNCHANGED, "somebody wrote the very same"),
    (an_item(SENDING), there("new", "2"), WRITTEN, "an earlier attempt arrived"),
    (an_item(SENDING), there("old"), None, "an earlier attempt did not arrive"),
    (an_item(), there("theirs", "2"), CONFLICT, "somebody changed it"),
    (an_item(SENDING), there("theirs", "2"), CONFLICT, "somebody changed it, before or after us"),
    (an_item(), None, REFUSED, "the row is gone"),
    (an_item(after=None), there("old"), None, "to be emptied"),
    (an_item(after=None), there(None, "2"), UNCHANGED, "emptied meanwhile"),
    (an_item(before=None), there(None), None, "to be filled"),
    (an_item(before=None), there("theirs", "2"), CONFLICT, "filled meanwhile"),
]


@pytest.mark.parametrize(("item", "fresh", "outcome", "why"), DECISIONS, ids=[each[3] for each in DECISIONS])
def test_what_becomes_of_a_line_is_decided_by_its_row_as_it_is_now(item, fresh, outcome, why):
    settled = decision(item, fresh, {"F"})
    assert (settled and settled.outcome) == outcome
    assert decision(item, fresh, {"G"}).outcome is REFUSED, "disabled"
