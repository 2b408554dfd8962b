"""Company names as words that can be compared: without legal form, each word with what kind of word it is."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple, TypeGuard

from hub.graph.countries import country_code
from hub.graph.text import Part, analyzed, folded, latin

_LONGEST_NAME = 300
_TABLE = tomllib.loads(resources.files(__package__).joinpath("name_words.toml").read_text("utf-8"))
_PLACES: dict[str, str] = _TABLE.pop("places")
_MEANINGS: dict[str, str] = {
    word: meaning for meaning, words in _TABLE.pop("meanings").items() for word in words.split()
}
_WORDS = {kind: frozenset(words.split()) for kind, words in _TABLE.items()}
_LEADING_FORMS, _TRAILING_FORMS = _WORDS["leading_forms"], _WORDS["trailing_forms"]
SMALL_WORDS = _WORDS["small"]
"""Words that initials often leave out."""
_UNSPACED_FORMS = sorted((folded(form) or form for form in _WORDS["unspaced_forms"]), key=len, reverse=True)
_SAYING_NOTHING = _WORDS["generic"] | _LEADING_FORMS | _TRAILING_FORMS
_INSTITUTIONS = _WORDS["institutions"]
_HOSTS = _WORDS["hosts"]
_ENDINGS = tuple(_WORDS["descriptive_endings"])
_SHORTEST_COMPOUND = 9
_SHORTEST_TELLING = 3
_SHORTEST_TELLING_BEYOND_ASCII = 2
_SHORTEST_COUNTRY = 4
"""Two letters are too often something else: tetrate io."""
_LONGEST_FORM_INSIDE = 5
_INITIALS = range(3, 7)

_APOSTROPHE = re.compile("['’`´‘]")  # noqa: RUF001 - what people type for one
_CLUTTER_BEFORE = re.compile(r"^[\W_]+")
_NOTE = re.compile(r"\s*(?:[\r\n]+\s*\(|\s[-–—]\s*[\"“„«”]).*$", re.DOTALL)  # noqa: RUF001 - what people type
"""What somebody wrote beside a name: in brackets below it, or in quotes after a dash."""
_GLUED_FORM = re.compile(r"(?<=[a-z0-9])(?=(?:AG|GmbH|Inc|Ltd|LLC|BV|NV|SA)$)")

DISTINCTIVE, DESCRIPTIVE, PLACE, NUMBER, SMALL = ".", "~", "@", "#", "-"
"""What kind of word a key is: its first character. A descriptive word says what a company does or is, in any of many
languages: bank, banco and banque have one key."""
_NUMBER_SYMBOL, _PLACE_SYMBOL = "NUM", "LOC"
_UNITS = frozenset(f"{NUMBER}{unit}" for unit in range(1, 10))


class Name(NamedTuple):
    """A name as it is compared."""

    text: str
    """Its words, as they are spelled: lower case, without accents, in Latin letters where that is possible."""
    letters: str
    """The same without spaces: "soft bank" and "softbank" are one."""
    whole: str
    """The letters with those of the legal form, which slips of the pen hit, too."""
    words: tuple[str, ...]
    """Their keys, in order, each once."""
    form: str
    """What kind of legal form it has, such as "LLC" or "JSC"; empty where it says none."""


def standard_name(text: str | None) -> Name | None:
    """The name of a company, or None where nothing is left. A name that is only a legal form stays as it is."""
    return read_name(cleared_name(text)) if text else None


def read_name(cleared: str) -> Name | None:
    """The name that a cleared text says."""
    parts = _analyzed(cleared) if cleared else []
    if not parts:
        return None
    start, end = _without_forms(parts)
    words = _words(parts[start:end])
    # The one before the name is its own where there are two: PT Acme Tbk.
    form = next((part.form for part in (*parts[:start], *parts[end:]) if part.form), "")
    return Name(
        text=" ".join([spelled for spelled, _ in words]),
        letters="".join([spelled for spelled, _ in words]),
        whole=cleared.replace(" ", ""),
        words=tuple(dict.fromkeys([key for _, key in words])),
        form=form,
    )


def is_telling(name: Name | None) -> TypeGuard[Name]:
    """Whether a name can tell one company from others: not "group", "test" or "n a"."""
    if name is None:
        return False
    shortest = _SHORTEST_TELLING if name.letters.isascii() else _SHORTEST_TELLING_BEYOND_ASCII
    if len(name.letters) < shortest or name.letters.isdecimal() or len(set(name.letters)) == 1:
        return False
    return not _SAYING_NOTHING.issuperset(name.text.split())


def institution(words: Iterable[str]) -> str:
    """What kind of institution the words of a name say it is, as a key: "hospital university"."""
    return " ".join(sorted(word[1:] for word in words if word[0] == DESCRIPTIVE and word[1:] in _INSTITUTIONS))


def has_units(words: Iterable[str]) -> bool:
    """Whether the words of a name are those of an institution on whose domain others are, too: a university."""
    return any(word[0] == DESCRIPTIVE and word[1:] in _HOSTS for word in words)


def initials(cleared: str, name: Name) -> list[str]:
    """What may stand for the name that a cleared text says; or itself, if short.

    The first letters of its words, with or without the small ones and its legal form.
    """
    bare = name.text.split()
    if len(bare) == 1:
        return [name.letters] if len(name.letters) in _INITIALS else []
    words = cleared.split()
    several = [words, words[:-1], bare]
    several += [[word for word in each if word not in SMALL_WORDS] for each in several]
    found = {"".join([word[0] for word in each]) for each in several}
    return sorted([letters for letters in found if len(letters) in _INITIALS])


def cleared_name(text: str) -> str:
    """A name without case, accents, punctuation and what stands before it; empty where nothing is left."""
    text = _NOTE.sub("", text[:_LONGEST_NAME]) or text[:_LONGEST_NAME]
    cleared = _CLUTTER_BEFORE.sub("", _APOSTROPHE.sub("", text).replace("%", " percent ")).strip() or text
    cleared = _GLUED_FORM.sub(" ", cleared)
    whole = folded(cleared)
    if whole is None:
        return ""
    if not whole.isascii():
        return _without_unspaced(cleared.casefold())
    return " ".join(_with_initials_joined(whole.split()))


def _analyzed(cleared: str) -> list[Part]:
    parts = analyzed(cleared)
    # A word that rigour takes for a legal form at any place: the "in" of "Trade in Space".
    if " in " in cleared and " inc" not in cleared:
        return [part._replace(form="", text="in") if part.text == "inc" else part for part in parts]
    return parts


def _with_initials_joined(words: Iterable[str]) -> Iterator[str]:
    """The same, where single letters in a row become one word: a b c → abc."""
    initials = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            initials += word
            continue
        if initials:
            yield _once(initials)
        initials = ""
        yield word
    if initials:
        yield _once(initials)


def _once(letters: str) -> str:
    """A legal form that was written twice, once: s l s l."""
    half = letters[: len(letters) // 2]
    return half if len(half) > 1 and half * 2 == letters else letters


def _without_unspaced(name: str) -> str:
    for form in _UNSPACED_FORMS:
        name = name.removeprefix(form).removesuffix(form).strip() or name
    return name


def _without_forms(parts: list[Part]) -> tuple[int, int]:
    """Where the name begins and ends. What follows a legal form inside is an address: acme bv utrecht."""
    start, end = 0, len(parts)
    while end - start > 1 and _is_form(parts[end - 1]):
        end -= 1
    while end - start > 1 and (parts[start].text == "the" or parts[start].text in _LEADING_FORMS):
        start += 1
    inside = (place for place in range(start + 1, end) if _is_form_inside(parts[place]))
    return start, next(inside, end)


def _is_form(part: Part) -> bool:
    return bool(part.form) or part.text in _TRAILING_FORMS or part.text in _LEADING_FORMS


def _is_form_inside(part: Part) -> bool:
    return (
        part.form in {"LLC", "JSC"}
        and 1 < len(part.text) <= _LONGEST_FORM_INSIDE
        and part.text not in _WORDS["forms_that_are_words"]
    )


def _words(parts: list[Part]) -> list[tuple[str, str]]:
    """Each word as it is spelled, and its key."""
    found: list[tuple[str, str]] = []
    for part in parts:
        if not part.text:
            continue
        spelled = part.text if part.text.isascii() else latin(part.text).casefold()
        key = _key(spelled, part.symbol)
        # Forty-four.
        if key in _UNITS and found and _is_tens(found[-1][1]):
            tens, number = found.pop()
            spelled, key = tens + spelled, f"{NUMBER}{int(number[1:]) + int(key[1:])}"
        found.append((spelled, key))
    return found


def _is_tens(key: str) -> bool:
    return key[0] == NUMBER and key[2:] == "0" and key[1] in "23456789"


@lru_cache(maxsize=1 << 18)
def _key(spelled: str, symbol: str) -> str:
    if symbol.startswith(_NUMBER_SYMBOL) or spelled.isdecimal():
        return NUMBER + (symbol.partition(":")[2] or str(int(spelled)))
    if spelled in SMALL_WORDS:
        return SMALL + spelled
    if spelled not in _MEANINGS and (place := _place(spelled, symbol)):
        return PLACE + place
    meaning = _meaning(spelled, symbol)
    return DESCRIPTIVE + meaning if meaning else DISTINCTIVE + spelled


def _meaning(spelled: str, symbol: str) -> str | None:
    """What a descriptive word says, in any language."""
    if spelled in _MEANINGS:
        return _MEANINGS[spelled]
    if symbol and not symbol.startswith(_PLACE_SYMBOL):
        return symbol.partition(":")[2].lower()
    return spelled if len(spelled) >= _SHORTEST_COMPOUND and spelled.endswith(_ENDINGS) else None


@cache
def _place_of(word: str) -> str:
    return _PLACES.get(word) or (country_code(word) or "" if len(word) >= _SHORTEST_COUNTRY else "")


def _place(spelled: str, symbol: str) -> str:
    """The country, the region of one or the part of the world that a word names: "cn", "cn-hn", "europe"."""
    if spelled in _WORDS["no_places"]:
        return ""
    if symbol.startswith(_PLACE_SYMBOL):
        return symbol.partition(":")[2].lower()
    return _place_of(spelled)
