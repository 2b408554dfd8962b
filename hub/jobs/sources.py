"""Opening what a connection leads to."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hub.connectors.base import Connector, Stream, Writing
from hub.connectors.rate import Sleep
from hub.connectors.registry import CONNECTORS
from hub.errors import AuthError
from hub.model import Connection, ConnectionState
from hub.store import connections
from hub.store.database import Database
from hub.store.grants import StoredGrant
from hub.store.secrets import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What connections lead to."""

    database: Database
    sealer: Sealer
    connectors: Mapping[str, Connector[Any]] = field(default_factory=lambda: CONNECTORS)
    sleep: Sleep = asyncio.sleep

    def writings(self, connection: Connection) -> Mapping[str, Writing[Any]]:
        """The streams of a connection that can be written, and how."""
        streams: tuple[Stream[Any], ...] = self.connectors[connection.connector].streams
        return {stream.name: stream.writing for stream in streams if stream.writing}

    @asynccontextmanager
    async def opened(self, connection: Connection) -> AsyncIterator[Any]:
        """The connection's source. Where it refuses the credentials, that is noted.

        Raises SourceError, ConfigurationError and InputError.
        """
        grant = StoredGrant(self.database, self.sealer, connection.id)
        config = connections.full_config(connection, self.sealer)
        try:
            async with self.connectors[connection.connector].source(config, grant) as source:
                yield source
        except AuthError:
            async with self.database.session() as session:
                await connections.note_state(session, connection.id, ConnectionState.REAUTH_REQUIRED)
            raise
