"""Opaque ids: what they stand for is the hub's business, and so is how they are built."""

from uuid import UUID

import strawberry

from hub.errors import InputError
from hub.model import Base
from hub.store.paths import prefix_of


def opaque(model: type[Base], id_: UUID) -> strawberry.ID:
    """The id that clients know a row by, such as `account_0199c0de-…`."""
    return strawberry.ID(f"{prefix_of(model)}{id_}")


def parsed(text: str) -> tuple[str, UUID]:
    """The prefix and key that an id is made of; raises InputError."""
    prefix, key = text[:-UUID_LENGTH], text[-UUID_LENGTH:]
    try:
        id_ = UUID(key)
    except ValueError as error:
        raise InputError(f"{text[:100]!r} is not an id.") from error
    if str(id_) != key:
        raise InputError(f"{text[:100]!r} is not an id.")
    return prefix, id_


UUID_LENGTH = 36


def key_of(model: type[Base], text: str) -> UUID:
    """The key that an id of this model stands for; raises InputError for one of another."""
    prefix, key = parsed(text)
    if prefix != prefix_of(model):
        raise InputError(f"{text[:100]!r} is no id of the type {prefix_of(model).rstrip('_')}.")
    return key
