"""The made-up ecosystem that is measured: the same seed and sizes make the same facts, whatever the schema.

Accounts have one to three records, each in another connection; contacts and opportunities hang on records. Some
connections belong to another organization, and some records were archived at their source, so that what the home
organization may see is less than what there is.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

Choice = TypeVar("Choice")

SEED = 20261101
START = datetime(2026, 1, 1, tzinfo=UTC)
TODAY = date(2026, 11, 1)
MILLISECONDS = int(START.timestamp() * 1000)
CONTACTS_PER_ACCOUNT = 3
ARCHIVED = 0.03
"""The share of records and opportunities that were archived at their source."""
LIKE_ITS_ACCOUNT = 0.8
"""The share of records that spell the account's name in full."""
PRICED = 0.95
"""The share of opportunities that have an amount."""

FIRST = (
    "Amber Arctic Atlas Aurora Azure Beacon Birch Bluebird Bright Cedar Cinder Clear Cobalt Copper Coral Crest "
    "Crimson Delta Eagle Echo Elm Ember Evergreen Falcon Fern Flint Forge Frontier Garnet Golden Granite Green "
    "Harbor Hazel Helix Heron Hickory Horizon Indigo Iron Ivory Jade Juniper Keystone Lark Laurel Lunar Maple "
    "Marble Meridian Mesa Mint Noble North Oak Ocean Olive Onyx Opal Orchid Osprey Pearl Pine Pioneer Polar "
    "Prairie Quartz Quill Rapid Raven Red Ridge River Robin Ruby Saffron Sage Sapphire Scarlet Sierra Silver "
    "Solar Sparrow Spruce Sterling Stone Summit Swift Teal Terra Thistle Timber Topaz Tulip Umber Valley Velvet "
    "Violet Vista Walnut West White Willow Winter Zephyr"
).split()
SECOND = (
    "Analytics Apparel Automation Bakery Biotech Bridge Broadcasting Brothers Capital Ceramics Chemicals Cloud "
    "Coffee Components Construction Consulting Controls Credit Dairy Data Dental Design Diagnostics Digital "
    "Dynamics Education Electric Energy Engineering Equipment Events Farms Fashion Films Finance Foods Freight "
    "Furniture Games Gardens Glass Grid Health Holdings Hospitality Hotels Imaging Industries Instruments "
    "Insurance Interiors Labs Leasing Legal Lighting Logistics Machines Marine Markets Materials Media Medical "
    "Metals Mining Mobility Motors Networks Optics Outdoor Packaging Paper Partners Pharma Photonics Plastics "
    "Power Press Printing Properties Rail Recycling Research Retail Robotics Security Semiconductor Services "
    "Shipping Software Sports Steel Storage Studios Supply Systems Telecom Textiles Toys Trading Travel Ventures "
    "Water Wireless Works"
).split()
FORMS = ("Inc", "Ltd", "GmbH", "SA", "LLC", "AG", "BV", "AB", "Oy", "Group")
INDUSTRIES = ("Software", "Manufacturing", "Healthcare", "Retail", "Finance", "Energy", "Education", "Transport")
CITIES = (
    ("Berlin", "Germany"),
    ("Paris", "France"),
    ("Austin", "United States"),
    ("Boston", "United States"),
    ("Leeds", "United Kingdom"),
    ("Utrecht", "Netherlands"),
    ("Malmö", "Sweden"),
    ("Graz", "Austria"),
)
DEALS = ("renewal", "expansion", "pilot", "new business", "migration", "add-on")
CURRENCIES = ("EUR", "USD", "GBP")
PEOPLE = ("Alex", "Blake", "Casey", "Devon", "Ellis", "Frankie", "Gray", "Harper", "Indra", "Jules", "Kim", "Lee")

HOME, OTHER = 0, 1
"""Organizations by number: who asks, and another one."""


@dataclass(frozen=True, slots=True)
class Connection:
    """Owned by one of the two organizations."""

    number: int
    owner: int
    id: str

    @property
    def name(self) -> str:
        return f"{'home' if self.owner == HOME else 'other'}-{self.number:03}"


@dataclass(frozen=True, slots=True)
class Opportunity:
    id: str
    link_id: str
    external_id: str
    name: str
    amount: str | None
    currency: str
    close_date: date
    archived: bool


@dataclass(frozen=True, slots=True)
class Contact:
    id: str
    link_id: str
    external_id: str
    first_name: str
    last_name: str
    email: str


@dataclass(frozen=True, slots=True)
class Record:
    id: str
    connection: Connection
    external_id: str
    name: str
    industry: str
    employees: int
    city: str
    country: str
    modified_at: datetime
    archived: bool
    contacts: list[Contact] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    domain: str
    created_at: datetime
    records: list[Record]


@dataclass(frozen=True, slots=True)
class World:
    """How large; half as many connections again belong to the other organization, at least one."""

    accounts: int = 100_000
    home_connections: int = 4

    def connections(self) -> list[Connection]:
        others = max(1, self.home_connections // 2)
        ids = Ids(random.Random(SEED), kind=1)  # noqa: S311 - not for secrets
        owners = [HOME] * self.home_connections + [OTHER] * others
        return [Connection(number, owner, ids.next(0)) for number, owner in enumerate(owners)]

    def companies(self) -> Iterator[Account]:
        """Every account with all that hangs on it."""
        chance = random.Random(SEED + 1)  # noqa: S311
        maker = _Maker(chance, self.connections(), Ids(chance, kind=2))
        return (maker.account(number) for number in range(self.accounts))


@dataclass(slots=True)
class Ids:
    """UUIDs of version 7, as the hub's database mints them: in time order, otherwise random."""

    chance: random.Random
    kind: int

    def next(self, second: int) -> str:
        time = f"{MILLISECONDS + second * 1000:012x}"
        noise = f"{self.chance.getrandbits(68):017x}"
        return f"{time[:8]}-{time[8:]}-7{self.kind:x}{noise[:2]}-8{noise[2:5]}-{noise[5:]}"


@dataclass(slots=True)
class _Maker:
    chance: random.Random
    connections: list[Connection]
    ids: Ids

    def account(self, number: int) -> Account:
        chance = self.chance
        second = number * 10
        name = f"{_one(chance, FIRST)} {_one(chance, SECOND)} {_one(chance, FORMS)}"
        domain = f"{name.rpartition(' ')[0].lower().replace(' ', '-')}-{number}.example"
        count = min(_between(chance, 1, 3), len(self.connections))
        records = [self.record(name, second, connection) for connection in chance.sample(self.connections, count)]
        for position in range(CONTACTS_PER_ACCOUNT):
            _one(chance, records).contacts.append(self.contact(domain, second, position))
        for _ in range(1 + number % 2):
            _one(chance, records).opportunities.append(self.opportunity(name, second))
        return Account(self.ids.next(second), name, domain, START + timedelta(seconds=second), records)

    def record(self, name: str, second: int, connection: Connection) -> Record:
        chance = self.chance
        city, country = _one(chance, CITIES)
        id_ = self.ids.next(second)
        return Record(
            id=id_,
            connection=connection,
            external_id="A" + id_[-12:],
            name=name if chance.random() < LIKE_ITS_ACCOUNT else name.rpartition(" ")[0],
            industry=_one(chance, INDUSTRIES),
            employees=_between(chance, 2, 20_000),
            city=city,
            country=country,
            modified_at=START + timedelta(seconds=second + _between(chance, 60, 600_000)),
            archived=chance.random() < ARCHIVED,
        )

    def contact(self, domain: str, second: int, position: int) -> Contact:
        chance = self.chance
        first, last, id_ = _one(chance, PEOPLE), _one(chance, FIRST), self.ids.next(second)
        email = f"{first}.{last}.{position}@{domain}".lower()
        return Contact(id_, self.ids.next(second), "C" + id_[-12:], first, last, email)

    def opportunity(self, name: str, second: int) -> Opportunity:
        chance = self.chance
        id_ = self.ids.next(second)
        return Opportunity(
            id=id_,
            link_id=self.ids.next(second),
            external_id="O" + id_[-12:],
            name=f"{name} {_one(chance, DEALS)}",
            amount=f"{_between(chance, 1_000, 900_000)}.{_between(chance, 0, 99):02}"
            if chance.random() < PRICED
            else None,
            currency=_one(chance, CURRENCIES),
            close_date=TODAY + timedelta(days=_between(chance, -200, 500)),
            archived=chance.random() < ARCHIVED,
        )


def _one(chance: random.Random, choices: Sequence[Choice]) -> Choice:
    """As Random.choice does, in a third of the time."""
    return choices[int(chance.random() * len(choices))]


def _between(chance: random.Random, least: int, most: int) -> int:
    return least + int(chance.random() * (most - least + 1))
