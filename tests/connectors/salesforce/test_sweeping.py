from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from hub.connectors.base import Page
from hub.connectors.salesforce import CONNECTOR
from hub.connectors.salesforce.org import Org
from hub.sandbox.world import Fate

from .sandbox import Sandbox

STREAMS = {stream.name: stream for stream in CONNECTOR.streams}
SWEPT = [stream for stream in CONNECTOR.streams if stream.ids is not None]


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox()


async def among(org: Org, stream: str, ids: Sequence[str]) -> dict[str, Any]:
    read: list[Page] = [page async for page in STREAMS[stream].among(org, ids)]
    rows = [msgspec.json.decode(payload) for page in read for payload in page.payloads]
    return {row["Id"]: row for row in rows}


async def test_every_object_that_is_not_read_whole_is_swept(sandbox):
    async with sandbox.opened() as org:
        readable = {report.stream async for report in CONNECTOR.report(org) if report.readable}
        for stream in SWEPT:
            if stream.name not in readable:
                continue
            ids = [id_ async for portion in stream.ids(org) for id_ in portion]
            assert len(ids) == len(set(ids))
            assert set(await among(org, stream.name, ids[:300])) == set(ids[:300])
    assert {stream.name for stream in CONNECTOR.streams} - {stream.name for stream in SWEPT} == {
        stream.name for stream in CONNECTOR.streams if stream.whole(None)
    }


async def test_the_ids_are_those_of_live_rows_and_a_row_in_the_recycle_bin_says_so(sandbox):
    accounts = sandbox.world.salesforce.accounts
    live = {entry.id for entry in accounts if entry.fate is Fate.LIVE}
    binned, merged, purged = list(live)[:3]
    winner = next(iter(live - {binned, merged, purged}))
    sandbox.state.remove("Account", binned)
    sandbox.state.merge("Account", winner, [merged])
    sandbox.state.purge("Account", purged)
    async with sandbox.opened() as org:
        ids = {id_ async for portion in STREAMS["accounts"].ids(org) for id_ in portion}
        rows = await among(org, "accounts", [binned, merged, purged, winner])
    assert ids == live - {binned, merged, purged}
    assert rows.keys() == {binned, merged, winner}
    assert rows[binned]["IsDeleted"]
    assert rows[merged]["MasterRecordId"] == winner


async def test_rows_by_their_ids_are_spelled_as_any_reading_spells_them(sandbox):
    async with sandbox.opened() as org:
        read = [page async for page in STREAMS["contacts"].pages(org, None)]
        payloads = [payload for page in read for payload in page.payloads][:100]
        ids = [msgspec.json.decode(payload)["Id"] for payload in payloads]
        again = [payload async for page in STREAMS["contacts"].among(org, ids) for payload in page.payloads]
    assert sorted(again) == sorted(payloads)


async def test_locators_lost_in_the_middle_lose_no_id(sandbox):
    sandbox.sessions_end_every = 5
    async with sandbox.opened() as org:
        ids = [id_ async for portion in STREAMS["contacts"].ids(org) for id_ in portion]
    assert set(ids) == {entry.id for entry in sandbox.world.salesforce.contacts if entry.fate is Fate.LIVE}
