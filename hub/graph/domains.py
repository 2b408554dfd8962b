"""Domains as keys: which registrable domain a text names, and which domains name no single company."""

import re
from functools import cache, lru_cache
from importlib import resources

from publicsuffixlist import PublicSuffixList

_LONGEST_TEXT = 2000
_LONGEST_HOST = 253
_SCHEMES = re.compile(r"(?:(?:https?|ftp|mailto)(?:[:;]/{0,3}|/{2,3}))+", re.IGNORECASE)
_BETWEEN_HOSTS = re.compile(r"[\s/\\?#!,;|<>()\[\]{}\"']+")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_SHORTEST_CORNER = 3
"""Shorter are languages and countries."""
_RESERVED = frozenset({"example", "test"})
"""Top-level domains for documentation and tests; no list of suffixes has them (RFC 2606)."""


def registrable_domain(text: str | None) -> str | None:
    """The registrable domain in a URL, host or e-mail address of any shape: lower case, IDNA-encoded.

    A tenant of a host that the public suffix list names is a domain of its own (acme.github.io). So is a shared
    host below a company's domain (sites.google.com), which would otherwise pass for the company.
    """
    host = _host(text) if text else None
    if host is None:
        return None
    return _shared_host(host) or _registrable(host)


def corner(url: str, domain: str) -> str:
    """The part of the site of its registrable domain that a URL leads to: "labs" of labs.acme.com and acme.com/en/labs.

    Empty where it is the whole site, in whichever language.
    """
    host = _host(url)
    if host is None or not host.endswith(domain):
        return ""
    named = host.removesuffix(domain).split(".")
    path = _SCHEMES.sub("", url[:_LONGEST_TEXT].strip()).partition("/")[2].partition("?")[0].partition("#")[0]
    parts = [*named, *(segment.partition(".")[0] for segment in path.casefold().split("/"))]
    return " ".join(part for part in parts if len(part) >= _SHORTEST_CORNER and not _is_front_door(part, domain))


def _is_front_door(part: str, domain: str) -> bool:
    return part in _lines("front_doors.txt") or label(domain) in part


def is_shared(domain: str) -> bool:
    """Whether many companies use `domain`: free mail, social networks, site builders and the like."""
    return domain in _lines("shared_domains.txt")


def label(domain: str) -> str:
    """The part of a registrable domain that its owner chose: "acme" of acme.co.uk."""
    return domain.partition(".")[0]


@lru_cache(maxsize=1 << 16)
def _host(text: str) -> str | None:
    shortened = _SCHEMES.sub("", text[:_LONGEST_TEXT].strip().replace("\N{IDEOGRAPHIC FULL STOP}", "."))
    token = next((token for token in _BETWEEN_HOSTS.split(shortened) if "." in token), "")
    host = token.rpartition("@")[2].partition(":")[0].strip(".")
    if not 0 < len(host) <= _LONGEST_HOST:
        return None
    host = _ascii(host)
    return host if all(map(_LABEL.fullmatch, host.split("."))) else None


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    try:
        return host.encode("idna").decode("ascii").lower().strip(".")
    except UnicodeError:
        return ""


def _shared_host(host: str) -> str | None:
    labels = host.split(".")
    suffixes = (".".join(labels[start:]) for start in range(max(0, len(labels) - 4), len(labels) - 1))
    return next((suffix for suffix in suffixes if suffix in _lines("shared_domains.txt")), None)


@lru_cache(maxsize=1 << 16)
def _registrable(host: str) -> str | None:
    labels = host.split(".")
    if labels[-1] in _RESERVED:
        return ".".join(labels[-2:]) if len(labels) > 1 else None
    domain: str | None = _suffixes().privatesuffix(host)
    return domain


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@cache
def _lines(name: str) -> frozenset[str]:
    lines = resources.files(__package__).joinpath(name).read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
