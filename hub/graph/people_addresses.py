"""E-mail addresses as keys: which mailbox a text names, and whether a person or a role reads it."""

from functools import lru_cache
from typing import NamedTuple

from hub.graph.domains import is_shared, registrable_domain
from hub.graph.people_words import ALIASES, IGNORED, ROLES


class Address(NamedTuple):
    """A mailbox, in the form that all spellings of it have in common."""

    key: str
    """All of it."""
    mailbox: str
    host: str
    company: str | None
    """The registrable domain, where it is a company's and not a provider's of mail for everybody."""

    @property
    def is_of_a_role(self) -> bool:
        """Whether several people read it, or nobody."""
        return self.mailbox in ROLES


def address_of(text: str | None) -> Address | None:
    """The address in `text`, such as "Ada <ada+news@gmail.com>", or None where there is none."""
    if not text or "@" not in text:
        return None
    if "<" in text:
        text = text.partition("<")[2].partition(">")[0]
    mailbox, _, host = text.strip().casefold().removeprefix("mailto:").rpartition("@")
    host = host.removesuffix(".")
    if not mailbox or "." not in host or len(text.split()) != 1:
        return None
    host, company = _host(host)
    # A tag behind a plus is the sender's own note, at any host that lets one through (RFC 5233).
    bare = mailbox.partition("+")[0] or mailbox
    for character in IGNORED.get(host, ""):
        bare = bare.replace(character, "")
    mailbox = bare or mailbox
    return Address(f"{mailbox}@{host}", mailbox, host, company)


@lru_cache(maxsize=100_000)
def _host(host: str) -> tuple[str, str | None]:
    host = _ascii(host)
    host = ALIASES.get(host, host)
    domain = registrable_domain(host)
    return host, None if domain is None or is_shared(domain) else domain


def _ascii(host: str) -> str:
    """As the network knows it: müller.de is xn--mller-kva.de. What it cannot know stays as it is."""
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
