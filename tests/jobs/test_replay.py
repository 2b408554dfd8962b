"""Mapping what is stored anew."""

from typing import Any
from uuid import UUID

import pytest

from hub.connectors.base import Tombstone
from hub.errors import Busy
from hub.jobs.replay import replay
from hub.model import AccountRecord, Issue, Removal, RemovalEvidence
from hub.store.locks import only_one
from hub.store.records import Difference
from tests.jobs.vendor import a_page, a_stream, an_account, every, names, the_connectors


def louder(payload: Any) -> list[AccountRecord]:
    return [AccountRecord(external_id=payload["id"], name=str(payload["name"]).upper(), phone=payload.get("phone"))]


@pytest.fixture
def replayed(database, connection_id: UUID, vendor):
    async def run(mapping: Any, *, write: bool) -> list[Difference]:
        stream = a_stream()
        object.__setattr__(stream, "to_records", mapping)
        connectors = the_connectors(vendor, stream)
        return (await replay(database, connection_id, None, write=write, connectors=connectors))["accounts"]

    return run


async def test_what_would_change_is_told_before_it_does(database, vendor, synced, replayed):
    vendor.pages = [a_page(an_account("1", "Acme", phone="1"), an_account("2", "BOLT"), an_account("3", 7))]
    await synced()
    expected = [
        Difference(table="account_record", column="name", rows=1, external_id="1", before="Acme", after="ACME"),
        Difference(table="account_record", column="phone", rows=1, external_id="1", before=None, after="1"),
        Difference(table="account_record", column=None, rows=1, external_id="3", before=None, after="new"),
    ]

    assert await replayed(louder, write=False) == expected
    assert await names(database) == ["Acme", "BOLT"]
    assert await replayed(louder, write=True) == expected
    assert await names(database) == ["7", "ACME", "BOLT"]
    assert await replayed(louder, write=False) == []
    assert [issue.resolved_at is None for issue in await every(database, Issue) if issue.subject == "3"] == [False]


async def test_what_a_payload_no_longer_says_would_go(database, vendor, synced, replayed):
    vendor.pages = [a_page(an_account("1", "Acme"))]
    await synced()

    (difference,) = await replayed(lambda _: [], write=True)

    assert (difference.column, difference.rows, difference.after) == (None, 1, "gone")
    assert await names(database) == []


async def test_a_row_that_is_gone_at_the_source_stays_gone(database, vendor, synced, replayed):
    gone = Tombstone(external_id="1", removal=Removal.DELETED, evidence=RemovalEvidence.DELETED_FEED)
    vendor.pages = [a_page(an_account("1", "Acme")), a_page(tombstones=[gone], at=2)]
    await synced()

    assert await replayed(louder, write=True) == []
    assert await names(database) == []


async def test_a_stream_that_is_being_read_is_not_mapped_anew(database, replayed):
    async with only_one(database, "the sync of crm: accounts"):
        with pytest.raises(Busy):
            await replayed(louder, write=True)
