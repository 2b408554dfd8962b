"""Opaque ids: what they stand for is the hub's business, and so is how they are built."""

import re
from uuid import UUID

import strawberry

from hub.errors import InputError
from hub.model import Base
from hub.store.paths import prefix_of


def opaque(model: type[Base], id_: UUID) -> strawberry.ID:
    """The id that clients know a row by, such as `account_0199c0de-…`."""
    return strawberry.ID(f"{prefix_of(model)}{id_}")


ID = re.compile(r"([a-z_]{1,40}_)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def parsed(text: str) -> tuple[str, str]:
    """The prefix and key that an id is made of; raises InputError."""
    found = ID.fullmatch(text)
    if found is None:
        raise InputError(f"{text[:100]!r} is not an id.")
    return found[1], found[2]


def key_of(model: type[Base], text: str) -> UUID:
    """The key that an id of this model stands for; raises InputError for one of another."""
    prefix, key = parsed(text)
    if prefix != prefix_of(model):
        raise InputError(f"{text[:100]!r} is no id of the type {prefix_of(model).rstrip('_')}.")
    return UUID(key)
