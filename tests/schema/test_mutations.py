from types import SimpleNamespace
from uuid import uuid4

import pytest

from hub import model
from hub.errors import AuthError, Busy, ConfigurationError, InputError, NotFound
from hub.schema.auditing import Audit
from hub.schema.context import Context, Loaders
from hub.schema.export_links import ExportLinks
from hub.schema.ids import opaque
from hub.schema.schema import SCHEMA
from hub.store import issues
from hub.store.feed import Feed
from hub.store.read import reading
from hub.store.sharing import Viewer
from tests.schema.builders import a_connection, a_sync_run, an_organization

RUN = """mutation($input: RunSyncInput!) { runSync(input: $input) { __typename
  ... on RunSyncPayload { syncRuns { stream state connection { name } } query { syncRuns(first: 9) { totalCount } } }
  ... on UserError { message code path } } }"""
MAP = """mutation($input: MapAccountsInput! = {}) { mapAccounts(input: $input) { __typename
  ... on MapAccountsPayload { records accounts people matches query { accounts(first: 1) { totalCount } } }
  ... on UserError { message code } } }"""


@pytest.fixture
def change(database, session, home):
    """Runs a mutation; what it starts is given."""

    async def change(document, run_sync=None, map_accounts=None, write_back=None, viewer=home, **variables):
        await session.commit()
        async with reading(database, Viewer.anonymous(viewer.id)) as reader:
            context = Context(
                viewer=reader.viewer,
                database=database,
                loaders=Loaders(reader),
                feed=Feed(database),
                cursor_secret=b"k",
                export_links=ExportLinks(b"k"),
                run_sync=run_sync,
                map_accounts=map_accounts,
                map_soon=None,
                explain=None,
                surround=None,
                write_back=write_back,
                audit=Audit(database),
                request_id="r",
            )
            return await SCHEMA.execute(document, variables, context_value=context)

    return change


async def test_run_sync_shows_the_runs_it_started(change, session, home):
    crm = await a_connection(session, home, name="crm")
    asked = []

    async def run_sync(_, connection_id, **more):
        asked.append((connection_id, more))
        run = await a_sync_run(session, crm, "accounts")
        await session.commit()
        return [run.id]

    given = {"connectionId": opaque(model.Connection, crm.id), "stream": "accounts", "full": True}
    result = await change(RUN, run_sync, input=given)

    assert result.errors is None
    assert asked == [(crm.id, {"stream": "accounts", "full": True, "accept_removals": False})]
    assert result.data["runSync"] == {
        "__typename": "RunSyncPayload",
        "syncRuns": [{"stream": "accounts", "state": "RUNNING", "connection": {"name": "crm"}}],
        "query": {"syncRuns": {"totalCount": 1}},
    }


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (NotFound("no such stream"), "NotFoundError", "NOT_FOUND"),
        (Busy("at it"), "BusyError", "BUSY"),
        (InputError("bad"), "InvalidInputError", "INVALID_INPUT"),
        (AuthError("expired"), "SourceFailedError", "SOURCE_FAILED"),
    ],
)
async def test_what_keeps_a_sync_from_starting_is_data(change, session, home, error, kind, code):
    crm = await a_connection(session, home)

    async def run_sync(*_, **__):
        raise error

    result = await change(RUN, run_sync, input={"connectionId": opaque(model.Connection, crm.id)})

    assert result.errors is None
    assert result.data["runSync"] == {"__typename": kind, "message": str(error), "code": code, "path": None}


async def test_another_one_s_connection_cannot_be_synced(change, session, home):
    crm = await a_connection(session, home)
    stranger = await an_organization(session, "Stranger")

    result = await change(RUN, None, viewer=stranger, input={"connectionId": opaque(model.Connection, crm.id)})

    assert result.data["runSync"]["code"] == "NOT_FOUND"
    assert result.data["runSync"]["path"] == ["connectionId"]


async def test_the_id_of_another_type_is_refused(change, home):
    result = await change(RUN, None, input={"connectionId": opaque(model.AccountProfile, uuid4())})

    assert "is no id of the type connection" in result.errors[0].message


async def test_what_nobody_expects_is_an_error(change, session, home):
    crm = await a_connection(session, home)

    async def run_sync(*_, **__):
        raise ConfigurationError("sealed with another key")

    result = await change(RUN, run_sync, input={"connectionId": opaque(model.Connection, crm.id)})

    assert result.data is None


async def test_map_accounts_tells_what_it_came_to(change, home):
    async def map_accounts():
        return SimpleNamespace(records=4, accounts=3, people=2, matches=1)

    result = await change(MAP, map_accounts=map_accounts)

    assert result.errors is None
    assert result.data["mapAccounts"] == {
        "__typename": "MapAccountsPayload",
        "records": 4,
        "accounts": 3,
        "people": 2,
        "matches": 1,
        "query": {"accounts": {"totalCount": 0}},
    }


async def test_accounts_are_mapped_one_at_a_time(change, home):
    async def map_accounts():
        raise Busy("at it")

    result = await change(MAP, map_accounts=map_accounts)

    assert result.data["mapAccounts"] == {"__typename": "BusyError", "message": "at it", "code": "BUSY"}


async def test_under_one_key_a_sync_is_started_once_and_every_answer_shows_its_runs(change, session, home):
    crm = await a_connection(session, home, name="crm")
    started = []

    async def run_sync(*_, **__):
        run = await a_sync_run(session, crm)
        await session.commit()
        started.append(run.id)
        return [run.id]

    given = {"connectionId": opaque(model.Connection, crm.id), "idempotencyKey": str(uuid4())}
    answers = [await change(RUN, run_sync, input=each) for each in (given, given, given | {"stream": None})]
    conflict = await change(RUN, run_sync, input=given | {"full": True})
    unkeyed = await change(RUN, run_sync, input={"connectionId": given["connectionId"]})

    assert [answer.data["runSync"] for answer in answers] == [answers[0].data["runSync"]] * 3
    assert conflict.data["runSync"] == {
        "__typename": "IdempotencyConflictError",
        "message": "The idempotency key was used with another input: use a new one for each change.",
        "code": "IDEMPOTENCY_CONFLICT",
        "path": ["idempotencyKey"],
    }
    assert unkeyed.errors is None
    assert len(started) == 2


async def test_a_key_stands_for_one_mutation(change, session, home):
    async def map_accounts():
        return SimpleNamespace(records=4, accounts=3, people=2, matches=1)

    key = str(uuid4())
    first = await change(MAP, map_accounts=map_accounts, input={"idempotencyKey": key})
    crm = await a_connection(session, home)
    other = await change(RUN, None, input={"connectionId": opaque(model.Connection, crm.id), "idempotencyKey": key})

    assert first.data["mapAccounts"]["records"] == 4
    assert other.data["runSync"]["code"] == "IDEMPOTENCY_CONFLICT"


SCHEDULE = """mutation($input: SetSyncScheduleInput!) { setSyncSchedule(input: $input) { __typename
  ... on SetSyncSchedulePayload { connection { syncEvery syncDueAt } }
  ... on UserError { code path } } }"""
RESOLVE = """mutation($input: ResolveIssueInput!) { resolveIssue(input: $input) { __typename
  ... on ResolveIssuePayload { issue { resolvedAt } query { issues(first: 1, filter: {isOpen: true}) { totalCount } } }
  ... on UserError { code path } } }"""


async def test_a_schedule_is_set_and_taken_back(change, session, home):
    crm = opaque(model.Connection, (await a_connection(session, home)).id)

    due = (await change(SCHEDULE, input={"connectionId": crm, "every": 15})).data["setSyncSchedule"]["connection"]
    never = (await change(SCHEDULE, input={"connectionId": crm, "every": None})).data["setSyncSchedule"]["connection"]
    wrong = [
        (await change(SCHEDULE, input={"connectionId": crm, **given})).data["setSyncSchedule"]
        for given in ({"every": 0}, {"every": 10**6}, {})
    ]

    assert due["syncEvery"] == 15
    assert due["syncDueAt"] is not None
    assert never == {"syncEvery": None, "syncDueAt": None}
    assert wrong == [{"__typename": "InvalidInputError", "code": "INVALID_INPUT", "path": ["every"]}] * 3


async def test_an_issue_that_was_looked_at_is_closed(change, session, home):
    crm = await a_connection(session, home)
    await issues.report(session, crm.id, "accounts", model.IssueKind.VANISHED_FIELD, {"Fax": "It is gone."})
    (issue,) = await issues.newest_open(session, 1)
    given = {"issueId": opaque(model.Issue, issue.id)}
    stranger = await an_organization(session, "Stranger")

    not_theirs = (await change(RESOLVE, viewer=stranger, input=given)).data["resolveIssue"]
    closed = (await change(RESOLVE, input=given)).data["resolveIssue"]

    assert not_theirs == {"__typename": "NotFoundError", "code": "NOT_FOUND", "path": ["issueId"]}
    assert closed["issue"]["resolvedAt"] is not None
    assert closed["query"]["issues"]["totalCount"] == 0
