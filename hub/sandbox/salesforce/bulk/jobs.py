"""Query jobs: what one is, how it goes on, and how many there may be. Tests turn the knobs of Jobs."""

import base64
import binascii
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.salesforce.bulk.table import Table
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.salesforce.refusal import Refusal, not_found
from hub.sandbox.salesforce.snapshot import Snapshot
from hub.sandbox.salesforce.spelling import stamp

DAY = timedelta(days=1)
KEPT = timedelta(days=7)
"""Results and the job itself are gone after that."""
DAILY_JOBS = 10_000
DAILY_KILOBYTES = 1_000_000_000
KILOBYTES_PER_MEGABYTE = 1024
BYTES_PER_KILOBYTE = 1000


class JobState(StrEnum):
    """How far a job is."""

    UPLOAD_COMPLETE = "UploadComplete"
    IN_PROGRESS = "InProgress"
    JOB_COMPLETE = "JobComplete"
    FAILED = "Failed"
    ABORTED = "Aborted"


OPEN = (JobState.UPLOAD_COMPLETE, JobState.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a job ends that does not end well. One that is complete may lack rows too, as after a QUERY_TIMEOUT."""

    state: JobState
    records: int
    """How many it got to."""
    message: str | None = None


@dataclass(slots=True, kw_only=True)
class Job:
    """A query that runs while nobody waits for it."""

    id: str
    asked: Mapping[str, str]
    version: str
    sobject: str
    creator: str | None
    created_at: datetime
    modified_at: datetime
    snapshot: Snapshot
    table: Table
    polls: int
    """How often it still says that it is in progress."""
    ready_at: datetime
    ending: Ending | None = None
    state: JobState = JobState.UPLOAD_COMPLETE

    @property
    def records(self) -> int:
        """How many rows its results have."""
        return len(self.snapshot) if self.ending is None else min(self.ending.records, len(self.snapshot))

    def end(self, state: JobState, at: datetime) -> None:
        """It goes no further."""
        self.state, self.modified_at = state, at

    def go_on(self, now: datetime) -> None:
        """A poll finds it one step further, but not done before its time."""
        if self.state not in OPEN:
            return
        if self.polls <= 0 and now >= self.ready_at:
            self.end(self.ending.state if self.ending else JobState.JOB_COMPLETE, now)
            return
        self.polls -= 1
        if self.state is JobState.UPLOAD_COMPLETE:
            self.end(JobState.IN_PROGRESS, now)

    def body(self) -> dict[str, Any]:
        """What is told of it when it is made or changed."""
        return {
            "id": self.id,
            "operation": self.asked["operation"],
            "object": self.sobject,
            "createdById": self.creator,
            "createdDate": stamp(self.created_at),
            "systemModstamp": stamp(self.modified_at),
            "state": str(self.state),
            "concurrencyMode": "Parallel",
            "contentType": self.asked["contentType"],
            "apiVersion": float(self.version),
            "lineEnding": self.asked["lineEnding"],
            "columnDelimiter": self.asked["columnDelimiter"],
        }

    def listed(self) -> dict[str, Any]:
        """What is told of it in the list of all."""
        return self.body() | {"jobType": "V2Query"}

    def whole(self) -> dict[str, Any]:
        """What is told of it when it is asked for."""
        took = int((self.modified_at - self.created_at).total_seconds() * 1000)
        done = self.state in (JobState.JOB_COMPLETE, JobState.FAILED)
        facts = {"numberRecordsProcessed": self.records if done else 0, "retries": 0, "totalProcessingTime": took}
        message = {"errorMessage": self.ending.message} if done and self.ending and self.ending.message else {}
        return self.listed() | facts | {"isPkChunkingSupported": True} | message


@dataclass(slots=True)
class Jobs:
    """The query jobs of the org."""

    clock: Clock
    polls: int = 1
    """How often a new job says that it is in progress; 0: it is complete when first asked after."""
    takes: timedelta = timedelta()
    """How long a new job takes at least."""
    page_size: int = 50_000
    """The most rows that one page of results has."""
    list_size: int = 1000
    """Jobs in one page of the list."""
    endings: deque[Ending] = field(default_factory=deque)
    """How the next jobs end, one each, where it is not as they should."""
    cuts: deque[int] = field(default_factory=deque)
    """After how many bytes the next bodies of results stop short, one each."""
    daily_jobs: int = DAILY_JOBS
    daily_kilobytes: int = DAILY_KILOBYTES
    kilobytes: int = 0
    """Results stored today."""
    _made: deque[datetime] = field(default_factory=deque)
    _held: dict[str, Job] = field(default_factory=dict)
    _count: int = 0

    def check_quota(self) -> None:
        """Raises LIMIT_EXCEEDED once no job may be made for a day."""
        made = self.made_today()
        if made >= self.daily_jobs:
            problem = f"Max bulk v2 query jobs ({self.daily_jobs}) per 24 hrs has been reached ({made})"
            raise Refusal(400, "LIMIT_EXCEEDED", problem)
        if self.kilobytes >= self.daily_kilobytes:
            problem = f"Max bulk v2 query result size stored ({self.daily_kilobytes}) kb per 24 hrs has been exceeded"
            raise Refusal(400, "LIMIT_EXCEEDED", problem)

    def made_today(self) -> int:
        """The jobs of the last 24 hours, deleted ones too."""
        while self._made and self._made[0] <= self.clock.now() - DAY:
            self._made.popleft()
        return len(self._made)

    def new_id(self) -> str:
        """The id of another job."""
        self._count += 1
        return record_id("750", self._count)

    def keep(self, job: Job) -> None:
        """A job begins."""
        self._made.append(job.created_at)
        self._held[job.id] = job

    def job(self, job_id: str) -> Job:
        """The job of that id, in either form; raises NOT_FOUND."""
        self._forget()
        job = self._held.get(job_id) or next((each for each in self._held.values() if each.id[:15] == job_id), None)
        if job is None:
            raise not_found()
        return job

    def all(self) -> list[Job]:
        """Every job that is kept."""
        self._forget()
        return list(self._held.values())

    def delete(self, job: Job) -> None:
        """A job and its results go; raises INVALIDJOBSTATE while it runs."""
        if job.state in OPEN:
            raise Refusal(400, "INVALIDJOBSTATE", f"Job {job.id} cannot be deleted while it is {job.state}")
        del self._held[job.id]

    def _forget(self) -> None:
        oldest = self.clock.now() - KEPT
        self._held = {job_id: job for job_id, job in self._held.items() if job.created_at > oldest}

    def limits(self) -> dict[str, dict[str, int]]:
        """What /limits says of them."""
        megabytes, used = self.daily_kilobytes // KILOBYTES_PER_MEGABYTE, self.kilobytes // KILOBYTES_PER_MEGABYTE
        jobs = {"Max": self.daily_jobs, "Remaining": max(0, self.daily_jobs - self.made_today())}
        storage = {"Max": megabytes, "Remaining": max(0, megabytes - used)}
        return {"DailyBulkV2QueryJobs": jobs, "DailyBulkV2QueryFileStorageMB": storage}


def locator(start: int) -> str:
    """Where results go on, as a client is told it."""
    return base64.b64encode(str(start).encode()).decode().rstrip("=")


def start_of(told: str) -> int:
    """Where a locator goes on; raises where it is none."""
    try:
        return int(base64.b64decode(told + "=" * (-len(told) % 4), validate=True))
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, "INVALID_QUERY_LOCATOR", "Invalid query locator") from error
