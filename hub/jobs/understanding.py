"""Payloads as they are kept, and as they are understood."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from hub.connectors.base import Payload, Stream
from hub.errors import UnexpectedPayload
from hub.model import Synced
from hub.store import records
from hub.store.raw_records import Sent

decoded = msgspec.json.Decoder(float_hook=Decimal).decode


@dataclass(frozen=True, slots=True)
class Keyed:
    """A payload by the source's id."""

    sent: Sent
    payload: Payload


@dataclass(frozen=True, slots=True)
class Understood:
    """What payloads say, by their keys."""

    records: dict[str, list[Synced]] = field(default_factory=dict)
    unmapped: dict[str, str] = field(default_factory=dict)
    """Why each of the others was not understood."""


def keyed(stream: Stream[Any], payloads: Iterable[bytes]) -> dict[str, Keyed]:
    """Each payload by the source's id; of several with one id, the newest, and of those the last.

    Raises UnexpectedPayload for a payload without an id.
    """
    found: dict[str, Keyed] = {}
    for raw in payloads:
        try:
            payload = _read(raw)
            key = stream.key(payload)
        except (KeyError, TypeError, ValueError) as error:
            raise UnexpectedPayload(f"A payload of {stream.name} has no id, or is no JSON object.") from error
        new = Keyed(Sent(raw, _modified_at(stream, payload)), payload)
        old = found.get(key)
        if old is None or not new.sent.is_older_than(old.sent):
            found[key] = new
    return found


def _read(raw: bytes) -> Payload:
    """A payload as we understand it. Vendors that cut texts cut letters, too: of half a one, a mark is left."""
    try:
        payload: Payload = decoded(raw)
    except msgspec.DecodeError:
        halved: str = json.dumps(json.loads(raw), ensure_ascii=False)
        payload = decoded(halved.encode(errors="replace"))
    return payload


def _modified_at(stream: Stream[Any], payload: Payload) -> datetime | None:
    try:
        return stream.modified_at(payload)
    except (KeyError, ValueError, TypeError, AttributeError, ArithmeticError):
        return None  # if the date matters to what the payload says, mapping it will tell


def understood(stream: Stream[Any], payloads: Mapping[str, Payload]) -> Understood:
    """The records of each payload, or why there are none."""
    found = Understood()
    for key, payload in payloads.items():
        try:
            rows = list(stream.to_records(payload))
            for row in rows:
                records.check(row)
        except KeyError as error:
            found.unmapped[key] = f"It lacks the mandatory field, or holds the unknown value, {error}."
        except (ValueError, TypeError, AttributeError, ArithmeticError, UnexpectedPayload) as error:
            found.unmapped[key] = f"It holds a value that cannot be understood: {error}."
        else:
            found.records[key] = rows
    return found


def new_fields(stream: Stream[Any], payloads: Mapping[str, Payload]) -> dict[str, str]:
    """The fields in the payloads that the connector has not heard of, each with what to say of it."""
    if not stream.fields:
        return {}
    sent = set().union(*payloads.values()) if payloads else set()
    return dict.fromkeys(sorted(sent - stream.fields), "The source sends a field that is kept raw only.")


def with_fields(stream: Stream[Any], payload: Payload, missing: Mapping[str, Any]) -> Payload:
    """The payload, with the fields that it no longer holds as they were last told."""
    if stream.fields_in is None:
        return {**missing, **payload}
    return {**payload, stream.fields_in: {**missing, **payload.get(stream.fields_in, {})}}
