"""Secrets that using them replaces: whoever needs newer ones renews them for all, one at a time."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from hub.errors import NotFound
from hub.model import Connection
from hub.store.database import Database
from hub.store.secrets import Sealer


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """The secrets of one connection, where they rest."""

    database: Database
    sealer: Sealer
    connection_id: UUID

    async def renewed(
        self,
        refused: Mapping[str, Any],
        renew: Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]],
    ) -> Mapping[str, Any]:
        """Secrets newer than those refused: what another process stored meanwhile, else what `renew` makes of them.

        The row stays locked while `renew` asks the source, and its answer is committed before anybody uses it: an old
        refresh token that is shown again costs the whole grant. Raises NotFound, and what `renew` raises.
        """
        async with self.database.session() as session:
            # Servers may end transactions that are idle for long; this one waits for the source.
            await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
            found = select(Connection).where(Connection.id == self.connection_id).with_for_update()
            connection = await session.scalar(found)
            if connection is None:
                raise NotFound("There is no such connection.")
            secrets: Mapping[str, Any] = self.sealer.opened(connection.credentials, connection.name)
            if secrets == refused:
                secrets = await renew(secrets)
                connection.credentials = self.sealer.sealed(secrets, connection.name)
        return secrets
