"""What records say, brought into one form: tables of traits, in which records that say the same are one row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import duckdb
import pyarrow as pa

from hub.graph.candidates import lookups
from hub.graph.company import corporate_domains, duns_number
from hub.graph.countries import country_code
from hub.graph.domains import corner, is_shared, registrable_domain
from hub.graph.knowledge import learn
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
from hub.graph.sql import script

RECORDS = pa.schema(
    [
        (column, pa.string())
        for column in (
            *("id", "identity", "external_id", "owner_id", "name", "website", "domain", "country", "duns"),
            "email_domains",
        )
    ]
)
"""What mapping reads of account records: ids as text, the domains of contacts with spaces between them."""

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
_WORTH_A_PROCESS = 20_000
_PROCESSES = 2

Row = dict[str, Any]


def standardize(connection: duckdb.DuckDBPyConnection, records: pa.Table) -> None:
    """Fill the tables `member` (record, id, owner, trait) and `traits` from `records`, a table like RECORDS."""
    connection.register("given", records)
    connection.execute(script("records"))
    connection.unregister("given")
    for table, (rows, schema) in _STANDARDS.items():
        column = schema.names[0]
        texts = connection.sql(f"select distinct {column} from record").to_arrow_table()[column].to_pylist()  # noqa: S608
        connection.register("found", _standardized(texts, rows, schema))
        connection.execute(f"create table {table} as from found")
        connection.unregister("found")
    connection.execute(script("traits"))
    learn(connection)


def _standardized(texts: Sequence[str], rows: Callable[[Sequence[str]], list[Row]], schema: pa.Schema) -> pa.Table:
    if len(texts) < _WORTH_A_PROCESS:
        return _table(rows, schema, texts)
    parts = [texts[start : start + _WORTH_A_PROCESS] for start in range(0, len(texts), _WORTH_A_PROCESS)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        return pa.concat_tables(pool.map(_table, [rows] * len(parts), [schema] * len(parts), parts))


def _table(rows: Callable[[Sequence[str]], list[Row]], schema: pa.Schema, texts: Sequence[str]) -> pa.Table:
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
        "main": said[0] if said and said[0] in corporate else None,
        "corner": corner(website, said[-1]) if website and said else "",
    }


def _mails(texts: Iterable[str]) -> list[Row]:
    return [{"mail": text, "domains": corporate_domains(*text.split())} for text in texts]


def _lands(texts: Iterable[str]) -> list[Row]:
    return [{"land": text, "country": country_code(text) or ""} for text in texts]


def _numbers(texts: Iterable[str]) -> list[Row]:
    return [{"number": text, "duns": duns_number(text) or ""} for text in texts]


_UNIT = "\x1f"
_STANDARDS: Mapping[str, tuple[Callable[[Sequence[str]], list[Row]], pa.Schema]] = {
    "names": (_names, _NAMES),
    "sites": (
        _sites,
        pa.schema([("site", pa.string()), ("domains", _TEXTS), ("main", pa.string()), ("corner", pa.string())]),
    ),
    "mails": (_mails, pa.schema([("mail", pa.string()), ("domains", _TEXTS)])),
    "lands": (_lands, pa.schema([("land", pa.string()), ("country", pa.string())])),
    "numbers": (_numbers, pa.schema([("number", pa.string()), ("duns", pa.string())])),
}
