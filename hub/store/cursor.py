"""Cursors: opaque texts that say where in an ordered list one stands, and are good for that very list only.

A cursor is its tag and its body in URL-safe base64. The body is the row's values in the order's columns as a JSON
array; the tag is an HMAC-SHA256 (RFC 2104) of it, cut to 12 bytes, under a key of the list's own. The database makes
cursors of rows, hub_cursor() in the migrations; here they are read.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from hub.errors import InputError

VERSION = b"2"
TAG_BYTES = 12
BLOCK = 64
"""Bytes that SHA-256 takes in at a time, to which HMAC pads its key."""

Position = tuple[Any, ...]
"""A row's values in the columns that its list is ordered by."""


class InvalidCursor(InputError):
    """A cursor was altered, or belongs to another list, order, filter or version."""


@dataclass(frozen=True, slots=True)
class CursorKey:
    """HMAC's two padded keys, each of BLOCK bytes."""

    inner: Any
    outer: Any


def key_of_list(lists: str, secret: bytes) -> bytes:
    """The key that the cursors of a list are signed with. `lists` says which: its path, filter and order."""
    return hmac.digest(secret, VERSION + lists.encode(), hashlib.sha256)


def padded(key: bytes) -> CursorKey:
    """The key as hub_cursor() takes it."""
    block = key.ljust(BLOCK, b"\0")
    return CursorKey(bytes(each ^ 0x36 for each in block), bytes(each ^ 0x5C for each in block))


def cursor(where: Position, key: bytes) -> str:
    """The cursor of a position that the database did not make one of."""
    body = msgspec.json.encode(where)
    tag = hmac.digest(key, body, hashlib.sha256)[:TAG_BYTES]
    return urlsafe_b64encode(tag + body).rstrip(b"=").decode()


def position(text: str, types: Sequence[type], key: bytes) -> Position:
    """Where a cursor points; `types` are those of the columns that the list is ordered by. Raises InvalidCursor."""
    try:
        raw = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (NotBase64, UnicodeEncodeError) as error:
        raise InvalidCursor(_FOREIGN) from error
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if not hmac.compare_digest(tag, hmac.digest(key, body, hashlib.sha256)[:TAG_BYTES]):
        raise InvalidCursor(_FOREIGN)
    return _decoder(tuple(types)).decode(body)


@cache
def _decoder(types: tuple[type, ...]) -> msgspec.json.Decoder[Position]:
    """Decodes exactly: a number is read as its column's type, not as a float."""
    return msgspec.json.Decoder(tuple[tuple(kind | None for kind in types)], strict=False)  # type: ignore[misc]


_FOREIGN = "The cursor does not belong to this list as it is filtered and ordered now; start again without it."
