"""What becomes of a company's name, website and country when an organization's people type them."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from hub.sandbox.countries import Country

FORMS: tuple[tuple[str, ...], ...] = (
    ("Inc.", "Inc", "Incorporated", ", Inc."),
    ("Corp.", "Corporation", "Corp"),
    ("Private Limited", "Pvt Ltd", "Pvt. Ltd.", "(P) Ltd"),
    ("Pty Ltd", "Pty. Limited", "Proprietary Limited"),
    ("Co., Ltd.", "Company Limited", "Co Ltd"),
    ("Ltd", "Limited", "Ltd."),
    ("LLC", "L.L.C.", ", LLC"),
    ("L.P.", "LP", "Limited Partnership"),
    ("plc", "PLC", "Public Limited Company"),
    ("GmbH & Co. KG", "GmbH & Co KG", "GmbH u. Co. KG"),
    ("GmbH", "Gesellschaft mit beschränkter Haftung", "G.m.b.H."),
    ("AG", "Aktiengesellschaft"),
    ("S.p.A.", "SpA", "Società per azioni"),
    ("S.r.l.", "Srl", "SRL", "Società a responsabilità limitata"),
    ("S.A.", "SA", "Société anonyme", "Sociedad Anónima"),
    ("SAS", "S.A.S.", "Société par actions simplifiée"),
    ("S.L.", "SL", "Sociedad Limitada"),
    ("B.V.", "BV", "Besloten Vennootschap"),
    ("N.V.", "NV", "Naamloze Vennootschap"),
    ("Aktiebolag", "AB"),
    ("ApS", "Anpartsselskab"),
    ("A/S", "AS", "Aktieselskab"),
    ("Oy", "Osakeyhtiö"),
    ("Sp. z o.o.", "Spółka z o.o.", "Sp z oo"),
    ("s.r.o.", "spol. s r.o.", "sro"),
)
"""Ways to write one legal form."""

_BY_FORM = {form.lstrip(", ").lower(): forms for forms in FORMS for form in forms}
_WORDS_OF_FORM = max(len(form.split()) for form in _BY_FORM)

SHORTER = {
    "and": "&",
    "association": "Assn",
    "company": "Co",
    "development": "Dev",
    "engineering": "Eng",
    "group": "Grp",
    "holdings": "Hldgs",
    "industries": "Ind",
    "international": "Intl",
    "investment": "Inv",
    "investments": "Inv",
    "laboratories": "Labs",
    "management": "Mgmt",
    "manufacturing": "Mfg",
    "products": "Prod",
    "services": "Svcs",
    "systems": "Sys",
    "technologies": "Tech",
    "technology": "Tech",
    "university": "Univ",
}

WORDS_OF_ORDER = 3
"""Only names of so many words or more are turned around."""
LETTERS_OF_TYPO = 6
WORDS_OF_SHORT_NAME = 3


@dataclass(frozen=True, slots=True)
class Habits:
    """How an organization's people type: chances from 0 to 1, unless it is said otherwise."""

    other_form: float
    no_form: float
    shorter: float
    typo: float
    other_order: float
    short_name: float
    punctuation: float
    capitals: Callable[[str], str]
    no_website: float
    other_website: float
    wrong_website: float
    site: str
    """How a website is written, with {} for the domain."""
    no_country: float
    country: Callable[[Country], str]
    duns: float
    duplicates: float


SITES = ("https://www.{}", "{}", "www.{}", "http://{}/", "https://{}/en/about-us", "http://www.{}/index.html")
CAPITALS: tuple[Callable[[str], str], ...] = (str, str, str, str.upper, str.title, str.lower)
COUNTRY_FORMS: tuple[Callable[[Country], str], ...] = (
    lambda country: country.name,
    lambda country: country.iso2,
    lambda country: country.iso3,
    lambda country: country.local,
)


def habits(rng: Random) -> Habits:
    """Those of one organization."""
    return Habits(
        other_form=rng.uniform(0.05, 0.3),
        no_form=rng.uniform(0.05, 0.6),
        shorter=rng.uniform(0.01, 0.15),
        typo=rng.uniform(0.01, 0.05),
        other_order=rng.uniform(0.0, 0.01),
        short_name=rng.uniform(0.005, 0.03),
        punctuation=rng.uniform(0.02, 0.1),
        capitals=rng.choice(CAPITALS),
        no_website=rng.uniform(0.2, 0.6),
        other_website=rng.uniform(0.01, 0.05),
        wrong_website=rng.uniform(0.001, 0.01),
        site=rng.choice(SITES),
        no_country=rng.uniform(0.02, 0.3),
        country=rng.choice(COUNTRY_FORMS),
        duns=rng.choice((0.0, 0.0, 0.0, 0.3)),
        duplicates=rng.uniform(0.005, 0.05),
    )


def typed_name(name: str, country: Country, kept: Habits, rng: Random) -> str:
    """The name of a company in that country, as it is typed."""
    head, form = parted(name)
    head, form = _shortened(head, kept, rng), _typed_form(form, country, kept, rng)
    whole = f"{head}{form}" if form.startswith(",") else f"{head} {form}".strip()
    if rng.random() < kept.punctuation:
        whole = _other_punctuation(whole, rng)
    return kept.capitals(whole)


def _typed_form(form: str, country: Country, kept: Habits, rng: Random) -> str:
    """Left out, written in another way, or added where there is none."""
    draw = rng.random()
    if not form:
        return country.legal_form if draw < kept.other_form / 3 else ""
    if draw < kept.no_form:
        return ""
    return rng.choice(_BY_FORM[form.lower()]) if draw < kept.no_form + kept.other_form else form


def parted(name: str) -> tuple[str, str]:
    """The name and its legal form, as it is written there; empty where it has none that we know."""
    words = name.split(" ")
    for place in range(max(1, len(words) - _WORDS_OF_FORM), len(words)):
        form = " ".join(words[place:])
        if form.lower() in _BY_FORM:
            return " ".join(words[:place]).rstrip(" ,"), form
    return name, ""


def _shortened(head: str, kept: Habits, rng: Random) -> str:
    words = head.split()
    if rng.random() < kept.shorter:
        words = [SHORTER.get(word.lower(), word) for word in words]
    draw = rng.random()
    if draw < kept.other_order and len(words) >= WORDS_OF_ORDER:
        words = [*words[1:], words[0]]
    elif draw < kept.other_order + kept.short_name and len(words) >= WORDS_OF_SHORT_NAME:
        words = words[: -(-len(words) // 2)]
    whole = " ".join(words)
    return _with_typo(whole, rng) if rng.random() < kept.typo and len(whole) >= LETTERS_OF_TYPO else whole


def _with_typo(text: str, rng: Random) -> str:
    at = rng.randrange(1, len(text) - 2)
    return rng.choice(
        (
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
        )
    )


def _other_punctuation(text: str, rng: Random) -> str:
    return rng.choice(
        (text.replace("-", " "), text.replace(".", ""), text.replace(" ", "  "), text.replace("&", "and"), f"{text} ")
    )
