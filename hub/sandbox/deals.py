"""What is sold to whom, before anybody types it into a system."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hub.sandbox.chance import happens, one_of
from hub.sandbox.companies import KnownCompany, bare_name
from hub.sandbox.countries import UNITS_PER_DOLLAR, country_facts
from hub.sandbox.world import StageEntry

STAGES = (
    StageEntry(name="Prospecting", position=1, probability=10, is_closed=False, is_won=False),
    StageEntry(name="Qualification", position=2, probability=20, is_closed=False, is_won=False),
    StageEntry(name="Needs Analysis", position=3, probability=35, is_closed=False, is_won=False),
    StageEntry(name="Proposal/Price Quote", position=4, probability=60, is_closed=False, is_won=False),
    StageEntry(name="Negotiation/Review", position=5, probability=80, is_closed=False, is_won=False),
    StageEntry(name="Closed Won", position=6, probability=100, is_closed=True, is_won=True),
    StageEntry(name="Closed Lost", position=7, probability=0, is_closed=True, is_won=False),
)
OPEN_STAGES = tuple(stage.name for stage in STAGES if not stage.is_closed)

PRODUCTS = tuple(
    (name, f"LF-{number:03}", family, Decimal(price))
    for number, (name, family, price) in enumerate(
        (
            ("Lumen Core", "Platform", "1200.00"),
            ("Lumen Core Enterprise", "Platform", "4800.00"),
            ("Lumen Graph", "Platform", "2400.00"),
            ("Lumen Stream", "Platform", "1800.00"),
            ("Lumen Vault", "Security", "950.00"),
            ("Lumen Shield", "Security", "640.00"),
            ("Lumen Audit", "Security", "310.50"),
            ("Lumen Connect for SAP", "Connectors", "780.00"),
            ("Lumen Connect for Oracle", "Connectors", "780.00"),
            ("Lumen Connect, basic", "Connectors", "99.99"),
            ("Onboarding package", "Services", "7500.00"),
            ("Consulting day", "Services", "1450.00"),
            ("Architecture review", "Services", "5200.00"),
            ("Training seat", "Education", "890.00"),
            ("Certification exam", "Education", "250.00"),
            ("Support Silver", "Support", "1100.00"),
            ("Support Gold", "Support", "2900.00"),
            ("Support Platinum", "Support", "8400.00"),
            ('19" appliance', "Hardware", "12400.00"),
            ("Legacy licence", "Platform", "0.00"),
        ),
        start=1,
    )
)
"""Name, code, family and price of everything that is sold, in US dollars."""

KINDS = ("New Business", "New Business", "Existing Business - Upgrade", "Renewal", None)
PARTNER_SOURCE = "Partner Referral"
LEAD_SOURCES = ("Web", PARTNER_SOURCE, "Trade Show", "Phone Inquiry", "Other", None)
PARTNER_ROLES = ("Reseller", "System Integrator", "Technology Partner")
"""By the partner's place among the partners."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of a product, by its place among PRODUCTS."""

    product: int
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal as it is."""

    number: int
    company: int
    name: str
    stage: str
    amount: Decimal | None
    currency: str
    lines: tuple[Line, ...]
    partners: tuple[int, ...]
    """Their places among the partners, the leading one first."""
    kind: str | None
    lead_source: str | None
    begins: float
    """Which part of the time since the account exists had passed."""
    lasts_days: int


def made_up_deals(
    companies: Iterable[KnownCompany],
    customers: frozenset[int],
    listed_by: Mapping[int, Sequence[int]],
    rng: random.Random,
) -> list[Deal]:
    """Each customer bought something once; a partner is mostly part of the deals with companies on its list."""
    deals: list[Deal] = []
    for known in companies:
        key = known.company.key
        if key in customers:
            deals.append(_deal(len(deals) + 1, known, "Closed Won", listed_by.get(key, ()), rng))
        while happens(rng, 0.33):
            stage = one_of(rng, (*OPEN_STAGES, "Closed Lost", "Closed Lost"))
            if key in customers and happens(rng, 0.4):
                stage = "Closed Won"
            deals.append(_deal(len(deals) + 1, known, stage, listed_by.get(key, ()), rng))
    return deals


def _deal(number: int, known: KnownCompany, stage: str, listed_by: Sequence[int], rng: random.Random) -> Deal:
    currency = one_of(rng, (country_facts(known.company.country).currency, "USD", "EUR"))
    lines = _lines(currency, rng)
    total = sum((line.quantity * line.unit_price for line in lines), Decimal(0))
    title = one_of(
        rng, ("{name} - Lumen rollout", "{name} \u2013 renewal, year 2", 'Lumen for "{name}"', "{name}", "{name} / Q4")
    )
    return Deal(
        number=number,
        company=known.company.key,
        name=title.format(name=bare_name(known.company.name)),
        stage=stage,
        amount=total if lines else one_of(rng, (None, _money(10 ** rng.uniform(3, 6), currency))),
        currency=currency,
        lines=lines,
        partners=_partners(listed_by, rng),
        kind=one_of(rng, KINDS),
        lead_source=one_of(rng, LEAD_SOURCES),
        begins=rng.random() ** 0.5,
        lasts_days=rng.randint(5, 220),
    )


def _lines(currency: str, rng: random.Random) -> tuple[Line, ...]:
    if happens(rng, 0.4):
        return ()
    products = rng.sample(range(len(PRODUCTS)), rng.randint(1, 3))
    return tuple(
        Line(
            product,
            Decimal(one_of(rng, ("1", "5", "10", "25", "2.5"))),
            _money(float(PRODUCTS[product][3]) * rng.uniform(0.8, 1.0), currency),
        )
        for product in products
    )


def _money(dollars: float, currency: str) -> Decimal:
    digits = Decimal(1) if currency in {"JPY", "KRW", "HUF", "IDR"} else Decimal("0.01")
    return (Decimal(dollars) * UNITS_PER_DOLLAR[currency]).quantize(digits)


def _partners(listed_by: Sequence[int], rng: random.Random) -> tuple[int, ...]:
    likely = [partner for partner in listed_by if happens(rng, 0.6)]
    if not likely and happens(rng, 0.06):
        likely = [rng.randrange(len(PARTNER_ROLES))]
    return tuple(likely[:2])
