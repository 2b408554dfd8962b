from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from hub.connectors.base import Page
from hub.connectors.salesforce import CONNECTOR
from hub.connectors.salesforce.org import Org, Sizes
from hub.errors import Unavailable
from hub.sandbox.salesforce.bulk.jobs import Ending, JobState
from hub.sandbox.world import Fate

from .memory import Memory
from .sandbox import Sandbox

CONTACTS = next(stream for stream in CONNECTOR.streams if stream.name == "contacts")
SMALL = Sizes(bulk_from=10, results=77)
"""So that a small org counts as a large one."""


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(accounts=600)


def pages(org: Org, memory: Memory) -> AsyncGenerator[Page, None]:
    return memory.pages(CONTACTS, org)


async def read(org: Org, memory: Memory) -> None:
    async for page in pages(org, memory):
        memory.keep(CONTACTS, page)


async def read_some(org: Org, memory: Memory, number: int) -> None:
    """So many pages; then the process is killed."""
    async with aclosing(pages(org, memory)) as read:
        for _ in range(number):
            memory.keep(CONTACTS, await anext(read))


async def by_queries(sandbox: Sandbox) -> Memory:
    memory = Memory()
    async with sandbox.opened() as org:
        await read(org, memory)
    return memory


def job_requests(sandbox: Sandbox, method: str) -> list[str]:
    return [each.url.path for each in sandbox.asked if "/jobs/query" in each.url.path and each.method == method]


async def test_jobs_give_byte_for_byte_the_payloads_that_queries_give(sandbox):
    queried, memory = await by_queries(sandbox), Memory()
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
    assert memory.raw == queried.raw
    assert memory.bookmarks == queried.bookmarks | {"contacts": memory.bookmarks["contacts"]}
    assert len(job_requests(sandbox, "POST")) == 1
    assert len(job_requests(sandbox, "DELETE")) == 1
    assert "job" not in memory.bookmarks["contacts"]


async def test_a_job_is_deleted_once_all_that_it_gave_is_stored(sandbox):
    async with sandbox.opened(sizes=SMALL) as org:
        read = [(len(page.payloads), len(job_requests(sandbox, "DELETE"))) async for page in pages(org, Memory())]
    *_, last = [payloads for payloads, deleted in read if not deleted]
    assert (last, read[-1]) == (0, (0, 1)), "after a page without payloads the source waits"


async def test_every_large_stream_is_the_same_by_jobs(sandbox):
    queried, memory = Memory(), Memory()
    async with sandbox.opened() as org:
        await queried.read(org)
    async with sandbox.opened(sizes=SMALL) as org:
        await memory.read(org)
    assert memory.raw == queried.raw


async def test_after_a_job_the_next_run_brings_what_changed_and_nothing_else(sandbox):
    memory = Memory()
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
        sandbox.later(minutes=30)
        contact = next(iter(memory.raw))[1]
        sandbox.state.edit("Contact", contact, {"LastName": "Renamed"})
        sandbox.later(minutes=30)
        memory.changed = set()
        await read(org, memory)
    assert memory.changed == {contact}


@pytest.mark.parametrize("stop", range(1, 7))
async def test_a_process_killed_at_any_page_goes_on_in_the_same_job(sandbox, stop):
    queried, memory = await by_queries(sandbox), Memory()
    async with sandbox.opened(sizes=SMALL) as org:
        await read_some(org, memory, stop)
        await read(org, memory)
    assert memory.raw == queried.raw
    assert len(job_requests(sandbox, "POST")) == (0 if stop == 1 else 1)


@pytest.mark.parametrize(
    "ending",
    [
        Ending(JobState.FAILED, 0, "UNKNOWN_EXCEPTION"),
        Ending(JobState.ABORTED, 3),
        Ending(JobState.JOB_COMPLETE, 0, "QUERY_TIMEOUT: Your query request was running for too long"),
        Ending(JobState.JOB_COMPLETE, 40),
    ],
)
async def test_a_job_that_came_to_little_is_followed_by_another(sandbox, ending):
    queried, memory = await by_queries(sandbox), Memory()
    sandbox.state.jobs.endings.append(ending)
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
    assert memory.raw == queried.raw
    assert len(job_requests(sandbox, "POST")) == 2


async def test_when_jobs_keep_failing_queries_do(sandbox):
    queried, memory = await by_queries(sandbox), Memory()
    sandbox.state.jobs.endings.extend([Ending(JobState.JOB_COMPLETE, 0)] * 9)
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
    assert memory.raw == queried.raw
    assert len(job_requests(sandbox, "POST")) == 2


@pytest.mark.parametrize("knob", ["daily_jobs", "daily_kilobytes"])
async def test_without_jobs_left_today_queries_do(sandbox, knob):
    queried, memory = await by_queries(sandbox), Memory()
    setattr(sandbox.state.jobs, knob, 0)
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
    assert memory.raw == queried.raw


async def test_a_job_whose_days_are_over_is_replaced(sandbox):
    queried, memory = await by_queries(sandbox), Memory()
    async with sandbox.opened(sizes=SMALL) as org:
        await read_some(org, memory, 4)
        assert memory.bookmarks["contacts"]["job"]["rows"]
        sandbox.later(days=8)
        await read(org, memory)
    assert memory.raw == queried.raw
    assert len(job_requests(sandbox, "POST")) == 2


async def test_a_page_cut_short_is_read_again(sandbox):
    queried, memory = await by_queries(sandbox), Memory()
    sandbox.state.jobs.cuts.extend([900, 1, 5000])
    async with sandbox.opened(sizes=SMALL) as org:
        with pytest.raises(Unavailable):
            await read(org, memory)
        await read(org, memory)
    assert memory.raw == queried.raw


async def test_a_job_left_behind_by_a_killed_process_is_deleted_an_hour_later(sandbox):
    memory, jobs = Memory(), sandbox.state.jobs
    async with sandbox.opened(sizes=SMALL) as org:
        await read_some(org, Memory(), 2)
        assert len(jobs.all()) == 1
        sandbox.later(hours=2)
        await read(org, memory)
    assert jobs.all() == []


async def test_sessions_that_end_in_the_middle_of_a_job_lose_nothing(sandbox):
    queried, memory = await by_queries(sandbox), Memory()
    sandbox.sessions_end_every = 7
    async with sandbox.opened(sizes=SMALL) as org:
        await read(org, memory)
    assert memory.raw == queried.raw


async def test_the_ids_of_a_large_object_come_by_a_job_and_are_all_that_live(sandbox):
    async def ids(**options: Any) -> list[str]:
        async with sandbox.opened(**options) as org:
            return [id_ async for portion in CONTACTS.ids(org) for id_ in portion]

    queried = await ids()
    assert len(queried) == len(set(queried))
    assert set(await ids(sizes=SMALL)) == set(queried)
    assert job_requests(sandbox, "POST")
    sandbox.state.jobs.daily_jobs = 0
    assert set(await ids(sizes=SMALL)) == set(queried)


async def test_rows_that_changed_while_the_job_ran_come_with_the_next_run(sandbox):
    memory = Memory()
    async with sandbox.opened(sizes=SMALL) as org:
        await read_some(org, memory, 3)
        sandbox.later(seconds=5)
        changed = next(iter(memory.raw))[1]
        sandbox.state.edit("Contact", changed, {"LastName": "Renamed meanwhile"})
        await read(org, memory)
    assert b"Renamed meanwhile" in memory.raw["contacts", changed]


async def ids_of_contacts(sandbox: Sandbox) -> set[str]:
    async with sandbox.opened(sizes=SMALL) as org:
        return {id_ async for portion in CONTACTS.ids(org) for id_ in portion}


def live_contacts(sandbox: Sandbox) -> set[str]:
    return {entry.id for entry in sandbox.world.salesforce.contacts if entry.fate is Fate.LIVE}


async def test_a_job_that_has_only_some_of_the_ids_makes_no_row_missing(sandbox):
    sandbox.state.jobs.endings.append(Ending(JobState.JOB_COMPLETE, 40))
    assert await ids_of_contacts(sandbox) == live_contacts(sandbox)
    assert sandbox.state.jobs.all() == []


async def test_a_page_of_ids_cut_short_is_read_again(sandbox):
    sandbox.state.jobs.cuts.extend([900, 1])
    assert await ids_of_contacts(sandbox) == live_contacts(sandbox)
    assert len(job_requests(sandbox, "POST")) == 1


async def test_a_job_whose_ids_cannot_be_read_is_deleted_all_the_same(sandbox):
    sandbox.state.jobs.cuts.extend([900] * 3)
    with pytest.raises(Unavailable):
        await ids_of_contacts(sandbox)
    assert sandbox.state.jobs.all() == []
