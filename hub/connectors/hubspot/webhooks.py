"""What HubSpot posts when something happens. It may come twice, late, out of order or stale: it only hints.

https://developers.hubspot.com/docs/api-reference/latest/webhooks/guide
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from hub.connectors.base import Config, Delivery, Hint, Webhook
from hub.connectors.hubspot.properties import EPOCH
from hub.errors import UnexpectedPayload

TOLERANCE = timedelta(minutes=5)
"""How far the clocks may differ, either way."""
MOST_EVENTS = 100
LARGEST_BODY = 1024 * 1024
"""Bytes. A hundred events take some 50 kB; values of properties in them are cut by HubSpot."""
MILLISECONDS = re.compile("[0-9]{1,15}")

ESCAPES = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
"""Those that HubSpot undoes before it signs; it leaves all others as they are."""
_ESCAPED = re.compile("|".join(ESCAPES), re.IGNORECASE)

STREAMS = {
    "contact": "contacts",
    "company": "accounts",
    "deal": "opportunities",
    "ticket": "tickets",
    "line_item": "opportunity_lines",
    "product": "products",
    "lead": "leads",
}
KINDS = {
    "0-1": "contact",
    "0-2": "company",
    "0-3": "deal",
    "0-5": "ticket",
    "0-7": "product",
    "0-8": "line_item",
    "0-136": "lead",
}
"""HubSpot's numbers of its types."""
LINKS = {
    ("contact", "company"): "contact_accounts",
    ("deal", "company"): "opportunity_accounts",
    ("deal", "contact"): "opportunity_contacts",
    ("ticket", "company"): "ticket_accounts",
    ("ticket", "contact"): "ticket_contacts",
    ("ticket", "deal"): "ticket_opportunities",
    ("line_item", "deal"): "opportunity_lines",
    ("company", "company"): "accounts",
}
"""The streams that tell what an association changed, by the ids of its first type."""
RECORD_EVENTS = frozenset(("creation", "deletion", "merge", "propertyChange", "restore", "privacyDeletion"))
MOVES_LINKS = RECORD_EVENTS - {"creation", "propertyChange"}
"""The events with which associations come, go or move without a word."""

Id = int | str


class _Event(msgspec.Struct, frozen=True, rename="camel"):
    portal_id: int
    subscription_type: str
    object_id: Id | None = None
    object_type_id: str | None = None
    primary_object_id: Id | None = None
    merged_object_ids: list[Id] = []
    new_object_id: Id | None = None
    association_type: str | None = None
    from_object_id: Id | None = None
    to_object_id: Id | None = None

    def ids(self) -> set[str]:
        """All records that it is about."""
        told = (self.object_id, self.primary_object_id, self.new_object_id, *self.merged_object_ids)
        return {str(each) for each in told if each is not None}


# https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation
def is_genuine(config: Config, delivery: Delivery, now: datetime) -> bool:
    """Whether the app's secret signed it within five minutes of now, by version 3 of the signature."""
    secret = config.get("client_secret")
    stamp = delivery.headers.get("x-hubspot-request-timestamp", "")
    if not isinstance(secret, str) or not secret or not MILLISECONDS.fullmatch(stamp):
        return False
    if abs(now - EPOCH - timedelta(milliseconds=int(stamp))) > TOLERANCE:
        return False
    given = delivery.headers.get("x-hubspot-signature-v3", "")
    return hmac.compare_digest(given.encode(), signature(secret, delivery, stamp).encode())


def signature(secret: str, delivery: Delivery, stamp: str) -> str:
    """What HubSpot signs a delivery with that it stamped with these milliseconds since 1970."""
    signed = f"{delivery.method}{unescaped(delivery.uri)}".encode() + delivery.body + stamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, hashlib.sha256)).decode()


def unescaped(uri: str) -> str:
    """The address as HubSpot signs it."""
    return _ESCAPED.sub(lambda found: ESCAPES[found[0].upper()], uri)


def hints(config: Config, delivery: Delivery) -> Iterable[Hint]:
    """The rows that its events are about, each once. Raises UnexpectedPayload.

    Events of other accounts that installed the same app are left out, and so are types that no stream reads.
    """
    if len(delivery.body) > LARGEST_BODY:
        raise UnexpectedPayload(f"a delivery of more than {LARGEST_BODY} bytes")
    try:
        events = msgspec.json.decode(delivery.body, type=list[_Event])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnexpectedPayload(f"a delivery: {error}") from error
    if len(events) > MOST_EVENTS:
        raise UnexpectedPayload(f"a delivery of more than {MOST_EVENTS} events")
    own = (event for event in events if event.portal_id == config.get("portal_id"))
    return dict.fromkeys(hint for event in own for hint in _hints(event))


def _hints(event: _Event) -> Iterator[Hint]:
    subject, _, what = event.subscription_type.partition(".")
    if what == "associationChange":
        yield from _of_association(event)
        return
    kind = KINDS.get(event.object_type_id or "") if subject == "object" else subject
    if kind not in STREAMS or what not in RECORD_EVENTS:
        return
    streams = {STREAMS[kind]}
    if what in MOVES_LINKS:
        streams |= {stream for (first, _), stream in LINKS.items() if first == kind}
    for stream in sorted(streams):
        yield from (Hint(stream=stream, external_id=each) for each in sorted(event.ids()))


def _of_association(event: _Event) -> Iterator[Hint]:
    """The association is told from either side."""
    left, _, right = (event.association_type or "").lower().partition("_to_")
    ends = ((_kind_in(left), event.from_object_id), (_kind_in(right), event.to_object_id))
    for (kind, external_id), (other, _) in (ends, ends[::-1]):
        stream = LINKS.get((kind, other))
        if stream is not None and external_id is not None:
            yield Hint(stream=stream, external_id=str(external_id))


def _kind_in(words: str) -> str:
    """HubSpot's types have more words: PARENT_COMPANY_TO_CHILD_COMPANY."""
    return next((kind for kind in STREAMS if kind in words), "")


WEBHOOK = Webhook(is_genuine=is_genuine, hints=hints)
