"""What all of HubSpot's payloads share: ids, dates, and what became of a record."""

from datetime import datetime
from typing import Any

from hub.connectors.base import Payload
from hub.connectors.hubspot.properties import EPOCH, Properties, clean, instant
from hub.model import Removal, RemovalEvidence

RECORD_FIELDS = frozenset((
    "id", "properties", "createdAt", "updatedAt", "archived", "archivedAt", "url",
    "associations", "companyCurrency", "objectWriteTraceId", "propertiesWithHistory",
))  # fmt: skip


def record_key(payload: Payload) -> str:
    return known_id(payload["id"])


def modified_at(payload: Payload) -> datetime | None:
    return instant(payload["updatedAt"])


def record(payload: Payload, said: Properties) -> dict[str, Any]:
    """What all CRM records share. `said.rest()` is only complete once every other field was asked for."""
    return {**stamps(payload), **removal(payload), "custom": said.rest()}


def stamps(payload: Payload) -> dict[str, Any]:
    return {
        "external_id": known_id(payload["id"]),
        "source_created_at": _dated(payload["createdAt"]),
        "source_modified_at": _dated(payload["updatedAt"]),
    }


def removal(payload: Payload) -> dict[str, Any]:
    if not is_archived(payload):
        return {}
    at = payload.get("archivedAt")
    return {
        "removal": Removal.ARCHIVED,
        "removal_evidence": RemovalEvidence.ARCHIVED_FEED,
        "removed_at": instant(at) if at else None,
    }


def is_archived(payload: Payload) -> bool:
    return payload.get("archived") is True


def known_id(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("not an id")
    return value


def text(value: Any) -> str | None:
    return clean(str(value)) if value else None


def _dated(text: str) -> datetime | None:
    """The default pipeline claims to be from 1970, which is HubSpot's way of not knowing."""
    stamp = instant(text)
    return None if stamp == EPOCH else stamp
