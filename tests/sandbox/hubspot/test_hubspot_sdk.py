"""HubSpot's own SDK reads the sandbox whole, over a real socket, and finds what the world holds."""

import socket
import threading
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import hubspot_sdk
import pytest
import uvicorn
from hubspot_sdk import HubSpot

from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.hubspot import credentials, hubspot_app
from hub.sandbox.hubspot.pipelines import stage_id
from hub.sandbox.world import AccountEntry, Entry, Fate, World
from tests.sandbox.hubspot.conftest import StoppedClock, unhurried


class Served:
    """An app on a free port of this machine, in a thread of its own."""

    def __init__(self, app: Any) -> None:
        config = uvicorn.Config(app, log_level="error", date_header=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="module")
def world() -> World:
    return made_up_ecosystem(accounts=700, seed=7)


@pytest.fixture(scope="module")
def hubspot(world: World) -> Iterator[HubSpot]:
    app = hubspot_app(world, StoppedClock(), limits=unhurried())
    with (
        Served(app) as url,
        HubSpot(access_token=credentials().service_key, base_url=url, max_retries=0) as client,
    ):
        yield client


def live(entries: Iterable[Entry], fate: Fate = Fate.LIVE) -> dict[str, Any]:
    return {entry.id: entry for entry in entries if entry.fate is fate}


def to_the_millisecond(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def agrees(record: Any, entry: Entry) -> None:
    assert record.id == record.properties["hs_object_id"] == entry.id
    assert record.created_at == to_the_millisecond(entry.created_at)
    assert record.updated_at == to_the_millisecond(entry.modified_at)
    assert record.archived is (entry.fate is Fate.DELETED)


def says_the_same(record: Any, entry: AccountEntry) -> None:
    agrees(record, entry)
    said = record.properties
    for name, value in (
        ("name", entry.name),
        ("domain", entry.domain),
        ("website", entry.website),
        ("phone", entry.phone),
        ("numberofemployees", entry.employees),
        ("city", entry.city),
        ("zip", entry.postal_code),
        ("country", entry.country),
        ("duns_number", entry.duns),
        ("hubspot_owner_id", entry.owner),
    ):
        assert said[name] == value
    assert (said["annualrevenue"] and Decimal(said["annualrevenue"])) == entry.revenue


COMPANY = "name,domain,website,phone,numberofemployees,annualrevenue,city,zip,country,duns_number,hubspot_owner_id"


def test_all_companies_are_listed_as_the_world_has_them(hubspot: HubSpot, world: World) -> None:
    expected = live(world.hubspot.accounts)
    records = list(hubspot.crm.objects.companies.list(limit=100, properties=COMPANY.split(",")))
    assert [record.id for record in records] == sorted(expected, key=int)
    for record in records:
        says_the_same(record, expected[record.id])


def test_archived_companies_are_listed_apart(hubspot: HubSpot, world: World) -> None:
    expected = live(world.hubspot.accounts, Fate.DELETED)
    records = list(hubspot.crm.objects.companies.list(limit=100, archived=True))
    assert {record.id for record in records} == expected.keys()
    for record in records:
        agrees(record, expected[record.id])
        assert record.archived_at == to_the_millisecond(expected[record.id].removed_at)


def test_all_contacts_are_listed_as_the_world_has_them(hubspot: HubSpot, world: World) -> None:
    expected = live(world.hubspot.contacts)
    asked = ["firstname", "lastname", "email", "jobtitle", "phone"]
    records = list(hubspot.crm.objects.contacts.list(limit=100, properties=asked))
    assert [record.id for record in records] == sorted(expected, key=int)
    for record in records:
        entry = expected[record.id]
        agrees(record, entry)
        said = [record.properties[name] for name in asked]
        assert said == [entry.first_name, entry.last_name, entry.email, entry.title, entry.phone]


def test_all_deals_are_listed_as_the_world_has_them(hubspot: HubSpot, world: World) -> None:
    expected = live(world.hubspot.opportunities)
    stages = {stage.name: stage_id(stage) for stage in world.stages}
    asked = ["dealname", "dealstage", "amount", "deal_currency_code", "closedate", "hubspot_owner_id"]
    records = list(hubspot.crm.objects.deals.list(limit=100, properties=asked))
    assert [record.id for record in records] == sorted(expected, key=int)
    for record in records:
        entry = expected[record.id]
        agrees(record, entry)
        said = record.properties
        assert (said["dealname"], said["dealstage"]) == (entry.name, stages[entry.stage])
        assert (said["amount"] and Decimal(said["amount"])) == entry.amount
        assert said["deal_currency_code"] == entry.currency
        assert said["closedate"].startswith(entry.close_date.isoformat())
        assert said["hubspot_owner_id"] == entry.owner


def test_all_products_and_lines_are_listed(hubspot: HubSpot, world: World) -> None:
    products = list(hubspot.crm.objects.products.list(limit=100, properties=["name", "price"]))
    assert {record.id: Decimal(record.properties["price"]) for record in products} == {
        entry.id: entry.price for entry in world.hubspot.products
    }
    lines = list(hubspot.crm.objects.line_items.list(limit=100, properties=["hs_product_id", "quantity"]))
    assert {
        (record.id, record.properties["hs_product_id"], Decimal(record.properties["quantity"])) for record in lines
    } == {
        (line.id, line.product, line.quantity)
        for deal in live(world.hubspot.opportunities).values()
        for line in deal.lines
    }


def test_search_walks_through_all_companies_by_their_ids(hubspot: HubSpot, world: World) -> None:
    expected = live(world.hubspot.accounts)
    seen: list[str] = []
    while True:
        walked = {"propertyName": "hs_object_id", "operator": "GT", "value": seen[-1] if seen else "0"}
        known = {"propertyName": "hs_lastmodifieddate", "operator": "GTE", "value": "0"}
        page = hubspot.crm.objects.companies.search(
            after="0",
            filter_groups=[{"filters": [walked, known]}],
            limit=200,
            properties=COMPANY.split(","),
            sorts=[{"propertyName": "hs_object_id", "direction": "ASCENDING"}],
        )
        if not seen:
            assert page.total == len(expected)
        if not page.results:
            break
        seen += [record.id for record in page.results]
        for record in page.results:
            says_the_same(record, expected[record.id])
    assert seen == sorted(expected, key=int)


def test_search_pages_by_offset(hubspot: HubSpot, world: World) -> None:
    seen: list[str] = []
    after: str | None = "0"
    while after is not None:
        page = hubspot.crm.objects.contacts.search(
            after=after, filter_groups=[], limit=200, properties=["email"], sorts=[]
        )
        seen += [record.id for record in page.results]
        after = page.paging.next.after if page.paging and page.paging.next else None
    assert seen == sorted(live(world.hubspot.contacts), key=int)


def test_a_batch_reads_the_live_and_follows_the_merged(hubspot: HubSpot, world: World) -> None:
    merged = next(iter(live(world.hubspot.accounts, Fate.MERGED).values()))
    ids = [*list(live(world.hubspot.accounts))[:50], merged.id]
    answer = hubspot.crm.objects.companies.batch.get(
        inputs=[{"id": each} for each in ids], properties=["hs_merged_object_ids"], properties_with_history=[]
    )
    found = {record.id: record.properties["hs_merged_object_ids"] for record in answer.results}
    assert found.keys() == {*ids[:50], merged.merged_into}
    assert merged.id in (found[merged.merged_into] or "").split(";")
    assert hubspot.crm.objects.companies.get(merged.id).id == merged.merged_into


def test_associations_are_those_of_the_world(hubspot: HubSpot, world: World) -> None:
    contacts, accounts = live(world.hubspot.contacts), live(world.hubspot.accounts)
    survivors = {entry.id: entry.merged_into for entry in live(world.hubspot.accounts, Fate.MERGED).values()}
    expected = {
        (entry.id, company)
        for entry in contacts.values()
        if entry.account and (company := survivors.get(entry.account, entry.account)) in accounts
    }
    seen = set()
    ids = list(contacts)
    for start in range(0, len(ids), 1_000):
        answer = hubspot.crm.associations.batch.get(
            "companies",
            from_object_type="contacts",
            inputs=[{"id": each} for each in ids[start : start + 1_000]],
        )
        for row in answer.results:
            for to in row.to:
                seen.add((row.from_.id, str(to.to_object_id)))
                assert [(each.type_id, each.label) for each in to.association_types] == [(1, "Primary"), (279, None)]
    assert seen == expected


def test_partners_and_people_of_a_deal_come_with_their_roles(hubspot: HubSpot, world: World) -> None:
    accounts, contacts = live(world.hubspot.accounts), live(world.hubspot.contacts)
    deals = live(world.hubspot.opportunities)
    for to, parts, there in (("companies", "partner_roles", accounts), ("contacts", "contact_roles", contacts)):
        expected = {
            (deal.id, getattr(part, parts.removesuffix("_roles").replace("partner", "account")), part.role)
            for deal in deals.values()
            for part in getattr(deal, parts)
        }
        answer = hubspot.crm.associations.batch.get(
            to, from_object_type="deals", inputs=[{"id": each} for each in deals]
        )
        seen = {
            (row.from_.id, str(each.to_object_id), kind.label)
            for row in answer.results
            for each in row.to
            for kind in each.association_types
            if kind.category == "USER_DEFINED"
        }
        assert seen == {each for each in expected if each[1] in there}


def test_properties_pipelines_owners_and_the_account_are_read(hubspot: HubSpot, world: World) -> None:
    names = {each.name for each in hubspot.crm.properties.list("companies").results}
    assert {"name", "domain", "hs_lastmodifieddate", "duns_number", *world.hubspot.accounts[0].custom} <= names
    (pipeline,) = hubspot.crm.pipelines.list("deals").results
    assert [stage.label for stage in pipeline.stages] == [stage.name for stage in world.stages]
    owners = list(hubspot.crm.owners.list(limit=5)) + list(hubspot.crm.owners.list(archived=True))
    assert {owner.email for owner in owners} == {user.email for user in world.hubspot.users}
    assert hubspot.account.get().portal_id == credentials().portal_id


def test_a_company_is_created_changed_and_archived(hubspot: HubSpot) -> None:
    companies = hubspot.crm.objects.companies
    created = companies.create(associations=[], properties={"name": "Fresh", "city": "Bonn"})
    changed = companies.update(created.id, properties={"city": "Ulm"})
    assert (changed.properties["name"], changed.properties["city"]) == ("Fresh", "Ulm")
    companies.delete(created.id)
    with pytest.raises(hubspot_sdk.NotFoundError):
        companies.get(created.id)
    assert companies.get(created.id, archived=True).archived


def test_a_wrong_key_and_a_missing_scope_raise_what_they_should(hubspot: HubSpot) -> None:
    with pytest.raises(hubspot_sdk.AuthenticationError):
        hubspot.with_options(access_token="wrong").crm.objects.companies.list()
    with pytest.raises(hubspot_sdk.PermissionDeniedError):
        hubspot.crm.objects.leads.list()
