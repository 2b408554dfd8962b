"""Copying a connection: its streams, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.connectors.base import Connector, Stream
from hub.connectors.registry import CONNECTORS
from hub.errors import Busy, HubError, NotFound, QuotaExhausted, Unavailable
from hub.jobs.reading import Reading
from hub.jobs.sources import Sources
from hub.jobs.stream_run import StreamRun, Tell
from hub.model import Connection, ConnectionState
from hub.store import changes, connections, raw_records, sync_runs
from hub.store.database import Database, Session
from hub.store.locks import only_one
from hub.store.secrets import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to sync."""

    connection_id: UUID
    stream: str | None = None
    """One stream only."""
    full: bool = False
    """From the start, whatever the bookmarks say, and all ids are compared."""
    accept_removals: bool = False
    """A person said that it is right if most rows of a stream are gone."""


async def order_sync(session: Session, order: Order) -> list[UUID]:
    """The runs that are to be; they wait for a worker. Raises NotFound for an unknown connection or stream."""
    connection = await connections.by_id(session, order.connection_id)
    streams = [stream.name for stream in chosen(CONNECTORS[connection.connector], order.stream)]
    if order.full:
        await sync_runs.ask_full(session, connection.id, streams)
    return await sync_runs.queue(session, connection.id, streams)


async def sync(
    database: Database,
    sealer: Sealer,
    order: Order,
    tell: Tell = lambda _: None,
    connectors: Mapping[str, Connector[Any]] = CONNECTORS,
) -> list[StreamRun]:
    """Read the connection's streams from their bookmarks to their ends; one StreamRun each, failed ones included.

    Raises Busy where another process reads one of the streams, NotFound for an unknown connection or stream, and
    AuthError, ConfigurationError, InputError or Unavailable where the source cannot be opened, or not go on, at all.
    """
    async with database.session() as session:
        connection = await connections.by_id(session, order.connection_id)
        connector = connectors[connection.connector]
        streams = chosen(connector, order.stream)
        if order.full:
            await sync_runs.ask_full(session, connection.id, [stream.name for stream in streams])
    syncing = _Syncing(database, connection, connector, order, tell)
    try:
        async with Sources(database=database, sealer=sealer, connectors=connectors).opened(connection) as source:
            runs = await syncing.read_all(source, streams)
    except Busy:
        raise  # the runs that wait are taken up by who is at it
    except HubError as error:
        await syncing.give_up(streams, error)
        raise
    async with database.session() as session:
        await connections.note_state(session, connection.id, ConnectionState.ACTIVE)
        await changes.prune(session)
        await sync_runs.prune(session)
        await raw_records.prune(session)
    return runs


def chosen(connector: Connector[Any], name: str | None) -> list[Stream[Any]]:
    """The stream of this name, or all; raises NotFound, naming those there are."""
    found = [stream for stream in connector.streams if name in (None, stream.name)]
    if not found:
        known = ", ".join(stream.name for stream in connector.streams)
        raise NotFound(f"{connector.name} has no stream {name!r}. Its streams: {known}.")
    return found


@dataclass(frozen=True, slots=True)
class _Syncing:
    database: Database
    connection: Connection
    connector: Connector[Any]
    order: Order
    tell: Tell

    async def read_all(self, source: Any, streams: Sequence[Stream[Any]]) -> list[StreamRun]:
        """Read the streams in their order; give up when two in a row find the source unavailable."""
        runs: list[StreamRun] = []
        failed_before = False
        for stream in streams:
            async with only_one(self.database, f"the sync of {self.connection.name}: {stream.name}"):
                run = await self._begun(stream)
                runs.append(run)
                try:
                    await self._reading(run, source).to_the_end()
                except Unavailable as error:
                    if failed_before or isinstance(error, QuotaExhausted):
                        raise
                    failed_before = True
                else:
                    failed_before = False
                finally:
                    self.tell(run)
        return runs

    async def _begun(self, stream: Stream[Any]) -> StreamRun:
        async with self.database.session() as session:
            run_id = await sync_runs.start(session, self.connection.id, stream.name)
            if await sync_runs.begin_full(session, self.connection.id, stream.name):
                await raw_records.forget_dates(session, self.connection.id, stream.name)
        run = StreamRun(connection=self.connection, stream=stream, id=run_id)
        self.tell(run)
        return run

    def _reading(self, run: StreamRun, source: Any) -> Reading:
        return Reading(
            database=self.database,
            connector=self.connector,
            source=source,
            run=run,
            tell=self.tell,
            accepts_removals=self.order.accept_removals,
        )

    async def give_up(self, streams: Sequence[Stream[Any]], error: HubError) -> None:
        """Close the runs that did not have their turn."""
        async with self.database.session() as session:
            reason = f"It did not begin: {error}"
            await sync_runs.drop_queued(session, self.connection.id, [stream.name for stream in streams], reason)
