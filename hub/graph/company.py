"""What mapping knows of a record, as its source says it, and what becomes of each of its facts."""

import re
from dataclasses import dataclass
from uuid import UUID

from hub.graph.domains import is_shared, registrable_domain

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


def duns_number(text: str | None) -> str | None:
    """The nine digits of a D-U-N-S number, or None where the text holds none."""
    digits = _NOT_A_DIGIT.sub("", text) if text else ""
    if not _SHORTEST_DUNS <= len(digits) <= _DUNS_LENGTH or _is_made_up(digits):
        return None
    return digits.zfill(_DUNS_LENGTH)


def _is_made_up(digits: str) -> bool:
    return len(digits.replace("0", "")) <= 1 or len(set(digits)) == 1 or digits in {"123456789", "987654321"}


def corporate_domains(*texts: str | None) -> list[str]:
    """The registrable domains in `texts` that are not shared by many companies; each once, in order."""
    domains = {registrable_domain(text) for text in texts}
    return sorted(domain for domain in domains if domain and not is_shared(domain))
