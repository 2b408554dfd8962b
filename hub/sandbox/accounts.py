"""Companies as the people of one system typed them."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from hub.sandbox import fates
from hub.sandbox.chance import happens, one_of
from hub.sandbox.companies import KnownCompany
from hub.sandbox.countries import UNITS_PER_DOLLAR, Country, country_facts
from hub.sandbox.facts import Company
from hub.sandbox.noise import WEBSITE_KINDS, Typed, name_as_typed, website_as_typed
from hub.sandbox.timeline import growing, modified, stamp, tied
from hub.sandbox.world import AccountEntry, Fate, System

SEGMENTS = ("Enterprise", "Mid-Market", "SMB", "Public Sector")

CUSTOM_FIELDS = {
    System.SALESFORCE: ("Segment__c", "Health_Score__c", "Is_Reference__c", "Renewal_Date__c"),
    System.HUBSPOT: ("segment", "health_score", "is_reference", "renewal_date"),
}
"""The home organization's own account fields, as each system names them."""

_DUPLICATE_SHARE = 0.03
_STREETS = ("Market Street", "Hauptstraße", "rue de l'Église", "Via Roma", "Main St.", "Industrieweg", "Park Avenue")
_HOST = re.compile(r"^\s*(?:[a-z]+:)?(?://)?(?:www\.)?([^\s/:?#]+\.[^\s/:?#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typist:
    """Who fills one system with accounts, and what they know."""

    system: System
    known: dict[int, KnownCompany]
    customers: frozenset[int]
    partners: frozenset[int]
    owners: Sequence[str]
    rng: random.Random

    def rows(self, members: Sequence[int], ids: Iterator[str]) -> list[AccountEntry]:
        """A row for each company of that key, now and then a second one, in the order of creation."""
        keys = [*members, *self.rng.sample(members, round(len(members) * _DUPLICATE_SHARE))]
        self.rng.shuffle(keys)
        created = tied(growing(len(keys), self.rng), self.rng)
        changed = modified(created, self.rng)
        rows = [self._row(key, next(ids), first, last) for key, first, last in zip(keys, created, changed, strict=True)]
        duplicates = self._duplicates(rows)
        if self.system is not System.PARTNER_LIST:
            fates.merge_some(duplicates, self.system, self.rng)
            fates.remove_some([row for row in rows if row.truth not in self.partners], self.system, self.rng)
            self._link_parents(rows)
        return rows

    def _row(self, key: int, identity: str, created: int, changed: int) -> AccountEntry:
        known = self.known[key]
        country = country_facts(known.company.country)
        name, website = self._name(known), self._website(known)
        row = AccountEntry(
            id=identity,
            created_at=stamp(self.system, created),
            modified_at=stamp(self.system, changed),
            truth=key,
            name=name.text,
            website=website.text,
            domain=_host(website.text) if self.system is System.HUBSPOT else None,
            industry=known.company.industry,
            city=known.company.city,
            country=self._country(known.company.country, country),
            kind=self._kind(key),
            planted=tuple(kind for kind in (name.kind, website.kind) if kind is not None),
        )
        self._add_details(row, country)
        if known.company.parent is not None:
            self._make_subsidiary(row, known.company)
        return row

    def _name(self, known: KnownCompany) -> Typed:
        if self.system is System.HUBSPOT and known.company.domain is not None and happens(self.rng, 0.01):
            return Typed("no-name", None)
        return name_as_typed(known, self.system, self.rng)

    def _website(self, known: KnownCompany) -> Typed:
        """Salesforce keeps no empty text: a cell has something in it, or null."""
        website = website_as_typed(known, self.system, self.rng)
        return Typed(website.kind, None) if website.text == "" and self.system is System.SALESFORCE else website

    def _country(self, name: str, facts: Country) -> str | None:
        forms = (name, name, name, facts.iso2 or name, facts.iso2 or name, facts.iso3 or name, facts.local or name)
        return one_of(self.rng, (*forms, None))

    def _kind(self, key: int) -> str | None:
        if key in self.partners:
            return "Partner"
        if happens(self.rng, 0.05):
            return None
        return "Customer" if key in self.customers else "Prospect"

    def _add_details(self, row: AccountEntry, country: Country) -> None:
        rng = self.rng
        size = 10 ** rng.uniform(1, 5)
        row.employees = self._employees(int(size))
        if happens(rng, 0.6):
            row.currency = country.currency
            row.revenue = Decimal(int(size * 0.15)) * 1_000_000 * UNITS_PER_DOLLAR[country.currency]
        if happens(rng, 0.7):
            row.phone = f"{country.phone}{rng.randrange(100):02}"
            row.street = (
                f"{rng.randrange(1, 200)} {one_of(rng, _STREETS)}{one_of(rng, ('', '', '', chr(10) + '2nd floor'))}"
            )
            row.postal_code = f"{rng.randrange(1000, 99999):05}"
        if happens(rng, 0.25):
            row.duns = f"{row.truth * 7_919 % 1_000_000_000:09}"
        if self.owners:
            row.owner = one_of(rng, self.owners)
            row.custom = self._custom()

    def _employees(self, size: int) -> str | None:
        """Salesforce checks that it is a number; others take what is typed."""
        if happens(self.rng, 0.25):
            return None
        if self.system is System.SALESFORCE or happens(self.rng, 0.85):
            return str(size)
        return one_of(
            self.rng, (f"{size:,}+", f"{size};{size + 22}", f"{size // 10}-{size}", "unknown", "", f"{size}.0")
        )

    def _custom(self) -> dict[str, object]:
        """The home organization's own fields: text, number, truth value and day."""
        rng = self.rng
        values = (
            one_of(rng, (*SEGMENTS, None)),
            one_of(rng, (None, round(rng.uniform(0, 100), 1))),
            happens(rng, 0.1),
            one_of(rng, (None, date(2027, rng.randint(1, 12), rng.randint(1, 28)))),
        )
        return dict(zip(CUSTOM_FIELDS[self.system], values, strict=True))

    def _make_subsidiary(self, row: AccountEntry, company: Company) -> None:
        row.planted = (*row.planted, "subsidiary")
        parent = self.known[company.parent or 0].company
        if parent.domain is not None and happens(self.rng, 0.25):
            row.website = f"https://www.{parent.domain}"
            row.domain = parent.domain if self.system is System.HUBSPOT else None
            row.planted = (*(kind for kind in row.planted if kind not in WEBSITE_KINDS), "shared-domain")

    def _duplicates(self, rows: Sequence[AccountEntry]) -> list[tuple[AccountEntry, AccountEntry]]:
        first: dict[int, AccountEntry] = {}
        pairs = [(row, first[row.truth]) for row in rows if first.setdefault(row.truth, row) is not row]
        for duplicate, _ in pairs:
            duplicate.planted = (*duplicate.planted, "duplicate")
        return pairs

    def _link_parents(self, rows: Sequence[AccountEntry]) -> None:
        live = {row.truth: row.id for row in rows if row.fate is Fate.LIVE}
        for row in rows:
            parent = self.known[row.truth].company.parent
            if parent is not None and row.fate is Fate.LIVE and happens(self.rng, 0.7):
                row.parent = live.get(parent)


def _host(website: str | None) -> str | None:
    """What HubSpot makes of a website."""
    found = _HOST.match(website or "")
    return found[1].lower() if found else None
