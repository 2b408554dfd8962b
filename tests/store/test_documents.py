from datetime import UTC, datetime

import pytest

from hub.errors import NotFound
from hub.store import documents
from hub.store.database import Database
from hub.store.documents import Pushed

ID = "sha256:" + "0" * 64
NAMES = Pushed(ID, "query Names { a }", ("Names",))


async def test_a_document_is_stored_once_for_each_app(database: Database):
    async with database.session() as session:
        assert await documents.push(session, "web", []) == frozenset()
        assert await documents.push(session, "web", [NAMES]) == {ID}
        assert await documents.push(session, "web", [NAMES]) == frozenset()
        assert await documents.push(session, "mobile", [NAMES]) == {ID}
        assert [row.app for row in await documents.every(session)] == ["mobile", "web"]
        (row,) = await documents.every(session, "web")
        assert (row.operation_names, row.last_used_on) == (["Names"], None)


async def test_the_day_of_its_last_use_is_noted(database: Database):
    async with database.session() as session:
        await documents.push(session, "web", [NAMES])
        assert await documents.text(session, "web", ID) == NAMES.text
        assert await documents.text(session, None, ID) == NAMES.text
        assert await documents.text(session, "mobile", ID) is None
    async with database.session() as session:
        (row,) = await documents.every(session)
        assert row.last_used_on == datetime.now(UTC).date()


async def test_a_document_that_was_removed_is_gone(database: Database):
    async with database.session() as session:
        await documents.push(session, "web", [NAMES])
        await documents.remove(session, "web", ID)
        assert await documents.text(session, "web", ID) is None
        with pytest.raises(NotFound, match="hub documents list"):
            await documents.remove(session, "web", ID)
