"""Countries as keys."""

from functools import cache, lru_cache

import orjson

from hub.graph.text import folded, territories

_LONGEST_NAME = 100


@lru_cache(maxsize=4096)
def country_code(text: str | None) -> str | None:
    """ISO 3166 code of a country however a source spells it, in lower case; None where it is not understood."""
    code = _code(text[:_LONGEST_NAME]) if text else None
    return code.partition("-")[0] if code else None


def _code(text: str) -> str | None:
    key = folded(text)
    return _codes().get(key) if key else None


@cache
def _codes() -> dict[str, str]:
    """Code by folded code or name. Of two places with one name, the one whose own name it is comes first."""
    known = [orjson.loads(line) for line in territories()]
    codes: dict[str, str] = {}
    for of in (_identifiers, _own_names, _other_names):
        for place in known:
            for text in of(place):
                codes.setdefault(folded(text) or text, place["code"])
    return codes


def _identifiers(place: dict[str, str | list[str]]) -> list[str]:
    return [
        text for text in (place["code"], place.get("alpha3"), *place.get("other_codes", ())) if isinstance(text, str)
    ]


def _own_names(place: dict[str, str | list[str]]) -> list[str]:
    return [
        text for text in (place["name"], place["full_name"], *place.get("names_strong", ())) if isinstance(text, str)
    ]


def _other_names(place: dict[str, str | list[str]]) -> list[str]:
    return list(place.get("names_weak", ()))
