"""Text as keys: the native part of rigour.

Its Python part imports ICU, which has no wheel for Linux and so wants a compiler; the native part, which does all
the work, needs nothing. Why and until when: docs/decisions/0007-rigour-without-icu.md.
"""

from typing import NamedTuple

from rigour._core import (
    NamePartTag,
    NameTypeTag,
    Span,
    _normalize,
    analyze_names,
    maybe_ascii,
    metaphone,
    territories_jsonl,
)

__all__ = ["Part", "analyzed", "folded", "latin", "sounding", "territories"]

# Bits of rigour.text.normalize.Normalize, and a value of its Cleanup.
_SQUASH_SPACES, _CASEFOLD, _NFKD = 1 << 1, 1 << 2, 1 << 5
_FOLDED = _SQUASH_SPACES | _CASEFOLD | _NFKD
_STRONG = 1
_FORM = "ORGCLS"
_FORMS = frozenset({"company", "corporation", "incorporated", "limited"})
_MEANINGS = frozenset({"NUM", "DOMAIN", "SYMBOL", "LOC"})


def folded(text: str) -> str | None:
    """The text without case, accents and punctuation; None where nothing is left."""
    return _normalize(text, _FOLDED, _STRONG)


def latin(text: str) -> str:
    """The text in Latin letters, where its script is one that has an agreed spelling in them."""
    return maybe_ascii(text)


def sounding(word: str) -> str:
    """How the word sounds in English, so that gasprom is gazprom: https://en.wikipedia.org/wiki/Metaphone."""
    return metaphone(word)


class Part(NamedTuple):
    """A part of a name."""

    text: str
    """As it is spelled, folded; of several words that mean one thing, all of them, and none in the parts after it."""
    symbol: str
    """What it means in any language, as rigour knows it: "DOMAIN:BANK", "NUM:44", "LOC:nl"; or empty."""
    form: str
    """The kind of legal form that it is, such as "LLC"; or empty."""


def analyzed(name: str) -> list[Part]:
    """The parts of a name, in order."""
    for found in analyze_names(NameTypeTag.ORG, [name], phonetics=False, consolidate=False):
        forms = {span.parts[0].index: span.symbol.id for span in found.spans if span.symbol.category.value == _FORM}
        meant, silent = _meanings(found.spans)
        return [
            Part(
                text="" if part.index in silent else meant.get(part.index, ("", part.comparable))[1],
                symbol=meant.get(part.index, ("", ""))[0],
                form=forms.get(part.index, "") if part.tag == NamePartTag.LEGAL else "",
            )
            for part in found.parts
        ]
    return []


def _meanings(spans: list[Span]) -> tuple[dict[int, tuple[str, str]], set[int]]:
    """By the place of its first part: what a span means, and its letters; and the places that it covers besides."""
    meant: dict[int, tuple[str, str]] = {}
    silent: set[int] = set()
    for span in sorted(spans, key=lambda span: (-len(span.parts), span.symbol.category.value != "NUM")):
        symbol, places = span.symbol, [part.index for part in span.parts]
        if symbol.category.value not in _MEANINGS or any(place in meant or place in silent for place in places):
            continue
        # One company's own words, its legal form among them.
        if len(places) > 1 and any(part.comparable in _FORMS for part in span.parts):
            continue
        meant[places[0]] = f"{symbol.category.value}:{symbol.id}", "".join(part.comparable for part in span.parts)
        silent.update(places[1:])
    return meant, silent


def territories() -> list[str]:
    """What is known of each country and its parts, as JSON: code, name, names_strong, names_weak and more."""
    return territories_jsonl().splitlines()
