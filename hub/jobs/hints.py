"""What sources tell of their own accord: that something happened to a row. The row is read again."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog

from hub.connectors.base import Config, Connector, Delivery, Stream
from hub.connectors.registry import CONNECTORS
from hub.errors import ConfigurationError, Forbidden, NotFound, Unauthenticated
from hub.jobs.proportion import FEW
from hub.jobs.rereading import Rereading
from hub.jobs.sources import Sources
from hub.jobs.storing import Stored
from hub.jobs.tasks import FOLLOW_HINTS, lock_of
from hub.model import Connection
from hub.store import connections, hints, queue, sync_runs
from hub.store.database import Database, Session
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
            config = _config(connection, sealer)
            if config is None or not connector.webhook.is_genuine(config, delivery, now):
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


def _config(connection: Connection, sealer: Sealer) -> Config | None:
    try:
        return connections.full_config(connection, sealer)
    except ConfigurationError as error:  # of one connection, which must not keep the others
        log.warning("connection not readable", connection=connection.name, reason=str(error))
        return None


async def follow(sources: Sources, connection_id: UUID) -> int:
    """Read again the rows of which the connection's source told; how many of them had changed.

    Raises Busy where another process reads one of the streams, and what opening and reading the source raises.
    """
    database = sources.database
    async with database.session() as session:
        connection = await connections.by_id(session, connection_id)
        told = await hints.streams(session, connection_id)
    connector = sources.connectors[connection.connector]
    streams = [stream for stream in connector.streams if stream.name in told and stream.among is not None]
    changed = 0
    async with sources.opened(connection) as source:
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
    await follow_all(rereading)
    log.info("hints followed", connection=connection.name, stream=stream.name, changed=changed)
    return changed


async def follow_all(rereading: Rereading) -> None:
    """Read again all rows of a stream of which there are hints. For who holds the stream's lock."""
    database, place = rereading.database, (rereading.connection_id, rereading.stream.name)
    while True:
        async with database.session() as session:
            told = await hints.oldest(session, *place, AT_ONCE)
        if not told:
            return
        # A stream that cannot be read is told of by the next sync; its hints would never be followed.
        with suppress(Forbidden):
            await _read_again(database, rereading, [external_id for external_id, _ in told])
        async with database.session() as session:
            await hints.drop(session, *place, told)


async def _read_again(database: Database, rereading: Rereading, ids: Sequence[str]) -> None:
    """Store the rows, and bury those that are gone: few of them. Of many, a sweep finds whether that is right."""
    missing = await rereading.read(ids)
    if len(missing) <= FEW:
        await rereading.bury(missing)
        return
    async with database.session() as session:
        await sync_runs.let_sweep(session, rereading.connection_id, rereading.stream.name)
