"""Webhooks: who wants to hear of what, and what is still to be told."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot.object_types import OBJECT_TYPES, ObjectType
from hub.sandbox.hubspot.refusal import invalid
from hub.sandbox.hubspot.stamps import epoch_milliseconds

APP_ID = 3141592
_TYPED = {"contact", "company", "deal", "ticket", "line_item", "product"}
"""What has event types of its own; the others share those of "object"."""


class Change(StrEnum):
    """What can become of a record, in HubSpot's words."""

    CREATION = "creation"
    DELETION = "deletion"
    MERGE = "merge"
    PROPERTY_CHANGE = "propertyChange"
    RESTORE = "restore"
    ASSOCIATION_CHANGE = "associationChange"
    PRIVACY_DELETION = "privacyDeletion"


class Source(StrEnum):
    """Who changed something."""

    API = "INTEGRATION"
    PEOPLE = "CRM_UI"


@dataclass(slots=True, kw_only=True)
class Subscription:
    """A wish to hear of one kind of change."""

    id: int
    event_type: str
    property_name: str | None = None
    object_type_id: str | None = None
    active: bool = True


class Webhooks:
    """The subscriptions of the app, and the events that wait for delivery, in the order in which they occurred."""

    def __init__(self, clock: Clock, portal_id: int) -> None:
        self.subscriptions: list[Subscription] = []
        self.waiting: list[dict[str, Any]] = []
        self.source = Source.API
        self._clock = clock
        self._portal_id = portal_id
        self._numbers: Counter[str] = Counter()

    def subscribe(
        self, event_type: str, property_name: str | None = None, object_type_id: str | None = None
    ) -> Subscription:
        """Ask for events such as company.creation, or object.creation of one object type."""
        noun, _, change = event_type.partition(".")
        if not _exists(noun, change):
            raise invalid(f"Unknown event type: {event_type}")
        if (change == Change.PROPERTY_CHANGE) != (property_name is not None):
            raise invalid("propertyName is required for propertyChange subscriptions, and for no others")
        if (noun == "object") != (object_type_id is not None):
            raise invalid("objectTypeId is required for object subscriptions, and for no others")
        subscription = Subscription(
            id=5_000 + len(self.subscriptions) + 1,
            event_type=event_type,
            property_name=property_name,
            object_type_id=object_type_id,
        )
        self.subscriptions.append(subscription)
        return subscription

    def subscribe_to_all(self, kinds: Iterable[ObjectType] = OBJECT_TYPES, properties: Iterable[str] = ()) -> None:
        """Ask for all changes of these types, and for those of these properties."""
        names = tuple(properties)
        for kind in kinds:
            typed = kind.singular in _TYPED
            noun, type_id = (kind.singular, None) if typed else ("object", kind.type_id)
            for change in (each for each in Change if _exists(noun, each)):
                for name in names if change is Change.PROPERTY_CHANGE else (None,):
                    self.subscribe(f"{noun}.{change}", name, type_id)

    def tell(self, kind: ObjectType, change: Change, property_name: str | None = None, **facts: Any) -> None:
        """Queue one event for each subscription that wants it."""
        for subscription in self.subscriptions:
            if subscription.active and _wants(subscription, kind, change, property_name):
                self.waiting.append(self._event(subscription, property_name, facts))

    def _event(self, subscription: Subscription, property_name: str | None, facts: dict[str, Any]) -> dict[str, Any]:
        # Event ids are counted per type: two events of different types may share one.
        self._numbers[subscription.event_type] += 1
        event = {
            "eventId": 100 + self._numbers[subscription.event_type],
            "subscriptionId": subscription.id,
            "portalId": self._portal_id,
            "appId": APP_ID,
            "occurredAt": epoch_milliseconds(self._clock.now()),
            "subscriptionType": subscription.event_type,
            "attemptNumber": 0,
            "changeSource": self.source,
            "sourceId": str(APP_ID) if self.source is Source.API else "userId:7000001",
            **facts,
        }
        if property_name is not None:
            event["propertyName"] = property_name
        if subscription.object_type_id is not None:
            event["objectTypeId"] = subscription.object_type_id
        return event


def _exists(noun: str, change: str) -> bool:
    if change == Change.PRIVACY_DELETION:
        return noun == "contact"
    return change in set(Change) and noun in _TYPED | {"object"}


def _wants(subscription: Subscription, kind: ObjectType, change: Change, property_name: str | None) -> bool:
    noun, _, wanted = subscription.event_type.partition(".")
    return (
        wanted == change
        and subscription.property_name == property_name
        and (
            noun == kind.singular
            if subscription.object_type_id is None
            else kind.type_id == subscription.object_type_id
        )
    )
