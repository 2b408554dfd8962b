"""Secrets that using them replaces: whoever needs newer ones renews them for all, one at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from hub.errors import NotFound
from hub.model import Connection
from hub.store.database import Database
from hub.store.secrets import Sealer

Renew = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]

PATIENCE = 8.0
"""Seconds that who is cancelled waits for a renewal under way. A process that does not end is often killed after 10."""

_renewals: set["asyncio.Task[Mapping[str, Any]]"] = set()
"""Those under way: the event loop alone would not keep them."""


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """The secrets of one connection, where they rest."""

    database: Database
    sealer: Sealer
    connection_id: UUID
    patience: float = PATIENCE

    async def renewed(self, refused: Mapping[str, Any], renew: Renew) -> Mapping[str, Any]:
        """Secrets newer than those refused: what another process stored meanwhile, else what `renew` makes of them.

        The row stays locked while `renew` asks the source, and its answer is committed before anybody uses it: an old
        refresh token that is shown again costs the whole grant. Who is cancelled waits for that, since the source may
        have replaced the token already. Raises NotFound, and what `renew` raises.
        """
        return await _ended(self._renewed(refused, renew), self.patience)

    async def _renewed(self, refused: Mapping[str, Any], renew: Renew) -> Mapping[str, Any]:
        async with self.database.session() as session:
            # Servers may end transactions that are idle for long; this one waits for the source.
            await session.execute(text("set local idle_in_transaction_session_timeout = 0"))
            # With key_share, rows that refer to the connection, such as hints, can be stored meanwhile.
            found = select(Connection).where(Connection.id == self.connection_id).with_for_update(key_share=True)
            connection = await session.scalar(found)
            if connection is None:
                raise NotFound("There is no such connection.")
            secrets: Mapping[str, Any] = self.sealer.opened(connection.credentials, connection.name)
            if secrets == refused:
                secrets = await renew(secrets)
                connection.credentials = self.sealer.sealed(secrets, connection.name)
        return secrets


@dataclass(slots=True)
class NewGrant:
    """The secrets of a connection in the making: where using them replaces them, the newer ones are stored at once."""

    secrets: Mapping[str, Any]
    store: Callable[[Mapping[str, Any]], Awaitable[None]]
    is_stored: bool = False

    async def renewed(self, refused: Mapping[str, Any], renew: Renew) -> Mapping[str, Any]:
        """As StoredGrant does it; nobody else holds these."""
        return await _ended(self._renewed(refused, renew), PATIENCE)

    async def _renewed(self, refused: Mapping[str, Any], renew: Renew) -> Mapping[str, Any]:
        if self.secrets == refused:
            newer = await renew(self.secrets)
            if newer != self.secrets:
                await self.store(newer)
                self.secrets, self.is_stored = newer, True
        return self.secrets


async def _ended(work: Coroutine[Any, Any, Mapping[str, Any]], patience: float) -> Mapping[str, Any]:
    """The outcome of work that goes on though who asked for it is cancelled, who waits so many seconds for its end."""
    renewal = asyncio.create_task(work)
    _renewals.add(renewal)
    renewal.add_done_callback(_let_go)
    try:
        await asyncio.wait({renewal})
    except asyncio.CancelledError:
        await asyncio.wait({renewal}, timeout=patience)
        raise
    return renewal.result()


def _let_go(renewal: "asyncio.Task[Mapping[str, Any]]") -> None:
    _renewals.discard(renewal)
    if not renewal.cancelled():
        renewal.exception()  # where nobody waits any longer, the next who needs secrets meets the same
