"""What happens to a portal while the hub is connected: seen by sweeps, by hints, and in spite of HubSpot's habits."""

import random
from datetime import timedelta

import pytest

from hub.connectors.base import Delivery
from hub.connectors.hubspot import CONNECTOR
from hub.errors import AuthError, QuotaExhausted
from hub.model import AccountRecord, ContactAccount, ContactRecord, Opportunity, Removal, Ticket, TicketAccount
from hub.sandbox.hubspot import credentials
from hub.sandbox.hubspot.delivery import Receiver, deliver
from hub.sandbox.hubspot.quirks import Quirks

from .memory import Memory
from .sandbox import Sandbox, later, living

URL = "https://hub.example/webhooks/hubspot"
APP = credentials()
STREAMS = {stream.name: stream for stream in CONNECTOR.streams}


def by_app():
    return {"client_id": APP.client_id, "client_secret": APP.client_secret, "refresh_token": APP.refresh_token}


@pytest.fixture
def sandbox():
    return Sandbox(accounts=60)


async def among(source, memory, stream, *ids):
    """What a sweep or a hint has read again; what does not come is gone."""
    stream = STREAMS[stream]
    met, told = set(), set()
    async for page in stream.among(source, list(ids)):
        met |= memory.keep(stream, page)
        told |= {stone.external_id for stone in page.tombstones}
    gone = set(ids) - met - told
    for key in gone & memory.of(stream.record).keys():
        memory.of(stream.record)[key].removal = Removal.DELETED
    return gone


async def live_ids(source, stream):
    return {each async for ids in STREAMS[stream].ids(source) for each in ids}


async def swept(source, memory, stream):
    """The rows of a stream compared with the ids that are live, as a sweep does."""
    live, known = await live_ids(source, stream), memory.live(STREAMS[stream].record).keys()
    await among(source, memory, stream, *(live ^ known))


async def test_a_restored_deal_that_no_date_tells_of_is_found_by_its_id(sandbox):
    memory, staff = Memory(), sandbox.app.state.staff
    key = next(iter(living(sandbox.copy.opportunities)))
    async with sandbox.opened() as source:
        await memory.read(source, "opportunities")
        staff.archive("deals", key)
        await later(sandbox, source, memory, "opportunities", pause=timedelta(minutes=10))
        assert memory.of(Opportunity)[key].removal is Removal.ARCHIVED
        staff.restore("deals", key)
        await later(sandbox, source, memory, "opportunities", pause=timedelta(minutes=10))
        assert memory.of(Opportunity)[key].removal is Removal.ARCHIVED
        await swept(source, memory, "opportunities")
    assert memory.of(Opportunity)[key].removal is None


async def test_a_contact_erased_for_privacy_leaves_no_trace_but_its_missing_id(sandbox):
    memory = Memory()
    key = next(iter(living(sandbox.copy.contacts)))
    async with sandbox.opened() as source:
        await memory.read(source, "contacts")
        sandbox.app.state.staff.erase("contacts", key)
        await later(sandbox, source, memory, "contacts")
        await swept(source, memory, "contacts")
        assert await among(source, memory, "contacts", key) == {key}
    assert memory.live(ContactRecord).keys() == living(sandbox.copy.contacts).keys()


@pytest.mark.parametrize("keeps_id", [True, False])
async def test_a_merged_company_asked_for_by_its_id_comes_as_its_survivor(keeps_id):
    sandbox = Sandbox(accounts=60, quirks=Quirks(merges_keep_id=keeps_id))
    memory = Memory()
    kept, lost, *_ = living(sandbox.copy.accounts)
    async with sandbox.opened() as source:
        await memory.read(source, "accounts")
        survivor = sandbox.app.state.staff.merge("companies", kept, lost)
        gone = await among(source, memory, "accounts", lost, kept)
    assert gone == set()
    assert (survivor == kept) is keeps_id
    assert memory.of(AccountRecord)[lost].merged_into == survivor
    assert memory.of(AccountRecord)[survivor].removal is None


async def test_an_archived_ticket_asked_for_by_its_id_comes_as_archived(sandbox):
    memory = Memory()
    key = next(iter(living(sandbox.copy.tickets)))
    async with sandbox.opened() as source:
        await memory.read(source, "tickets")
        sandbox.app.state.staff.archive("tickets", key)
        assert await among(source, memory, "tickets", key) == set()
        assert await live_ids(source, "tickets") == living(sandbox.copy.tickets).keys()
    assert memory.of(Ticket)[key].removal is Removal.ARCHIVED


async def test_tickets_say_what_was_typed_and_what_they_are_about(sandbox):
    memory = Memory()
    async with sandbox.opened() as source:
        await memory.read(source, "tickets", "ticket_accounts")
    entries = living(sandbox.copy.tickets)
    assert memory.live(Ticket).keys() == entries.keys() != set()
    for key, entry in entries.items():
        ticket = memory.of(Ticket)[key]
        assert (ticket.subject, ticket.description, ticket.priority) == (
            entry.subject,
            entry.content or None,
            entry.priority,
        )
        assert (ticket.stage_external_id, ticket.owner_external_id) == (entry.stage, entry.owner)
        assert (ticket.closed_at is None) == (entry.closed_at is None)
    linked = {link.ticket_external_id for link in memory.of(TicketAccount).values()}
    assert linked <= entries.keys()
    assert linked != set()


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_ids_compared_as_text_and_pages_with_gaps_lose_no_change(seed):
    sandbox = Sandbox(accounts=60, quirks=Quirks(ids_compare_as_text=True, search_gaps=seed))
    memory = Memory()
    entries = list(living(sandbox.copy.accounts).values())
    async with sandbox.opened() as source:
        await memory.read(source, "accounts")
        for entry in entries[::2]:
            sandbox.app.state.staff.update("companies", entry.id, {"name": f"Renamed {entry.id}"})
        await later(sandbox, source, memory, "accounts")
        await later(sandbox, source, memory, "accounts", pause=timedelta(minutes=6))
    assert {memory.of(AccountRecord)[entry.id].name for entry in entries[::2]} == {
        f"Renamed {entry.id}" for entry in entries[::2]
    }


async def test_an_app_reads_all_streams_though_its_tokens_expire_under_way(sandbox):
    memory, tokens = Memory(), sandbox.app.state.tokens
    async with sandbox.opened(**by_app()) as source:
        await memory.read(source, "accounts")
        tokens.expire()
        await memory.read(source, "contacts", "contact_accounts")
        assert source.quota() is None
    assert memory.live(ContactRecord).keys() == living(sandbox.copy.contacts).keys()


async def test_an_app_whose_refresh_token_was_revoked_must_be_installed_again(sandbox):
    with pytest.raises(AuthError, match="install the app"):
        async with sandbox.opened(**by_app() | {"refresh_token": "na1-revoked"}):
            raise AssertionError("it opened")


async def test_a_service_key_is_told_what_is_left_of_the_day(sandbox):
    async with sandbox.opened() as source:
        assert source.quota().limit > source.quota().used > 0


async def test_a_portal_that_is_being_moved_is_left_alone_for_hours(sandbox):
    async with sandbox.opened() as source:
        sandbox.app.state.portal.quirks.migrates_for = timedelta(hours=5)
        with pytest.raises(QuotaExhausted, match="moved") as stopped:
            await Memory().read(source, "accounts")
    assert stopped.value.retry_after == 5 * 3600


async def hints(sandbox, portal_id):
    """What the portal tells of, believed and understood; it tells in any order, and some of it twice."""
    config, found = {"client_secret": APP.client_secret, "portal_id": portal_id}, []

    async def received(url, body, headers):
        lower = {name.lower(): value for name, value in headers.items()}
        delivery = Delivery(method="POST", uri=url, headers=lower, body=body)
        assert CONNECTOR.webhook.is_genuine(config, delivery, sandbox.clock.now())
        found.extend(CONNECTOR.webhook.hints(config, delivery))
        return 204

    receiver = Receiver(url=URL, secret=APP.client_secret, post=received, now=sandbox.clock.now)
    disorder = random.Random(7)  # noqa: S311 - not a secret
    await deliver(sandbox.app.state.portal.webhooks, receiver, disorder)
    return dict.fromkeys(found)


async def test_deliveries_in_any_order_lead_to_what_a_reading_would_find(sandbox):
    memory, staff = Memory(), sandbox.app.state.staff
    sandbox.app.state.portal.webhooks.subscribe_to_all(properties=("name", "firstname", "dealname"))
    accounts, contacts = list(living(sandbox.copy.accounts)), list(living(sandbox.copy.contacts))
    deals = list(living(sandbox.copy.opportunities))
    async with sandbox.opened() as source:
        await memory.read(source, "accounts", "contacts", "opportunities", "contact_accounts")
        staff.update("companies", accounts[0], {"name": "Told by a hint"})
        staff.merge("companies", accounts[1], accounts[2])
        staff.archive("deals", deals[0])
        staff.archive("deals", deals[1])
        staff.restore("deals", deals[1])
        staff.erase("contacts", contacts[0])
        staff.associate(("contacts", contacts[1]), ("companies", accounts[0]))
        made = staff.create("companies", {"name": "Made"})
        for hint in await hints(sandbox, source.about.portal_id):
            await among(source, memory, hint.stream, hint.external_id)
    assert memory.of(AccountRecord)[accounts[0]].name == "Told by a hint"
    assert memory.of(AccountRecord)[made].name == "Made"
    assert memory.live(AccountRecord).keys() == living(sandbox.copy.accounts).keys()
    assert memory.live(ContactRecord).keys() == living(sandbox.copy.contacts).keys()
    assert memory.live(Opportunity).keys() == living(sandbox.copy.opportunities).keys()
    assert (contacts[1], accounts[0]) in {
        (link.contact_external_id, link.account_external_id) for link in memory.of(ContactAccount).values()
    }
