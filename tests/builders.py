"""Rows with defaults: a test states only the facts it is about."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub.model import Organization
from hub.store import connections, organizations, raw_records, records
from hub.store.raw_records import Sent
from hub.store.secrets import Sealer

SEALER = Sealer(bytes(32))
NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


async def a_home(session: AsyncSession, name: str = "Home Inc.") -> UUID:
    return await organizations.settle(session, name, "home.example")


async def a_connection(
    session: AsyncSession,
    name: str = "crm",
    connector: str = "salesforce",
    secrets: dict[str, str] | None = None,
) -> UUID:
    owner_id = await a_home(session)
    return await connections.connect(
        session,
        SEALER,
        name=name,
        connector=connector,
        owner_id=owner_id,
        subject_id=owner_id,
        config={"base_url": "http://127.0.0.1"},
        secrets=secrets or {"client_secret": "s3cret"},
    )


async def saved(session: AsyncSession, connection_id: UUID, stream: str, *rows: object) -> None:
    """Store records as if each were mapped from a payload of its own."""
    for row in rows:
        payload = repr(row).encode()
        raw = await raw_records.keep(session, connection_id, stream, {row.external_id: Sent(b'"%d"' % hash(payload))})
        await records.save(session, connection_id, [(kept, [row]) for kept in raw.values()])


def an_organization(name: str = "Partner Ltd.", **facts: object) -> Organization:
    return Organization(name=name, **facts)
