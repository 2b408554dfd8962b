"""An org that answers from the fixtures: enough of SOQL's WHERE to resume, nothing more."""

import json
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx

from hub.connectors.rate import Sleep
from hub.connectors.salesforce.org import Org
from hub.connectors.salesforce.org import opened as org_opened

FIXTURES = Path(__file__).parent / "fixtures"
INSTANCE = "https://nordlicht.my.salesforce.com"
CONFIG = {"base_url": "https://login.salesforce.com", "client_id": "hub", "client_secret": "s3cret"}
NOW = "Sun, 01 Nov 2026 12:00:00 GMT"

Answer = Callable[[httpx.Request], httpx.Response]


async def at_once(_: float) -> None:
    """Waiting, without the wait."""


def opened(answer: Answer, sleep: Sleep = at_once) -> AbstractAsyncContextManager[Org]:
    return org_opened(CONFIG, transport=httpx.MockTransport(answer), sleep=sleep)


def recorded(stream: str) -> Any:
    return json.loads((FIXTURES / f"{stream}.json").read_text("utf-8"))


def payloads(stream: str) -> list[dict[str, Any]]:
    return [row for page in recorded(stream)["pages"] for row in page["records"]]


STREAMS = {recorded(file.stem)["describe"]["name"]: file.stem for file in FIXTURES.glob("*.json")}
"""By the object they read."""


def answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path == "/services/oauth2/token":
        return _json({"access_token": "00D!token", "instance_url": INSTANCE})
    if path == "/services/data":
        return _json([{"label": "Spring '26", "version": "66.0"}, {"label": "Summer '26", "version": "67.0"}])
    if path.endswith("/describe"):
        return _json(recorded(STREAMS[path.split("/")[-2]])["describe"])
    if path.endswith("/deleted/"):
        return _json({"deletedRecords": [], "latestDateCovered": "2026-11-01T11:59:00.000+0000"})
    if "/query/" in path:
        pages = [page for stream in STREAMS.values() for page in recorded(stream)["pages"]]
        first = next(number for number, page in enumerate(pages) if page.get("nextRecordsUrl") == path)
        return _json(pages[first + 1])
    soql = request.url.params["q"]
    return _live_ids(soql) if path.endswith("/query") and soql.startswith("SELECT Id FROM") else _queried(soql)


def _live_ids(soql: str) -> httpx.Response:
    stream, after = STREAMS[re.search(r"FROM (\w+)", soql)[1]], re.search(r"Id > '(\w+)'", soql)
    live = sorted(row["Id"] for row in payloads(stream) if not row.get("IsDeleted"))
    rows = [{"Id": each} for each in live if after is None or each > after[1]]
    return _json({"totalSize": len(rows), "done": True, "records": rows})


def _queried(soql: str) -> httpx.Response:
    stream = STREAMS[re.search(r"FROM (\w+)", soql)[1]]
    rows, first = payloads(stream), recorded(stream)["pages"][0]
    if "COUNT()" in soql:
        return _json({"totalSize": len(rows), "done": True, "records": []})
    after, since = re.search(r"Id > '(\w+)'", soql), re.search(r"SystemModstamp >= ([^ ]+)Z", soql)
    if after:
        rows = rows[[row["Id"] for row in rows].index(after[1]) + 1 :]
    elif since:
        rows = [row for row in rows if row["SystemModstamp"] >= since[1]]
    else:
        return _json(first)
    return _json({"totalSize": len(rows), "done": True, "records": rows})


def _json(body: Mapping[str, Any] | list[Any]) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"Date": NOW, "Sforce-Limit-Info": "api-usage=24/15000"})
