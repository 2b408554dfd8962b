from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import select, text

from hub.errors import StoreError
from hub.model import (
    AccountRecord,
    ContactAccount,
    ContactRecord,
    RawRecord,
    RawRecordVersion,
    Removal,
    RemovalEvidence,
    Stage,
)
from hub.store import raw_records, records, sweeps
from hub.store.database import Database
from hub.store.raw_records import Kept, Sent
from hub.store.staging import stage
from tests.builders import NOON, a_connection

PAYLOAD = b'{"Id": "1",  "Amount": 1.0E7, "Name": "\\u00c4cme"}'


@pytest.fixture
async def connection_id(database: Database) -> UUID:
    async with database.session() as session:
        return await a_connection(session)


async def kept(database: Database, connection_id: UUID, payload: bytes, stream: str = "accounts") -> dict[str, Kept]:
    async with database.session() as session:
        return await raw_records.keep(session, connection_id, stream, {"1": Sent(payload)})


async def mapped(database: Database, connection_id: UUID, raw: Kept, *rows) -> None:
    async with database.session() as session:
        await records.save(session, connection_id, [(raw, rows)])


async def every(database: Database, model) -> list:
    async with database.session() as session:
        return list(await session.scalars(select(model).order_by(model.external_id)))


async def test_a_payload_stays_byte_for_byte_as_sent(database: Database, connection_id: UUID):
    await kept(database, connection_id, PAYLOAD)

    async with database.session() as session:
        stored = (await session.execute(text("select payload::text from raw_record"))).scalar_one()
    assert stored.encode() == PAYLOAD


async def test_the_same_payload_again_is_no_change(database: Database, connection_id: UUID):
    first = await kept(database, connection_id, PAYLOAD)

    assert list(first) == ["1"]
    assert await kept(database, connection_id, PAYLOAD) == {}


async def test_an_earlier_payload_stays_as_a_version(database: Database, connection_id: UUID):
    await kept(database, connection_id, b'{"v": 1}')
    await kept(database, connection_id, b'{"v": 2}')

    async with database.session() as session:
        raw = (await session.scalars(select(RawRecord))).one()
        earlier = (await session.scalars(select(RawRecordVersion))).one()
    assert (raw.version, raw.payload) == (2, {"v": 2})
    assert (earlier.version, earlier.payload) == (1, {"v": 1})


async def test_a_record_keeps_its_id_and_changes_only_where_it_differs(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD)).values()
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="Acme", custom={"a": 1}))
    (first,) = await every(database, AccountRecord)
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="Acme", custom={"a": 1}))
    (same,) = await every(database, AccountRecord)
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="Acme AG", custom={"a": 1}))
    (changed,) = await every(database, AccountRecord)

    assert (same.id, same.observed_at) == (first.id, first.observed_at)
    assert (changed.id, changed.name) == (first.id, "Acme AG")
    assert changed.observed_at > first.observed_at


async def test_of_two_records_with_one_id_in_a_page_the_later_wins(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD)).values()
    await mapped(
        database,
        connection_id,
        raw,
        AccountRecord(external_id="1", name="a"),
        AccountRecord(external_id="1", name="b"),
    )

    assert [record.name for record in await every(database, AccountRecord)] == ["b"]


async def test_links_that_a_payload_no_longer_names_are_gone(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD, "contacts")).values()
    contact = ContactRecord(external_id="1", first_name="Ann", last_name="Lee")

    def works_at(account: str) -> ContactAccount:
        return ContactAccount(external_id=f"1:{account}", contact_external_id="1", account_external_id=account)

    await mapped(database, connection_id, raw, contact, works_at("a"), works_at("b"))
    raw = raw._replace(is_new=False)
    await mapped(
        database,
        connection_id,
        raw,
        ContactRecord(external_id="1", first_name="Ann", last_name="Lee"),
        works_at("b"),
    )

    assert [link.account_external_id for link in await every(database, ContactAccount)] == ["b"]
    assert len(await every(database, ContactRecord)) == 1


async def test_a_removal_is_kept_with_its_evidence_and_a_merge_is_not_undone(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD)).values()
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="Acme"))

    async def bury(removal: Removal, into: str | None) -> list[str]:
        async with database.session() as session:
            row = ("1", removal, RemovalEvidence.DELETED_FEED, NOON, into)
            return await records.bury(session, connection_id, AccountRecord, [row])

    assert await bury(Removal.DELETED, None) == ["1"]
    assert await bury(Removal.MERGED, "2") == ["1"]
    assert await bury(Removal.DELETED, None) == []
    (record,) = await every(database, AccountRecord)
    assert (record.removal, record.merged_into, record.removed_at) == (Removal.MERGED, "2", NOON)


async def test_what_a_whole_reading_did_not_meet_is_removed_and_may_come_back(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD)).values()
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="Acme"))

    async with database.session() as session:
        await sweeps.see(session, connection_id, "accounts", ["1"])
        assert await sweeps.unseen(session, connection_id, "accounts", 9) == {}
        await sweeps.start_over(session, connection_id, "accounts")
        gone = await sweeps.unseen(session, connection_id, "accounts", 9)
        await records.sweep(session, list(gone.values()))
        await raw_records.expect_again(session, connection_id, "accounts", list(gone))

    assert gone == {"1": raw.id}
    (record,) = await every(database, AccountRecord)
    assert (record.removal, record.removal_evidence) == (Removal.DELETED, RemovalEvidence.REPLACED_LIST)
    assert await kept(database, connection_id, PAYLOAD) == {"1": Kept(raw.id, is_new=False)}
    async with database.session() as session:
        assert (await session.scalars(select(RawRecordVersion))).all() == []


async def test_a_row_that_its_payload_no_longer_names_is_removed(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD, "stages")).values()

    def a_stage(name: str) -> Stage:
        return Stage(external_id=name, name=name, label=name)

    await mapped(database, connection_id, raw, a_stage("open"), a_stage("won"))
    await mapped(database, connection_id, raw._replace(is_new=False), a_stage("open"))

    removals = {stage.name: stage.removal_evidence for stage in await every(database, Stage)}
    assert removals == {"open": None, "won": RemovalEvidence.REPLACED_LIST}


async def test_odd_values_are_kept_as_far_as_the_database_can(database: Database, connection_id: UUID):
    (raw,) = (await kept(database, connection_id, PAYLOAD)).values()
    odd = {"price": Decimal("12.50"), "path": "x\\u0000", "nul": "a\x00b", "many": ["\x00c"], "big": 2**70}
    await mapped(database, connection_id, raw, AccountRecord(external_id="1", name="A\x00cme", custom=odd))

    (record,) = await every(database, AccountRecord)
    assert record.name == "Acme"
    assert record.custom == {"price": 12.5, "path": "x\\u0000", "nul": "ab", "many": ["c"], "big": 2**70}


@pytest.mark.parametrize(("field", "value"), [("name", "x" * 1001), ("external_id", "x" * 1001), ("employees", 2**31)])
def test_a_value_that_the_table_cannot_hold_is_refused_by_name(field: str, value: object):
    with pytest.raises(ValueError, match=field):
        records.check(AccountRecord(**{"external_id": "1", "name": "Acme", field: value}))


async def test_an_error_of_the_database_in_a_bulk_write_is_told_as_one_of_the_store(database: Database):
    async def killed_while_writing() -> None:
        async with database.session() as session:
            await session.execute(text("select 1"))
            async with database.engine.connect() as other:
                await other.execute(
                    text(
                        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
                        " and datname = current_database()"
                    )
                )
            await stage(session, "staged", {"a": "text"}, [("x",)])

    with pytest.raises(StoreError, match="refuses to go on"):
        await killed_while_writing()
