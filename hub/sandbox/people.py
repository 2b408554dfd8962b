"""Invented people, a few at each company, with addresses under .example."""

import random
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from hub.sandbox.chance import happens, one_of
from hub.sandbox.facts import Company, Human


def _names(file: str) -> tuple[str, ...]:
    return tuple(files("hub.sandbox").joinpath("data", file).read_text(encoding="utf-8").split())


FIRST_NAMES = _names("first_names.txt")
LAST_NAMES = _names("last_names.txt")
FREE_MAIL = ("postbox.example", "freemail.example", "webmail.example")

_HEADCOUNT = (1, 1, 2, 2, 3, 4)


def people(companies: Iterable[Company], rng: random.Random) -> dict[int, Human]:
    """The people by key, those of one company next to each other."""
    humans: dict[int, Human] = {}
    taken: set[str] = set()
    for company in companies:
        host = mail_host(company)
        host = f"{host}.example" if host not in taken else f"{host}-{company.key}.example"
        taken.add(host.removesuffix(".example"))
        for _ in range(one_of(rng, _HEADCOUNT)):
            human = _human(len(humans) + 1, company.key, host, rng)
            humans[human.key] = human
    return humans


def mail_host(company: Company) -> str:
    """The company's name as the label of a host."""
    label = (company.domain or "").split(".")[0] or slug(company.name)[:40].strip("-")
    return label or "company"


@lru_cache(maxsize=1024)
def slug(text: str) -> str:
    """What is left of a text in ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _human(key: int, company: int, host: str, rng: random.Random) -> Human:
    first, last = one_of(rng, FIRST_NAMES), one_of(rng, LAST_NAMES)
    mailbox = ".".join(part for part in (slug(first), slug(last)) if part) or "office"
    if happens(rng, 0.06):
        mailbox, host = f"{mailbox}{key}", one_of(rng, FREE_MAIL)
    return Human(key=key, company=company, first_name=first, last_name=last, email=f"{mailbox}@{host}")
