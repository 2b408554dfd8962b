"""Objects so large that an org gives up on a query before it answers."""

import httpx
import msgspec
import pytest

from hub.connectors.salesforce import CONNECTOR
from hub.connectors.salesforce.client import changes
from hub.errors import TooSlow

from .memory import Memory
from .sandbox import Sandbox
from .test_paging import Tied
from .wire import answer, opened

CONTACTS = next(stream for stream in CONNECTOR.streams if stream.name == "contacts")
GAVE_UP = httpx.Response(
    400, json=[{"message": "Your query request was running for too long.", "errorCode": "QUERY_TIMEOUT"}]
)
NO_JOBS = httpx.Response(400, json=[{"message": "not supported", "errorCode": "INVALIDENTITY"}])


class Slow(Sandbox):
    """An org that answers no query in an order; it has jobs."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "ORDER BY" in request.url.params.get("q", ""):
            self.asked.append(request)
            return httpx.Response(GAVE_UP.status_code, content=GAVE_UP.content)
        return await super().handle_async_request(request)


class Hurried(Tied):
    """An org without jobs that gives up on more than so many rows."""

    def __init__(self, seconds: list[int], most: int) -> None:
        super().__init__(seconds, sizes=[2], lost=set())
        self.most = most

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/jobs/query"):
            return NO_JOBS if request.method == "POST" else httpx.Response(200, json={"done": True, "records": []})
        if "q" in request.url.params and len(self._found(request.url.params["q"])) > self.most:
            return GAVE_UP
        return super().__call__(request)


async def test_a_window_that_takes_a_query_too_long_is_read_by_a_job():
    queried, memory, slow = Memory(), Memory(), Slow()
    async with Sandbox().opened() as org:
        async for page in queried.pages(CONTACTS, org):
            queried.keep(CONTACTS, page)
    async with slow.opened() as org:
        async for page in memory.pages(CONTACTS, org):
            memory.keep(CONTACTS, page)
    assert memory.raw == queried.raw
    assert len([each for each in slow.asked if "ORDER BY" in each.url.params.get("q", "")]) == 1


async def test_all_ids_of_an_object_that_takes_a_query_too_long_come_by_a_job():
    async def ids(sandbox: Sandbox) -> set[str]:
        async with sandbox.opened() as org:
            return {id_ async for portion in CONTACTS.ids(org) for id_ in portion}

    assert await ids(Slow()) == await ids(Sandbox())


async def test_without_jobs_ever_smaller_windows_are_asked_for_and_no_row_is_lost():
    crm = Hurried([-90_000, *range(0, 43_000, 1_000), 86_399], most=5)
    async with opened(crm) as org:
        read = [page async for page in changes(org, None, sobject="Account")]
    ids = [msgspec.json.decode(payload)["Id"] for page in read for payload in page.payloads]
    assert set(ids) == {id_ for _, id_ in crm.rows}
    assert len(ids) < 2 * len(crm.rows)
    until = {page.bookmark["until"] for page in read if page.payloads}
    assert until == {"2026-11-01T12:00:00Z"}


async def test_one_killed_among_smaller_windows_goes_on_after_its_last_row():
    crm = Hurried(list(range(0, 43_000, 1_000)), most=5)
    async with opened(crm) as org:
        pages = [page async for page in changes(org, None, sobject="Account")]
        half = pages[: len(pages) // 2]
        rest = [page async for page in changes(org, half[-1].bookmark, sobject="Account")]
    ids = {msgspec.json.decode(payload)["Id"] for page in half + rest for payload in page.payloads}
    assert ids == {id_ for _, id_ in crm.rows}


async def test_an_org_that_answers_nothing_in_time_is_not_asked_for_ever():
    crm = Hurried([5] * 9, most=5)
    async with opened(crm) as org:
        with pytest.raises(TooSlow, match="QUERY_TIMEOUT"):
            _ = [page async for page in changes(org, None, sobject="Account")]


async def test_an_object_that_is_not_counted_in_time_is_readable():
    def hurried(request: httpx.Request) -> httpx.Response:
        return GAVE_UP if "COUNT()" in request.url.params.get("q", "") else answer(request)

    async with opened(hurried) as org:
        reports = {report.stream: report async for report in CONNECTOR.report(org)}
    assert reports["accounts"].readable
    assert reports["accounts"].detail == "more rows than are counted in time"


@pytest.mark.parametrize(("times", "is_read"), [(1, True), (99, False)])
async def test_of_an_object_that_is_read_whole_fewer_fields_are_asked_for_at_once(times: int, is_read: bool):  # noqa: FBT001 - a case
    left = iter(range(times))

    def hurried(request: httpx.Request) -> httpx.Response:
        return GAVE_UP if "q" in request.url.params and next(left, None) is not None else answer(request)

    stages = next(stream for stream in CONNECTOR.streams if stream.name == "stages")
    async with opened(hurried) as org:
        if is_read:
            assert sum([len(page.payloads) async for page in stages.pages(org, None)]) == 3
            return
        with pytest.raises(TooSlow):
            _ = [page async for page in stages.pages(org, None)]
