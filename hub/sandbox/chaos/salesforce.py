"""What Salesforce does on bad days: sessions, locators and jobs that end, limits, pages cut another way."""

import re
from typing import Any

from hub.sandbox.chaos.faults import Fault, one_of, told
from hub.sandbox.chaos.turn import Answer, Turn

_DATA = r" /services/data/v[\d.]+"
_QUERY = rf"GET{_DATA}/query(All)?(/[\w-]+)?$"
_MORE = rf"GET{_DATA}/query(All)?/[\w-]+$"
_JOB = rf"GET{_DATA}/jobs/query/\w+$"
_RESULTS = rf"GET{_DATA}/jobs/query/\w+/results$"
_SIGN_IN = " /services/oauth2/token$"


def _refused(status: int, code: str, message: str, **headers: str) -> Answer:
    return told(status, [{"errorCode": code, "message": message}], **headers)


_PASSING = (
    _refused(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    _refused(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
    _refused(429, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", retry_after="2"),
    _refused(500, "UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId."),
    _refused(503, "SERVER_UNAVAILABLE", "We are down for maintenance. Sorry for the inconvenience."),
)
_TIMED_OUT = _refused(400, "QUERY_TIMEOUT", "Your query request was running for too long.")
_BUSY = (
    told(400, {"error": "invalid_grant", "error_description": "token request is already being processed"}),
    told(400, {"error": "rate_limit_exceeded", "error_description": "login rate exceeded"}),
    told(503, {"error": "server_error", "error_description": "try again"}),
)


async def session_ended(turn: Turn) -> Answer | None:
    """An administrator or a policy ends the session; with it go the results that it held open."""
    if not turn.asked.token:
        return None
    return turn.memory.end(turn.asked.token, _refused(401, "INVALID_SESSION_ID", "Session expired or invalid"))


async def locator_ended(turn: Turn) -> Answer:
    """An open result gives way to others."""
    locator, _, _ = turn.asked.path.rpartition("/")[2].rpartition("-")
    return turn.memory.end(f"/{locator}-", _refused(400, "INVALID_QUERY_LOCATOR", "invalid query locator"))


async def job_gone(turn: Turn) -> Answer:
    """A job is deleted by somebody, with what it found."""
    gone = _refused(404, "NOT_FOUND", "The requested resource does not exist")
    return turn.memory.end(f"/jobs/query/{_job_id(turn)}", gone)


async def job_failed(turn: Turn) -> Answer | None:
    """A job that was running ends without a result."""
    answer = await turn.answer()
    if answer.status != 200 or answer.json.get("state") == "JobComplete":  # noqa: PLR2004 - a status
        return None
    failed = answer.json | {"state": "Failed", "errorMessage": "QUERY_TIMEOUT: Your query was running for too long."}
    return turn.memory.end(f"/jobs/query/{_job_id(turn)}", answer.saying(failed))


def _job_id(turn: Turn) -> str:
    found = re.search(r"/jobs/query/(\w+)", turn.asked.path)
    return found[1] if found else ""


async def rows_lacking(turn: Turn) -> Answer | None:
    """A page of a job's results ends between two rows, before all that its header counts."""
    answer = await turn.answer()
    breaks = [found.end() for found in re.finditer(rb'"\r?\n(?=")', answer.body)]
    if answer.status != 200 or len(breaks) < 2:  # noqa: PLR2004 - a status; the header's line is no row
        return None
    return answer.carrying(answer.body[: turn.rng.choice(breaks[:-1])])


async def split(turn: Turn) -> Answer | None:
    """A page comes as two; the first may be empty, and the second may begin with rows of the first."""
    answer = await turn.answer()
    page = _page(answer)
    if page is None:
        return None
    records = page["records"]
    end = turn.rng.randrange(len(records) + 1)
    start = max(0, end - turn.rng.choice((0, 0, 1, 3)))
    if start == 0 == end - len(records):
        return None
    version = turn.asked.path.split("/")[3]
    path = f"/services/data/{version}/query/0r8SPLIT{turn.rng.getrandbits(40):010x}-{end}"
    turn.memory.hold(path, answer.saying(page | {"records": records[start:]}))
    return answer.saying(page | {"done": False, "nextRecordsUrl": path, "records": records[:end]})


async def doubled(turn: Turn) -> Answer | None:
    """Some rows come twice in a page, one right behind the other."""
    answer = await turn.answer()
    page = _page(answer)
    if page is None:
        return None
    twice = [row for row in page["records"] for _ in range(turn.rng.choice((1, 1, 1, 2)))]
    return answer.saying(page | {"records": twice})


async def shuffled(turn: Turn) -> Answer | None:
    """Rows come in any order where none was asked for."""
    if "order by" in turn.asked.param.get("q", "order by").lower():
        return None
    answer = await turn.answer()
    page = _page(answer)
    if page is None:
        return None
    return answer.saying(page | {"records": turn.rng.sample(page["records"], len(page["records"]))})


def _page(answer: Answer) -> dict[str, Any] | None:
    """A page that holds rows, other than of an aggregate."""
    if answer.status != 200:  # noqa: PLR2004 - a status
        return None
    page: dict[str, Any] = answer.json
    rows = page["records"]
    return page if rows and rows[0].get("attributes", {}).get("type") != "AggregateResult" else None


async def usage_untold(turn: Turn) -> Answer:
    """The answer does not say how much of the day's requests is used."""
    answer = await turn.answer()
    return Answer(
        status=answer.status, headers=answer.without(b"sforce-limit-info"), body=answer.body, ending=answer.ending
    )


FAULTS = (
    Fault(act=one_of(*_PASSING), at=_DATA, weight=15),
    Fault(act=one_of(_TIMED_OUT), at=_QUERY, weight=5),
    Fault(act=one_of(*_BUSY), at=_SIGN_IN),
    Fault(act=session_ended, at=_DATA, weight=8),
    Fault(act=locator_ended, at=_MORE, weight=15),
    Fault(act=job_gone, at=_RESULTS),
    Fault(act=job_failed, at=_JOB),
    Fault(act=rows_lacking, at=_RESULTS),
    Fault(act=split, at=_QUERY, weight=30, refuses=False),
    Fault(act=doubled, at=_QUERY, weight=15, refuses=False),
    Fault(act=shuffled, at=_QUERY, weight=10, refuses=False),
    Fault(act=usage_untold, at=_DATA, weight=5, refuses=False),
)
