"""Rows by jobs of the Bulk API 2.0: for windows of very many, and for all ids of a large object."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from hub.connectors.salesforce import jobs, results
from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.jobs import JobState
from hub.connectors.salesforce.org import VERSION, Org
from hub.connectors.salesforce.place import Job, Place
from hub.connectors.salesforce.rows import Batch
from hub.connectors.salesforce.soql import all_ids, count_of_live, count_of_window, rows_of_window
from hub.connectors.salesforce.values import instant
from hub.errors import Forbidden, SourceError, Unavailable, UnexpectedPayload

ATTEMPTS = 2
"""Jobs for one window, before queries must do."""
READINGS = 3
"""Of one page of results."""


async def rows(org: Org, described: Described, place: Place, cursor: str, left: int) -> AsyncGenerator[Batch, None]:
    """The rows of the window, by the job that the place names or by a new one; the last batch names none.

    `left` is how many a query said there are; a job under way knows better. Raises Forbidden or QuotaExhausted where
    jobs cannot answer for the window: then queries must.
    """
    expected = left if place.job is None else place.job.expected
    for _ in range(ATTEMPTS):
        window = _Window(org, described, cursor)
        if place.job is None:
            place = replace(place, job=await window.job(place, expected))
            yield Batch((), place)
        reached = place
        async with aclosing(window.batches(place)) as batches:
            async for batch in batches:
                reached = batch.place
                yield batch
        if reached.job is None:
            return
        place = replace(place, job=None)
        described, _ = await org.described(described.name)  # a field may be why
    raise Forbidden(f"{ATTEMPTS} jobs of the Bulk API did not give all rows of {described.name}")


async def ids(org: Org, sobject: str) -> AsyncGenerator[Sequence[str], None]:
    """The ids of all rows that are live, none unless the job has all. Raises as `rows` does."""
    counted = await _count_of_live(org, sobject)
    await jobs.delete_orphans(org, sobject)
    id_ = await jobs.create(org, all_ids(sobject), "query")
    try:
        state = await jobs.ended(org, id_)
        expected = 0 if state is None else state.number_records_processed
        # Rows may have come or gone since they were counted: a job that has fewer than both counts is partial.
        if state is None or (expected < counted and expected < await _count_of_live(org, sobject)):
            raise Forbidden(f"A job of the Bulk API did not give all ids of {sobject}")
        job = Job(id=id_, version=VERSION, expected=expected)
        async with aclosing(_pages_of_ids(org, job, sobject)) as pages:
            async for found in pages:
                yield found
    finally:
        with suppress(SourceError):  # what stays is deleted as an orphan
            await jobs.delete(org, id_)


async def _count_of_live(org: Org, sobject: str) -> int:
    return (await org.live_rows(count_of_live(sobject))).total_size


async def _pages_of_ids(org: Org, job: Job, sobject: str) -> AsyncGenerator[list[str], None]:
    given = 0
    while True:
        found, following = await _page_of_ids(org, job, sobject)
        given += len(found)
        yield found
        if following is None:
            break
        job = replace(job, locator=following)
    if given != job.expected:
        raise Unavailable(f"{given} ids of {sobject} came, of {job.expected}")


async def _page_of_ids(org: Org, job: Job, sobject: str) -> tuple[list[str], str | None]:
    """The ids of one page of results, and the locator of the next; read again where it comes short."""
    for reading in range(1, READINGS + 1):
        page = _Page(job)
        try:
            async with aclosing(page.tables(org)) as tables:
                found = [row[0] async for _, rows_ in tables for row in rows_]
        except Unavailable:
            if reading == READINGS:
                raise
            continue
        if page.rows == page.announced:
            return found, page.following
    raise Unavailable(f"Results of a job on {sobject} keep coming with other rows than announced")


@dataclass(frozen=True, slots=True)
class _Window:
    org: Org
    described: Described
    cursor: str

    async def job(self, place: Place, expected: int) -> Job:
        """A new job for what is after the place, until its end."""
        await jobs.delete_orphans(self.org, self.described.name)
        id_ = await jobs.create(self.org, rows_of_window(self.described, place, self.cursor), "queryAll")
        return Job(id=id_, version=VERSION, expected=expected)

    async def batches(self, place: Place) -> AsyncGenerator[Batch, None]:
        """What the job found that is not stored yet; where the last batch still names it, it did not find all."""
        job = _named(place)
        state = await jobs.ended(self.org, job.id, job.version)
        if state is not None and await self._is_complete(state, place):
            before = None
            while place.job is not None and place != before:
                before = place
                async with aclosing(self._page(place, state.number_records_processed)) as batches:
                    async for batch in batches:
                        place = batch.place
                        yield batch
            # The job may go once all it gave is stored: until then it is where the bookmark resumes.
            yield Batch((), place)
        await jobs.delete(self.org, job.id, job.version)

    async def _is_complete(self, state: JobState, place: Place) -> bool:
        """A job may end well and give too little. Rows changed since are no loss: the next run meets them."""
        given = state.number_records_processed
        return given >= _named(place).expected or given >= await self._count(place)

    async def _count(self, place: Place) -> int:
        return (await self.org.rows(count_of_window(self.described, place, self.cursor))).total_size

    async def _page(self, place: Place, processed: int) -> AsyncGenerator[Batch, None]:
        """One page of results, read again where it comes short."""
        for reading in range(1, READINGS + 1):
            page = _Page(_named(place))
            try:
                async with aclosing(page.payloads(self)) as portions:
                    async for payloads in portions:
                        yield Batch(payloads, place)
            except Unavailable:
                if reading == READINGS:
                    raise
                continue
            if page.rows == page.announced:
                yield Batch(page.held, page.after(place, processed), processed - page.job.rows - page.rows)
                return
        raise Unavailable(f"Results of a job on {self.described.name} keep coming with other rows than announced")


class _Page:
    """One page of a job's results, as it is read."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.rows = 0
        self.announced = 0
        self.following: str | None = None
        self.reached = job.reached
        self.held: Sequence[bytes] = ()
        """The last rows: only with them, once all were counted, the bookmark may move."""

    async def tables(self, org: Org) -> AsyncGenerator[tuple[list[str], list[list[str]]], None]:
        async with jobs.results(org, self.job.id, self.job.version, self.job.locator) as told:
            self.announced, self.following = told.announced, told.next
            async for header, found in results.rows(told.pieces):
                self.rows += len(found)
                yield header, found

    async def payloads(self, window: _Window) -> AsyncGenerator[Sequence[bytes], None]:
        """All rows but the last ones, which are held."""
        spelling = None
        async with aclosing(self.tables(window.org)) as tables:
            async for header, found in tables:
                if self.held:
                    yield self.held
                if spelling is None:
                    described = window.described
                    spelling = results.Spelling(described.name, self.job.version, described.types, header)
                self.held = list(spelling.payloads(found))
                self.reached = max(filter(None, (self.reached, _latest(header, found, window.cursor))))

    def after(self, place: Place, processed: int) -> Place:
        """The place behind this page: behind the job, too, where this was its last and it gave all."""
        rows = self.job.rows + self.rows
        if self.following is None and rows != processed:
            return place
        job = replace(self.job, rows=rows, reached=self.reached, locator=self.following)
        moved = replace(place, job=job)
        return moved.after_job() if self.following is None else moved


def _named(place: Place) -> Job:
    if place.job is None:
        raise AssertionError("the place of a job's results names the job")
    return place.job


def _latest(header: list[str], found: list[list[str]], cursor: str) -> datetime:
    try:
        place = header.index(cursor)
        return instant(max(row[place] for row in found))  # all are spelled alike
    except ValueError as error:
        raise UnexpectedPayload(f"A job's results came without a usable {cursor}") from error
