"""Deliveries: whose they are, and which rows they are about."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from hub.connectors.base import Delivery, Hint
from hub.connectors.hubspot import CONNECTOR
from hub.connectors.hubspot.webhooks import ESCAPES, LARGEST_BODY, unescaped
from hub.errors import UnexpectedPayload

WEBHOOK = CONNECTOR.webhook
SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
CONFIG = {"client_secret": SECRET, "portal_id": 62515}
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp() * 1000))
URI = "https://hub.example/webhooks/hubspot"
PUBLISHED = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,"subscriptionType":'
    b'"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)
"""The body with which HubSpot explains its signatures.

https://developers.hubspot.com/docs/faq/v1-request-validation
"""


def signed(body=PUBLISHED, uri=URI, signed_uri=None, stamp=STAMP, secret=SECRET, method="POST"):
    """As HubSpot's own client library signs: method, address, body and stamp, one after the other."""
    text = method + (signed_uri or uri) + body.decode() + stamp
    digest = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    headers = {"x-hubspot-signature-v3": base64.b64encode(digest).decode(), "x-hubspot-request-timestamp": stamp}
    return Delivery(method=method, uri=uri, headers=headers, body=body)


def is_genuine(delivery, config=CONFIG, now=NOW):
    return WEBHOOK.is_genuine(config, delivery, now)


def with_headers(**headers):
    return Delivery(method="POST", uri=URI, headers=headers, body=PUBLISHED)


def test_the_published_examples_of_the_older_versions_hold_for_the_pieces_that_are_signed():
    first = hashlib.sha256(SECRET.encode() + PUBLISHED).hexdigest()
    second = hashlib.sha256(f"{SECRET}GET{unescaped('https://www.example.com/webhook_uri')}".encode()).hexdigest()
    assert first == "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    assert second == "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"


def test_what_the_apps_secret_signed_is_genuine():
    assert is_genuine(signed())


@pytest.mark.parametrize(
    "forged",
    [
        signed(secret="another"),
        Delivery(method="POST", uri=URI, headers=signed().headers, body=PUBLISHED + b" "),
        Delivery(method="PUT", uri=URI, headers=signed().headers, body=PUBLISHED),
        Delivery(method="POST", uri=URI + "?x=1", headers=signed().headers, body=PUBLISHED),
        Delivery(method="POST", uri=URI, headers=signed().headers, body=PUBLISHED.replace(b"123", b"124")),
        with_headers(),
        with_headers(**{"x-hubspot-request-timestamp": STAMP}),
        with_headers(**{"x-hubspot-request-timestamp": STAMP, "x-hubspot-signature-v3": "schlüssel"}),
        with_headers(**signed().headers | {"x-hubspot-request-timestamp": "now"}),
        with_headers(**signed().headers | {"x-hubspot-request-timestamp": "9" * 40}),
        with_headers(**signed().headers | {"x-hubspot-request-timestamp": "-" + STAMP}),
    ],
)
def test_anything_else_is_not(forged):
    assert not is_genuine(forged)


@pytest.mark.parametrize("config", [{}, {"client_secret": ""}, {"client_secret": None}])
def test_a_connection_without_a_secret_believes_nobody(config):
    assert not is_genuine(signed(secret=config.get("client_secret") or ""), config)


@pytest.mark.parametrize(("seconds", "believed"), [(299, True), (-299, True), (301, False), (-301, False)])
def test_a_delivery_is_good_for_five_minutes_either_way(seconds, believed):
    assert is_genuine(signed(), now=NOW + timedelta(seconds=seconds)) is believed


def test_only_the_documented_escapes_are_undone_before_signing():
    uri = "https://hub.example/webhooks%2Fhubspot?a=%3ax%2520%20%C3%A9%26%7E"
    assert unescaped(uri) == "https://hub.example/webhooks/hubspot?a=:x%2520%20%C3%A9%26%7E"
    assert is_genuine(signed(uri=uri, signed_uri=unescaped(uri)))
    assert len(ESCAPES) == 12


def hints(*events, config=CONFIG):
    body = json.dumps([{"portalId": 62515, **event} for event in events]).encode()
    return list(WEBHOOK.hints(config, Delivery(method="POST", uri=URI, headers={}, body=body)))


def an_event(kind, object_id=7, **more):
    return {"subscriptionType": kind, "objectId": object_id, **more}


def test_the_published_event_hints_at_its_contact():
    assert list(WEBHOOK.hints(CONFIG, signed())) == [Hint(stream="contacts", external_id="123")]


@pytest.mark.parametrize(
    ("event", "stream"),
    [
        (an_event("contact.propertyChange", propertyName="email", propertyValue="x"), "contacts"),
        (an_event("company.creation"), "accounts"),
        (an_event("company.deletion"), "accounts"),
        (an_event("deal.propertyChange"), "opportunities"),
        (an_event("line_item.restore"), "opportunity_lines"),
        (an_event("product.creation"), "products"),
        (an_event("object.creation", objectTypeId="0-5"), "tickets"),
        (an_event("object.propertyChange", objectTypeId="0-136"), "leads"),
    ],
)
def test_an_event_hints_at_the_row_that_it_is_about(event, stream):
    assert hints(event) == [Hint(stream=stream, external_id="7")]


@pytest.mark.parametrize("what", ["deletion", "restore", "privacyDeletion"])
def test_a_row_that_goes_or_comes_back_takes_its_links_along(what):
    assert {each.stream for each in hints(an_event(f"deal.{what}"))} == {
        "opportunities",
        "opportunity_accounts",
        "opportunity_contacts",
    }


def test_a_merge_hints_at_the_survivor_and_at_those_it_took_in():
    event = an_event("contact.merge", primaryObjectId=7, mergedObjectIds=[8, 9], newObjectId=10)
    assert {each.external_id for each in hints(event)} == {"7", "8", "9", "10"}
    assert {each.stream for each in hints(event)} == {"contacts", "contact_accounts"}


@pytest.mark.parametrize(
    ("association", "expected"),
    [
        ("CONTACT_TO_COMPANY", {("contact_accounts", "1")}),
        ("COMPANY_TO_CONTACT", {("contact_accounts", "2")}),
        ("DEAL_TO_COMPANY", {("opportunity_accounts", "1")}),
        ("CONTACT_TO_DEAL", {("opportunity_contacts", "2")}),
        ("COMPANY_TO_TICKET", {("ticket_accounts", "2")}),
        ("TICKET_TO_DEAL", {("ticket_opportunities", "1")}),
        ("DEAL_TO_LINE_ITEM", {("opportunity_lines", "2")}),
        ("PARENT_COMPANY_TO_CHILD_COMPANY", {("accounts", "1"), ("accounts", "2")}),
        ("CONTACT_TO_CALL", set()),
        (None, set()),
    ],
)
def test_a_changed_association_hints_at_the_side_whose_links_are_read(association, expected):
    event = {
        "subscriptionType": "company.associationChange",
        "associationType": association,
        "fromObjectId": 1,
        "toObjectId": 2,
        "associationRemoved": True,
    }
    assert {(each.stream, each.external_id) for each in hints(event)} == expected


def test_a_row_told_of_many_times_is_hinted_at_once():
    assert len(hints(*[an_event("contact.propertyChange")] * 100)) == 1


@pytest.mark.parametrize(
    "event",
    [
        an_event("contact.propertyChange", portalId=7),
        an_event("conversation.creation"),
        an_event("object.creation", objectTypeId="2-99"),
        an_event("contact.becameFamous"),
        an_event("ping"),
        an_event("contact.creation", None),
    ],
)
def test_events_of_other_accounts_and_of_what_no_stream_reads_are_left_out(event):
    assert hints(event) == []


def test_a_connection_that_knows_no_account_follows_no_hint():
    assert hints(an_event("contact.creation"), config={"client_secret": SECRET}) == []


DEEP = b'[{"portalId": 1, "subscriptionType": "x", "deep": ' + b"[" * 100_000


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[1]", b'[{"portalId": "x"}]', b"\xff", b" " * LARGEST_BODY + b"[]", b"[" * 5000, DEEP]
)
def test_a_body_that_is_no_list_of_events_is_told(body):
    with pytest.raises(UnexpectedPayload):
        list(WEBHOOK.hints(CONFIG, Delivery(method="POST", uri=URI, headers={}, body=body)))


def test_more_events_than_hubspot_sends_at_once_are_refused():
    with pytest.raises(UnexpectedPayload, match="more than 100 events"):
        hints(*[an_event("contact.creation")] * 101)
