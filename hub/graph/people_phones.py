"""Telephone numbers as keys: E.164, with the extension apart."""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, NumberParseException

_LONGEST_TEXT = 100
_EXTENSION = re.compile(
    r"(?:;?\bext(?:ension)?\b[.:=]?|\bx\.?|#|\bdw\b|\bdurchwahl\b|\bposte\b|\bramal\b|\bint\b\.?)\s*:?\s*(\d{1,7})\W*$", re.IGNORECASE
)
_INTERNATIONAL = re.compile(r"\+[1-9][\d\s().\-/\u00a0]+")
_NOT_DIGITS = re.compile(r"\D+")
_DIGITS = range(8, 16)
_TAIL = 7
_BETWEEN_DIGITS = str.maketrans("", "", " \u00a0+().-/")


class Phone(NamedTuple):
    """A number as everybody may dial it, such as +492285550100; without a country, its digits behind a "~"."""

    number: str
    extension: str

    def __str__(self) -> str:
        return f"{self.number} ext. {self.extension}" if self.extension else self.number


def tail(text: str | None) -> str | None:
    """The last digits of a number, which all spellings of it have in common; None where `text` is no number."""
    if not text or len(text) > _LONGEST_TEXT:
        return None
    digits = text.translate(_BETWEEN_DIGITS)
    if not digits.isdecimal():
        digits = _NOT_DIGITS.sub("", _main(text)[0])
    return digits[-_TAIL:] if len(digits) >= _TAIL else None


@lru_cache(maxsize=200_000)
def phone_of(text: str, country: str | None) -> Phone | None:
    """The number in `text`, dialed in `country` (ISO 3166, lower case) where it says none itself."""
    if tail(text) is None:
        return None
    main, extension = _main(text)
    number = _international(main) or _parsed(main, country)
    return Phone(number, extension) if number else None


def _main(text: str) -> tuple[str, str]:
    found = _EXTENSION.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


def _international(text: str) -> str | None:
    """What is plain already: a sixth of the time that the library takes."""
    text = text.strip()
    if not _INTERNATIONAL.fullmatch(text) or "(0)" in text:
        return None
    digits = _NOT_DIGITS.sub("", text)
    code = next((digits[:size] for size in (1, 2, 3) if int(digits[:size]) in COUNTRY_CODE_TO_REGION_CODE), None)
    # A zero behind the code is a trunk prefix or not: that depends on the country.
    if code is None or digits[len(code)] == "0" or len(digits) not in _DIGITS:
        return None
    return f"+{digits}"


def _parsed(text: str, country: str | None) -> str | None:
    region = country.upper() if country else None
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        digits = _NOT_DIGITS.sub("", text)
        return f"~{digits}" if len(digits) in _DIGITS and region is None else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
