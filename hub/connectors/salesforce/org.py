"""A Salesforce org on the wire: what may be asked of it, and what its refusals mean."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import msgspec

from hub.connectors import http as hub_http
from hub.connectors.base import Grant
from hub.connectors.http import LOOPBACK, Http, Rate, Sleep, decoded, refusal_by_status, server_time
from hub.connectors.salesforce.auth import SalesforceAuth, salesforce_auth
from hub.connectors.salesforce.soql import Described
from hub.errors import (
    AuthError,
    BookmarkExpired,
    ConfigurationError,
    Forbidden,
    QuotaExhausted,
    SourceError,
    Unavailable,
    UnexpectedPayload,
)

VERSION = "67.0"
DATA = f"/services/data/v{VERSION}"
RESERVE = 0.1
"""The share of the org's daily requests that is left to its other integrations."""

USAGE = re.compile(r"api-usage=(\d+)/(\d+)")
"""Not anchored: `; per-app-api-usage=…` may follow."""


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

    def __init__(self, http: Http, auth: SalesforceAuth) -> None:
        self._http = http
        self._auth = auth
        self._used = 0.0

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
    async def described(self, sobject: str) -> tuple[Described, datetime]:
        """An object as this user may see it, and the time it is there."""
        response = await self._asked(f"{DATA}/sobjects/{sobject}/describe")
        described = decoded(response, Described)
        if not described.queryable:
            raise Forbidden(f"{sobject} cannot be queried in this org")
        return described, server_time(response)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_queryall.htm
    async def rows(self, soql: str) -> Rows:
        """The first page of a query's answer, rows in the recycle bin included."""
        return decoded(await self._asked(f"{DATA}/queryAll", {"q": soql}), Rows)

    async def more_rows(self, path: str) -> Rows:
        """The page that another one names as its next."""
        if not path.startswith("/"):
            raise UnexpectedPayload("A page names a next one that is no path of this org")
        return decoded(await self._asked(path), Rows)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_getdeleted.htm
    async def deleted(self, sobject: str, start: datetime, end: datetime) -> Deleted:
        """The ids deleted between two instants."""
        window = {"start": start.isoformat(timespec="seconds"), "end": end.isoformat(timespec="seconds")}
        return decoded(await self._asked(f"{DATA}/sobjects/{sobject}/deleted/", window), Deleted)

    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm
    async def count(self, sobject: str) -> int:
        """How many rows an object has, those in the recycle bin not counted."""
        soql = f"SELECT COUNT() FROM {sobject}"  # noqa: S608 - a name of ours
        response = await self._asked(f"{DATA}/query", {"q": soql})
        return decoded(response, Rows).total_size

    async def _asked(self, path: str, params: Mapping[str, str] | None = None) -> httpx.Response:
        # Asked before the request: a page that was paid for is not thrown away.
        if self._used > 1 - RESERVE:
            raise QuotaExhausted(f"{self._used:.0%} of the org's daily requests are used")
        response = await self._http.send("GET", f"{self._auth.instance_url}{path}", params=params)
        usage = USAGE.search(response.headers.get("Sforce-Limit-Info", ""))
        if usage is not None:
            self._used = int(usage[1]) / int(usage[2])
        return response


@asynccontextmanager
async def opened(
    config: Mapping[str, Any],
    _: Grant | None = None,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[Org]:
    """The org that a config names, signed in and known to speak our version."""
    _check(config)
    auth = salesforce_auth(config)
    rate = Rate(per_second=50, burst=50, sleep=sleep)
    async with hub_http.opened(
        config["base_url"], rate=rate, auth=auth, refusal=refusal, transport=transport, sleep=sleep
    ) as http:
        # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_versions.htm
        versions = decoded(await http.send("GET", "/services/data"), list[_Version])
        if VERSION not in {version.version for version in versions}:
            raise ConfigurationError(f"{config['base_url']} does not speak version {VERSION} of the API")
        yield Org(http, auth)


def _check(config: Mapping[str, Any]) -> None:
    credentials = ("username", "private_key") if "private_key" in config else ("client_secret",)
    for name in ("base_url", "client_id", *credentials):
        if not config.get(name):
            raise ConfigurationError(f"salesforce: {name} is missing")
    url = httpx.URL(config["base_url"])
    if url.scheme != "https" and not (url.scheme == "http" and url.host in LOOPBACK):
        raise ConfigurationError("salesforce: base_url must start with https://")


class _Complaint(msgspec.Struct, frozen=True, rename="camel"):
    error_code: str
    message: str = ""


COMPLAINTS: Mapping[str, type[SourceError]] = {
    "INVALID_SESSION_ID": AuthError,
    "INVALID_AUTH_HEADER": AuthError,
    "INVALID_TYPE": Forbidden,
    "NOT_FOUND": Forbidden,
    "INSUFFICIENT_ACCESS": Forbidden,
    "INSUFFICIENT_ACCESS_OR_READONLY": Forbidden,
    "API_DISABLED_FOR_ORG": Forbidden,
    "API_CURRENTLY_DISABLED": Forbidden,
    "FUNCTIONALITY_NOT_ENABLED": Forbidden,
    "TXN_SECURITY_METERING_ERROR": Forbidden,
    "QUERY_TOO_COMPLICATED": Forbidden,
    "OPERATION_TOO_LARGE": Forbidden,
    # A locator dies with its session; a field may be hidden after it was described. Both: ask anew.
    "INVALID_QUERY_LOCATOR": BookmarkExpired,
    "INVALID_FIELD": BookmarkExpired,
    "QUERY_TIMEOUT": Unavailable,
    "SERVER_UNAVAILABLE": Unavailable,
    "UNABLE_TO_LOCK_ROW": Unavailable,
    "UNKNOWN_EXCEPTION": Unavailable,
    "LIMIT_EXCEEDED": Unavailable,
}


# https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
def refusal(response: httpx.Response) -> SourceError | None:
    """What a refusal of the data API means; its body is a list of complaints, or a page for people."""
    try:
        complaints = msgspec.json.decode(response.content, type=list[_Complaint])
    except msgspec.DecodeError:
        complaints = []
    if response.status_code in (httpx.codes.REQUEST_URI_TOO_LONG, httpx.codes.REQUEST_HEADER_FIELDS_TOO_LARGE):
        return Forbidden(f"{hub_http.described(response)}: too many fields for one query")
    if not complaints:
        return refusal_by_status(response)
    code = complaints[0].error_code
    message = f"{hub_http.described(response)} {code}"
    if code == "REQUEST_LIMIT_EXCEEDED":
        # One code for two limits: the one on requests at once passes in seconds, the daily one does not.
        is_passing = "Concurrent" in complaints[0].message
        return Unavailable(message, retry_after=10) if is_passing else QuotaExhausted(message)
    consequence = COMPLAINTS.get(code)
    return refusal_by_status(response) if consequence is None else consequence(message)
