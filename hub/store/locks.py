"""One at a time, across processes and machines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from hub.errors import Busy
from hub.store.database import Database
from hub.store.failures import translated


@asynccontextmanager
async def only_one(database: Database, what: str) -> AsyncIterator[None]:
    """Hold the lock on `what`; raises Busy where another process holds it.

    The lock belongs to an open transaction, so that it ends with the process, and a connection pooler in
    between does not matter. The transaction reads nothing: it holds no snapshot, so vacuum is not kept back.
    """
    with translated():
        async with database.engine.connect() as connection, connection.begin():
            await hold(connection, what)
            yield


async def hold(transaction: AsyncConnection | AsyncSession, what: str) -> None:
    """Hold the lock on `what` until the transaction ends; raises Busy where another one holds it."""
    # Servers may end transactions that are idle for long; this one is so on purpose.
    await transaction.execute(text("set local idle_in_transaction_session_timeout = 0"))
    taken = await transaction.execute(
        text("select pg_try_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what}
    )
    if not taken.scalar_one():
        raise Busy(f"Another process is at work on {what}; try again when it is done.")
