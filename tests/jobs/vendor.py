"""A source whose pages tests write down."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select

from hub.connectors.base import Connector, Grant, Page, Stream
from hub.errors import HubError
from hub.model import AccountRecord
from hub.store.database import Database


@dataclass
class Vendor:
    """A source whose pages the test writes down; an error among them is raised in its place."""

    pages: list[Page | HubError | BaseException] = field(default_factory=list)
    asked_from: list[Mapping[str, Any] | None] = field(default_factory=list)
    refuses: HubError | None = None


def a_page(*payloads: Mapping[str, Any], at: int = 1, **more: Any) -> Page:
    return Page(payloads=[msgspec.json.encode(payload) for payload in payloads], bookmark={"at": at}, **more)


def an_account(key: str = "1", name: object = "Acme", **more: object) -> dict[str, object]:
    return {"id": key, "name": name, **more}


async def pages_of(vendor: Vendor, bookmark: Mapping[str, Any] | None) -> AsyncGenerator[Page, None]:
    vendor.asked_from.append(bookmark)
    for page in vendor.pages:
        if isinstance(page, BaseException):
            raise page
        yield page


def account(payload: Mapping[str, Any]) -> list[AccountRecord]:
    return [AccountRecord(external_id=payload["id"], name=payload["name"].strip())]


def a_stream(name: str = "accounts", **more: Any) -> Stream[Vendor]:
    return Stream(
        name=name,
        record=AccountRecord,
        key=lambda payload: payload["id"],
        pages=pages_of,
        to_records=account,
        fields=frozenset({"id", "name"}),
        **more,
    )


def the_connectors(vendor: Vendor, *streams: Stream[Vendor]) -> dict[str, Connector[Vendor]]:
    @asynccontextmanager
    async def source(config: Mapping[str, Any], grant: Grant) -> AsyncGenerator[Vendor, None]:
        assert config["client_secret"] == "s3cret"
        if vendor.refuses:
            raise vendor.refuses
        yield vendor

    async def report(_: Vendor) -> AsyncGenerator[Any, None]:
        return
        yield

    connector = Connector(
        name="salesforce",
        streams=streams or (a_stream(),),
        secrets=frozenset({"client_secret"}),
        source=source,
        report=report,
    )
    return {"salesforce": connector}


async def every(database: Database, model: Any) -> Sequence[Any]:
    async with database.session() as session:
        return (await session.scalars(select(model))).all()


async def names(database: Database) -> list[str]:
    return sorted(record.name for record in await every(database, AccountRecord) if record.removal is None)
