from types import SimpleNamespace
from uuid import uuid4

import pytest

from hub import model
from hub.errors import AuthError, Busy, ConfigurationError, InputError, NotFound
from hub.schema.context import Context, Loaders
from hub.schema.ids import opaque
from hub.schema.schema import SCHEMA
from hub.store.feed import Feed
from hub.store.read import reading
from hub.store.sharing import Viewer
from tests.schema.builders import a_connection, a_sync_run, an_organization

RUN = """mutation($input: RunSyncInput!) { runSync(input: $input) { __typename
  ... on RunSyncPayload { syncRuns { stream state connection { name } } query { syncRuns(first: 9) { totalCount } } }
  ... on UserError { message code path } } }"""
MAP = """mutation { mapAccounts { __typename
  ... on MapAccountsPayload { records accounts people matches query { accounts(first: 1) { totalCount } } }
  ... on UserError { message code } } }"""


@pytest.fixture
def change(database, session, home):
    """Runs a mutation; what it starts is given."""

    async def change(document, run_sync=None, map_accounts=None, viewer=home, **variables):
        await session.commit()
        async with reading(database, Viewer(viewer.id)) as reader:
            context = Context(
                loaders=Loaders(reader),
                feed=Feed(database),
                cursor_secret=b"k",
                run_sync=run_sync,
                map_accounts=map_accounts,
                request_id="r",
            )
            return await SCHEMA.execute(document, variables, context_value=context)

    return change


async def test_run_sync_shows_the_runs_it_started(change, session, home):
    crm = await a_connection(session, home, name="crm")
    asked = []

    async def run_sync(connection_id, stream, full):
        asked.append((connection_id, stream, full))
        run = await a_sync_run(session, crm, "accounts")
        await session.commit()
        return [run.id]

    given = {"connectionId": opaque(model.Connection, crm.id), "stream": "accounts", "full": True}
    result = await change(RUN, run_sync, input=given)

    assert result.errors is None
    assert asked == [(crm.id, "accounts", True)]
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

    async def run_sync(*_):
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
    result = await change(RUN, None, input={"connectionId": opaque(model.Account, uuid4())})

    assert "is no id of the type Connection" in result.errors[0].message


async def test_what_nobody_expects_is_an_error(change, session, home):
    crm = await a_connection(session, home)

    async def run_sync(*_):
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
