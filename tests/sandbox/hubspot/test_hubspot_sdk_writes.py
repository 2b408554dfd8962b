"""HubSpot's own SDK changes the sandbox, in both versions of the API, and finds afterwards what it wrote."""

from collections.abc import Iterator

import httpx
import hubspot_sdk
import pytest
from hubspot_sdk import HubSpot
from hubspot_sdk.types.auth import AccessTokenResponse

from hub.sandbox.hubspot import credentials, hubspot_app
from tests.sandbox.hubspot.conftest import StoppedClock, a_full_world, unhurried
from tests.sandbox.hubspot.test_hubspot_sdk import Served


@pytest.fixture(scope="module", params=["2026-03", "2026-09"])
def client(request: pytest.FixtureRequest) -> Iterator[HubSpot]:
    """The SDK speaks the older version only; the newer one differs in the paths."""

    def dated(sent: httpx.Request) -> None:
        sent.url = httpx.URL(str(sent.url).replace("2026-03", request.param))

    app = hubspot_app(a_full_world(), StoppedClock(), limits=unhurried())
    with (
        Served(app) as url,
        httpx.Client(event_hooks={"request": [dated]}) as http,
        HubSpot(access_token=credentials().service_key, base_url=url, max_retries=0, http_client=http) as hubspot,
    ):
        yield hubspot


def test_companies_are_upserted_by_the_hubs_own_id(client: HubSpot) -> None:
    batch = client.crm.objects.companies.batch
    wish = {"id": "acc-1", "id_property": "hub_account_id", "properties": {"name": "New"}}
    first = batch.upsert(inputs=[wish]).results[0]
    again = batch.upsert(inputs=[{**wish, "properties": {"hub_overlapping_partners": "Acme"}}]).results[0]
    assert (first.new, again.new, again.id) == (True, False, first.id)
    changed = batch.update(inputs=[{"id": first.id, "properties": {"city": "Ulm"}}]).results[0]
    assert (changed.properties["city"], changed.properties["hub_overlapping_partners"]) == ("Ulm", "Acme")
    with pytest.raises(hubspot_sdk.BadRequestError):
        batch.upsert(inputs=[wish, wish])
    with pytest.raises(hubspot_sdk.ConflictError):
        client.crm.objects.contacts.create(associations=[], properties={"email": "ada501@acme.example"})


def test_records_are_merged_and_forgotten(client: HubSpot) -> None:
    merged = client.crm.objects.companies.merge(primary_object_id="902", object_id_to_merge="20008")
    assert client.crm.objects.companies.get("20008").id == merged.id
    client.crm.objects.contacts.gdpr_delete(object_id="502")
    with pytest.raises(hubspot_sdk.NotFoundError):
        client.crm.objects.contacts.get("502", archived=True)


def test_tickets_are_read_and_tied(client: HubSpot) -> None:
    tickets = list(client.crm.objects.tickets.list(properties=["subject"]))
    assert [each.properties["subject"] for each in tickets] == ["Ticket 61", "Ticket 62"]
    ties = client.crm.associations.batch
    label = {"association_category": "USER_DEFINED", "association_type_id": 501}
    made = ties.create(
        "companies", from_object_type="deals", inputs=[{"from": {"id": "72"}, "to": {"id": "903"}, "types": [label]}]
    )
    assert made.results[0].labels == ["Reseller", "Primary"]
    pair = {"from": {"id": "62"}, "to": {"id": "503"}}
    assert len(ties.create_default("contacts", from_object_type="tickets", inputs=[pair]).results) == 2
    ties.delete("contacts", from_object_type="tickets", inputs=[{"from": {"id": "62"}, "to": [{"id": "503"}]}])
    read = ties.get("companies", from_object_type="deals", inputs=[{"id": "72"}]).results[0].to[0]
    assert {each.type_id for each in read.association_types} == {5, 341, 501}


def test_properties_are_made_and_archived(client: HubSpot) -> None:
    properties = client.crm.properties
    properties.create(
        "companies", name="erp_id", label="ERP", type="string", field_type="text", group_name="g", has_unique_value=True
    )
    assert properties.get("erp_id", object_type="companies").has_unique_value
    properties.delete("erp_id", object_type="companies")
    assert [each.name for each in properties.list("companies", archived=True).results] == ["erp_id"]


def test_a_token_that_was_bought_opens_the_portal(client: HubSpot) -> None:
    # The SDK sends the token request as JSON; HubSpot documents a form, and the sandbox reads nothing else.
    known = credentials()
    form = {"grant_type": "refresh_token", "refresh_token": known.refresh_token}
    form |= {"client_id": known.client_id, "client_secret": known.client_secret}
    answer = httpx.post(client.base_url.join("/oauth/2026-09/token"), data=form).json()
    token = AccessTokenResponse.model_validate(answer)
    assert (token.expires_in, token.token_use) == (1_800, "access_token")
    assert client.with_options(access_token=token.access_token).account.get().portal_id == known.portal_id
