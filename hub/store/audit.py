"""The audit log: rows that are only ever added, each chained to the one before by its hash."""

import hashlib
import re
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text

from hub.errors import InputError
from hub.model import AuditEvent, AuditKind
from hub.store.database import Session
from hub.store.sharing import Viewer

LOCK = 0x6875_6261
"""The advisory lock held while adding: numbers have no gap, and each hash knows the one before."""
START = bytes(32)
HEAD = re.compile(r"[0-9]{1,18}:[0-9a-f]{64}", re.ASCII)
PAGE = 1_000
LONGEST = 200
"""Characters of a text that comes from a client, such as an operation's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What is to be told. Never a variable's value, a secret, or a person's data."""

    kind: AuditKind
    client: str
    action: str
    outcome: str
    organization_id: UUID | None = None
    role: str | None = None
    document_hash: str | None = None
    scopes: tuple[str, ...] = ()
    root_fields: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The newest event at some moment. Noted elsewhere, it proves later that nothing before it was changed."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def parsed(cls, told: str) -> "Head":
        """What `str` wrote; raises InputError."""
        number, _, digest = told.partition(":")
        if not HEAD.fullmatch(told):
            raise InputError(f"{told[:100]!r} is not a head as `hub audit verify` prints it.")
        return cls(int(number), bytes.fromhex(digest))


def administration(action: str, *ids: str, client: str) -> Event:
    """What a command did to the things of these names."""
    return Event(kind=AuditKind.ADMINISTRATION, client=client, action=action, outcome="OK", ids=ids)


def by(viewer: Viewer, kind: AuditKind, action: str, outcome: str, **facts: Any) -> Event:
    """What a viewer did or asked."""
    return Event(
        kind=kind,
        client=viewer.client,
        organization_id=viewer.organization_id,
        role=viewer.role.value,
        action=action[:LONGEST],
        outcome=outcome,
        **facts,
    )


async def append(session: Session, event: Event) -> None:
    """Add an event, in the session's transaction: what it tells of and it stand or fall together.

    Events wait for each other, so do this last in the transaction.
    """
    await session.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    last = (
        await session.execute(select(AuditEvent.number, AuditEvent.hash).order_by(AuditEvent.number.desc()).limit(1))
    ).first()
    number, previous = (last.number + 1, last.hash) if last else (1, START)
    facts = asdict(event) | {name: list(getattr(event, name)) for name in ("scopes", "root_fields", "ids")}
    row = AuditEvent(**facts, number=number, at=datetime.now(UTC), previous_hash=previous, hash=b"")
    row.hash = _hash(row)
    session.add(row)
    await session.flush()


HASHED = (
    "number",
    "at",
    "kind",
    "client",
    "organization_id",
    "role",
    "action",
    "document_hash",
    "scopes",
    "root_fields",
    "ids",
    "outcome",
    "request_id",
)
"""The columns of an event, in the order in which they are hashed and exported."""


def exported(event: AuditEvent) -> bytes:
    """The event as a line of NDJSON: what was hashed, and the hashes."""
    hashes = {"previousHash": event.previous_hash.hex(), "hash": event.hash.hex()}
    return orjson.dumps(_told(event) | hashes, option=orjson.OPT_APPEND_NEWLINE)


def _hash(event: AuditEvent) -> bytes:
    return hashlib.sha256(event.previous_hash + orjson.dumps(_told(event))).digest()


def _told(event: AuditEvent) -> dict[str, Any]:
    return {name: getattr(event, name) for name in HASHED}


async def newest(session: Session, most: int) -> list[AuditEvent]:
    """The newest events, the newest first."""
    return list(await session.scalars(select(AuditEvent).order_by(AuditEvent.number.desc()).limit(most)))


async def every(session: Session) -> AsyncIterator[AuditEvent]:
    """All events from the first, without holding them all at once."""
    last = 0
    while True:
        after = select(AuditEvent).where(AuditEvent.number > last).order_by(AuditEvent.number).limit(PAGE)
        page = (await session.scalars(after)).all()
        for event in page:
            yield event
        if len(page) < PAGE:
            return
        last = page[-1].number
        session.expunge_all()


async def verified(session: Session, known: Head | None = None) -> Head:
    """The newest event, once all were found as they were written, `known` among them.

    Raises InputError naming the first event that is missing, changed or out of place.
    """
    head = Head(0, START)
    unseen = known is not None and known != head
    async for event in every(session):
        number = head.number + 1
        if event.number != number:
            raise InputError(f"Audit event {number} is missing.")
        if event.previous_hash != head.hash or event.hash != _hash(event):
            raise InputError(f"Audit event {number} is not as it was written.")
        head = Head(number, event.hash)
        if known is not None and known.number == number:
            if known != head:
                raise InputError(f"Audit event {number} is not the one that was noted: the log was written anew.")
            unseen = False
    if unseen and known is not None:
        raise InputError(f"Audit event {known.number} was noted, but the log ends with {head.number}.")
    return head
