"""The HTTP client of one connection: its pace, its retries, and refusals as errors."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from hub.connectors.rate import Rate, Sleep
from hub.connectors.response import lost, page_for_people, refusal_by_status, silence, torn, whole
from hub.errors import Lost, QuotaExhausted, SourceError, Spent, Unavailable

Refusal = Callable[[httpx.Response], SourceError | None]
"""What an answer of status 300 or more means at one vendor; None where it is no refusal."""

TIMEOUT = httpx.Timeout(connect=10, read=120, write=30, pool=60)
LARGEST_BODY = 128 * 1024 * 1024
"""Decoded bytes. A page of 2,000 wide rows takes some 40 MB."""
LONGEST_ANSWER = 300.0
"""Seconds until the last byte, where all of an answer is awaited: httpx counts from chunk to chunk."""
LONGEST_EXCHANGE = 60.0
"""Seconds; much shorter than what waits for it, so that nothing new is given up while it is under way."""
SAID = frozenset({400, 404, 409, 412})
"""Statuses by which a source says that it did not do what it understood very well."""
ATTEMPTS = 5
PATIENCE = 120.0
"""Seconds one request may spend waiting between its attempts."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
DIRECT: Mapping[str, None] = {f"all://[{host}]" if ":" in host else f"all://{host}": None for host in LOOPBACK}
"""A proxy named in the environment is for the outside world, not for the sandbox on this machine."""


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
                is_told = response.status_code != httpx.codes.OK or page_for_people(response)
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
        refused = self._refusal(response) if is_refused else page_for_people(response) or torn(response)
        if refused is not None:
            raise lost(refused, response)
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
        raise silence(request, error) from error
