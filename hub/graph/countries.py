"""Countries as keys."""

from functools import lru_cache

from rigour.territories import lookup_territory

_LONGEST_NAME = 100


@lru_cache(maxsize=4096)
def country_code(text: str | None) -> str | None:
    """ISO 3166 code of a country however a source spells it, in lower case; None where it is not understood."""
    territory = lookup_territory(text[:_LONGEST_NAME]) if text and text.strip() else None
    return territory.code.partition("-")[0] if territory else None


@lru_cache(maxsize=4096)
def is_country(word: str) -> bool:
    """Whether a word of a name is that of a country, and not of a part of one."""
    territory = lookup_territory(word)
    return territory is not None and "-" not in territory.code
