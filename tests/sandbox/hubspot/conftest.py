"""A small hand-built portal, and a client of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from hub.sandbox.clock import Clock
from hub.sandbox.hubspot import Limits, credentials, hubspot_app
from hub.sandbox.world import (
    AccountEntry,
    ContactEntry,
    ContactRole,
    Copy,
    Fate,
    LeadEntry,
    LineEntry,
    OpportunityEntry,
    PartnerRole,
    ProductEntry,
    StageEntry,
    StageStep,
    TicketEntry,
    UserEntry,
    World,
)

CREATED = datetime(2026, 3, 1, 9, 0, 0, 123_000, tzinfo=UTC)
CHANGED = datetime(2026, 5, 1, 7, 25, 37, 456_000, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)

STAGES = (
    StageEntry(name="Discovery", position=0, probability=20, is_closed=False, is_won=False),
    StageEntry(name="Price Quote", position=1, probability=60, is_closed=False, is_won=False),
    StageEntry(name="Closed Won", position=2, probability=100, is_closed=True, is_won=True),
    StageEntry(name="Closed Lost", position=3, probability=0, is_closed=True, is_won=False),
)


class StoppedClock(Clock):
    """A clock that only moves when told to."""

    def __init__(self, instant: datetime = NOW) -> None:
        super().__init__()
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def advance(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


def an_account(number: int, **more: Any) -> AccountEntry:
    facts = {"created_at": CREATED, "modified_at": CHANGED + timedelta(seconds=number), "truth": number}
    return AccountEntry(id=str(number), **{**facts, "name": f"Company {number}", **more})


def a_contact(number: int, **more: Any) -> ContactEntry:
    facts: dict[str, Any] = {
        "created_at": CREATED,
        "modified_at": CHANGED,
        "truth": number,
        "account": None,
        "first_name": "Ada",
        "last_name": f"Number {number}",
        "email": f"ada{number}@acme.example",
    }
    return ContactEntry(id=str(number), **{**facts, **more})


def a_deal(number: int, **more: Any) -> OpportunityEntry:
    facts: dict[str, Any] = {
        "created_at": CREATED,
        "modified_at": CHANGED,
        "truth": number,
        "name": f"Deal {number}",
        "account": None,
        "stage": "Discovery",
        "amount": Decimal("5000.00"),
        "currency": "EUR",
        "close_date": date(2026, 12, 31),
    }
    return OpportunityEntry(id=str(number), **{**facts, **more})


def a_user(number: int, **more: Any) -> UserEntry:
    facts = {"created_at": CREATED, "modified_at": CHANGED, "first_name": "Oona", "last_name": f"Owner {number}"}
    return UserEntry(id=str(number), **{**facts, "email": f"oona{number}@home.example", **more})


def a_product(number: int) -> ProductEntry:
    return ProductEntry(
        id=str(number),
        created_at=CREATED,
        modified_at=CHANGED,
        name=f"Product {number}",
        code=f"P-{number}",
        family="Cloud Software",
        price=Decimal("19.90"),
    )


def a_lead(number: int, **more: Any) -> LeadEntry:
    facts = {"created_at": CREATED, "modified_at": CHANGED, "company": "Acme", "first_name": None}
    return LeadEntry(id=str(number), **{**facts, "last_name": "Lead", "email": None, "status": "Open", **more})


def a_ticket(number: int, **more: Any) -> TicketEntry:
    facts = {"created_at": CREATED, "modified_at": CHANGED, "subject": f"Ticket {number}", "content": None}
    return TicketEntry(id=str(number), **{**facts, "stage": "1", **more})


def a_world(**rows: list[Any]) -> World:
    return World(
        home_name="Home",
        home_domain="home.example",
        program="Program",
        tiers=("Silver", "Gold"),
        companies={},
        humans={},
        stages=STAGES,
        salesforce=Copy(),
        hubspot=Copy(**rows),
        partners=(),
    )


def a_full_world() -> World:
    removed = datetime(2026, 9, 1, 8, 0, 0, 5_000, tzinfo=UTC)
    return a_world(
        users=[a_user(11), a_user(12, is_active=False), a_user(13)],
        accounts=[
            an_account(
                901,
                name="Acme GmbH",
                domain="acme.example",
                website="https://acme.example",
                industry="Computer Software",
                employees="12;34",
                revenue=Decimal(15_000_000),
                currency="EUR",
                kind="Customer",
                city="Köln",
                owner="11",
                duns="123456789",
                custom={"segment": "SMB", "health_score": 51.3, "is_reference": True, "renewal_date": date(2027, 1, 2)},
            ),
            an_account(902, name="Acme Tochter", parent="901", kind="Prospect", custom={"is_reference": False}),
            an_account(903, name="Reseller AG", kind="Partner"),
            an_account(1004, name="Gone", fate=Fate.DELETED, removed_at=removed),
            an_account(1005, name="Acme twice", fate=Fate.MERGED, removed_at=removed, merged_into="1006"),
            an_account(1006, name="Acme again", fate=Fate.MERGED, removed_at=removed, merged_into="901"),
            an_account(1007, name="Purged", fate=Fate.PURGED, removed_at=removed),
            an_account(20_008, name=None, modified_at=CREATED),
        ],
        contacts=[a_contact(501, account="901"), a_contact(502, account="1005", email=None), a_contact(503)],
        opportunities=[
            a_deal(
                71,
                account="901",
                stage="Price Quote",
                kind="New Business",
                lead_source="Partner Referral",
                contact_roles=[ContactRole(id="1", contact="501", role="Decision maker", is_primary=True)],
                partner_roles=[PartnerRole(id="2", account="903", role="Reseller", is_primary=True)],
                lines=[LineEntry(id="41", product="31", quantity=Decimal("2.5"), unit_price=Decimal("19.90"))],
                steps=[
                    StageStep(id="5", stage="Discovery", at=CREATED),
                    StageStep(id="6", stage="Price Quote", at=CHANGED),
                ],
            ),
            a_deal(72, currency="USD", stage="Closed Won", amount=None),
            a_deal(
                73,
                fate=Fate.DELETED,
                removed_at=removed,
                lines=[LineEntry(id="42", product="99", quantity=Decimal(1), unit_price=Decimal(1))],
            ),
        ],
        products=[a_product(31), a_product(32)],
        tickets=[a_ticket(61, account="901", contact="501"), a_ticket(62, account="903", opportunity="71", stage="4")],
        leads=[a_lead(81, converted_contact="501", first_name="Lea"), a_lead(82)],
    )


class Asker:
    """A client with the service key, or whatever key is given."""

    def __init__(self, http: httpx.AsyncClient, app: Starlette) -> None:
        self.http = http
        self.app = app

    async def get(self, path: str, **query: Any) -> httpx.Response:
        return await self.http.get(path, params=query)

    async def post(self, path: str, body: Any) -> httpx.Response:
        return await self.http.post(path, json=body)

    async def search(self, kind: str, *filters: dict[str, Any], **more: Any) -> httpx.Response:
        groups = [{"filters": list(filters)}] if filters else []
        return await self.post(f"/crm/objects/2026-03/{kind}/search", {"filterGroups": groups, **more})

    async def found(self, kind: str, *filters: dict[str, Any], **more: Any) -> list[str]:
        response = await self.search(kind, *filters, **more)
        assert response.status_code == 200, response.text
        return [each["id"] for each in response.json()["results"]]


def unhurried(**more: Any) -> Limits:
    return Limits(**{"burst": 10**6, "searches": 10**6, **more})


@asynccontextmanager
async def asking(world: World, clock: Clock | None = None, key: str | None = None, **more: Any) -> AsyncIterator[Asker]:
    more.setdefault("limits", unhurried())
    app = hubspot_app(world, clock or StoppedClock(), **more)
    headers = {"Authorization": f"Bearer {key or credentials().service_key}"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=headers) as http:
        yield Asker(http, app)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def world() -> World:
    return a_full_world()


@pytest.fixture
async def hubspot(world: World, clock: StoppedClock) -> AsyncIterator[Asker]:
    async with asking(world, clock) as asker:
        yield asker
