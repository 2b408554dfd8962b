"""Query jobs of the Bulk API 2.0, on the wire."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from hub.connectors.response import chunks, decoded, described, server_time
from hub.connectors.salesforce.org import DATA, VERSION, Org
from hub.connectors.salesforce.refusal import BULK_QUOTA
from hub.errors import Forbidden, QuotaExhausted, Unavailable

ORPHANED = timedelta(hours=1)
"""After that, a job of ours that no bookmark names is nobody's."""
LONGEST_PAUSE = 30.0
PATIENCE = 3600.0
"""Seconds to wait for a job; the next run goes on waiting."""


OPEN = ("UploadComplete", "InProgress")


class JobState(msgspec.Struct, frozen=True, rename="camel"):
    """How far a job is."""

    id: str
    operation: str
    object: str
    created_by_id: str
    created_date: datetime
    state: str
    number_records_processed: int = 0
    error_message: str = ""


class _Listed(msgspec.Struct, frozen=True, rename="camel"):
    done: bool
    records: tuple[JobState, ...]
    next_records_url: str | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """One page of what a job found."""

    announced: int
    next: str | None
    """The locator of the next page; None: this is the last."""
    pieces: AsyncIterator[bytes]


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_create_job.htm
async def create(org: Org, soql: str, operation: str) -> str:
    """The id of a new job. Raises Forbidden where Bulk does not take the query, QuotaExhausted where it takes none."""
    body = {"operation": operation, "query": soql, "contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF"}
    return decoded(await org.asked(f"{DATA}/jobs/query", method="POST", json=body), JobState).id


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_one_job.htm
async def ended(org: Org, job_id: str, version: str = VERSION) -> JobState | None:
    """The job once it is complete; None where it came to nothing. Raises QuotaExhausted, Unavailable."""
    waited, pause = 0.0, 1.0
    while True:
        try:
            state = decoded(await org.asked(_path(job_id, version)), JobState)
        except Forbidden:
            return None  # its seven days are over, or somebody deleted it
        if BULK_QUOTA in state.error_message:
            raise QuotaExhausted(f"The job {job_id} failed: {state.error_message}")
        if state.state in ("JobComplete", "Failed", "Aborted"):
            # One that timed out may call itself complete.
            return state if state.state == "JobComplete" and not state.error_message else None
        if waited > PATIENCE:
            raise Unavailable(f"The job {job_id} is {state.state} for more than an hour")
        await org.sleep(pause)
        waited, pause = waited + pause, min(LONGEST_PAUSE, pause * 2)


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_job_results.htm
@asynccontextmanager
async def results(org: Org, job_id: str, version: str, locator: str | None) -> AsyncIterator[Results]:
    """A page of a job's results. Raises Forbidden where they are gone."""
    place = {} if locator is None else {"locator": locator}
    params = {"maxRecords": str(org.sizes.results), **place}
    async with org.streamed(f"{_path(job_id, version)}/results", params) as response:
        announced = response.headers.get("Sforce-NumberOfRecords", "")
        if not announced.isdecimal():
            raise Unavailable(f"{described(response)} without the number of its rows")
        following = response.headers.get("Sforce-Locator", "null")
        # The end is spelled as a word.
        yield Results(int(announced), None if following in ("", "null") else following, chunks(response))


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_delete_job.htm
async def delete(org: Org, job_id: str, version: str = VERSION) -> None:
    """Forget a job that nobody needs any more. One that is gone, or still runs, is left alone."""
    with suppress(Forbidden):
        await org.asked(_path(job_id, version), method="DELETE")


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_get_all_jobs.htm
async def delete_orphans(org: Org, sobject: str) -> None:
    """Delete our jobs on an object that a killed process left behind: those that no bookmark names."""
    path: str | None = f"{DATA}/jobs/query?jobType=V2Query"
    while path is not None:
        response = await org.asked(path)
        listed = decoded(response, _Listed)
        for job in listed.records:
            is_ours = job.object == sobject and job.created_by_id == org.user_id
            if is_ours and server_time(response) - job.created_date > ORPHANED:
                await _abort(org, job)
                await delete(org, job.id)
        path = None if listed.done else listed.next_records_url


# https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/query_abort_job.htm
async def _abort(org: Org, job: JobState) -> None:
    """Stop a job that still runs: only then it can be deleted."""
    if job.state in OPEN:
        with suppress(Forbidden):
            await org.asked(_path(job.id, VERSION), method="PATCH", json={"state": "Aborted"})


def _path(job_id: str, version: str) -> str:
    return f"/services/data/v{version}/jobs/query/{job_id}"
