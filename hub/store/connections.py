"""The connections, and the credentials they hold."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub.errors import InputError, NotFound
from hub.model import Connection, ConnectionState, Json
from hub.store.secrets import Sealer


async def connect(  # noqa: PLR0913 - a connection is made of as much
    session: AsyncSession,
    sealer: Sealer,
    *,
    name: str,
    connector: str,
    owner_id: UUID,
    subject_id: UUID,
    config: Mapping[str, Any],
    secrets: Mapping[str, Any],
    identity: Mapping[str, Any] | None = None,
) -> UUID:
    """A connection of this name, new or changed to these settings; ready to be synced.

    `identity` is what the source said of which account it is; it becomes a part of the config.
    Raises InputError where the name belongs to a connection to another kind of system, to another account there, or
    about another organization: what was read from that one must not be taken for this one's.
    """
    known = dict(identity or {})
    values = {
        "connector": connector,
        "owner_id": owner_id,
        "subject_id": subject_id,
        "config": {**config, **known},
        "credentials": sealer.sealed(dict(secrets), name),
        "state": ConnectionState.ACTIVE,
    }
    new = insert(Connection).values(name=name, **values)
    same = (Connection.connector == connector) & (Connection.subject_id == subject_id)
    for key, value in known.items():
        same &= func.coalesce(Connection.config[key].astext, str(value)) == str(value)
    upsert = new.on_conflict_do_update(index_elements=["name"], set_=values, where=same).returning(Connection.id)
    connection_id = (await session.execute(upsert)).scalar_one_or_none()
    if connection_id is None:
        raise InputError(f"The name {name!r} belongs to a connection to something else: choose another name.")
    return connection_id


def full_config(connection: Connection, sealer: Sealer) -> Json:
    """Everything its connector needs to open it, secrets included."""
    return {**connection.config, **sealer.opened(connection.credentials, connection.name)}


async def by_id(session: AsyncSession, connection_id: UUID) -> Connection:
    """The connection; raises NotFound."""
    connection = await session.get(Connection, connection_id)
    if connection is None:
        raise NotFound("There is no such connection.")
    return connection


async def config_of(session: AsyncSession, name: str) -> Json | None:
    """What the connection of this name is set to, without its secrets; None where there is none."""
    config: Json | None = await session.scalar(select(Connection.config).where(Connection.name == name))
    return config


async def named(session: AsyncSession, name: str | None) -> list[Connection]:
    """The connection of this name, or all; raises NotFound, naming those there are."""
    every = list(await session.scalars(select(Connection).order_by(Connection.created_at, Connection.id)))
    chosen = [connection for connection in every if name is None or connection.name == name]
    if name is not None and not chosen:
        known = ", ".join(connection.name for connection in every) or "none yet; see `hub connect --help`"
        raise NotFound(f"There is no connection {name!r}. Connections: {known}.")
    return chosen


async def of_connector(session: AsyncSession, connector: str) -> list[Connection]:
    """All connections to one kind of system."""
    return list(await session.scalars(select(Connection).where(Connection.connector == connector)))


async def disconnect(session: AsyncSession, connection_id: UUID) -> None:
    """Forget a connection, with all that was read through it; a process that reads it meanwhile stores no more."""
    await session.execute(delete(Connection).where(Connection.id == connection_id))


async def note_state(session: AsyncSession, connection_id: UUID, state: ConnectionState) -> None:
    """Note whether the source takes the credentials."""
    (await by_id(session, connection_id)).state = state
