"""What mapping knows of a record, as its source says it and as it is compared."""

import re
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from hub.graph.countries import country_code
from hub.graph.domains import is_shared, registrable_domain
from hub.graph.names import is_telling, standard_name

_NOT_A_DIGIT = re.compile(r"[^0-9]")
_DUNS_LENGTH = 9
_SHORTEST_DUNS = 7
"""Sources that keep the number as a number lose its leading zeros."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """One account record, as its source says it. `id` is the record's."""

    id: UUID
    name: str | None
    website: str | None = None
    domain: str | None = None
    country: str | None = None
    duns: str | None = None
    email_domains: tuple[str, ...] = ()
    """Of the contacts who work there."""
    owner_id: UUID | None = None
    """The organization whose record it is. It is no reason for or against; but matches are told within each owner."""


class Traits(NamedTuple):
    """What is compared of a record. Records with equal traits are compared once."""

    name: str
    """The words of its name; empty where there is none that tells anything."""
    letters: str
    """The same without spaces."""
    words: tuple[str, ...]
    """Their keys."""
    form: str
    domains: tuple[str, ...]
    country: str
    duns: str
    email_domains: tuple[str, ...]


def traits(company: Company) -> Traits:
    """What is compared of `company`."""
    name = standard_name(company.name)
    domains = _corporate(company.domain, company.website)
    return Traits(
        *(name if name and is_telling(name) else ("", "", (), "")),
        domains=domains,
        country=country_code(company.country) or "",
        duns=duns_number(company.duns) or "",
        email_domains=() if domains else _corporate(*company.email_domains),
    )


def duns_number(text: str | None) -> str | None:
    """The nine digits of a D-U-N-S number, or None where the text holds none."""
    digits = _NOT_A_DIGIT.sub("", text) if text else ""
    if not _SHORTEST_DUNS <= len(digits) <= _DUNS_LENGTH or len(set(digits)) == 1 or digits == "123456789":
        return None
    return digits.zfill(_DUNS_LENGTH)


def _corporate(*texts: str | None) -> tuple[str, ...]:
    domains = {registrable_domain(text) for text in texts}
    return tuple(sorted(domain for domain in domains if domain and not is_shared(domain)))
