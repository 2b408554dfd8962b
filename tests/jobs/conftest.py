from uuid import UUID

import pytest

from hub.connectors.base import Stream
from hub.jobs.stream_run import StreamRun
from hub.jobs.sync import Order, sync
from hub.store.database import Database
from tests.builders import SEALER, a_connection, saved
from tests.jobs.vendor import Vendor, the_connectors


@pytest.fixture
async def connection_id(database: Database) -> UUID:
    async with database.session() as session:
        return await a_connection(session)


@pytest.fixture
def given(database: Database, connection_id: UUID):
    async def save(*rows: object, stream: str = "accounts") -> None:
        async with database.session() as session:
            await saved(session, connection_id, stream, *rows)

    return save


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def synced(database: Database, connection_id: UUID, vendor: Vendor):
    async def run(
        *streams: Stream[Vendor], stream: str | None = None, full: bool = False, accept_removals: bool = False
    ) -> list[StreamRun]:
        order = Order(connection_id=connection_id, stream=stream, full=full, accept_removals=accept_removals)
        return await sync(database, SEALER, order, connectors=the_connectors(vendor, *streams))

    return run
