"""A connector that keeps every rule, and its vendor: two rows on a page. What a test breaks, it replaces."""

import hmac
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec

from hub.connectors import http
from hub.connectors.base import (
    Bookmark,
    Config,
    Connector,
    Delivery,
    Hint,
    Page,
    Payload,
    Stream,
    StreamReport,
    Tombstone,
    Webhook,
)
from hub.connectors.conformance import Subject
from hub.connectors.conformance.wire import Wire
from hub.connectors.http import Http, Refusal
from hub.connectors.rate import Rate
from hub.connectors.response import decoded
from hub.model import AccountRecord, Removal, RemovalEvidence

CONFIG = {"api_key": "hush-hush"}
ROWS = [{"id": str(n), "name": f"Oak {n}", "at": f"2026-01-0{n}T00:00:00+00:00"} for n in range(1, 6)]
GONE = "9"
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def answer(request: httpx.Request) -> httpx.Response:
    asked = request.url.params
    match request.url.path:
        case "/rows" if "ids" in asked:
            found: Any = [row for row in ROWS if row["id"] in asked["ids"].split(",")]
        case "/rows":
            found = [row for row in ROWS if row["id"] > asked.get("after", "")][:2]
        case "/ids":
            found = [row["id"] for row in ROWS]
    return httpx.Response(200, json=found)


async def rows(source: Http, **asked: str) -> list[bytes]:
    return [bytes(row) for row in decoded(await source.send("GET", "/rows", params=asked), list[msgspec.Raw])]


def a_page(payloads: Sequence[bytes], after: str = "", **more: Any) -> Page:
    last = msgspec.json.decode(payloads[-1])["id"] if payloads else after
    return Page(payloads=payloads, bookmark={"after": last}, **more)


async def pages(source: Http, bookmark: Bookmark | None) -> AsyncGenerator[Page, None]:
    after = (bookmark or {"after": ""})["after"]
    while payloads := await rows(source, after=after):
        yield (page := a_page(payloads, after))
        after = page.bookmark["after"]
    stone = Tombstone(external_id=GONE, removal=Removal.DELETED, evidence=RemovalEvidence.DELETED_FEED)
    yield a_page([], after, tombstones=[stone])


async def ids(source: Http) -> AsyncGenerator[Sequence[str], None]:
    yield decoded(await source.send("GET", "/ids"), list[str])


async def among(source: Http, wanted: Sequence[str]) -> AsyncGenerator[Page, None]:
    yield a_page(await rows(source, ids=",".join(wanted)))


def account(payload: Payload) -> list[AccountRecord]:
    return [AccountRecord(external_id=payload["id"], name=payload["name"])]


class Key(httpx.Auth):
    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:
        request.headers["X-Key"] = CONFIG["api_key"]
        yield request


def opened(answering: Any, sleep: Any, refusal: Refusal | None = None) -> AbstractAsyncContextManager[Http]:
    return http.opened(
        "https://acorn.example",
        rate=Rate(1000, 1000),
        auth=Key(),
        refusal=refusal,
        transport=httpx.MockTransport(answering),
        sleep=sleep,
    )


async def report(_: Http) -> AsyncIterator[StreamReport]:
    yield StreamReport(stream="accounts", readable=True, detail="5 rows")


def signature(config: Config, body: bytes, at: str) -> str:
    return hmac.new(config["api_key"].encode(), at.encode() + body, "sha256").hexdigest()


def is_genuine(config: Config, delivery: Delivery, now: datetime) -> bool:
    at, signed = delivery.headers.get("x-at", ""), delivery.headers.get("x-signature", "")
    if not at.isascii() or not at.isdecimal() or abs(now.timestamp() - int(at)) > 300:
        return False
    return hmac.compare_digest(signature(config, delivery.body, at).encode(), signed.encode())


def hints(_: Config, delivery: Delivery) -> list[Hint]:
    return [Hint(stream="accounts", external_id=key) for key in msgspec.json.decode(delivery.body)]


def delivery() -> tuple[Config, Delivery, datetime]:
    at, body = str(int(NOW.timestamp())), b'["1"]'
    headers = {"x-at": at, "x-signature": signature(CONFIG, body, at)}
    return CONFIG, Delivery(method="POST", uri="https://hub.example/hooks", headers=headers, body=body), NOW


STREAM: Stream[Http] = Stream(
    name="accounts",
    record=AccountRecord,
    key=lambda payload: payload["id"],
    pages=pages,
    to_records=account,
    fields=frozenset({"id", "name", "at"}),
    modified_at=lambda payload: datetime.fromisoformat(payload["at"]),
    ids=ids,
    among=among,
)
CONNECTOR: Connector[Http] = Connector(
    name="acorn",
    streams=(STREAM,),
    secrets=frozenset({"api_key"}),
    source=lambda config, grant: opened(answer, None),
    report=report,
    webhook=Webhook(is_genuine=is_genuine, hints=hints),
)
WIRE = Wire(payloads=lambda stream: ROWS, opened=opened, answer=answer, config=CONFIG, delivery=delivery)


def a_subject(docs: Path | None = None, *, wire: Wire = WIRE, stream: Any = None, **connector: Any) -> Subject:
    changed = replace(CONNECTOR, streams=(replace(STREAM, **(stream or {})),), **connector)
    return Subject(connector=changed, wire=wire, docs=docs)
