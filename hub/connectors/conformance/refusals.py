"""Rules about a vendor that refuses: the error says what to do, and never holds a secret."""

import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from hub.connectors.base import Stream
from hub.connectors.conformance.subject import Outcome, Subject, inapplicable, latest, pages, quoted
from hub.connectors.conformance.wire import Answer, at_once
from hub.connectors.rate import Sleep
from hub.errors import AuthError, SourceError, Unavailable

NO_NETWORK = "it reads no network"
ASKED_TO_WAIT = 17
"""Seconds, which no pause of ours takes by itself."""
MOST_REQUESTS = 10_000
"""That a reading of fixtures takes."""
MOST_AFTER_REFUSAL = 2
"""Requests: one that takes a new token, and one with it."""


def _cut(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadError("cut", request=request)


def _expired(_: httpx.Request) -> httpx.Response:
    """In the words of most APIs and of OAuth's token endpoint (RFC 6749, 5.2)."""
    return httpx.Response(401, json={"message": "no", "error": "invalid_client", "error_description": "no"})


@dataclass(frozen=True, slots=True)
class _Fault:
    name: str
    answer: Answer
    expected: type[SourceError]


FAULTS = (
    _Fault("status 503", lambda _: httpx.Response(503), Unavailable),
    _Fault("a page for people", lambda _: httpx.Response(200, html="<html>Maintenance</html>"), Unavailable),
    _Fault("status 403", lambda _: httpx.Response(403, json={"message": "no"}), SourceError),
    _Fault("status 400", lambda _: httpx.Response(400, json={"message": "no"}), SourceError),
    _Fault("JSON of another shape", lambda _: httpx.Response(200, json="unheard of"), SourceError),
    _Fault("a cut connection", _cut, Unavailable),
)


@dataclass(slots=True)
class _Failing:
    """A vendor that answers some requests from the fixtures, and all later ones by a fault."""

    good: Answer
    bad: Answer
    spared: int
    """How many requests are answered well."""
    refused: int = 0
    asked: int = field(default=0)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.asked <= self.spared:
            return self.good(request)
        self.refused += 1
        return self.bad(request)


async def errors_by_consequence(subject: Subject) -> Outcome:
    """Each fault at each request of the first stream, and two at the last one of the others, are errors that fit."""
    answer = subject.wire.answer
    if answer is None:
        return inapplicable(NO_NETWORK)
    complaints, count = [], 0
    for number, stream in enumerate(subject.streams):
        asked = await _requests(subject, stream, answer)
        for spared in range(asked) if number == 0 else range(asked - 1, asked):
            for fault in FAULTS if number == 0 else FAULTS[-2:]:
                error = await _error(subject, stream, _Failing(answer, fault.answer, spared))
                count += 1
                if not isinstance(error, fault.expected):
                    told = "no error" if error is None else type(error).__name__
                    complaints.append(f"{stream.name}: {fault.name} at request {spared + 1} is {told}")
    return Outcome.of(complaints[:3], f"{count} faults")


async def _requests(subject: Subject, stream: Stream[Any], answer: Answer) -> int:
    """How many requests a reading takes."""
    counting = _Failing(answer, _cut, spared=MOST_REQUESTS)
    await _read(subject, stream, counting)
    return counting.asked


async def _read(subject: Subject, stream: Stream[Any], answer: Answer, sleep: Sleep = at_once) -> dict[str, Any]:
    async with subject.wire.source(answer, sleep) as source:
        return latest(stream, await pages(stream, source))


async def _error(subject: Subject, stream: Stream[Any], answer: Answer) -> SourceError | None:
    try:
        await _read(subject, stream, answer)
    except SourceError as error:
        return error
    return None


async def expired_token_means_reconnect(subject: Subject) -> Outcome:
    """401, from the first request on or amid a reading, is an AuthError after at most two more requests."""
    answer = subject.wire.answer
    if answer is None:
        return inapplicable(NO_NETWORK)
    complaints = []
    stream = subject.streams[0]
    asked = await _requests(subject, stream, answer)
    for spared in range(asked):
        refusing = _Failing(answer, _expired, spared)
        error = await _error(subject, stream, refusing)
        if not isinstance(error, AuthError):
            told = "no error" if error is None else type(error).__name__
            complaints.append(f"401 at request {spared + 1} is {told}")
        if refusing.refused > 1 + MOST_AFTER_REFUSAL:
            complaints.append(f"{refusing.refused} requests were refused before it gave up")
    return Outcome.of(complaints[:3], f"401 at each of {asked} requests")


async def honors_retry_after(subject: Subject) -> Outcome:
    """429 with Retry-After, once on each path, is waited out, and nothing is lost."""
    answer = subject.wire.answer
    if answer is None:
        return inapplicable(NO_NETWORK)
    complaints, waited = [], 0
    for stream in subject.streams:
        busy, waits = _BusyAtFirst(answer), _Waits()
        read = await _read(subject, stream, busy, waits)
        long = sum(seconds >= ASKED_TO_WAIT for seconds in waits.seconds)
        waited += long
        if long != len(busy.told):
            complaints.append(f"{stream.name}: asked to wait {len(busy.told)} times, waited {long} times")
        if sorted(read) != sorted(set(subject.recorded_keys(stream))):
            complaints.append(f"{stream.name}: not all was read after waiting")
    return Outcome.of(complaints[:3], f"waited {waited} times")


@dataclass(slots=True)
class _BusyAtFirst:
    good: Answer
    told: set[str] = field(default_factory=set)
    """Paths that were refused."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path in self.told:
            return self.good(request)
        self.told.add(request.url.path)
        return httpx.Response(429, headers={"Retry-After": str(ASKED_TO_WAIT)})


@dataclass(slots=True)
class _Waits:
    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


async def secrets_stay_secret(subject: Subject) -> Outcome:
    """A vendor that repeats what it was sent gets no secret into an error, nor does an object's text hold one.

    Whichever way we are let in; and what a request is let in with is a secret, too.
    """
    if subject.wire.answer is None or not subject.connector.secrets:
        return inapplicable("it has no secrets")
    leaks, count = set(), 0
    for wire in subject.wire.by_every_way_in():
        secrets = {str(wire.config[name]) for name in subject.connector.secrets if name in wire.config}
        if not secrets:
            return Outcome(passed=False, seen=f"CONFIG of the wire holds none of {quoted(subject.connector.secrets)}")
        texts = [text async for text in _texts(replace(subject, wire=wire), subject.wire.answer, secrets)]
        count += len(texts)
        leaks |= {place for place, text in texts if any(secret in text for secret in secrets)}
    return Outcome.of([f"a secret shows in {place}" for place in sorted(leaks)], f"{count} errors and objects")


async def _texts(subject: Subject, answer: Answer, secrets: set[str]) -> AsyncIterator[tuple[str, str]]:
    """Where a secret might show, and the text there; what requests were let in with joins the secrets."""
    stream = subject.streams[0]
    asked = await _requests(subject, stream, answer)
    for status in (400, 401, 403, 429, 500):
        for spared in range(asked):
            error = await _error(subject, stream, _Failing(answer, _repeating(status, secrets), spared))
            for each in _chain(error):
                yield f"{type(each).__name__} at status {status}", f"{each}{each!r}{vars(each)}"
                yield f"the traceback of status {status}", "".join(traceback.format_exception(each))
    async with subject.wire.source() as source:
        yield f"the text of {type(source).__name__}", repr(source)


def _repeating(status: int, secrets: set[str]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        _, _, token = request.headers.get("Authorization", "").partition(" ")
        if token:
            secrets.add(token)
        # Messages may be cut where they are long: what is secret stands first.
        content = request.content.decode(errors="replace")
        sent = f"{token} {content} {dict(request.headers)} {request.url}"
        return httpx.Response(status, json={"message": sent, "error": "invalid_request", "error_description": sent})

    return answer


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
