"""Webhook events sent: signed, up to a hundred at a time, in any order, at least once."""

import base64
import hashlib
import hmac
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from hub.sandbox.hubspot.stamps import epoch_milliseconds
from hub.sandbox.hubspot.webhooks import Webhooks

MOST_EVENTS = 100
MOST_RETRIES = 10
_TWICE_SHARE = 0.2
_RETRIED_FROM, _TOO_MANY = 500, 429

Post = Callable[[str, bytes, dict[str, str]], Awaitable[int]]
"""Sends a body with headers to a URL and gives back the status; TimeoutError or ConnectionError where none came."""

# HubSpot decodes these escapes, and no others, before it signs a URI.
_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Who is told. `url` is the public address that is signed; `post` may reach it by another way."""

    url: str
    secret: str
    post: Post
    now: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What became of the events that waited."""

    accepted: int
    waiting: int
    """To be sent again by the next delivery."""
    given_up: int


def signature(secret: str, method: str, url: str, body: bytes, timestamp: str) -> str:
    """Version 3 of HubSpot's request signatures."""
    for escape, character in _DECODED.items():
        url = url.replace(escape, character).replace(escape.lower(), character)
    text = method.encode() + url.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), text, hashlib.sha256)).decode()


async def deliver(webhooks: Webhooks, receiver: Receiver, disorder: random.Random | None = None) -> Delivered:
    """Send all events that wait, once; what fails in a way that may pass waits for the next delivery.

    With `disorder` they come shuffled, and some of them twice.
    """
    events, webhooks.waiting = webhooks.waiting, []
    accepted = given_up = 0
    for batch in _batches(_disordered(events, disorder) if disorder is not None else events):
        status = await _status(receiver, batch)
        if status < 300:  # noqa: PLR2004 - any 2xx
            accepted += len(batch)
            continue
        again = [event for event in batch if _is_retried(status) and event["attemptNumber"] < MOST_RETRIES]
        webhooks.waiting += [{**event, "attemptNumber": event["attemptNumber"] + 1} for event in again]
        given_up += len(batch) - len(again)
    return Delivered(accepted=accepted, waiting=len(webhooks.waiting), given_up=given_up)


def _disordered(events: list[dict[str, Any]], disorder: random.Random) -> list[dict[str, Any]]:
    twice = [event for event in events if disorder.random() < _TWICE_SHARE]
    mixed = [*events, *twice]
    disorder.shuffle(mixed)
    return mixed


def _batches(events: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [events[start : start + MOST_EVENTS] for start in range(0, len(events), MOST_EVENTS)]


async def _status(receiver: Receiver, batch: list[dict[str, Any]]) -> int:
    body = orjson.dumps(batch)
    timestamp = str(epoch_milliseconds(receiver.now()))
    headers = {
        "Content-Type": "application/json",
        "X-HubSpot-Request-Timestamp": timestamp,
        "X-HubSpot-Signature-v3": signature(receiver.secret, "POST", receiver.url, body, timestamp),
        "X-HubSpot-Timeout-Millis": "10000",
    }
    try:
        return await receiver.post(receiver.url, body, headers)
    except (TimeoutError, ConnectionError):
        return _RETRIED_FROM


def _is_retried(status: int) -> bool:
    return status >= _RETRIED_FROM or status == _TOO_MANY
