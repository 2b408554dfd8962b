"""Webhooks: what is told of which change, and how it is signed and sent."""

import base64
import hashlib
import hmac
import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.sandbox.hubspot import Delivered, Receiver, deliver
from hub.sandbox.hubspot.delivery import signature
from hub.sandbox.hubspot.webhooks import APP_ID
from tests.sandbox.hubspot.conftest import NOW, Asker

SECRET = "shared"
URL = "https://hub.example/webhooks/hubspot?portal=1%3A2"


class Listener:
    """Keeps what it was sent, and answers as told."""

    def __init__(self, *answers: int | type[Exception]) -> None:
        self.answers = list(answers)
        self.batches: list[list[dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.bodies: list[bytes] = []

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for batch in self.batches for event in batch]

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        self.bodies.append(body)
        self.headers.append(headers)
        self.batches.append(json.loads(body))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, int):
            return answer
        raise answer

    async def told(self, hubspot: Asker, disorder: random.Random | None = None) -> Delivered:
        receiver = Receiver(url=URL, secret=SECRET, post=self.post, now=lambda: NOW)
        return await deliver(hubspot.app.state.portal.webhooks, receiver, disorder)


@pytest.fixture
def subscribed(hubspot: Asker) -> Asker:
    hubspot.app.state.portal.webhooks.subscribe_to_all(properties=("name", "city"))
    return hubspot


def facts(event: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return (event["subscriptionType"], *(event[name] for name in names))


async def heard(hubspot: Asker, *changes: Callable[[Any], Any]) -> list[dict[str, Any]]:
    listener = Listener()
    for change in changes:
        change(hubspot.app.state.staff)
    await listener.told(hubspot)
    return listener.events


async def test_every_change_is_told(subscribed: Asker) -> None:
    events = await heard(
        subscribed,
        lambda staff: staff.create("deals", {"dealname": "New"}),
        lambda staff: staff.update("companies", "903", {"name": "Other", "zip": "53111", "city": ""}),
        lambda staff: staff.archive("companies", "903"),
        lambda staff: staff.restore("companies", "903"),
        lambda staff: staff.erase("contacts", "503"),
    )
    assert [facts(event, "objectId", "changeSource") for event in events] == [
        ("deal.creation", 74, "CRM_UI"),
        ("company.propertyChange", 903, "CRM_UI"),
        ("company.deletion", 903, "CRM_UI"),
        ("company.restore", 903, "CRM_UI"),
        ("contact.privacyDeletion", 503, "CRM_UI"),
    ]
    assert facts(events[1], "propertyName", "propertyValue") == ("company.propertyChange", "name", "Other")


async def test_what_comes_through_the_api_says_so(subscribed: Asker) -> None:
    await subscribed.http.patch("/crm/objects/2026-03/companies/903", json={"properties": {"name": "Other"}})
    (event,) = await heard(subscribed)
    assert facts(event, "changeSource", "sourceId") == ("company.propertyChange", "INTEGRATION", str(APP_ID))


async def test_a_merge_is_told_with_the_deletion_of_its_losers_and_nothing_of_their_links(subscribed: Asker) -> None:
    events = await heard(subscribed, lambda staff: staff.merge("companies", "901", "903"))
    assert facts(events[0], "primaryObjectId", "mergedObjectIds", "newObjectId") == ("company.merge", 901, [903], 20009)
    assert [facts(event, "objectId") for event in events[1:]] == [("company.deletion", 901), ("company.deletion", 903)]


async def test_a_tie_is_told_from_both_ends(subscribed: Asker) -> None:
    tie = (("contacts", "503"), ("companies", "901"))
    events = await heard(subscribed, lambda staff: staff.associate(*tie), lambda staff: staff.dissociate(*tie, 279))
    names = ("associationType", "fromObjectId", "toObjectId", "isPrimaryAssociation", "associationRemoved")
    assert [facts(event, *names)[1:] for event in events] == [
        ("CONTACT_TO_COMPANY", 503, 901, False, False),
        ("COMPANY_TO_CONTACT", 901, 503, False, False),
        ("CONTACT_TO_COMPANY", 503, 901, True, False),
        ("COMPANY_TO_CONTACT", 901, 503, True, False),
        ("CONTACT_TO_COMPANY", 503, 901, False, True),
        ("COMPANY_TO_CONTACT", 901, 503, False, True),
    ]
    assert {event["subscriptionType"] for event in events} == {"contact.associationChange", "company.associationChange"}


async def test_a_request_is_signed_over_its_decoded_uri(subscribed: Asker) -> None:
    listener = Listener()
    subscribed.app.state.staff.archive("companies", "903")
    assert await listener.told(subscribed) == Delivered(accepted=1, waiting=0, given_up=0)
    stamp = listener.headers[0]["X-HubSpot-Request-Timestamp"]
    assert datetime.fromtimestamp(int(stamp) / 1000, UTC) == NOW
    text = b"POSThttps://hub.example/webhooks/hubspot?portal=1:2" + listener.bodies[0] + stamp.encode()
    expected = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha256).digest()).decode()
    assert listener.headers[0]["X-HubSpot-Signature-v3"] == expected
    assert signature(SECRET, "POST", URL.lower(), listener.bodies[0], stamp) == expected


async def test_events_come_by_the_hundred_shuffled_and_twice(subscribed: Asker) -> None:
    for place in range(120):
        subscribed.app.state.staff.create("companies", {"name": f"New {place}"})
    listener = Listener()
    await listener.told(subscribed, random.Random(3))  # noqa: S311 - repeatable, guards nothing
    seen = Counter(event["objectId"] for event in listener.events)
    assert (len(seen), max(seen.values())) == (120, 2)
    assert [event["objectId"] for event in listener.events] != sorted(seen.elements())
    assert max(map(len, listener.batches)) == 100


async def test_what_may_pass_is_sent_again_at_most_ten_times(subscribed: Asker) -> None:
    subscribed.app.state.staff.archive("companies", "903")
    listener = Listener(500, 429, TimeoutError, ConnectionError, *[503] * 7)
    outcomes = [await listener.told(subscribed) for _ in range(11)]
    assert [event["attemptNumber"] for event in listener.events] == list(range(11))
    assert [outcome.waiting for outcome in outcomes] == [1] * 10 + [0]
    assert outcomes[-1].given_up == 1


async def test_what_is_refused_is_not_sent_again(subscribed: Asker) -> None:
    subscribed.app.state.staff.archive("companies", "903")
    assert (await Listener(403).told(subscribed)) == Delivered(accepted=0, waiting=0, given_up=1)


async def test_the_app_manages_its_subscriptions(hubspot: Asker) -> None:
    path = f"/app-webhooks/2026-03/{APP_ID}/subscriptions"
    made = await hubspot.post(
        path, {"eventType": "object.propertyChange", "propertyName": "name", "objectTypeId": "0-2"}
    )
    assert (made.status_code, made.json()["objectTypeId"]) == (201, "0-2")
    (event,) = await heard(hubspot, lambda staff: staff.update("companies", "903", {"name": "Other"}))
    assert facts(event, "objectTypeId", "propertyName") == ("object.propertyChange", "0-2", "name")
    assert [each["id"] for each in (await hubspot.get(path)).json()["results"]] == [made.json()["id"]]
    assert (await hubspot.http.delete(f"{path}/{made.json()['id']}")).status_code == 204
    assert (await hubspot.http.delete(f"{path}/{made.json()['id']}")).status_code == 404
    assert (await hubspot.get("/webhooks/2026-03/1/subscriptions")).status_code == 404
    assert await heard(hubspot, lambda staff: staff.update("companies", "903", {"name": "Again"})) == []


@pytest.mark.parametrize(
    "wish",
    [
        {"eventType": "company.applause"},
        {"eventType": "company.privacyDeletion"},
        {"eventType": "company.propertyChange"},
        {"eventType": "object.creation"},
        {"eventType": "company.creation", "propertyName": "name"},
    ],
)
async def test_a_subscription_that_makes_no_sense_is_refused(hubspot: Asker, wish: dict[str, str]) -> None:
    assert (await hubspot.post(f"/webhooks/2026-03/{APP_ID}/subscriptions", wish)).status_code == 400
