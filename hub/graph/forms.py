"""What each distinct text of records says, in one form, as tables. Light to import: processes of their own do."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from hub.graph.company import corporate_domains, duns_number
from hub.graph.countries import country_code
from hub.graph.domains import corner, is_shared, registrable_domain
from hub.graph.lookups import lookups
from hub.graph.names import (
    DISTINCTIVE,
    NUMBER,
    PLACE,
    cleared_name,
    has_units,
    initials,
    institution,
    is_telling,
    read_name,
)
from hub.graph.rarity import coded, rarity

_TEXTS = pa.list_(pa.string())
_NAMES = pa.schema(
    [
        ("spelled", pa.string()),
        ("name", pa.string()),
        ("letters", pa.string()),
        ("whole", pa.string()),
        ("words", _TEXTS),
        ("codes", pa.list_(pa.int64())),
        ("weight", pa.int32()),
        ("form", pa.string()),
        ("numbers", pa.string()),
        ("institution", pa.string()),
        ("is_host", pa.bool_()),
        ("heads", pa.list_(pa.int64())),
        ("places", _TEXTS),
        ("initials", _TEXTS),
        ("lookups", _TEXTS),
    ]
)
_UNIT = "\x1f"
"""Between the two parts of a site: the domain that a record gives, and its website."""

Row = dict[str, Any]


def formed(table: str, texts: Sequence[str]) -> pa.Table:
    """The rows of one of TABLES: one for each text, or none where it says nothing."""
    rows, schema = _TABLES[table]
    return pa.Table.from_pylist(rows(texts), schema)


def _names(texts: Iterable[str]) -> list[Row]:
    known: dict[str, Row | None] = {}
    found = []
    for text in texts:
        cleared = cleared_name(text)
        if cleared not in known:
            known[cleared] = _name(cleared)
        if row := known[cleared]:
            found.append({"spelled": text, **row})
    return found


def _name(cleared: str) -> Row | None:
    name = read_name(cleared)
    if not is_telling(name):
        return None
    short = initials(cleared, name)
    return {
        "name": name.text,
        "letters": name.letters,
        "whole": name.whole,
        "words": name.words,
        "codes": [coded(word) for word in name.words],
        "weight": sum([rarity(word) for word in name.words]),
        "form": name.form,
        "numbers": " ".join(sorted([word for word in name.words if word[0] == NUMBER])),
        "institution": institution(name.words),
        "is_host": has_units(name.words),
        "heads": [coded(word) for word in name.words if word[0] == DISTINCTIVE],
        "places": [word[1:] for word in name.words if word[0] == PLACE and "-" not in word],
        "initials": short,
        "lookups": lookups(name, short),
    }


def _sites(texts: Iterable[str]) -> list[Row]:
    return [_site(text, *text.split(_UNIT)) for text in texts]


def _site(text: str, domain: str, website: str) -> Row:
    said = [found for found in (registrable_domain(domain), registrable_domain(website)) if found]
    corporate = sorted({found for found in said if not is_shared(found)})
    return {
        "site": text,
        "domains": corporate,
        "main": next((found for found in said if found in corporate), None),
        "corner": corner(website, said[-1]) if website and said else "",
    }


def _mails(texts: Iterable[str]) -> list[Row]:
    return [{"mail": text, "domains": corporate_domains(*text.split())} for text in texts]


def _lands(texts: Iterable[str]) -> list[Row]:
    return [{"land": text, "country": country_code(text) or ""} for text in texts]


def _numbers(texts: Iterable[str]) -> list[Row]:
    return [{"number": text, "duns": duns_number(text) or ""} for text in texts]


_TABLES: Mapping[str, tuple[Callable[[Sequence[str]], list[Row]], pa.Schema]] = {
    "names": (_names, _NAMES),
    "sites": (
        _sites,
        pa.schema([("site", pa.string()), ("domains", _TEXTS), ("main", pa.string()), ("corner", pa.string())]),
    ),
    "mails": (_mails, pa.schema([("mail", pa.string()), ("domains", _TEXTS)])),
    "lands": (_lands, pa.schema([("land", pa.string()), ("country", pa.string())])),
    "numbers": (_numbers, pa.schema([("number", pa.string()), ("duns", pa.string())])),
}
TABLES = {table: schema.names[0] for table, (_, schema) in _TABLES.items()}
"""What each is made of, by the name of the table."""
