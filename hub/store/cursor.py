"""Cursors: opaque texts that say where in an ordered list one stands, and are good for that very list only."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence
from typing import Any

import msgspec

from hub.errors import InputError

VERSION = b"1"
TAG_BYTES = 12

Position = tuple[Any, ...]
"""A row's values in the columns that its list is ordered by."""


class InvalidCursor(InputError):
    """A cursor was altered, or belongs to another list, order, filter or version."""


def cursor(position: Position, lists: str, secret: bytes) -> str:
    """The cursor of a row. `lists` says which list it belongs to: its path, filter and order."""
    body = msgspec.json.encode(position)
    return urlsafe_b64encode(_tag(body, lists, secret) + body).rstrip(b"=").decode()


def position(text: str, types: Sequence[type], lists: str, secret: bytes) -> Position:
    """Where a cursor points; `types` are those of the columns that the list is ordered by. Raises InvalidCursor."""
    try:
        raw = urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (NotBase64, UnicodeEncodeError) as error:
        raise InvalidCursor(_FOREIGN) from error
    tag, body = raw[:TAG_BYTES], raw[TAG_BYTES:]
    if not hmac.compare_digest(tag, _tag(body, lists, secret)):
        raise InvalidCursor(_FOREIGN)
    values = msgspec.json.decode(body)
    return tuple(msgspec.convert(value, kind | None, strict=False) for value, kind in zip(values, types, strict=True))


def _tag(body: bytes, lists: str, secret: bytes) -> bytes:
    message = b"\0".join((VERSION, lists.encode(), body))
    return hmac.digest(secret, message, hashlib.sha256)[:TAG_BYTES]


_FOREIGN = "The cursor does not belong to this list as it is filtered and ordered now; start again without it."
