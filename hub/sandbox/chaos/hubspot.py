"""What HubSpot does on bad days: limits by policy, tokens that expire, pages cut another way, parts that fail."""

from dataclasses import replace
from typing import Any

from hub.sandbox.chaos.faults import Fault, one_of, page, told
from hub.sandbox.chaos.turn import Answer, Turn

_LIST = r"GET /crm/objects/[\d-]+/[\w-]+$"
_SEARCH = "/search$"
_BATCH = "/batch/read$"
_LINKS = r"POST /crm/associations/.*/batch/read$"
_CRM = " /crm/"
_SERVICE_KEYS = "pat-"
"""How keys begin that do not expire."""


def _refused(status: int, message: str, retry_after: str | None = None, **more: Any) -> Answer:
    headers = {} if retry_after is None else {"retry_after": retry_after}
    body = {"status": "error", "message": message, "correlationId": "c0ffee00-0000-4000-8000-000000000000", **more}
    return told(status, body, **headers)


def _limited(policy: str, retry_after: str | None = None) -> Answer:
    message = f"You have reached your {policy.lower()} limit."
    return _refused(429, message, retry_after, errorType="RATE_LIMIT", policyName=policy)


_LIMITED = (
    _limited("TEN_SECONDLY_ROLLING"),
    _limited("TEN_SECONDLY_ROLLING", "2"),
    _limited("TEN_SECONDLY_ROLLING", "2000"),
    _refused(429, "Too many requests", "1"),
)
_SEARCH_LIMITED = (_limited("SECONDLY"), _limited("SECONDLY", "1"), _limited("SECONDLY", "1000"))
_PASSING = (
    _refused(423, "The resource is locked by another process", "2"),
    _refused(477, "This account is being moved between data centers", "3"),
    _refused(500, "internal error"),
    _refused(502, "bad gateway"),
    page(521, "Web server is down"),
    page(523, "Origin is unreachable"),
    page(524, "A timeout occurred"),
)
_EXPIRED = _refused(401, "The OAuth token used to make this call expired.", category="EXPIRED_AUTHENTICATION")


async def token_expired(turn: Turn) -> Answer | None:
    """An access token expires before its time. Service keys do not."""
    token = turn.asked.token
    return None if not token or token.startswith(_SERVICE_KEYS) else turn.memory.end(token, _EXPIRED)


async def short_page(turn: Turn) -> Answer | None:
    """A page of a list holds less than it could, or nothing, and goes on; the next may begin with rows of this one."""
    answer = await turn.answer()
    rows = _results(answer)
    if not rows or not all(row["id"].isdecimal() for row in rows):
        return None
    first, asked = int(rows[0]["id"]), int(turn.asked.param.get("after") or 0)
    end = turn.rng.randrange(len(rows))
    shown = rows[:end]
    resumed = max(0, end - turn.rng.choice((0, 0, 1, 3)))
    after = int(rows[resumed - 1]["id"]) if resumed else first - 1
    if after <= asked:
        return None
    body = answer.json | {"results": shown, "paging": {"next": {"after": str(after)}}}
    return answer.saying(body)


async def short_search(turn: Turn) -> Answer | None:
    """A page of a search holds less than it could, or nothing if it is the first, and goes on."""
    answer = await turn.answer()
    rows = _results(answer)
    if not rows:
        return None
    start = int(turn.asked.json.get("after") or 0)
    end = turn.rng.randrange(1 if start else 0, len(rows) + 1)
    if end == len(rows):
        return None
    return answer.saying(answer.json | {"results": rows[:end], "paging": {"next": {"after": str(start + end)}}})


async def shuffled(turn: Turn) -> Answer | None:
    """Results come in any order, where none was asked for."""
    answer = await turn.answer()
    rows = _results(answer)
    return answer.saying(answer.json | {"results": turn.rng.sample(rows, len(rows))}) if rows else None


async def part_failed(turn: Turn) -> Answer | None:
    """A batch is answered in part."""
    answer = await turn.answer()
    rows = _results(answer)
    if not rows:
        return None
    end = turn.rng.randrange(len(rows))
    ids = [row.get("id") or row["from"]["id"] for row in rows[end:]]
    failure = {"status": "error", "category": "INTERNAL_ERROR", "message": "internal error", "context": {"ids": ids}}
    errors = [*answer.json.get("errors", ()), failure]
    body = answer.json | {"results": rows[:end], "errors": errors, "numErrors": len(errors)}
    return replace(answer, status=207).saying(body)


async def links_in_parts(turn: Turn) -> Answer | None:
    """What a record is linked to comes in more pages than one."""
    answer = await turn.answer()
    rows = _results(answer)
    long = [row for row in rows if len(row["to"]) > 1 and "paging" not in row]
    if not long:
        return None
    for row in long:
        row["to"] = row["to"][: turn.rng.randrange(1, len(row["to"]))]
        row["paging"] = {"next": {"after": str(row["to"][-1]["toObjectId"])}}
    return answer.saying(answer.json | {"results": rows})


def _results(answer: Answer) -> list[Any]:
    rows: list[Any] = answer.json["results"] if answer.status in (200, 207) else []
    return rows


FAULTS = (
    Fault(act=one_of(*_LIMITED), at=_CRM, weight=20),
    Fault(act=one_of(*_SEARCH_LIMITED), at=_SEARCH, weight=20),
    Fault(act=one_of(*_PASSING), at=_CRM, weight=10),
    Fault(act=token_expired, at=_CRM, weight=8),
    Fault(act=part_failed, at=_BATCH, weight=5),
    Fault(act=short_page, at=_LIST, weight=30, refuses=False),
    Fault(act=short_search, at=_SEARCH, weight=30, refuses=False),
    Fault(act=shuffled, at=f"{_LIST}|{_BATCH}", weight=20, refuses=False),
    Fault(act=links_in_parts, at=_LINKS, weight=30, refuses=False),
)
