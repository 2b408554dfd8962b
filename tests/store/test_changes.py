import pytest
from sqlalchemy import text

from hub.model import ChangeAction, ChangeType
from hub.store import changes
from tests.schema.builders import a_connection, an_account, an_account_record, an_organization
from sqlalchemy.ext.asyncio import AsyncSession


@pytest.fixture
async def session(database):
    async with AsyncSession(database.engine, expire_on_commit=False) as session:
        yield session


async def test_it(database, session):
    home = await an_organization(session)
    crm = await a_connection(session, home)
    account = await an_account(session)
    record = await an_account_record(session, crm, account)
    await session.commit()
    record.name = "New"
    account.name = "X"
    await session.commit()
    page = await changes.page(session, home.id, list(ChangeType), None, 100)
    for each in page.changes:
        print(each)
    print(page.end, page.more, page.unsettled)
    await session.delete(record)
    await session.commit()
    page = await changes.page(session, home.id, list(ChangeType), page.end, 100)
    for each in page.changes:
        print(each)
    print(await changes.head(session))
