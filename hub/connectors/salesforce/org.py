"""A Salesforce org on the wire: what may be asked of it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import msgspec

from hub.connectors import http as hub_http
from hub.connectors.base import Grant, Held, Quota
from hub.connectors.http import LOOPBACK, Http
from hub.connectors.rate import Rate, Sleep
from hub.connectors.response import decoded, server_time
from hub.connectors.salesforce.auth import SalesforceAuth, salesforce_auth, token_refusal
from hub.connectors.salesforce.described import Described
from hub.connectors.salesforce.needs import NEEDS
from hub.connectors.salesforce.refusal import refusal
from hub.errors import ConfigurationError, Forbidden, QuotaExhausted, UnexpectedPayload

VERSION = "67.0"
DATA = f"/services/data/v{VERSION}"
RESERVE = 0.1
"""The share of the org's daily requests that is left to its other integrations, where the config names none."""
LARGEST_RESERVE = 0.9

USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
"""Not anchored: `; per-app-api-usage=…` may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many rows at once."""

    bulk_from: int = 20_000
    """Left to read, so that a job of the Bulk API is worth its wait."""
    results: int = 25_000
    """In one page of a job's results; larger ones are known to hang."""


class Rows(msgspec.Struct, frozen=True, rename="camel"):
    """What a query answers: one page of rows, each kept as its own text."""

    total_size: int
    done: bool
    records: tuple[msgspec.Raw, ...]
    next_records_url: str | None = None


class DeletedRow(msgspec.Struct, frozen=True, rename="camel"):
    """An entry of the list of deleted ids."""

    id: str
    deleted_date: datetime


class Deleted(msgspec.Struct, frozen=True, rename="camel"):
    """What an org still knows of the deleted rows of one object."""

    deleted_records: tuple[DeletedRow, ...]
    latest_date_covered: datetime


class _Version(msgspec.Struct, frozen=True):
    version: str


class Org:
    """One Salesforce org, open for reading."""

    def __init__(self, http: Http, auth: SalesforceAuth, *, reserve: float, sizes: Sizes, sleep: Sleep) -> None:
        self._http = http
        self._auth = auth
        self._reserve = reserve
        self.sizes = sizes
        self.sleep = sleep
        self.quota: Quota | None = None

    @property
    def user_id(self) -> str:
        """Whom we are signed in as."""
        return self._auth.user_id

    @property
    def learned(self) -> Mapping[str, str]:
        """Which org it is: copies of one, such as sandboxes, hold the same ids."""
        return {"org_id": self._auth.org_id} if self._auth.org_id else {}

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
    async def described(self, sobject: str) -> tuple[Described, datetime]:
        """An object as this user may see it, and the time it is there."""
        try:
            response = await self.asked(f"{DATA}/sobjects/{sobject}/describe")
        except Forbidden as error:
            need = NEEDS.get(sobject, "the user's permission to read it")
            raise Forbidden(f"{sobject} is not there for this user ({error}). It takes {need}.") from error
        described = decoded(response, Described)
        if not described.queryable:
            raise Forbidden(f"{sobject} cannot be queried in this org")
        return described, server_time(response)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm
    async def rows(self, soql: str) -> Rows:
        """The first page of a query's answer, rows in the recycle bin included."""
        return decoded(await self.asked(f"{DATA}/queryAll", {"q": soql}), Rows)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
    async def live_rows(self, soql: str) -> Rows:
        """The same without the recycle bin."""
        return decoded(await self.asked(f"{DATA}/query", {"q": soql}), Rows)

    async def more_rows(self, path: str) -> Rows:
        """The page that another one names as its next."""
        if not path.startswith("/"):
            raise UnexpectedPayload("A page names a next one that is no path of this org")
        return decoded(await self.asked(path), Rows)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
    async def deleted(self, sobject: str, start: datetime, end: datetime) -> Deleted:
        """The ids deleted between two instants."""
        window = {"start": start.isoformat(timespec="seconds"), "end": end.isoformat(timespec="seconds")}
        return decoded(await self.asked(f"{DATA}/sobjects/{sobject}/deleted/", window), Deleted)

    async def asked(
        self, path: str, params: Mapping[str, str] | None = None, *, method: str = "GET", json: Any = None
    ) -> httpx.Response:
        """The answer to one request, which counts against the org's quota."""
        self._spare_the_reserve()
        response = await self._http.send(method, f"{self._auth.instance_url}{path}", params=params, json=json)
        self._note_usage(response)
        return response

    async def write(
        self, method: str, path: str, body: Any, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """The answer to what changes rows, which is sent again only where nothing was done; see Http.write."""
        self._spare_the_reserve()
        url = f"{self._auth.instance_url}{DATA}{path}"
        response = await self._http.write(method, url, json=body, headers=headers)
        self._note_usage(response)
        return response

    @asynccontextmanager
    async def streamed(self, path: str, params: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """The same, with its body still to come."""
        self._spare_the_reserve()
        async with self._http.stream(f"{self._auth.instance_url}{path}", params=params) as response:
            self._note_usage(response)
            yield response

    def _spare_the_reserve(self) -> None:
        # Asked before the request: a page that was paid for is not thrown away.
        if self.quota is not None and self.quota.used > self.quota.limit * (1 - self._reserve):
            raise QuotaExhausted(f"{self.quota.used / self.quota.limit:.0%} of the org's daily requests are used")

    def _note_usage(self, response: httpx.Response) -> None:
        usage = USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if usage is not None and int(usage[2]):
            self.quota = Quota(used=int(usage[1]), limit=int(usage[2]))


@asynccontextmanager
async def opened(
    config: Mapping[str, Any],
    grant: Grant | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
    sizes: Sizes = Sizes(),
) -> AsyncIterator[Org]:
    """The org that a config names, signed in and known to speak our version."""
    reserve = _reserve(config)

    def client(**options: Any) -> AbstractAsyncContextManager[Http]:
        rate = Rate(per_second=50, burst=50, sleep=sleep)
        return hub_http.opened(config["base_url"], rate=rate, transport=transport, sleep=sleep, **options)

    async with client(refusal=token_refusal) as tokens:
        auth = salesforce_auth(config, grant or Held(dict(config)), tokens)
        async with client(refusal=refusal, auth=auth) as http:
            await _check_version(http, auth)
            yield Org(http, auth, reserve=reserve, sizes=sizes, sleep=sleep)


# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
async def _check_version(http: Http, auth: SalesforceAuth) -> None:
    """Raises ConfigurationError where the org does not speak ours."""
    response = await http.send("GET", "/services/data")
    org = httpx.URL(auth.instance_url)
    if response.request.url.host != org.host:  # that was where all sign in, which may be ahead of the org
        response = await http.send("GET", f"{auth.instance_url}/services/data")
    if VERSION not in {version.version for version in decoded(response, list[_Version])}:
        raise ConfigurationError(f"{org.host} does not speak version {VERSION} of the API")


def _reserve(config: Mapping[str, Any]) -> float:
    """The share of the quota to leave. Raises ConfigurationError where the config as a whole cannot work."""
    for name in ("base_url", "client_id", *_credentials(config)):
        if not config.get(name):
            raise ConfigurationError(f"salesforce: {name} is missing")
    url = httpx.URL(config["base_url"])
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise ConfigurationError("salesforce: base_url must start with https://")
    reserve = config.get("quota_reserve", RESERVE)
    if isinstance(reserve, bool) or not isinstance(reserve, int | float) or not 0 <= reserve <= LARGEST_RESERVE:
        raise ConfigurationError(f"salesforce: quota_reserve must be a number from 0 to {LARGEST_RESERVE}")
    return float(reserve)


def _credentials(config: Mapping[str, Any]) -> tuple[str, ...]:
    if "refresh_token" in config:
        return ("refresh_token",)
    return ("username", "private_key") if "private_key" in config else ("client_secret",)
