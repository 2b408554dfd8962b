"""A million account records in forty organizations, made of real companies and of what people make of them.

Half of the records are of listed companies, whose domains are known, half of legal entities, whose domains are made
up. A few companies are known to many organizations, most to one or two. Nothing ties the records of a company but what
is typed: no key is shared, and each organization types in its own way.
"""

import csv
import gzip
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from io import StringIO
from itertools import accumulate, pairwise
from random import Random
from typing import NamedTuple

from benchmarks.mapping.labeled import rows
from benchmarks.mapping.speed.noise import Habits, habits, parted, typed_name
from hub.sandbox.countries import COUNTRIES, Country

ORGANIZATIONS = 40
WHOLE = 1_000_000
"""Records of the whole world; a smaller one has as much smaller a share of the companies."""
LEAST = 1_000
SEED = 20_261_122
LONGEST_SLUG = 24

_BY_CODE = {country.iso2: country for country in COUNTRIES.values()}
_NOT_OF_A_DOMAIN = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Entity:
    """A company as it is. `key` is its place in the world."""

    key: int
    name: str
    domain: str
    country: Country

    @property
    def duns(self) -> str:
        return f"{(self.key + 1) * 7_919_113 % 999_999_937:09}"


class Typed(NamedTuple):
    """A record as its organization has it."""

    organization: int
    name: str
    website: str | None
    country: str | None
    duns: str | None
    truth: int


def world(records: int) -> Iterator[Typed]:
    """So many records, WHOLE at most; the same ones each time, by organization."""
    if not LEAST <= records <= WHOLE:
        raise ValueError(f"from {LEAST:,} to {WHOLE:,} records can be made, not {records:,}")
    entities = known(records / WHOLE)
    for organization, size in enumerate(_sizes(records)):
        rng = Random(f"{SEED}:{organization}")  # noqa: S311 - the same each time
        kept = habits(rng)
        chosen = _chosen(entities, size, kept.duplicates, rng)
        yield from (typed(entities, key, organization, kept, rng) for key in chosen)


def known(share: float) -> tuple[list[Entity], list[Entity]]:
    """That share of the listed companies and of the legal entities, the best known first."""
    rng = Random(SEED)  # noqa: S311 - the same each time
    listed, legal = _listed(), rows("legal_names")
    rng.shuffle(listed)
    rng.shuffle(legal)
    taken = {row["domain"] for row in listed}
    own = [
        Entity(key, row["name"], row["domain"], COUNTRIES.get(row["country"]) or _country(row["country"]))
        for key, row in enumerate(_first(listed, share))
    ]
    others = []
    for key, row in enumerate(_first(legal, share), start=len(own)):
        country = _country(row["country"])
        others.append(Entity(key, row["name"], _domain(row["name"], country, taken, rng), country))
    return own, others


def typed(
    entities: tuple[Sequence[Entity], Sequence[Entity]], key: int, organization: int, kept: Habits, rng: Random
) -> Typed:
    """What an organization has of the company of that key."""
    own, others = entities
    entity = own[key] if key < len(own) else others[key - len(own)]
    domain: str | None = entity.domain
    draw = rng.random()
    if draw < kept.no_website:
        domain = None
    elif draw < kept.no_website + kept.wrong_website:
        domain = rng.choice(own).domain
    elif draw < kept.no_website + kept.wrong_website + kept.other_website:
        domain = f"{entity.domain.partition('.')[0]}.{entity.country.tld}"
    return Typed(
        organization,
        typed_name(entity.name, entity.country, kept, rng),
        domain and kept.site.format(domain),
        None if rng.random() < kept.no_country else kept.country(entity.country),
        entity.duns if rng.random() < kept.duns else None,
        entity.key,
    )


def _sizes(records: int) -> list[int]:
    """The largest has about twice as many as the smallest."""
    weights = [(place + 10) ** -0.5 for place in range(ORGANIZATIONS)]
    ends = [round(records * part / sum(weights)) for part in accumulate(weights)]
    return [end - start for start, end in pairwise([0, *ends])]


def _chosen(
    entities: tuple[Sequence[Entity], Sequence[Entity]], size: int, duplicates: float, rng: Random
) -> list[int]:
    """Keys: half of them of each kind, some twice, in no order."""
    own, others = (len(each) for each in entities)
    twice = round(size * duplicates)
    once = size - twice
    keys = [*_well_known(own, once // 2, rng), *(own + key for key in _well_known(others, once - once // 2, rng))]
    keys += rng.sample(keys, twice)
    rng.shuffle(keys)
    return keys


def _well_known(count: int, wanted: int, rng: Random) -> list[int]:
    """Different numbers below `count`; the chance of one falls with its root."""
    found: dict[int, None] = {}
    while len(found) < wanted:
        found[int(count * rng.random() ** 2)] = None
    return list(found)


def _first(all_rows: Sequence[dict[str, str]], share: float) -> Sequence[dict[str, str]]:
    return all_rows[: round(len(all_rows) * share)]


def _listed() -> list[dict[str, str]]:
    packed = files("hub.sandbox").joinpath("data", "listed_companies.csv.gz").read_bytes()
    return list(csv.DictReader(StringIO(gzip.decompress(packed).decode(), newline="")))


def _country(code: str) -> Country:
    """Where the sandbox does not know how people write a country, they write its name or code as it is given."""
    return _BY_CODE.get(code) or Country(code, code, code, code, "USD", "com", "", "")


def _domain(name: str, country: Country, taken: set[str], rng: Random) -> str:
    """A domain that nobody has: of the words of the name, or of its first."""
    words = [word for word in _NOT_OF_A_DOMAIN.split(parted(name)[0].lower()) if word]
    slug = (words[0] if words and rng.random() < 0.15 else rng.choice(("", "-")).join(words))[:LONGEST_SLUG].strip("-")  # noqa: PLR2004
    slug, ending = slug or "company", rng.choice(("com", country.tld, country.tld))
    domain, number = f"{slug}.{ending}", 1
    while domain in taken:
        number += 1
        domain = f"{slug}{number}.{ending}"
    taken.add(domain)
    return domain
