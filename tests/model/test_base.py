"""Records are made past the ORM's attributes, and are its rows all the same."""

import pytest
from sqlalchemy import func, select

from hub.model import AccountRecord, RawRecord
from hub.store.database import Database
from tests.builders import a_connection, saved


def test_a_record_takes_what_its_columns_name_and_asks_for_what_it_must_have():
    with pytest.raises(TypeError, match="'external_id'"):
        AccountRecord(name="Acme")
    with pytest.raises(TypeError, match="'naem'"):
        AccountRecord(external_id="1", name="Acme", naem="Acme")
    with pytest.raises(TypeError, match="positional"):
        AccountRecord("1")
    with pytest.raises(TypeError, match="'observed_at'"):
        AccountRecord(external_id="1", name="Acme", observed_at=None)


async def test_what_nobody_set_reaches_the_table_as_its_default(database: Database):
    async with database.session() as session:
        connection = await a_connection(session)
        await saved(session, connection, "accounts", AccountRecord(external_id="1", name="Acme"))
        (row,) = await session.scalars(select(AccountRecord))
    assert (row.name, row.custom, row.website, row.removal) == ("Acme", {}, None, None)


async def test_a_session_takes_such_a_record_as_any_other_row(database: Database):
    async with database.session() as session:
        connection = await a_connection(session)
        await saved(session, connection, "accounts", AccountRecord(external_id="1", name="Acme"))
        raw = await session.scalar(select(RawRecord.id))
        record = AccountRecord(external_id="2", name="Bolt", custom={"tier": "gold"})
        record.connection_id, record.raw_id, record.observed_at = (
            connection,
            raw,
            await session.scalar(select(func.now())),
        )
        session.add(record)
    async with database.session() as session:
        (found,) = await session.scalars(select(AccountRecord).where(AccountRecord.external_id == "2"))
        assert (found.name, found.custom, found.phone) == ("Bolt", {"tier": "gold"}, None)
        found.name = "Bolt SE"
    async with database.session() as session:
        assert await session.scalar(select(AccountRecord.name).where(AccountRecord.external_id == "2")) == "Bolt SE"
