"""What `hub sync` ends with."""

from uuid import UUID

import pytest

from hub.cli.sync import Exit, Outcome
from hub.errors import Unavailable
from hub.jobs.stream_run import StreamRun
from hub.model import Connection, SyncRunState
from tests.jobs.vendor import a_stream

SUCCEEDED, FAILED, UNAVAILABLE = SyncRunState.SUCCEEDED, SyncRunState.FAILED, SyncRunState.UNAVAILABLE
NOBODY = UUID(int=0)


def a_run(of: str, state: SyncRunState, held_back: int = 0) -> StreamRun:
    place = {"owner_id": NOBODY, "subject_id": NOBODY, "config": {}, "credentials": b""}
    connection = Connection(name=of, connector="salesforce", **place)
    return StreamRun(connection=connection, stream=a_stream(), id=NOBODY, state=state, held_back=held_back)


@pytest.mark.parametrize(
    ("runs", "code"),
    [
        ([("crm", SUCCEEDED), ("crm", UNAVAILABLE)], Exit.SYNCED),
        ([("crm", UNAVAILABLE), ("crm", UNAVAILABLE), ("list", SUCCEEDED)], Exit.FAILED),
        ([("crm", SUCCEEDED), ("crm", FAILED)], Exit.FAILED),
        ([("crm", SUCCEEDED, 85), ("list", SUCCEEDED)], Exit.HELD_BACK),
        ([("crm", SUCCEEDED, 85), ("list", FAILED)], Exit.FAILED),
    ],
)
def test_only_what_was_read_and_held_nothing_back_is_a_success(runs: list[tuple], code: Exit):
    assert Outcome([a_run(*run) for run in runs]).code == code


def test_a_connection_that_could_not_be_opened_is_a_failure():
    assert Outcome([], {"crm": Unavailable("no answer")}).code == Exit.FAILED
