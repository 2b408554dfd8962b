"""How a request says who asks: by a service key, or by an access token that a refresh token buys."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from hub.connectors.base import Grant
from hub.connectors.hubspot.refusal import refusal
from hub.connectors.response import described
from hub.errors import AuthError, SourceError, Unavailable

EARLY = 120.0
"""Seconds before its expiry that a token is replaced: a refusal is not how HubSpot wants its end to be learned.

https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
"""
EXPIRED = "EXPIRED_AUTHENTICATION"
LARGEST_ANSWER = 64 * 1024
MOST_IN_VAIN = 3
"""New access tokens in a row that HubSpot takes for expired, before a person is asked."""
RENEWALS = 3
"""As often as others may have replaced the refresh token under our hands."""


class Bearer(httpx.Auth):
    """A service key, or any other token that is sent as it is."""

    def __init__(self, token: str) -> None:
        self._header = f"Bearer {token}"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """The request with the key."""
        request.headers["Authorization"] = self._header
        yield request


@dataclass(frozen=True, slots=True)
class _Access:
    token: str = field(repr=False)
    stale_at: float


class Token(msgspec.Struct, frozen=True):
    """What the app was sold, as far as it is used."""

    access_token: str
    expires_in: float
    refresh_token: str | None = None

    def __repr__(self) -> str:
        """Nothing of it may be told."""
        return "Token()"


class _Refused(msgspec.Struct, frozen=True):
    """Both shapes of a refusal: the standard's `error`, and HubSpot's own `status`."""

    error: str | None = None
    status: str | None = None


class _Unauthorized(msgspec.Struct, frozen=True):
    category: str | None = None


class OAuth(httpx.Auth):
    """Access tokens of an app that was installed in the account.

    Tokens are bought in time, once for all who wait. One that HubSpot calls expired nevertheless is replaced once.
    The refresh token is used under the grant's lock, and what HubSpot answers is stored before it is used.
    """

    def __init__(
        self,
        tokens: "Tokens",
        secrets: Mapping[str, Any],
        grant: Grant,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tokens = tokens
        self._secrets = secrets
        self._grant = grant
        self._clock = clock
        self._access: _Access | None = None
        self._lock = asyncio.Lock()
        self._in_vain = 0

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """The request with a token; a second time with a new one if the first is said to have expired."""
        access = await self._fresh(None)
        request.headers["Authorization"] = f"Bearer {access.token}"
        response = yield request
        if not await _has_expired(response):
            self._in_vain = 0
            return
        access = await self._fresh(access)
        request.headers["Authorization"] = f"Bearer {access.token}"
        response = yield request
        if not await _has_expired(response):
            self._in_vain = 0
            return
        self._in_vain += 1
        told = f"{described(response)}: a new access token is said to have expired, too"
        raise AuthError(told) if self._in_vain >= MOST_IN_VAIN else Unavailable(told)

    async def _fresh(self, refused: _Access | None) -> _Access:
        async with self._lock:
            known = self._access
            if known is None or known is refused or known.stale_at <= self._clock():
                self._access = known = await self._renewed()
            return known

    async def _renewed(self) -> _Access:
        """Raises AuthError where the refresh token is no longer good."""
        bought: list[_Access] = []

        async def renew(secrets: Mapping[str, Any]) -> Mapping[str, Any]:
            token = await self._tokens.bought(secrets)
            bought.append(_Access(token.access_token, self._clock() + max(0.0, token.expires_in - EARLY)))
            return secrets if token.refresh_token is None else {**secrets, "refresh_token": token.refresh_token}

        for _ in range(RENEWALS):
            self._secrets = await self._grant.renewed(self._secrets, renew)
            if bought:
                return bought[-1]
        raise Unavailable("the connection's refresh token is being replaced by others again and again")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Where an app buys its access tokens."""

    client: httpx.AsyncClient
    path: str
    client_id: str

    # https://developers.hubspot.com/docs/api-reference/latest/authentication/manage-oauth-tokens
    async def bought(self, secrets: Mapping[str, Any]) -> Token:
        """A new access token. Raises AuthError where the refresh token is no longer good, or Unavailable."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": secrets["client_secret"],
            "refresh_token": secrets["refresh_token"],
        }
        response = await self._answer(form)
        if response.status_code != httpx.codes.OK:
            raise _refused(response)
        try:
            return msgspec.json.decode(response.content, type=Token)
        except msgspec.DecodeError as error:
            raise Unavailable(f"{described(response)} without a token") from error

    async def _answer(self, form: Mapping[str, str]) -> httpx.Response:
        try:
            async with self.client.stream("POST", self.path, data=form) as sent:
                content = await anext(sent.aiter_bytes(LARGEST_ANSWER), b"")
        except httpx.RequestError as error:
            raise Unavailable(f"POST {self.path}: no answer ({type(error).__name__})") from error
        waits = {"Retry-After": sent.headers["Retry-After"]} if "Retry-After" in sent.headers else None
        return httpx.Response(sent.status_code, headers=waits, content=content, request=sent.request)


def _refused(response: httpx.Response) -> SourceError:
    """HubSpot's own sentence is left out, whatever the status: it is about secrets, and may repeat them."""
    error = refusal(response)
    if isinstance(error, Unavailable):
        return type(error)(described(response), error.retry_after)
    try:
        said = msgspec.json.decode(response.content, type=_Refused)
    except msgspec.DecodeError:
        said = _Refused()
    reasons = ", ".join(reason for reason in (said.error, said.status) if reason)
    return AuthError(f"{described(response)}: {reasons or 'no reason'}; install the app in the account again")


async def _has_expired(response: httpx.Response) -> bool:
    if response.status_code != httpx.codes.UNAUTHORIZED:
        return False
    try:
        return msgspec.json.decode(await response.aread(), type=_Unauthorized).category == EXPIRED
    except msgspec.DecodeError:
        return False
