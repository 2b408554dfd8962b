"""Telephone numbers as keys: E.164, with the extension apart."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

_LONGEST_TEXT = 100
_EXTENSION = re.compile(
    r"(?:;?\bext(?:ension)?\b[.:=]?|\bx\.?|#|\bdw\b|\bdurchwahl\b|\bposte\b|\bramal\b|\bint\b\.?)\s*:?\s*(\d{1,7})\W*$",
    re.IGNORECASE,
)
_NOT_DIGITS = re.compile(r"\D+")
_DIGITS = range(8, 16)
_TAIL = 7
_TRUNK = "(0)"
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


def phone_of(text: str, country: str | None) -> Phone | None:
    """The number in a `text` that has a tail, dialed in `country` (ISO 3166, lower case) where it says none itself."""
    main, extension = _main(text)
    region = country.upper() if country else None
    number = _plain(main.strip(), _dialing(region)) or _parsed(main, region)
    return Phone(number, extension) if number else None


def _main(text: str) -> tuple[str, str]:
    """The number, and its extension."""
    if text.translate(_BETWEEN_DIGITS).isdecimal():
        return text, ""
    found = _EXTENSION.search(text)
    return (text[: found.start()], found[1]) if found else (text, "")


class _Dialing(NamedTuple):
    """How a country dials, of what the library knows."""

    code: str
    abroad: str
    trunk: str
    national: re.Pattern[str]


@cache
def _dialing(region: str | None) -> _Dialing | None:
    """None for the countries whose rules are more than a prefix."""
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 - 100 ms that only mapping should pay

    known = PhoneMetadata.metadata_for_region(region) if region else None
    if known is None or known.national_prefix_transform_rule or not (known.international_prefix or "").isdecimal():
        return None
    national = known.general_desc.national_number_pattern if known.general_desc else None
    if national is None or known.national_prefix != known.national_prefix_for_parsing:
        return None
    return _Dialing(
        str(known.country_code), str(known.international_prefix), known.national_prefix or "", re.compile(national)
    )


def _plain(text: str, dialing: _Dialing | None) -> str | None:
    """What the library would say of a plain number, in a tenth of the time; None where it has to be asked."""
    is_international, bare = text.startswith("+"), text.replace(_TRUNK, "", 1)
    digits = bare.translate(_BETWEEN_DIGITS)
    if not digits.isdecimal() or not digits.isascii() or (bare != text and not is_international):
        return None
    if is_international:
        return _international(digits, has_trunk=bare != text)
    if dialing is None:
        return None
    if digits.startswith(dialing.abroad):
        return _international(digits.removeprefix(dialing.abroad))
    bare = digits.removeprefix(dialing.trunk)
    return f"+{dialing.code}{bare}" if dialing.national.fullmatch(bare) else None


def _international(digits: str, *, has_trunk: bool = False) -> str | None:
    code = next((digits[:size] for size in (1, 2, 3) if digits[:size] in _codes()), None)
    # A zero behind the code is a trunk prefix or not: that depends on the country.
    if code is None or digits[len(code)] == "0" or len(digits) not in _DIGITS:
        return None
    if has_trunk:
        dialing = _dialing(_codes()[code])
        return f"+{digits}" if dialing is not None and dialing.trunk == "0" else None
    return f"+{digits}"


@cache
def _codes() -> Mapping[str, str]:
    """The first of the countries that share each country code."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 - as above

    return {str(code): regions[0] for code, regions in COUNTRY_CODE_TO_REGION_CODE.items()}


def _parsed(text: str, region: str | None) -> str | None:
    import phonenumbers  # noqa: PLC0415 - as above

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        digits = _NOT_DIGITS.sub("", text)
        return f"~{digits}" if len(digits) in _DIGITS and region is None else None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
