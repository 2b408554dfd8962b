"""The app's webhook subscriptions, through the API."""

from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import not_found
from hub.sandbox.hubspot.webhooks import APP_ID, Subscription


def listed(portal: Portal, call: Call) -> dict[str, Any]:
    """All subscriptions."""
    _check_app(call)
    return {"results": [_spelled(each) for each in portal.webhooks.subscriptions]}


def create(portal: Portal, call: Call) -> dict[str, Any]:
    """A new subscription."""
    _check_app(call)
    content = call.json()
    subscription = portal.webhooks.subscribe(
        str(content.get("eventType", "")), content.get("propertyName"), content.get("objectTypeId")
    )
    subscription.active = bool(content.get("active", True))
    return _spelled(subscription)


def remove(portal: Portal, call: Call) -> None:
    """End a subscription."""
    _check_app(call)
    subscriptions = portal.webhooks.subscriptions
    kept = [each for each in subscriptions if str(each.id) != call.path["subscription_id"]]
    if len(kept) == len(subscriptions):
        raise not_found()
    subscriptions[:] = kept


def _check_app(call: Call) -> None:
    if call.path["app_id"] != str(APP_ID):
        raise not_found()


def _spelled(subscription: Subscription) -> dict[str, Any]:
    spelling: dict[str, Any] = {
        "id": str(subscription.id),
        "createdAt": "2026-01-05T10:00:00.000Z",
        "active": subscription.active,
        "eventType": subscription.event_type,
    }
    if subscription.property_name is not None:
        spelling["propertyName"] = subscription.property_name
    if subscription.object_type_id is not None:
        spelling["objectTypeId"] = subscription.object_type_id
    return spelling
