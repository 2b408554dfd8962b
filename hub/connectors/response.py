"""What an answer is worth: its status, its body and its date, or why none came."""

import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx
import msgspec

from hub.errors import AuthError, Forbidden, Lost, SourceError, Unavailable, UnexpectedPayload

LEAST_PACE = 16 * 1024
"""Bytes a second of a body that is handed on as it arrives."""
SLOW_START = 60.0
"""Seconds before its pace is judged."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

T = TypeVar("T")


def described(response: httpx.Response) -> str:
    """Method, place and status of an answer: what a message may say about it."""
    return f"{response.request.method} {_place(response.request)} answered {response.status_code}"


def retry_after(response: httpx.Response) -> float | None:
    """The seconds to wait that the Retry-After header names, as a number or as a date; None where it does not."""
    given = response.headers.get("Retry-After", "").strip()
    if not given:
        return None
    if given.isdecimal():
        return float(given)
    until = http_date(given)
    if until is None:
        return None
    now = http_date(response.headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def server_time(response: httpx.Response) -> datetime:
    """The source's own clock when it answered, UTC. Ours may be wrong, so windows never end by it."""
    stamp = http_date(response.headers.get("Date", ""))
    if stamp is None:
        raise UnexpectedPayload(f"{described(response)} without a Date header that can be read")
    return stamp


def decoded(response: httpx.Response, shape: type[T]) -> T:
    """The body, as `shape`: other JSON is unexpected, a body cut short or empty is a failure for now."""
    try:
        return msgspec.json.decode(response.content, type=shape)
    except msgspec.ValidationError as error:
        raise UnexpectedPayload(f"{described(response)}: {error}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable(f"{described(response)} with what is not JSON") from error


def refusal_by_status(response: httpx.Response, reason: str = "") -> SourceError | None:
    """What a status of 300 or more means where the vendor says nothing better than, perhaps, a reason to name."""
    status = response.status_code
    message = f"{described(response)} {reason}".rstrip()
    if status == httpx.codes.UNAUTHORIZED:
        return AuthError(message)
    if status in (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND, httpx.codes.GONE):
        return Forbidden(message)
    if status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS, httpx.codes.LOCKED):
        return Unavailable(message, retry_after(response))
    if status < httpx.codes.BAD_REQUEST or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Unavailable(message, retry_after(response))
    return UnexpectedPayload(message)


async def chunks(response: httpx.Response, *, clock: Callable[[], float] = time.monotonic) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises Unavailable where it is cut short, or drips."""
    arrived, waited, asked_at = 0, 0.0, clock()
    try:
        async for chunk in response.aiter_bytes():
            arrived, waited = arrived + len(chunk), waited + clock() - asked_at
            if waited > SLOW_START and arrived < waited * LEAST_PACE:
                raise Unavailable(f"{described(response)} with {arrived} bytes in {waited:.0f} seconds")
            yield chunk
            asked_at = clock()  # what the reader does with it is not the source's time
    except httpx.RequestError as error:
        raise silence(response.request, error) from error


async def whole(response: httpx.Response, most: int) -> httpx.Response:
    """The same answer with its body in memory, which is of `most` bytes at most. Raises httpx.RequestError."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > most:
                raise UnexpectedPayload(f"{described(response)} with more than {most} bytes")
    finally:
        await response.aclose()
    wire = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in wire]
    return httpx.Response(response.status_code, headers=headers, content=bytes(body), request=response.request)


def page_for_people(response: httpx.Response) -> SourceError | None:
    """Maintenance pages and login forms come with status 200, too."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        return Unavailable(f"{described(response)} with a page for people")
    return None


def torn(response: httpx.Response) -> SourceError | None:
    """What a proxy gave up on may end as properly as an answer does: it is asked for again, too."""
    is_json = "json" in response.headers.get("Content-Type", "")
    is_empty = response.request.method == "GET" and not response.content
    if response.status_code != httpx.codes.OK or not (is_json or is_empty):
        return None
    try:
        msgspec.json.decode(response.content, type=msgspec.Raw)
    except msgspec.DecodeError:
        return Unavailable(f"{described(response)} with what is not JSON")
    return None


def http_date(text: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(text)
    except ValueError:
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)


def _place(request: httpx.Request) -> str:
    return f"{request.url.netloc.decode()}{request.url.path}"


def silence(request: httpx.Request, error: Exception) -> Unavailable:
    told = f"{request.method} {_place(request)}: no answer from {request.url.netloc.decode()}"
    kind = Unavailable if isinstance(error, NEVER_SENT) else Lost
    return kind(f"{told} ({type(error).__name__})")


def lost(refused: SourceError, response: httpx.Response) -> SourceError:
    """The refusal, as one that says nothing of what was done where the answer comes from a server that broke down."""
    is_telling = httpx.codes.BAD_REQUEST <= response.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    if is_telling or type(refused) is not Unavailable:
        return refused
    return Lost(str(refused), refused.retry_after)
