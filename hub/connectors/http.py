"""The HTTP client of one connection: its pace, its retries, and refusals as errors."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx
import msgspec

from hub.errors import AuthError, Forbidden, Lost, QuotaExhausted, SourceError, Spent, Unavailable, UnexpectedPayload

Sleep = Callable[[float], Awaitable[None]]
Refusal = Callable[[httpx.Response], SourceError | None]
"""What an answer of status 300 or more means at one vendor; None where it is no refusal."""

TIMEOUT = httpx.Timeout(connect=10, read=120, write=30, pool=60)
LARGEST_BODY = 128 * 1024 * 1024
"""Decoded bytes. A page of 2,000 wide rows takes some 40 MB."""
LONGEST_ANSWER = 300.0
"""Seconds until the last byte, where all of an answer is awaited: httpx counts from chunk to chunk."""
LONGEST_EXCHANGE = 60.0
"""Seconds; much shorter than what waits for it, so that nothing new is given up while it is under way."""
LEAST_PACE = 16 * 1024
"""Bytes a second of a body that is handed on as it arrives."""
SLOW_START = 60.0
"""Seconds before its pace is judged."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SAID = frozenset({400, 404, 409, 412})
"""Statuses by which a source says that it did not do what it understood very well."""
ATTEMPTS = 5
PATIENCE = 120.0
"""Seconds one request may spend waiting between its attempts."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DIRECT: Mapping[str, None] = {f"all://[{host}]" if ":" in host else f"all://{host}": None for host in LOOPBACK}
"""A proxy named in the environment is for the outside world, not for the sandbox on this machine."""

T = TypeVar("T")


class Rate:
    """At most `burst` requests at once and `per_second` of them in the long run: a token bucket."""

    def __init__(
        self,
        per_second: float,
        burst: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._per_second = per_second
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._tokens = float(burst)
        self._counted_at = clock()

    async def turn(self) -> None:
        """Return when one more request may go."""
        now = self._clock()
        earned = (now - self._counted_at) * self._per_second
        self._counted_at = now
        # Below zero, the tokens are a queue: each who waits sleeps off the debt it found and its own.
        self._tokens = min(float(self._burst), self._tokens + earned) - 1
        if self._tokens < 0:
            await self._sleep(-self._tokens / self._per_second)


class Http:
    """One connection's client: `send` reads, so that it may ask again after any failure; `write` may not."""

    def __init__(
        self, client: httpx.AsyncClient, *, refusal: Refusal, rate: Rate, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._client = client
        self._refusal = refusal
        self._rate = rate
        self._sleep = sleep

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer, read whole, once the source gives one that is no refusal."""

        async def answer() -> httpx.Response:
            request = self._client.build_request(method, url, params=params, json=json, headers=headers)
            return await self._answer(request)

        return await self._persistently(answer)

    async def write(
        self, method: str, url: str, *, json: Any, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer to a request that changes something; also a refusal of what it says, whose body tells more.

        It is sent again only where nothing was done: it did not reach the source, or that had no time for it. Raises
        Lost where nobody knows.
        """

        async def answer() -> httpx.Response:
            request = self._client.build_request(method, url, json=json, headers=headers)
            return await self._answer(request, SAID)

        return await self._persistently(answer, Lost)

    async def exchange(self, url: str, form: Mapping[str, str]) -> httpx.Response:
        """The answer to a form, which is posted once, whatever happens: it may spend what it shows.

        Raises Lost where nobody knows whether it did.
        """
        return await self._answer(self._client.build_request("POST", url, data=dict(form)), within=LONGEST_EXCHANGE)

    @asynccontextmanager
    async def stream(self, url: str, *, params: Mapping[str, Any] | None = None) -> AsyncIterator[httpx.Response]:
        """The answer with its body still to come, by `chunks`, which bounds nothing: the reader does."""

        async def answer() -> httpx.Response:
            request = self._client.build_request("GET", url, params=params)
            await self._rate.turn()
            async with _in_time(request, LONGEST_ANSWER):
                response = await self._client.send(request, stream=True)
                # What is no rows is small, and says why.
                is_told = response.status_code != httpx.codes.OK or _page(response)
                return await self._read(response) if is_told else response

        response = await self._persistently(answer)
        try:
            yield response
        finally:
            await response.aclose()

    async def _persistently(
        self, answer: Callable[[], Awaitable[httpx.Response]], *final: type[Unavailable]
    ) -> httpx.Response:
        """The answer, after as many attempts as it takes; failures of the `final` kinds end them at once."""
        ends: tuple[type[Unavailable], ...] = (QuotaExhausted, Spent, *final)
        waited = 0.0
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await answer()
            except ends:
                raise
            except Unavailable as error:
                pause = _pause(attempt, error.retry_after)
                if attempt == ATTEMPTS or waited + pause > PATIENCE:
                    raise
            waited += pause
            await self._sleep(pause)
        raise AssertionError("unreachable")  # pragma: no cover

    async def _answer(
        self, request: httpx.Request, said: frozenset[int] = frozenset(), *, within: float | None = None
    ) -> httpx.Response:
        await self._rate.turn()
        async with _in_time(request, within or LONGEST_ANSWER):
            return await self._read(await self._client.send(request, stream=True), said)

    async def _read(self, begun: httpx.Response, said: frozenset[int] = frozenset()) -> httpx.Response:
        response = await whole(begun, LARGEST_BODY)
        if response.status_code in said:
            return response
        is_refused = response.status_code >= httpx.codes.MULTIPLE_CHOICES
        refused = self._refusal(response) if is_refused else _page(response) or _torn(response)
        if refused is not None:
            raise _lost(refused, response)
        return response


@asynccontextmanager
async def opened(
    base_url: str,
    *,
    rate: Rate,
    auth: httpx.Auth | None = None,
    refusal: Refusal | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Http]:
    """The client of one connection; relative addresses start at `base_url`. No request leaves before `send`."""
    async with httpx.AsyncClient(
        base_url=base_url,
        auth=auth,
        timeout=TIMEOUT,
        follow_redirects=False,
        transport=transport,
        mounts=DIRECT,
    ) as client:
        yield Http(client, refusal=refusal or refusal_by_status, rate=rate, sleep=sleep)


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
        raise _silence(response.request, error) from error


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


def _page(response: httpx.Response) -> SourceError | None:
    """Maintenance pages and login forms come with status 200, too."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        return Unavailable(f"{described(response)} with a page for people")
    return None


def _torn(response: httpx.Response) -> SourceError | None:
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


def _pause(attempt: int, asked: float | None) -> float:
    # The jitter keeps many connections from coming back in the same moment.
    backoff = min(30.0, 0.5 * 2.0**attempt) * random.uniform(0.5, 1)  # noqa: S311 - not a secret
    return max(backoff, asked or 0.0)


@asynccontextmanager
async def _in_time(request: httpx.Request, seconds: float) -> AsyncIterator[None]:
    """Raises Unavailable where no whole answer comes until then; Lost where the request may have arrived."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (httpx.RequestError, TimeoutError) as error:
        raise _silence(request, error) from error


def _silence(request: httpx.Request, error: Exception) -> Unavailable:
    told = f"{request.method} {_place(request)}: no answer from {request.url.netloc.decode()}"
    kind = Unavailable if isinstance(error, NEVER_SENT) else Lost
    return kind(f"{told} ({type(error).__name__})")


def _lost(refused: SourceError, response: httpx.Response) -> SourceError:
    """The refusal, as one that says nothing of what was done where the answer comes from a server that broke down."""
    is_telling = httpx.codes.BAD_REQUEST <= response.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    if is_telling or type(refused) is not Unavailable:
        return refused
    return Lost(str(refused), refused.retry_after)


def _place(request: httpx.Request) -> str:
    return f"{request.url.host}{request.url.path}"


def http_date(text: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(text)
    except ValueError:
        return None
    return stamp.replace(tzinfo=UTC) if stamp.tzinfo is None else stamp.astimezone(UTC)
