"""A HubSpot account: how it is opened, and how it is asked."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from hub.connectors.base import Grant, Held, Quota
from hub.connectors.http import DIRECT, TIMEOUT, Http, opened
from hub.connectors.hubspot.auth import Bearer, OAuth, Tokens
from hub.connectors.hubspot.config import SECRETS, Settings, settings
from hub.connectors.hubspot.limits import Limits
from hub.connectors.hubspot.refusal import refusal
from hub.connectors.rate import Rate, Sleep
from hub.connectors.response import decoded
from hub.errors import ConfigurationError, Forbidden, QuotaExhausted

SEARCHES_PER_SECOND = 4.0
"""An account is allowed five, and others search it, too."""


class About(msgspec.Struct, frozen=True, rename="camel"):
    """What an account says of itself; nothing, where it may not be asked."""

    portal_id: int | None = None
    company_currency: str | None = None
    utc_offset_milliseconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HubSpot:
    """An open account."""

    http: Http
    limits: Limits
    searches: Rate
    """All searches share one pace, whatever they search."""
    settings: Settings
    about: About = About()  # noqa: RUF009 - it cannot change
    known_fields: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """The properties of each type read so far, with HubSpot's words for their types."""

    @property
    def version(self) -> str:
        """A date, which every path carries."""
        return self.settings.version

    @property
    def partner_labels(self) -> tuple[str, ...] | None:
        """None: those that mapping knows."""
        return self.settings.partner_labels

    async def asked(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer to a request that is for reading; `sent` as Http.send takes it. Raises SourceError."""
        self.limits.check()
        try:
            response = await self.http.send(method, path, **sent)
        except QuotaExhausted as error:
            raise self.limits.exhausted(error) from error
        self.limits.heed(response.headers)
        return response

    async def write(self, method: str, path: str, body: Any) -> httpx.Response:
        """The answer to what changes records, which is sent again only where nothing was done; see Http.write."""
        self.limits.check()
        try:
            response = await self.http.write(method, path, json=body)
        except QuotaExhausted as error:
            raise self.limits.exhausted(error) from error
        self.limits.heed(response.headers)
        return response

    def learned(self) -> Mapping[str, Any]:
        """Whose records these are: other accounts have the same ids, and an app tells of all that installed it."""
        return {} if self.about.portal_id is None else {"portal_id": self.about.portal_id}

    def quota(self) -> Quota | None:
        """What is known of the requests of the day."""
        return self.limits.quota()


@asynccontextmanager
async def portal(
    config: Mapping[str, Any],
    grant: Grant | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[HubSpot]:
    """The account that `config` names, open, at the pace it allows.

    Raises ConfigurationError where the config cannot work, or where it is of another account than its credentials.
    """
    chosen = settings(config)
    limits = Limits(chosen.quota_reserve, clock=clock, sleep=sleep)
    async with AsyncExitStack() as stack:
        auth: httpx.Auth = Bearer(chosen.access_token or "")
        if chosen.client_id is not None:
            tokens = await stack.enter_async_context(_tokens(chosen, chosen.client_id, transport))
            secrets = {name: config[name] for name in SECRETS if name in config}
            auth = OAuth(tokens, secrets, grant or Held(secrets), clock)
        http = await stack.enter_async_context(
            opened(chosen.base_url, rate=limits, auth=auth, refusal=refusal, transport=transport, sleep=sleep)
        )
        searches = Rate(SEARCHES_PER_SECOND, burst=1, clock=clock, sleep=sleep)
        source = HubSpot(http=http, limits=limits, searches=searches, settings=chosen)
        yield replace(source, about=await _about(source))


@asynccontextmanager
async def _tokens(
    chosen: Settings, client_id: str, transport: httpx.AsyncBaseTransport | None
) -> AsyncIterator[Tokens]:
    async with httpx.AsyncClient(
        base_url=chosen.base_url, timeout=TIMEOUT, transport=transport, follow_redirects=False, mounts=DIRECT
    ) as client:
        yield Tokens(client, f"/oauth/{chosen.version}/token", client_id)


# https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details
async def _about(source: HubSpot) -> About:
    """What the account says of itself; the answer also proves the token and names the limits."""
    expected = source.settings.portal_id
    try:
        response = await source.asked("GET", f"/account-info/{source.version}/details")
    except Forbidden as error:
        if expected is not None:
            raise ConfigurationError(
                f"Nobody says whether this still is the HubSpot account {expected}, and ids mean other records in any "
                f"other: {error}. Check base_url."
            ) from error
        return About()
    about = decoded(response, About)
    source.limits.utc_offset = timedelta(milliseconds=about.utc_offset_milliseconds)
    if expected is not None and about.portal_id != expected:
        raise ConfigurationError(
            f"The credentials are of the HubSpot account {about.portal_id}, and the connection is of {expected}: "
            "ids mean other records there."
        )
    return about
