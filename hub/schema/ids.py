"""Opaque ids: what they stand for is the hub's business, and so is how they are built."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

import strawberry

from hub.errors import InputError
from hub.model import Base


def opaque(model: type[Base], id_: UUID) -> strawberry.ID:
    """The id that clients know a row by."""
    return strawberry.ID(urlsafe_b64encode(f"{model.__tablename__}:{id_}".encode()).rstrip(b"=").decode())


def parsed(text: str) -> tuple[str, UUID]:
    """The table and key that an id stands for; raises InputError."""
    try:
        table, _, key = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)).decode().partition(":")
        return table, UUID(key)
    except ValueError as error:
        raise InputError(f"{text[:100]!r} is not an id.") from error


def key_of(model: type[Base], text: str) -> UUID:
    """The key that an id of this model stands for; raises InputError for one of another."""
    table, key = parsed(text)
    if table != model.__tablename__:
        raise InputError(f"{text[:100]!r} is no id of the type {model.__name__}.")
    return key
