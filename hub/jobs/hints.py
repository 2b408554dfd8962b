"""What sources tell of their own accord: that something happened to a row. The row is read again."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from hub.connectors.base import Connector, Delivery, Stream
from hub.connectors.registry import CONNECTORS
from hub.errors import Forbidden, NotFound, Unauthenticated
from hub.jobs.rereading import Rereading
from hub.jobs.storing import Stored
from hub.jobs.tasks import FOLLOW_HINTS, lock_of
from hub.model import Connection
from hub.store import connections, hints, queue
from hub.store.database import Database, Session
from hub.store.grants import StoredGrant
from hub.store.locks import only_one
from hub.store.secrets import Sealer

log = structlog.get_logger()

AT_ONCE = 500


async def receive(
    database: Database,
    sealer: Sealer,
    name: str,
    delivery: Delivery,
    connectors: Mapping[str, Connector[Any]] = CONNECTORS,
) -> int:
    """Keep what a source posted, and let a worker follow it; how many rows it tells of.

    Raises NotFound where no such source posts to us, Unauthenticated where no connection of ours knows its signature,
    UnexpectedPayload where it cannot be read.
    """
    connector = connectors.get(name)
    if connector is None or connector.webhook is None:
        raise NotFound("Nothing is received here.")
    now, is_known, told = datetime.now(UTC), False, 0
    async with database.session() as session:
        for connection in await connections.of_connector(session, name):
            config = connections.full_config(connection, sealer)
            if not connector.webhook.is_genuine(config, delivery, now):
                continue
            is_known = True
            found = [(hint.stream, hint.external_id) for hint in connector.webhook.hints(config, delivery)]
            told += len(found)
            if found:
                await hints.note(session, connection.id, found)
                await queue.enqueue(
                    session, FOLLOW_HINTS, lock_of(connection.id), {"connection_id": str(connection.id)}
                )
    if not is_known:
        raise Unauthenticated("The signature is not that of a source that is connected.")
    return told


async def follow(
    database: Database, sealer: Sealer, connection_id: UUID, connectors: Mapping[str, Connector[Any]] = CONNECTORS
) -> int:
    """Read again the rows of which the connection's source told; how many of them had changed.

    Raises Busy where another process reads one of the streams, and what opening and reading the source raises.
    """
    async with database.session() as session:
        connection = await connections.by_id(session, connection_id)
        told = await hints.streams(session, connection_id)
    connector = connectors[connection.connector]
    streams = [stream for stream in connector.streams if stream.name in told and stream.among is not None]
    changed = 0
    grant = StoredGrant(database, sealer, connection_id)
    async with connector.source(connections.full_config(connection, sealer), grant) as source:
        for stream in streams:
            async with only_one(database, f"the sync of {connection.name}: {stream.name}"):
                changed += await _followed(database, connection, stream, source)
    return changed


async def _followed(database: Database, connection: Connection, stream: Stream[Any], source: Any) -> int:
    changed = 0

    async def note(_: Session, stored: Stored) -> None:
        nonlocal changed
        changed += stored.changed + stored.removed

    rereading = Rereading(database=database, connection_id=connection.id, stream=stream, source=source, note=note)
    while True:
        async with database.session() as session:
            told = await hints.oldest(session, connection.id, stream.name, AT_ONCE)
        if not told:
            log.info("hints followed", connection=connection.name, stream=stream.name, changed=changed)
            return changed
        # A stream that cannot be read is told of by the next sync; its hints would never be followed.
        with suppress(Forbidden):
            await rereading.read_and_bury([external_id for external_id, _ in told])
        async with database.session() as session:
            await hints.drop(session, connection.id, stream.name, told)
