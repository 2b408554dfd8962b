"""What is true in the made-up ecosystem, whatever anybody typed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A real company: name, domain and country come from open data."""

    key: int
    name: str
    domain: str | None
    country: str
    """English short name."""
    city: str | None
    industry: str | None
    parent: int | None = None
    """Key of the company that owns it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Human:
    """An invented person who works at a company."""

    key: int
    company: int
    first_name: str
    last_name: str
    email: str
    """At the company's domain under .example, or a free-mail address under .example."""
