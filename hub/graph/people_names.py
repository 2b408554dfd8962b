"""Names of people as keys: who is meant, whatever the order, the script, the titles and the accents."""

import re
from functools import lru_cache
from typing import NamedTuple

from hub.graph.people_words import GENERATIONS, NOBODIES, PARTICLES, ROLES, SUFFIXES, TITLES
from hub.graph.text import folded, latin

_LONGEST_NAME = 200
_MOST_WORDS = 8
_HEAD = 3
_TWO = 2
_BETWEEN_WORDS = re.compile(r"[._\d-]+")
_NOBODIES = NOBODIES | ROLES
_AROUND = TITLES | SUFFIXES | GENERATIONS

Words = tuple[str, ...]


class Name(NamedTuple):
    """The words of a name, folded, in Latin letters where the script has an agreed spelling in them."""

    given: Words
    family: Words
    generation: str
    """What tells a father from a son: "jr"."""
    is_split: bool
    """Whether the source says which words are the family's; if not, `given` is empty."""
    words: Words
    """All of them, the given ones first."""
    key: str
    """The words without order; most ways to write one name have it in common."""
    heads: tuple[str, ...]
    """The beginnings of the words that are no initials, so that one slip further on changes nothing."""


def name_of(first: str | None, last: str | None) -> Name | None:
    """The name in the fields of a record, or None where it is nobody's: empty, an address, "Unknown", "Sales Team"."""
    first, last = _in_order(_text(first), _text(last))
    given, family = _words(first), _words(last)
    generation = _generation(given[1:] + family[1:])
    given, family = _bare(given, is_first=True), _bare(family, is_first=not given)
    words = given + family
    if not 0 < len(words) <= _MOST_WORDS or _NOBODIES.issuperset(words):
        return None
    if (given and family) or len(words) == 1:
        return _name(given, family, generation)
    return _name((), words, generation, is_split=False)


def told(name: Name, mailbox: str) -> Name:
    """The name with the given name that a mailbox spells out: of "P. Ivanova", or of "Ivanova", priya.ivanova is."""
    given = "".join(name.given)
    if not name.is_split or len(given) > 1 or not name.family:
        return name
    words = [word for word in _BETWEEN_WORDS.split(mailbox) if word]
    family = plain("".join(name.family))
    others = [word for word in words if plain(word) != family]
    if len(words) != _TWO or len(others) != 1 or len(others[0]) == 1 or not others[0].startswith(given):
        return name
    return _name((others[0],), name.family, name.generation)


def _name(given: Words, family: Words, generation: str, *, is_split: bool = True) -> Name:
    words = given + family
    spelled = [plain(word) for word in words]
    return Name(
        given=given,
        family=family,
        generation=generation,
        is_split=is_split,
        words=words,
        key=" ".join(sorted(spelled)),
        heads=tuple(dict.fromkeys(_head(word) for word in spelled if not is_initial(word))),
    )


def _generation(words: Words) -> str:
    return "" if GENERATIONS.isdisjoint(words) else next(word for word in words if word in GENERATIONS)


def _head(word: str) -> str:
    # Where names are written without spaces, one sign is a name.
    return word[:_HEAD] if word.isascii() else word[0]


def is_initial(word: str) -> bool:
    """Whether of a word only its first letter is told."""
    return len(word) == 1 and word.isascii()


def _text(text: str | None) -> str:
    return "" if text is None or "@" in text else text[:_LONGEST_NAME].strip()


def _in_order(first: str, last: str) -> tuple[str, str]:
    """Where all of a name stands in one field, as "Smith, John"."""
    whole = first or last
    if (first and last) or "," not in whole:
        return first, last
    family, _, given = whole.partition(",")
    return ("", family + " " + given) if _is_suffix(given) else (given, family)


def _is_suffix(text: str) -> bool:
    return all(word in SUFFIXES or word in GENERATIONS for word in _words(text))


@lru_cache(maxsize=50_000)
def _words(text: str) -> Words:
    whole = folded(text) if text else None
    if whole is None:
        return ()
    if not whole.isascii():
        whole = latin(whole).casefold()
    return tuple(whole.split())


def _bare(words: Words, *, is_first: bool) -> Words:
    """Without titles before and suffixes behind; a name that is only such words stays as it is."""
    if _AROUND.isdisjoint(words):
        return words
    start, end = 0, len(words)
    while is_first and start < end - 1 and words[start] in TITLES:
        start += 1
    while end - 1 > start and (words[end - 1] in SUFFIXES or words[end - 1] in GENERATIONS):
        end -= 1
    return words[start:end]


def without_particles(words: Words) -> Words:
    """A family name without "van der" and the like, unless it is nothing else."""
    return tuple(word for word in words if word not in PARTICLES) or words


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """The word as those write it who leave out the dots of an umlaut: mueller, müller and muller are one."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")
