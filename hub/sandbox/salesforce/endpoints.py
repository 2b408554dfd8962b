"""The data API: versions, describe, queries and their pages, single rows, what changed and what went."""

import re
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from hub.sandbox.salesforce.describe import described, described_whole
from hub.sandbox.salesforce.editing import change, create, live_row
from hub.sandbox.salesforce.finding import Asked, Scope
from hub.sandbox.salesforce.ids import is_id
from hub.sandbox.salesforce.lifecycle import remove
from hub.sandbox.salesforce.parser import parsed
from hub.sandbox.salesforce.query import result
from hub.sandbox.salesforce.refusal import Refusal, not_found
from hub.sandbox.salesforce.replication import between, deleted, updated
from hub.sandbox.salesforce.sessions import OpenResult
from hub.sandbox.salesforce.shape import shape_of
from hub.sandbox.salesforce.sobject import Row, SObject
from hub.sandbox.salesforce.spelling import json
from hub.sandbox.salesforce.state import State, bearer, state

SEASONS = ("Spring", "Summer", "Winter")
OLDEST, NEWEST = 59, 67
LARGEST_PAGE, SMALLEST_PAGE = 2000, 200
CELLS = 60_000
"""Wide rows come in smaller pages: about so many values at once."""
_BATCH_SIZE = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_LOCATOR = re.compile(r"(\w+)-(\d+)")
_BODY = msgspec.json.Decoder(float_hook=Decimal)

Endpoint = Callable[[Request, State], Awaitable[Response]]


def data(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint behind what all of the data API asks: a version, a session, some quota."""

    async def answered(request: Request) -> Response:
        _check_version(request)
        here = state(request)
        if here.sessions.session(bearer(request)) is None:
            raise Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
        here.quota.spend()
        here.org.settle()
        response = await endpoint(request, here)
        response.headers.update(here.quota.headers)
        return response

    return answered


def _check_version(request: Request) -> None:
    version = request.path_params["version"]
    number, _, minor = version.partition(".")
    if minor != "0" or not number.isdigit() or int(number) > NEWEST:
        raise not_found()
    if int(number) < OLDEST:
        raise Refusal(410, "UNSUPPORTED_API_VERSION", f"This version of the API was retired: {version}")


def answer(body: object, status: int = 200) -> Response:
    """A body of JSON as the data API sends it."""
    return Response(json(body), status, media_type="application/json")


def version_of(request: Request) -> str:
    """The version of the API that a request speaks."""
    return str(request.path_params["version"])


def sobject_of(request: Request, here: State) -> SObject[Any]:
    """The object that a path names; raises NOT_FOUND."""
    return here.sobject(request.path_params["sobject"])


def check_unmodified(request: Request, row: Row) -> None:
    """Raises PRECONDITION_FAILED if the row changed after the moment that the request names."""
    since = request.headers.get("If-Unmodified-Since")
    if since is not None and row.modified_at.replace(microsecond=0) > parsedate_to_datetime(since):
        raise Refusal(412, "PRECONDITION_FAILED", "The record was modified after the given date")


async def versions(_: Request) -> Response:
    """The versions of the API. Needs no session."""
    return answer([_described_version(number) for number in range(OLDEST, NEWEST + 1)])


def _described_version(number: int) -> Mapping[str, str]:
    """Three releases a year; a winter release is named for the year it reaches into."""
    season, year = SEASONS[number % 3], (number + 13) // 3
    return {"label": f"{season} '{year}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


async def resources(request: Request, _: State) -> Response:
    """What a version offers."""
    names = ("composite", "jobs", "limits", "query", "queryAll", "sobjects")
    return answer({name: f"/services/data/v{version_of(request)}/{name}" for name in names})


async def limits(_: Request, here: State) -> Response:
    """How much of each limit is left."""
    return answer(here.quota.limits() | here.jobs.limits())


async def describe_all(request: Request, here: State) -> Response:
    """Every object."""
    listed = [described(sobject, version_of(request)) for sobject in here.org.sobjects()]
    return _since(request, here, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": listed})


async def describe(request: Request, here: State) -> Response:
    """One object with all its fields."""
    return _since(request, here, described_whole(here.org, sobject_of(request, here), version_of(request)))


def _since(request: Request, here: State, body: object) -> Response:
    """Descriptions change when the org is set up anew, and so are sent only to those who have an older one."""
    changed = here.org.described_at
    tag = f'"{int(changed.timestamp()):x}"'
    headers = {"Last-Modified": format_datetime(changed, usegmt=True), "ETag": tag}
    known, known_tag = request.headers.get("If-Modified-Since"), request.headers.get("If-None-Match")
    if known_tag == tag or (known_tag is None and known is not None and parsedate_to_datetime(known) >= changed):
        return Response(status_code=304, headers=headers)
    response = answer(body)
    response.headers.update(headers)
    return response


async def summary(request: Request, here: State) -> Response:
    """One object without its fields."""
    sobject = sobject_of(request, here)
    return answer({"objectDescribe": described(sobject, version_of(request)), "recentItems": []})


async def query(request: Request, here: State) -> Response:
    """The first page of a query over live rows."""
    return _first_page(request, here, Scope.LIVE)


async def query_all(request: Request, here: State) -> Response:
    """The first page of a query that sees the recycle bin and the losers of merges too."""
    return _first_page(request, here, Scope.ALL)


def _first_page(request: Request, here: State, scope: Scope) -> Response:
    soql = request.query_params.get("q")
    if not soql:
        raise Refusal(400, "MALFORMED_QUERY", "A query string has to be specified")
    found = result(Asked(here.org, scope, version_of(request)), parsed(soql))
    options = _BATCH_SIZE.search(request.headers.get("Sforce-Query-Options", ""))
    wanted = int(options.group(1)) if options else LARGEST_PAGE
    size = min(max(SMALLEST_PAGE, min(wanted, CELLS // found.width)), LARGEST_PAGE)
    opened = OpenResult(bearer(request), found, size)
    locator = here.locators.open(opened) if len(found.rows) > size else None
    return _page(request, opened, locator, 0)


async def query_more(request: Request, here: State) -> Response:
    """A further page of either kind of query."""
    match = _LOCATOR.fullmatch(request.path_params["locator"])
    if match is None:
        raise Refusal(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    opened = here.locators.at(match.group(1), bearer(request))
    return _page(request, opened, match.group(1), int(match.group(2)))


def _page(request: Request, opened: OpenResult, locator: str | None, start: int) -> Response:
    found, end = opened.result, start + opened.size
    body: dict[str, Any] = {"totalSize": found.total, "done": end >= len(found.rows)}
    if not body["done"]:
        body["nextRecordsUrl"] = f"/services/data/v{version_of(request)}/query/{locator}-{end}"
    return answer(body | {"records": found.spelled(found.rows[start:end])})


async def one_row(request: Request, here: State) -> Response:
    """One row with all its fields, or with those in `fields`."""
    sobject, external_id = sobject_of(request, here), _row_id(request)
    held = live_row(here.org, sobject, external_id)
    fields = request.query_params.get("fields")
    names = fields.split(",") if fields else [field.name for field in here.org.fields(sobject)]
    asked = Asked(here.org, Scope.LIVE, version_of(request))
    return answer(shape_of(asked, sobject, names)([held])[0])


def _row_id(request: Request) -> str:
    external_id = str(request.path_params["id"])
    if not is_id(external_id):
        problem = f"Provided external ID field does not exist or is not accessible: {external_id}"
        raise Refusal(404, "NOT_FOUND", problem)
    return external_id


async def create_row(request: Request, here: State) -> Response:
    """A new row."""
    external_id = create(here.org, sobject_of(request, here), await values(request))
    return answer({"id": external_id, "success": True, "errors": []}, 201)


async def edit_row(request: Request, here: State) -> Response:
    """A row with other values."""
    sobject, given = sobject_of(request, here), await values(request)
    row = live_row(here.org, sobject, _row_id(request))
    check_unmodified(request, row)
    here.org.commit(change(here.org, sobject, row, given).write)
    return Response(status_code=204)


async def delete_row(request: Request, here: State) -> Response:
    """A row less."""
    remove(here.org, sobject_of(request, here), _row_id(request))
    return Response(status_code=204)


async def values(request: Request) -> Mapping[str, Any]:
    """The object that a request sends; raises JSON_PARSER_ERROR."""
    try:
        values = _BODY.decode(await request.body())
    except msgspec.DecodeError as error:
        raise Refusal(400, "JSON_PARSER_ERROR", f"The body is not JSON: {error}") from error
    if not isinstance(values, dict):
        raise Refusal(400, "JSON_PARSER_ERROR", "The body is not one object")
    return values


async def updated_rows(request: Request, here: State) -> Response:
    """The ids of rows that changed."""
    sobject, params = sobject_of(request, here), request.query_params
    return answer(updated(here.org, sobject, between(here.org, sobject, params.get("start"), params.get("end"))))


async def deleted_rows(request: Request, here: State) -> Response:
    """The ids of rows that went."""
    sobject, params = sobject_of(request, here), request.query_params
    return answer(deleted(here.org, sobject, between(here.org, sobject, params.get("start"), params.get("end"))))
