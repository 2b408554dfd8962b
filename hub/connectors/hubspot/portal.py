"""A HubSpot account: how it is opened, how fast it may be asked, and what it means when it refuses."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec

from hub.connectors.base import Grant
from hub.connectors.http import LOOPBACK, Http, Rate, Sleep, described, opened, refusal_by_status, retry_after
from hub.errors import AuthError, ConfigurationError, Forbidden, QuotaExhausted, SourceError, Unavailable

VERSIONS = ("2026-03", "2026-09")
BASE_URL = "https://api.hubapi.com"
SEARCHES_PER_SECOND = 4.0
"""An account is allowed five, and others search it, too."""
REQUESTS_PER_SECOND = 9.0
"""Where the account does not say what it allows: the smallest plan has 100 in ten seconds."""
SHARE = 0.9
"""The part of the allowed pace that we take."""

BAD_TOKEN = 530
MIGRATING = 477
PATIENCE = {"TEN_SECONDLY_ROLLING": 10.0, "SECONDLY": 1.0}
"""Seconds to wait, by the policy that was broken."""
LONGEST_WAIT = 60.0
MILLISECONDS_FROM = 600
"""HubSpot's Retry-After counts in seconds or in milliseconds, and does not say which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpot:
    """An open account."""

    http: Http
    searches: Rate
    """All searches share one pace, whatever they search."""
    version: str
    """A date, which every path carries."""
    partner_labels: tuple[str, ...] | None = None
    """None: those that mapping knows."""


class Bearer(httpx.Auth):
    """A service key, or any other token that is sent as it is."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._header
        yield request


@asynccontextmanager
async def portal(
    config: Mapping[str, Any],
    _: Grant | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[HubSpot]:
    """The account that `config` names, open, at the pace it allows."""
    version, base_url, auth, labels = _version(config), _base_url(config), Bearer(_token(config)), _labels(config)

    def paced(per_second: float) -> AbstractAsyncContextManager[Http]:
        rate = Rate(per_second, burst=max(1, int(per_second)), clock=clock, sleep=sleep)
        return opened(base_url, rate=rate, auth=auth, refusal=refusal, transport=transport, sleep=sleep)

    async with paced(REQUESTS_PER_SECOND) as http:
        per_second = await _allowed_pace(http, version)
    async with paced(per_second) as http:
        searches = Rate(SEARCHES_PER_SECOND, burst=1, clock=clock, sleep=sleep)
        yield HubSpot(http=http, searches=searches, version=version, partner_labels=labels)


def refusal(response: httpx.Response) -> SourceError | None:
    """What HubSpot means by a status of 300 or more.

    https://developers.hubspot.com/docs/api-reference/error-handling
    """
    problem = _problem(response)
    message = problem.told(response)
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return _throttled(problem, message, response)
    if response.status_code == BAD_TOKEN:
        return AuthError(message)
    if response.status_code == MIGRATING:
        return Unavailable(message, retry_after(response))
    error = refusal_by_status(response)
    if isinstance(error, Unavailable):
        return Unavailable(message, _wait(response))
    return None if error is None else type(error)(message)


class _Problem(msgspec.Struct, frozen=True, rename="camel"):
    """An error's body. Any part of it may be absent, whatever the specification says."""

    message: str | None = None
    category: str | None = None
    policy_name: str | None = None
    correlation_id: str | None = None
    context: Any = None

    def told(self, response: httpx.Response) -> str:
        """Only of requests that hold no personal data: we send ids and names of properties."""
        scopes = ", ".join(self._scopes())
        reason = f"needs the scopes {scopes}" if scopes else (self.message or "")[:200]
        parts = (described(response), self.category or self.policy_name, reason)
        end = f" (correlation id {self.correlation_id})" if self.correlation_id else ""
        return ": ".join(part for part in parts if part) + end

    def _scopes(self) -> list[str]:
        context = self.context if isinstance(self.context, dict) else {}
        named = context.get("requiredGranularScopes") or context.get("requiredScopes") or []
        return [str(scope) for scope in named] if isinstance(named, list) else []


def _problem(response: httpx.Response) -> _Problem:
    try:
        return msgspec.json.decode(response.content, type=_Problem)
    except msgspec.DecodeError:
        # Proxies answer with pages for people; the status still says enough.
        return _Problem()


def _throttled(problem: _Problem, message: str, response: httpx.Response) -> Unavailable:
    if problem.policy_name == "DAILY":
        return QuotaExhausted(message)
    return Unavailable(message, _wait(response) or PATIENCE.get(problem.policy_name or ""))


def _wait(response: httpx.Response) -> float | None:
    asked = retry_after(response)
    if asked is None:
        return None
    seconds = asked / 1000 if asked > MILLISECONDS_FROM else asked
    return min(max(seconds, 1.0), LONGEST_WAIT)


async def _allowed_pace(http: Http, version: str) -> float:
    """Requests a second. The answer's body does not matter: it proves the token, and its headers name the limit."""
    try:
        response = await http.send("GET", f"/account-info/{version}/details")
    except Forbidden:
        return REQUESTS_PER_SECOND
    most = response.headers.get("X-HubSpot-RateLimit-Max", "")
    interval = response.headers.get("X-HubSpot-RateLimit-Interval-Milliseconds", "")
    if not (most.isdecimal() and interval.isdecimal() and int(most) and int(interval)):
        return REQUESTS_PER_SECOND
    return int(most) * 1000 / int(interval) * SHARE


def _base_url(config: Mapping[str, Any]) -> str:
    base_url = str(config.get("base_url") or BASE_URL)
    parts = urlsplit(base_url)
    if parts.scheme == "https" and parts.hostname:
        return base_url
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return base_url
    raise ConfigurationError("base_url: an https:// address; http:// is for this machine only.")


def _version(config: Mapping[str, Any]) -> str:
    version = str(config.get("version") or VERSIONS[0])
    if version not in VERSIONS:
        raise ConfigurationError(f"version: {version} is none of {', '.join(VERSIONS)}.")
    return version


def _token(config: Mapping[str, Any]) -> str:
    token = config.get("access_token")
    # Anything else cannot stand in a header.
    if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token.strip():
        raise ConfigurationError("access_token: a service key of the HubSpot account is needed.")
    return token.strip()


def _labels(config: Mapping[str, Any]) -> tuple[str, ...] | None:
    labels = config.get("partner_labels")
    if labels is None:
        return None
    if not isinstance(labels, (list, tuple)) or not all(isinstance(label, str) and label for label in labels):
        raise ConfigurationError("partner_labels: a list of association labels is needed.")
    return tuple(labels)
