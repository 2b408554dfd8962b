"""API keys: made once, shown once, found by their public half."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hub.errors import InputError, NotFound, Unauthenticated
from hub.model import SCOPES, ApiKey, Organization, Role, Scope
from hub.store.database import Session
from hub.store.sharing import Viewer

MARK = "hub_"
"""How every key begins, so that secret scanners know one when they see it."""
SHAPE = re.compile(r"(hub_[0-9a-f]{12})_[0-9a-f]{64}", re.ASCII)
USE_NOTED_EVERY = timedelta(minutes=1)
"""How exactly last_used_at is kept: a write per request would cost more than it tells."""

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a key or token that was found valid."""

    viewer: Viewer
    networks: tuple[Network, ...] = ()
    """From where they may ask; empty: from anywhere."""
    until: datetime | None = None
    """How long it is valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """What a key is to be."""

    name: str
    organization_id: UUID
    role: Role
    scopes: frozenset[Scope] | None = None
    """None: all of the role, whatever these come to be."""
    networks: tuple[Network, ...] = ()
    expires_at: datetime | None = None
    app: str | None = None
    """The client app whose trusted documents it runs; None runs those of any."""
    documents_only: bool = False


def networks(given: Collection[str]) -> tuple[Network, ...]:
    """The networks that these CIDR texts mean; raises InputError."""
    try:
        return tuple(ip_network(each) for each in given)
    except ValueError as error:
        raise InputError(f"{error}: a network is written as 192.0.2.0/24 or 2001:db8::/32.") from error


async def create(session: Session, new: NewKey) -> tuple[str, str]:
    """A new key in the clear, hub_<public part>_<secret part>, and its public part. It cannot be shown again.

    Raises InputError where its name is taken, or its organization or role may not have what is asked.
    """
    await _check(session, new)
    prefix = f"{MARK}{secrets.token_hex(6)}"
    key = _key(prefix)
    row = {
        "name": new.name,
        "prefix": prefix,
        "digest": _digest(key),
        "organization_id": new.organization_id,
        "role": new.role,
        "scopes": None if new.scopes is None else sorted(new.scopes),
        "networks": [str(each) for each in new.networks],
        "expires_at": new.expires_at,
        "app": new.app,
        "documents_only": new.documents_only,
    }
    made = await session.execute(insert(ApiKey).values(row).on_conflict_do_nothing().returning(ApiKey.id))
    if made.first() is None:
        raise InputError(f"There is a key {new.name!r} already: rotate it, revoke it, or choose another name.")
    return key, prefix


async def _check(session: Session, new: NewKey) -> None:
    if new.name.startswith(MARK):
        raise InputError(f"The name of a key does not begin with {MARK}: that is how keys themselves begin.")
    is_home = await session.scalar(select(Organization.is_home).where(Organization.id == new.organization_id))
    if not is_home and new.role is not Role.PARTNER_TOOL:
        raise InputError(f"Another organization's key has the role {Role.PARTNER_TOOL.lower()}.")
    beyond = (new.scopes or frozenset()) - SCOPES[new.role]
    if beyond:
        raise InputError(f"The role {new.role.lower()} cannot have {', '.join(sorted(beyond))}.")


async def holder(session: Session, key: str) -> Holder:
    """Who holds a key, and a note that it was used.

    Raises Unauthenticated where the key is unknown, wrong, expired or revoked.
    """
    shape = SHAPE.fullmatch(key)
    row = await session.scalar(select(ApiKey).where(ApiKey.prefix == shape[1])) if shape else None
    if row is None:
        raise Unauthenticated("The API key is not valid.")
    now = datetime.now(UTC)
    until = _valid_until(row, _digest(key))
    if row.revoked_at or until <= now:
        raise Unauthenticated("The API key is not valid.", client_of(row))
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        await session.execute(update(ApiKey).where(ApiKey.id == row.id).values(last_used_at=now))
    return Holder(_viewer(row), networks(row.networks), until)


ALWAYS = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)


def _valid_until(row: ApiKey, digest: bytes) -> datetime:
    """How long a key with this hash is valid, as far as time goes."""
    if hmac.compare_digest(row.digest, digest):
        return row.expires_at or ALWAYS
    if row.previous_digest and row.previous_until and hmac.compare_digest(row.previous_digest, digest):
        return row.previous_until
    return NEVER


def _viewer(row: ApiKey) -> Viewer:
    bundle = SCOPES[row.role]
    # A scope that this version does not know, or took from the role, is none.
    scopes = bundle if row.scopes is None else bundle.intersection(row.scopes)
    return Viewer(row.organization_id, row.role, scopes, client_of(row), row.app, row.documents_only)


def client_of(row: ApiKey) -> str:
    """How limits, metrics and the audit log name who holds a key."""
    return f"key:{row.prefix}"


async def every(session: Session) -> list[tuple[ApiKey, str]]:
    """All keys, the newest first, with the name of their organization."""
    found = await session.execute(
        select(ApiKey, Organization.name)
        .join(Organization, Organization.id == ApiKey.organization_id)
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return [(row.ApiKey, row.name) for row in found]


async def rotate(session: Session, name: str, overlap: timedelta, expires_at: datetime | None) -> tuple[str, str]:
    """A new secret for a key, and the key's public part; the old secret works until the overlap ends.

    Raises NotFound.
    """
    row = await _named(session, name)
    key = _key(row.prefix)
    until = datetime.now(UTC) + overlap
    row.previous_digest, row.previous_until = row.digest, min(until, row.expires_at or until)
    row.digest, row.expires_at = _digest(key), expires_at
    await session.flush()
    return key, row.prefix


async def revoke(session: Session, name: str) -> str:
    """End a key's validity; its public part. Raises NotFound."""
    row = await _named(session, name)
    row.revoked_at = datetime.now(UTC)
    await session.flush()
    return row.prefix


async def _named(session: Session, name: str) -> ApiKey:
    """The key of this name or public part that is not revoked."""
    named = or_(ApiKey.name == name, ApiKey.prefix == name)
    row = await session.scalar(select(ApiKey).where(named, ApiKey.revoked_at.is_(None)).limit(1).with_for_update())
    if row is None:
        raise NotFound(f"There is no valid key {name!r}. `hub key list` shows them.")
    return row


def _key(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(32)}"


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
