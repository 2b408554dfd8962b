"""What a source posts of its own accord."""

import hmac
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import text

from hub.connectors.base import Connector, Delivery, Hint, Page, Tombstone, Webhook, always
from hub.errors import NotFound, Unauthenticated
from hub.jobs import reading
from hub.jobs.hints import follow, receive
from hub.jobs.sources import Sources
from hub.model import ChangeHint, ContactAccount, Removal, RemovalEvidence, StreamState
from tests.builders import SEALER, a_connection
from tests.jobs.vendor import Vendor, a_page, a_stream, an_account, every, names, the_connectors


def is_genuine(config: Any, delivery: Delivery, now: datetime) -> bool:
    return hmac.compare_digest(delivery.headers.get("signature", ""), config["client_secret"])


def hints(config: Any, delivery: Delivery) -> Iterable[Hint]:
    return [Hint(stream="accounts", external_id=each) for each in msgspec.json.decode(delivery.body)]


@pytest.fixture
def there() -> dict[str, dict[str, object]]:
    """What the source has."""
    return {}


@pytest.fixture
def connectors(vendor, there) -> dict[str, Connector[Vendor]]:
    async def among(_: Vendor, asked: Sequence[str]) -> AsyncGenerator[Page, None]:
        yield a_page(*(there[each] for each in asked if each in there))

    (connector,) = the_connectors(vendor, a_stream(among=among)).values()
    return {"salesforce": replace(connector, webhook=Webhook(is_genuine=is_genuine, hints=hints))}


def posted(*ids: str, signature: str = "s3cret") -> Delivery:
    headers = {"signature": signature}
    uri = "https://hub.example/webhooks/salesforce"
    return Delivery(method="POST", uri=uri, headers=headers, body=msgspec.json.encode(ids))


async def test_what_a_source_tells_of_is_read_again_and_the_missing_are_gone(
    database, connection_id: UUID, vendor, synced, connectors, there
):
    vendor.pages = [a_page(an_account("1", "Acme"), an_account("2", "Bolt"))]
    await synced()
    there |= {"1": an_account("1", "Acme Inc."), "3": an_account("3", "New")}
    sources = Sources(database=database, sealer=SEALER, connectors=connectors)

    assert await receive(database, SEALER, "salesforce", posted("3", "1", "1"), connectors) == 3
    assert await receive(database, SEALER, "salesforce", posted("2", "1"), connectors) == 2
    assert len(await every(database, ChangeHint)) == 3
    assert await follow(sources, connection_id) == 3

    assert await names(database) == ["Acme Inc.", "New"]
    assert await every(database, ChangeHint) == []
    assert await follow(sources, connection_id) == 0


async def test_links_to_rows_that_go_are_read_again_though_no_row_of_theirs_changed(
    database, vendor, synced, monkeypatch
):
    monkeypatch.setattr(reading, "A_ROW", timedelta(hours=1))
    ties, asked_from = {"C1": "1", "C2": "2"}, []

    def told(ids: Iterable[str]) -> Page:
        return Page(payloads=[msgspec.json.encode({"id": each, "to": ties[each]}) for each in ids], bookmark={"at": 1})

    async def pages(_: Vendor, bookmark: Any) -> AsyncGenerator[Page, None]:
        asked_from.append(bookmark)
        yield told(ties if bookmark is None else ())

    async def among(_: Vendor, ids: Sequence[str]) -> AsyncGenerator[Page, None]:
        yield told(ids)

    def links(payload: Any) -> list[ContactAccount]:
        ends = {"contact_external_id": payload["id"], "account_external_id": payload["to"]}
        return [ContactAccount(external_id=f"{payload['id']}:{payload['to']}", **ends)]

    of_links = {"pages": pages, "among": among, "to_records": links, "record": ContactAccount}
    stream = replace(a_stream("ties", whole=always, whole_for=timedelta(days=1)), fields=frozenset(), **of_links)
    vendor.pages = [a_page(an_account("1", "Acme"), an_account("2", "Bolt"))]
    await synced(a_stream(), stream)
    ties["C2"] = "1"
    gone = Tombstone(external_id="2", removal=Removal.MERGED, evidence=RemovalEvidence.SOURCE_ROW, merged_into="1")
    vendor.pages = [a_page(tombstones=[gone], at=2)]

    await synced(a_stream(), stream)

    assert asked_from == [None, {"at": 1}]
    assert {link.external_id for link in await every(database, ContactAccount)} == {"C1:1", "C2:1"}
    assert await every(database, ChangeHint) == []


@pytest.mark.parametrize(
    ("name", "signature", "error"),
    [("salesforce", "guessed", Unauthenticated), ("hubspot", "s3cret", NotFound)],
)
async def test_what_is_not_signed_or_not_expected_is_not_kept(
    database, connection_id: UUID, connectors, name, signature, error
):
    with pytest.raises(error):
        await receive(database, SEALER, name, posted("1", signature=signature), connectors)

    assert await every(database, ChangeHint) == []


async def test_of_many_that_do_not_come_a_sweep_decides(
    database, connection_id: UUID, vendor, synced, connectors, there
):
    everyone = [str(each) for each in range(60)]
    vendor.pages = [a_page(*(an_account(each, f"Name {each}") for each in everyone))]
    await synced()
    await receive(database, SEALER, "salesforce", posted(*everyone), connectors)

    await follow(Sources(database=database, sealer=SEALER, connectors=connectors), connection_id)

    assert len(await names(database)) == 60
    (state,) = await every(database, StreamState)
    assert state.swept_at.year == 1970


async def test_a_connection_that_cannot_be_opened_does_not_keep_the_others(database, connectors, connection_id: UUID):
    async with database.session() as session:
        await session.execute(text("update connection set credentials = 'another key''s'"))
        await a_connection(session, "other")

    assert await receive(database, SEALER, "salesforce", posted("1"), connectors) == 1
