"""The endpoints of query jobs: create, ask after, list, read, abort, delete."""

from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hub.sandbox.salesforce.bulk.jobs import BYTES_PER_KILOBYTE, OPEN, Job, Jobs, JobState, locator, start_of
from hub.sandbox.salesforce.bulk.refusals import checked, wanted
from hub.sandbox.salesforce.bulk.table import table
from hub.sandbox.salesforce.endpoints import answer, values, version_of
from hub.sandbox.salesforce.finding import Asked, Scope
from hub.sandbox.salesforce.parser import parsed
from hub.sandbox.salesforce.query import result
from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.salesforce.snapshot import Snapshot
from hub.sandbox.salesforce.state import State

_SCOPES = {"query": Scope.LIVE, "queryAll": Scope.ALL}
CHUNK = 2000
"""Rows that are spelled at once, so that a large page needs little memory and lets others speak."""
PARALLEL = 5
"""The most pages of results that are named at once."""


async def create(request: Request, here: State) -> Response:
    """A new job. Its results are what the query finds now."""
    asked = wanted(await values(request))
    here.jobs.check_quota()
    query = parsed(asked["query"])
    sobject = checked(here.org, query)
    found = result(Asked(here.org, _SCOPES[asked["operation"]], version_of(request)), query)
    now, snapshot = here.org.now(), Snapshot(found.rows)
    here.org.watch(snapshot)
    job = Job(
        id=here.jobs.new_id(),
        asked=asked,
        version=version_of(request),
        sobject=sobject.name,
        creator=here.org.default_user(),
        created_at=now,
        modified_at=now,
        snapshot=snapshot,
        table=table(here.org, sobject, query, asked["columnDelimiter"], asked["lineEnding"]),
        polls=here.jobs.polls,
        ready_at=now + here.jobs.takes,
        ending=here.jobs.endings.popleft() if here.jobs.endings else None,
    )
    here.jobs.keep(job)
    return answer(job.body())


async def one(request: Request, here: State) -> Response:
    """How far a job is."""
    job = _job(request, here)
    job.go_on(here.org.now())
    return answer(job.whole())


async def all_of_them(request: Request, here: State) -> Response:
    """Every job. Those of the other kinds, of which there are none here, are asked for by `jobType`."""
    kind = request.query_params.get("jobType", "V2Query")
    jobs = here.jobs.all() if kind == "V2Query" else []
    told = request.query_params.get("queryLocator")
    start = start_of(told) if told else 0
    end = start + here.jobs.list_size
    more = f"/services/data/v{version_of(request)}/jobs/query?queryLocator={locator(end)}" if end < len(jobs) else None
    records = [job.listed() for job in jobs[start:end]]
    return answer({"done": more is None, "records": records, "nextRecordsUrl": more})


async def change(request: Request, here: State) -> Response:
    """An abort: no other change is possible."""
    job, asked = _job(request, here), await values(request)
    if asked.get("state") != JobState.ABORTED:
        raise Refusal(400, "INVALIDJOBSTATE", f"Invalid job state: {asked.get('state')}")
    if job.state not in OPEN:
        raise Refusal(400, "INVALIDJOBSTATE", "Aborting already Completed Job not allowed")
    job.end(JobState.ABORTED, here.org.now())
    return answer(job.body())


async def delete(request: Request, here: State) -> Response:
    """A job less."""
    here.jobs.delete(_job(request, here))
    return Response(status_code=204)


async def results(request: Request, here: State) -> Response:
    """Some of the rows, and where to go on: the word null behind the last of them."""
    job = _complete(request, here)
    told = request.query_params.get("locator")
    start = start_of(told) if told else 0
    end = min(start + _size(request, here), job.records)
    headers = {
        "Sforce-NumberOfRecords": str(max(0, end - start)),
        "Sforce-Locator": locator(end) if end < job.records else "null",
    }
    body = _body(job, start, end, here.jobs)
    if here.jobs.cuts:
        body = _cut(body, here.jobs.cuts.popleft())
    return StreamingResponse(body, media_type="text/csv", headers=headers)


async def result_pages(request: Request, here: State) -> Response:
    """Up to five pages of results, to be read side by side."""
    job = _complete(request, here)
    told = request.query_params.get("locator")
    start, size = start_of(told) if told else 0, here.jobs.page_size
    path = f"/services/data/v{job.version}/jobs/query/{job.id}"
    starts = range(start, max(job.records, 1), size)
    pages = [{"resultUrl": f"{path}/results?locator={locator(each)}&maxRecords={size}"} for each in starts[:PARALLEL]]
    body: dict[str, Any] = {"resultPages": pages, "done": len(starts) <= PARALLEL}
    if not body["done"]:
        body["nextRecordsUrl"] = f"{path}/resultPages?locator={locator(starts[PARALLEL])}"
    return answer(body)


def _job(request: Request, here: State) -> Job:
    return here.jobs.job(request.path_params["id"])


def _complete(request: Request, here: State) -> Job:
    job = _job(request, here)
    if job.version != version_of(request):
        problem = f"Results are read with the version of the API that made the job: {job.version}"
        raise Refusal(409, "API_ERROR", problem)
    if job.state is not JobState.JOB_COMPLETE:
        raise Refusal(400, "INVALIDJOBSTATE", f"The job has no results: it is {job.state}")
    return job


def _size(request: Request, here: State) -> int:
    told = request.query_params.get("maxRecords", str(here.jobs.page_size))
    if not told.isdigit() or not int(told):
        raise Refusal(400, "API_ERROR", f"Invalid value for maxRecords: {told}")
    return min(int(told), here.jobs.page_size)


async def _body(job: Job, start: int, end: int, jobs: Jobs) -> AsyncIterator[bytes]:
    """The header and the rows. What is read was stored."""
    size = len(job.table.header)
    yield job.table.header
    for first in range(start, end, CHUNK):
        lines = job.table.lines(job.snapshot.between(first, min(first + CHUNK, end)))
        size += len(lines)
        yield lines
    jobs.kilobytes += size // BYTES_PER_KILOBYTE


async def _cut(body: AsyncIterator[bytes], after: int) -> AsyncIterator[bytes]:
    async for chunk in body:
        yield chunk[:after]
        after -= len(chunk)
        if after <= 0:
            return
