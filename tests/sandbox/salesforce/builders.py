"""A small world, and a client that is let in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
from starlette.applications import Starlette

from hub.sandbox.clock import HISTORY_ENDS, Clock
from hub.sandbox.salesforce import credentials
from hub.sandbox.salesforce.ids import record_id
from hub.sandbox.world import (
    AccountEntry,
    CampaignEntry,
    CampaignMemberEntry,
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
    UserEntry,
    World,
)

MAY = datetime(2026, 5, 1, 7, 25, 37, tzinfo=UTC)
STAMPS = {"created_at": MAY, "modified_at": MAY}
RECENTLY = HISTORY_ENDS - timedelta(days=3)

ANN, BOB = record_id("005", 1), record_id("005", 2)
ACME, GLOBEX, INITECH, UMBRELLA, HOOLI = (record_id("001", number) for number in range(1, 6))
JANE, JOHN = record_id("003", 1), record_id("003", 2)
DEAL, SMALL_DEAL = record_id("006", 1), record_id("006", 2)
PRODUCT = record_id("01t", 1)
LEAD = record_id("00Q", 1)
CAMPAIGN = record_id("701", 1)

STAGES = (
    StageEntry(name="Prospecting", position=1, probability=10, is_closed=False, is_won=False),
    StageEntry(name="Negotiation", position=2, probability=60, is_closed=False, is_won=False),
    StageEntry(name="Commit", position=3, probability=90, is_closed=False, is_won=False),
    StageEntry(name="Closed Won", position=4, probability=100, is_closed=True, is_won=True),
    StageEntry(name="Closed Lost", position=5, probability=0, is_closed=True, is_won=False),
)


class HandClock(Clock):
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.time = HISTORY_ENDS

    def now(self) -> datetime:
        return self.time


def an_account(external_id: str = ACME, **facts) -> AccountEntry:
    defaults = {"created_at": MAY, "modified_at": MAY, "truth": 1, "name": "Acme"}
    return AccountEntry(id=external_id, **(defaults | facts))


def accounts() -> list[AccountEntry]:
    return [
        an_account(
            ACME,
            name="Acme GmbH",
            website="https://acme.example",
            revenue=Decimal("139000000.00"),
            currency="EUR",
            employees="250",
            kind="Customer",
            street="Main Street 1",
            city="Bonn",
            postal_code="53111",
            country="Germany",
            duns="123456789",
            owner=BOB,
            custom={"Region_Team__c": "DACH", "Score__c": Decimal("7.5"), "Is_Key__c": True, "Mixed__c": "a"},
        ),
        an_account(
            GLOBEX,
            name="globex 100% Ltd",
            created_at=MAY + timedelta(days=1),
            modified_at=MAY + timedelta(days=2),
            revenue=Decimal("50000.5"),
            kind="Prospect",
            employees="about 40",
            parent=ACME,
            custom={"Mixed__c": 3, "Renewal__c": date(2027, 1, 31), "Unset__c": None},
        ),
        an_account(INITECH, name="Initech O'Neil", modified_at=RECENTLY, kind="Partner"),
        an_account(
            UMBRELLA, name="Umbrella", fate=Fate.DELETED, removed_at=RECENTLY, modified_at=RECENTLY, website="u.example"
        ),
        an_account(HOOLI, name="ACME", fate=Fate.MERGED, merged_into=ACME, removed_at=RECENTLY, modified_at=RECENTLY),
        an_account(record_id("001", 6), name="Purged", fate=Fate.PURGED, removed_at=RECENTLY),
        an_account(
            record_id("001", 7), name="Long gone", fate=Fate.PURGED, removed_at=HISTORY_ENDS - timedelta(days=20)
        ),
    ]


def big_deal() -> OpportunityEntry:
    return OpportunityEntry(
        id=DEAL,
        created_at=MAY,
        modified_at=MAY + timedelta(days=3),
        truth=1,
        name="Big deal",
        account=ACME,
        stage="Negotiation",
        amount=Decimal("12500000.00"),
        currency="EUR",
        close_date=date(2026, 12, 24),
        kind="New Business",
        owner=ANN,
        campaign=CAMPAIGN,
        contact_roles=[
            ContactRole(id=record_id("00K", 1), contact=JANE, role="Decision Maker", is_primary=True),
            ContactRole(id=record_id("00K", 2), contact=JOHN, role="Influencer", is_primary=False),
        ],
        partner_roles=[PartnerRole(id=record_id("00J", 1), account=INITECH, role="Reseller", is_primary=True)],
        lines=[
            LineEntry(id=record_id("00k", 1), product=PRODUCT, quantity=Decimal(3), unit_price=Decimal("99.5")),
            LineEntry(id=record_id("00k", 2), product=record_id("01t", 9), quantity=Decimal(1), unit_price=Decimal(5)),
        ],
        steps=[
            StageStep(id=record_id("008", 1), stage="Prospecting", at=MAY),
            StageStep(id=record_id("008", 2), stage="Negotiation", at=MAY + timedelta(days=3)),
        ],
    )


def small_deal() -> OpportunityEntry:
    return OpportunityEntry(
        id=SMALL_DEAL,
        created_at=MAY,
        modified_at=MAY,
        truth=2,
        name="Small deal",
        account=None,
        stage="Closed Lost",
        amount=None,
        currency=None,
        close_date=date(2026, 2, 28),
        steps=[StageStep(id=record_id("008", 3), stage="Closed Lost", at=MAY)],
    )


def a_lead() -> LeadEntry:
    return LeadEntry(
        id=LEAD,
        company="Globex",
        first_name="Lee",
        last_name="Lane",
        email="lee@globex.example",
        status="Qualified",
        lead_source="Partner Referral",
        country="France",
        converted_account=GLOBEX,
        converted_on=date(2026, 6, 1),
        **STAMPS,
    )


def a_campaign() -> CampaignEntry:
    return CampaignEntry(
        id=CAMPAIGN,
        name="Spring",
        kind="Webinar",
        status="Completed",
        starts_on=date(2026, 3, 1),
        ends_on=date(2026, 3, 31),
        budget=Decimal(1000),
        members=[
            CampaignMemberEntry(
                id=record_id("00v", 1), contact=JANE, lead=None, status="Responded", has_responded=True
            ),
            CampaignMemberEntry(id=record_id("00v", 2), contact=None, lead=LEAD, status="Sent", has_responded=False),
            CampaignMemberEntry(
                id=record_id("00v", 3),
                contact=None,
                lead=record_id("00Q", 9),
                status="Sent",
                has_responded=False,
            ),
        ],
        **STAMPS,
    )


def a_copy() -> Copy:
    return Copy(
        users=[
            UserEntry(id=ANN, first_name="Ann", last_name="Archer", email="ann@home.example", **STAMPS),
            UserEntry(id=BOB, first_name="Bob", last_name="Baker", email="bob@home.example", is_active=False, **STAMPS),
        ],
        accounts=accounts(),
        contacts=[
            ContactEntry(
                id=JANE,
                truth=1,
                account=ACME,
                first_name="Jane",
                last_name="Doe",
                email="jane@acme.example",
                **STAMPS,
            ),
            ContactEntry(id=JOHN, truth=2, account=None, first_name=None, last_name="Roe", **STAMPS),
        ],
        opportunities=[big_deal(), small_deal()],
        products=[ProductEntry(id=PRODUCT, name="Suite", code="S-1", family="Software", price=Decimal(120), **STAMPS)],
        leads=[a_lead()],
        campaigns=[a_campaign()],
    )


def a_world(copy: Copy | None = None) -> World:
    return World(
        home_name="Home Inc.",
        home_domain="home.example",
        program="Partners",
        tiers=("Silver", "Gold"),
        companies={},
        humans={},
        stages=STAGES,
        salesforce=copy or a_copy(),
        hubspot=Copy(),
        partners=(),
    )


def many_accounts(number: int) -> list[AccountEntry]:
    return [an_account(record_id("001", serial), name=f"Account {serial}") for serial in range(1, number + 1)]


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://org.example")


async def let_in(client: httpx.AsyncClient) -> httpx.AsyncClient:
    known = credentials()
    form = {
        "grant_type": "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }
    granted = (await client.post("/services/oauth2/token", data=form)).json()
    client.headers["Authorization"] = f"Bearer {granted['access_token']}"
    return client


@asynccontextmanager
async def a_client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app) as client:
        yield await let_in(client)
