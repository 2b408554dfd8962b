"""The companies of the ecosystem: real ones, and national subsidiaries derived from them where more are needed.

A derived company is real in name only: "Bechtle Nederland B.V." at bechtle.nl, owned by Bechtle AG, may or may not
exist. There are as many of them as anyone asks for.
"""

import csv
import gzip
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from io import StringIO
from itertools import count, islice

from hub.sandbox.countries import COUNTRIES, Country
from hub.sandbox.facts import Company

PARTNER_DOMAINS = ("bechtle.com", "capgemini.com", "elastic.co")
"""The reseller, the integrator and the technology partner; their keys are 1, 2 and 3."""

_DERIVED_SHARE = 0.06
_LEGAL_FORM = re.compile(
    r"[\s,]+(?:(?:Public |Private )?Company Limited|Public Limited Company|Aktiengesellschaft|Incorporated|Inc\.?|"
    r"Co\.?,? ?(?:Ltd|Limited)\.?|Corporation|Corp\.?|Limited|Ltd\.?|L\.?L\.?C\.?|plc|PLC|Plc|GmbH|AG|SE|KGaA|"
    r"N\.?V\.?|B\.?V\.?|S\.?A\.?|S\.?p\.?A\.?|S\.?r\.?l\.?|ASA|AS|A/S|AB|Oyj|Oy|Berhad|Bhd\.?|Tbk\.?|A\.S\.|"
    r"S\.A\.B\. de C\.V\.|(?:Pvt|Pty|Pte)\.? Ltd\.?)$"
)


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """A company, and what else people call it."""

    company: Company
    other_names: tuple[str, ...] = ()
    mistaken_for: str | None = None
    """The domain of another company."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """A row of the open data."""

    id: str
    name: str
    other_names: tuple[str, ...]
    domain: str | None
    country: str
    city: str | None
    industry: str | None
    parent: str | None
    """The id of another fact."""


def known_companies(wanted: int, rng: random.Random) -> dict[int, KnownCompany]:
    """About that many companies by key: the partners first, and a parent always before its children."""
    facts = _facts()
    chosen = _chosen(facts, min(len(facts), wanted - round(wanted * _DERIVED_SHARE)), rng)
    known = _real(chosen)
    derived = islice(_derived(list(known.values()), rng), max(0, wanted - len(known)))
    return known | {company.key: KnownCompany(company) for company in derived}


def bare_name(name: str) -> str:
    """The name without its legal form."""
    return _LEGAL_FORM.sub("", name)


def _chosen(facts: dict[str, _Fact], wanted: int, rng: random.Random) -> list[_Fact]:
    order = list(facts.values())
    rng.shuffle(order)
    chosen = {domain: facts[domain] for domain in PARTNER_DOMAINS}
    for fact in order:
        if len(chosen) >= wanted:
            break
        for owner in _lineage(fact, facts):
            chosen.setdefault(owner.id, owner)
    return list(chosen.values())


def _lineage(fact: _Fact, facts: dict[str, _Fact]) -> list[_Fact]:
    """The fact and those above it, the highest first."""
    lineage = [fact]
    while (parent := lineage[0].parent) is not None:
        lineage.insert(0, facts[parent])
    return lineage


def _real(chosen: list[_Fact]) -> dict[int, KnownCompany]:
    keys = {fact.id: key for key, fact in enumerate(chosen, start=1)}
    return {
        key: KnownCompany(
            Company(
                key=key,
                name=fact.name,
                domain=fact.domain,
                country=fact.country,
                city=fact.city,
                industry=fact.industry,
                parent=keys[fact.parent] if fact.parent is not None else None,
            ),
            fact.other_names,
            chosen[key - 2].domain,
        )
        for key, fact in enumerate(chosen, start=1)
    }


def _derived(real: list[KnownCompany], rng: random.Random) -> Iterator[Company]:
    """National subsidiaries without end: of each company in one country, then in the next; then second ones."""
    bases = [known.company for known in real if known.company.city]
    rng.shuffle(bases)
    taken = {known.company.domain for known in real}
    keys = count(len(real) + 1)
    countries = list(COUNTRIES.values())
    for turn in count():
        ordinal = "" if turn < len(countries) else str(turn // len(countries) + 1)
        for place, base in enumerate(bases):
            country = countries[(place + turn) % len(countries)]
            company = _subsidiary(base, country, ordinal)
            if country.name != base.country and company.domain not in taken:
                taken.add(company.domain)
                yield replace(company, key=next(keys))


def _subsidiary(base: Company, country: Country, ordinal: str) -> Company:
    label = (base.domain or "").split(".")[0]
    where = country.local if country.local.isascii() else country.name
    return Company(
        key=0,
        name=" ".join(part for part in (bare_name(base.name), where, ordinal, country.legal_form) if part),
        domain=f"{label}{ordinal}.{country.tld}",
        country=country.name,
        city=None,
        industry=base.industry,
        parent=base.key,
    )


@cache
def _facts() -> dict[str, _Fact]:
    trade_names = {row["domain"]: row["names"] for row in _rows("trade_names.csv.gz")}
    listed = (
        _fact(row, identity=row["domain"], other_names=trade_names.get(row["domain"], ""))
        for row in _rows("listed_companies.csv.gz")
    )
    registered = (
        _fact(row, identity=row["id"], other_names=row["other_names"]) for row in _rows("research_organizations.csv.gz")
    )
    return {fact.id: fact for fact in (*listed, *registered)}


def _fact(row: Mapping[str, str], identity: str, other_names: str) -> _Fact:
    return _Fact(
        id=identity,
        name=row["name"],
        other_names=tuple(name for name in other_names.split("|") if name),
        domain=row["domain"] or None,
        country=row["country"],
        city=row.get("city") or None,
        industry=row["industry"] or None,
        parent=row.get("parent") or None,
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    packed = files("hub.sandbox").joinpath("data", name).read_bytes()
    return csv.DictReader(StringIO(gzip.decompress(packed).decode(), newline=""))
