"""Company names as keys: without legal form, case, accents and punctuation, in Latin letters where that is possible."""

import tomllib
from importlib import resources
from itertools import dropwhile

from rapidfuzz.distance import OSA

from hub.graph.text import folded, latin, legal_forms

_LONGEST_NAME = 300
_TABLE = tomllib.loads(resources.files(__package__).joinpath("name_words.toml").read_text("utf-8"))
_WORDS = {kind: frozenset(words.split()) for kind, words in _TABLE.items()}
_LEADING_FORMS, _TRAILING_FORMS, _JOINING = _WORDS["leading_forms"], _WORDS["trailing_forms"], _WORDS["joining"]
SMALL_WORDS = _WORDS["small"]
"""Words that initials often leave out."""
_UNSPACED_FORMS = sorted((folded(form) or form for form in _WORDS["unspaced_forms"]), key=len, reverse=True)
_SAYING_NOTHING = _WORDS["generic"] | _LEADING_FORMS | _TRAILING_FORMS
LEAST_SIMILARITY = 0.85
"""Below this, names count as wholly unlike."""
_SHORTEST_SIMILAR = 6
_SHORTEST_TELLING = 3
_SHORTEST_TELLING_BEYOND_ASCII = 2


def normal_name(text: str | None) -> str | None:
    """The name as a key of words, or None where nothing is left. A name that is only a legal form stays as it is."""
    whole = folded(text[:_LONGEST_NAME]) if text else None
    if whole is None:
        return None
    bare = _without_forms(whole)
    spelled = bare if bare.isascii() else latin(bare).casefold()
    words = [word for word in spelled.split() if word not in _JOINING]
    return " ".join(_without_article(words)) or whole


def compact(name: str) -> str:
    """A normal name without its spaces: "soft bank" and "softbank" are one."""
    return name.replace(" ", "")


def is_telling(name: str | None) -> bool:
    """Whether a normal name can tell one company from others: not "group", "test" or "n a"."""
    if name is None:
        return False
    letters = compact(name)
    shortest = _SHORTEST_TELLING if letters.isascii() else _SHORTEST_TELLING_BEYOND_ASCII
    if len(letters) < shortest or letters.isdecimal() or len(set(letters)) == 1:
        return False
    return not _SAYING_NOTHING.issuperset(name.split())


def similarity(left: str, right: str) -> float:
    """How alike the letters of two names are, from 0 to 1; 0 where only a number tells them apart or both are short."""
    if left == right or min(len(left), len(right)) < _SHORTEST_SIMILAR:
        return 0.0
    if [*filter(str.isdecimal, left)] != [*filter(str.isdecimal, right)]:
        return 0.0
    return OSA.normalized_similarity(left, right, score_cutoff=LEAST_SIMILARITY)


def _without_article(words: list[str]) -> list[str]:
    return list(dropwhile(lambda word: word == "the", words))


def _without_forms(name: str) -> str:
    forms = legal_forms(name)
    for form in reversed(forms):
        name = _without_last_words(name.removesuffix(f" {form}"))
    if forms and forms[0] in _LEADING_FORMS:
        name = name.removeprefix(f"{forms[0]} ")
    return _without_unspaced(_without_last_words(name))


def _without_last_words(name: str) -> str:
    head, _, last = name.rpartition(" ")
    while head and last in _TRAILING_FORMS:
        name = head
        head, _, last = name.rpartition(" ")
    return name


def _without_unspaced(name: str) -> str:
    if name.isascii():
        return name
    for form in _UNSPACED_FORMS:
        name = name.removeprefix(form).removesuffix(form).strip() or name
    return name
