"""HubSpot, answering from the fixtures, two records at a time."""

import base64
import hashlib
import hmac
import json
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from hub.connectors.base import Config, Delivery
from hub.connectors.hubspot import CONNECTOR
from hub.connectors.hubspot.portal import HubSpot, portal
from hub.connectors.rate import Sleep

HERE = Path(__file__).parent
CONFIG = {"access_token": "a-service-key"}
INSTALLED = {"client_id": "the-app", "client_secret": "the-apps-secret", "refresh_token": "the-refresh-token"}
RECORDS = {
    "companies": "accounts",
    "contacts": "contacts",
    "deals": "opportunities",
    "leads": "leads",
    "line_items": "opportunity_lines",
    "products": "products",
    "tickets": "tickets",
}
LINKS = {
    ("contacts", "companies"): "contact_accounts",
    ("deals", "companies"): "opportunity_accounts",
    ("deals", "contacts"): "opportunity_contacts",
    ("tickets", "companies"): "ticket_accounts",
    ("tickets", "contacts"): "ticket_contacts",
    ("tickets", "deals"): "ticket_opportunities",
}
PIPELINES = {"deals": "pipelines", "tickets": "ticket_pipelines"}
STREAMS = {stream.name: stream for stream in CONNECTOR.streams}
DATE = "Sun, 01 Nov 2026 12:00:00 GMT"
AT_A_TIME = 2


def payloads(stream: str) -> list[dict[str, Any]]:
    return json.loads((HERE / "fixtures" / f"{stream}.json").read_text())


def recorded(name: str) -> dict[str, Any]:
    return json.loads((HERE / "recorded" / f"{name}.json").read_text())


async def at_once(seconds: float) -> None:
    """Time does not pass."""


def opened(answer: Any, sleep: Sleep = at_once, **config: Any) -> AbstractAsyncContextManager[HubSpot]:
    return portal(CONFIG | config, transport=httpx.MockTransport(answer), sleep=sleep, clock=lambda: 0.0)


def opened_as_an_app(answer: Any, sleep: Sleep = at_once) -> AbstractAsyncContextManager[HubSpot]:
    return portal(INSTALLED, transport=httpx.MockTransport(answer), sleep=sleep, clock=lambda: 0.0)


OTHER_WAYS_IN = ((INSTALLED, opened_as_an_app),)


def answer(request: httpx.Request) -> httpx.Response:
    """What HubSpot would say if the fixtures were all it had."""
    is_json = request.headers.get("Content-Type") == "application/json"
    body = json.loads(request.content) if is_json else {}
    match request.url.path.replace("/2026-03", "").replace("/2026-09", "").strip("/").split("/"):
        case ["crm", "objects", kind, *rest]:
            found = _objects(kind, rest, request, body)
        case ["crm", "associations", kind, to_kind, "batch", "read"]:
            found = _links(kind, to_kind, body)
        case ["crm", "properties", kind]:
            found = {"results": [{"name": name, "type": "string"} for name in _property_names(kind)]}
        case ["crm", "pipelines", kind]:
            found = {"results": payloads(PIPELINES[kind])}
        case ["crm", "owners", *_]:
            found = _listed(payloads("users"), request)
        case ["account-info", "details"]:
            found = recorded("account-info")
        case ["oauth", "token"]:
            found = {"access_token": "an-access-token", "expires_in": 1800}
    return httpx.Response(200, json=found, headers={"Date": DATE})


def instead(**answers):
    """The wire, but for the paths that end in one of the names."""

    def answered(request):
        for end, given in answers.items():
            if request.url.path.endswith(end.replace("_", "/")):
                found = given(request) if callable(given) else given
                return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)
        return answer(request)

    return answered


async def read(wire, stream, **config):
    async with opened(wire, **config) as source:
        return [page async for page in STREAMS[stream].pages(source, None)]


def delivery() -> tuple[Config, Delivery, datetime]:
    """A contact was made, as HubSpot's own client library signs it: method, address, body and stamp."""
    now = datetime(2026, 11, 1, 12, tzinfo=UTC)
    uri, stamp = "https://hub.example/webhooks/hubspot", str(int(now.timestamp() * 1000))
    body = json.dumps([{"portalId": 7, "subscriptionType": "contact.creation", "objectId": 501}]).encode()
    signed = hmac.new(b"the-apps-secret", b"POST" + uri.encode() + body + stamp.encode(), hashlib.sha256).digest()
    headers = {"x-hubspot-signature-v3": base64.b64encode(signed).decode(), "x-hubspot-request-timestamp": stamp}
    config = {"client_secret": "the-apps-secret", "portal_id": 7}
    return config, Delivery(method="POST", uri=uri, headers=headers, body=body), now


def _objects(kind: str, rest: list[str], request: httpx.Request, body: dict[str, Any]) -> dict[str, Any]:
    if not rest:
        return _listed(_without_links(payloads(RECORDS[kind])), request)
    return _found(kind, body) if rest == ["search"] else _batch(kind, request, body)


def _property_names(kind: str) -> list[str]:
    names = {name for payload in payloads(RECORDS[kind]) for name in payload["properties"]}
    return sorted(names | {"hs_lastmodifieddate"})


def _listed(rows: list[dict[str, Any]], request: httpx.Request) -> dict[str, Any]:
    archived = request.url.params.get("archived") == "true"
    rows = sorted((row for row in rows if row["archived"] is archived), key=lambda row: int(row["id"]))
    rest = [row for row in rows if int(row["id"]) > int(request.url.params.get("after", "0"))]
    page = {"results": rest[:AT_A_TIME]}
    return page if len(rest) <= AT_A_TIME else page | {"paging": {"next": {"after": rest[AT_A_TIME - 1]["id"]}}}


def _found(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Nothing has changed since the fixtures were written down."""
    live = [] if body["filterGroups"] else [row for row in payloads(RECORDS[kind]) if not row["archived"]]
    return {"total": len(live), "results": live[: body["limit"]]}


def _batch(kind: str, request: httpx.Request, body: dict[str, Any]) -> dict[str, Any]:
    ids = {each["id"] for each in body["inputs"]}
    archived = request.url.params["archived"] == "true"
    rows = [row for row in payloads(RECORDS[kind]) if row["id"] in ids and row["archived"] is archived]
    return batch(_without_links(rows), ids=sorted(ids - {row["id"] for row in rows}))


def batch(rows: list[dict[str, Any]], **missing: list[str]) -> dict[str, Any]:
    """What became of a batch; `missing` are the ids that were not found, by what HubSpot calls them."""
    failures = (
        [{"status": "error", "category": "OBJECT_NOT_FOUND", "context": missing}] if any(missing.values()) else []
    )
    return {"status": "COMPLETE", "results": rows, "errors": failures, "numErrors": len(failures)}


def _without_links(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "associations"} for row in rows]


def _links(kind: str, to_kind: str, body: dict[str, Any]) -> dict[str, Any]:
    ids = {each["id"] for each in body["inputs"]}
    if kind == "line_items":
        rows = [
            {"from": {"id": row["id"]}, "to": row["associations"]["deals"]["results"]}
            for row in payloads("opportunity_lines")
            if "associations" in row
        ]
    else:
        rows = payloads(LINKS[kind, to_kind])
    linked = [row for row in rows if row["from"]["id"] in ids]
    return batch(linked, fromObjectId=sorted(ids - {row["from"]["id"] for row in linked}))
