"""What happens to a company's name and website when somebody types them."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hub.sandbox.chance import one_of
from hub.sandbox.companies import KnownCompany, bare_name
from hub.sandbox.countries import country_facts
from hub.sandbox.people import slug
from hub.sandbox.world import System

Typing = Callable[[KnownCompany, random.Random], str | None]
"""What is typed; None where this company gives no occasion for it."""


@dataclass(frozen=True, slots=True)
class Noise:
    """A way to mistype, and how often it happens, in per mille of the rows of each system."""

    kind: str
    per_mille: Mapping[System, int]
    typed: Typing


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell as typed; `kind` is None where it is right."""

    kind: str | None
    text: str | None


def name_as_typed(known: KnownCompany, system: System, rng: random.Random) -> Typed:
    """The company's name as somebody typed it."""
    return _typed(NAME_NOISE, known, system, rng) or Typed(None, known.company.name)


def website_as_typed(known: KnownCompany, system: System, rng: random.Random) -> Typed:
    """The company's website as somebody typed it; None where it has none or nobody typed it."""
    if known.company.domain is None:
        return Typed("no-website", None)
    return _typed(WEBSITE_NOISE, known, system, rng) or Typed(None, f"https://www.{known.company.domain}")


def _typed(noises: tuple[Noise, ...], known: KnownCompany, system: System, rng: random.Random) -> Typed | None:
    draw = rng.randrange(1000)
    for noise in noises:
        draw -= noise.per_mille[system]
        if draw < 0:
            text = noise.typed(known, rng)
            return Typed(noise.kind, text) if text != known.company.name and text is not None else None
    return None


def _other_legal_form(known: KnownCompany, rng: random.Random) -> str | None:
    name = known.company.name
    for long, short in _LEGAL_FORMS:
        for end, other in ((long, short), (short, long)):
            if name.endswith(f" {end}"):
                return f"{name.removesuffix(end)}{other}"
    return None


def _legal_form(known: KnownCompany, rng: random.Random) -> str | None:
    """Dropped or spelled otherwise where the name has one, added where it has none."""
    bare = bare_name(known.company.name)
    if known.company.industry in _WITHOUT_LEGAL_FORM:
        return None
    if bare == known.company.name:
        return f"{bare} {country_facts(known.company.country).legal_form}"
    return one_of(rng, (bare, bare, _other_legal_form(known, rng) or bare))


def _trade_name(known: KnownCompany, rng: random.Random) -> str | None:
    """A name it is known to go by; else its initials."""
    if known.other_names:
        return one_of(rng, known.other_names)
    words = [word for word in bare_name(known.company.name).split() if word[0].isupper()]
    return "".join(word[0] for word in words) if len(words) >= _WORDS_OF_INITIALS else None


def _typo(known: KnownCompany, rng: random.Random) -> str | None:
    name = known.company.name
    if len(name) < _LETTERS_OF_TYPO:
        return None
    at = rng.randrange(1, len(name) - 2)
    return one_of(
        rng,
        (
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            name[:at] + name[at + 1 :],
            name[:at] + name[at] + name[at:],
        ),
    )


def _odd_text(known: KnownCompany, rng: random.Random) -> str | None:
    name = known.company.name
    return one_of(
        rng,
        (
            name.upper(),
            name.lower(),
            f" {name}  ",
            name.replace(" ", "\u00a0"),
            f'"{name}"',
            f"{name}\n(do not call)",
            f"{name}, {known.company.city or known.company.country}",
            f"{name} \u2013 \u201ckey account\u201d",
        ),
    )


def _no_website(known: KnownCompany, rng: random.Random) -> str | None:
    return one_of(rng, ("", "", "n/a", "-", "www", "tbd"))


def _wrong_website(known: KnownCompany, rng: random.Random) -> str | None:
    return known.mistaken_for and f"https://www.{known.mistaken_for}"


def _shared_domain(known: KnownCompany, rng: random.Random) -> str | None:
    page = slug(bare_name(known.company.name)) or "page"
    return one_of(
        rng,
        (
            f"https://www.linkedin.com/company/{page}/",
            f"linkedin.com/company/{page}",
            f"https://www.facebook.com/{page}",
            f"https://{page}.wordpress.com",
            f"https://sites.google.com/view/{page}",
            f"http://{page}.blogspot.com/",
        ),
    )


def _free_mail(known: KnownCompany, rng: random.Random) -> str | None:
    return one_of(
        rng, ("gmail.com", "http://www.gmail.com", "outlook.com", "gmx.de", "qq.com", "yahoo.co.jp", "163.com")
    )


def _url_shape(known: KnownCompany, rng: random.Random) -> str | None:
    domain = known.company.domain or ""
    return one_of(rng, _URL_SHAPES).format(domain=domain, capitals=domain.upper())


_WITHOUT_LEGAL_FORM = frozenset({"Higher Education", "Research", "Government", "Libraries & Archives"})

_WORDS_OF_INITIALS = 3
_LETTERS_OF_TYPO = 5

_LEGAL_FORMS = (
    ("Incorporated", "Inc."),
    ("Corporation", "Corp."),
    ("Limited", "Ltd."),
    ("Aktiengesellschaft", "AG"),
    ("Public Limited Company", "plc"),
    ("Gesellschaft mit beschränkter Haftung", "GmbH"),
    ("Société anonyme", "S.A."),
    ("SA", "S.A."),
    ("Naamloze vennootschap", "N.V."),
    ("NV", "N.V."),
    ("Aktiebolag", "AB"),
    ("S.p.A.", "SpA"),
)

_URL_SHAPES = (
    "{domain}",
    "{domain}",
    "www.{domain}",
    "www.{domain}",
    "http://www.{domain}",
    "http://{domain}/",
    "https://{domain}",
    "HTTP://WWW.{capitals}/",
    "Www.{domain}",
    "{capitals}",
    "https://www.{domain}/en/about-us.html",
    "https://www.{domain}/?utm_source=crm&utm_medium=email",
    "https://shop.{domain}/",
    "http://investor.{domain}/contact",
    "http://{domain}:80/index.html",
    " www.{domain} ",
    "https://www.{domain}#imprint",
    "//www.{domain}",
)


def _rates(salesforce: int, hubspot: int, partner_list: int) -> Mapping[System, int]:
    return {System.SALESFORCE: salesforce, System.HUBSPOT: hubspot, System.PARTNER_LIST: partner_list}


NAME_NOISE = (
    Noise("legal-form", _rates(180, 230, 260), _legal_form),
    Noise("trade-name", _rates(50, 80, 60), _trade_name),
    Noise("typo", _rates(30, 40, 30), _typo),
    Noise("odd-text", _rates(20, 30, 20), _odd_text),
)
WEBSITE_NOISE = (
    Noise("no-website", _rates(120, 40, 100), _no_website),
    Noise("wrong-website", _rates(8, 8, 8), _wrong_website),
    Noise("shared-domain", _rates(15, 15, 15), _shared_domain),
    Noise("free-mail", _rates(10, 15, 10), _free_mail),
    Noise("url-shape", _rates(450, 300, 500), _url_shape),
)
"""At most one of each table happens to a row."""

WEBSITE_KINDS = frozenset(noise.kind for noise in WEBSITE_NOISE)
