"""What the records taken together teach: which domains many share, and where a name is at home."""

from collections.abc import Iterable

import duckdb
import pyarrow as pa
from rapidfuzz import fuzz

from hub.graph.names import SMALL_WORDS
from hub.graph.sql import script

_FAMILIES_OF_A_SHARED_DOMAIN = 5
_FAMILIES_OF_A_BUSY_DOMAIN = 3
_HOMES_OF_A_COMMON_NAME = 4
_RELATED_RATIO = 60
_SHORTEST_PART = 4
_SHORTEST_INITIALS = 3
_LONGEST_INITIALS = 6
_NUMBERS = """
    select duns, list(distinct name) from distinct_traits where duns <> '' and name <> ''
    group by duns having count(distinct name) > 1
"""


def learn(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `traits` from `distinct_traits`, in the light of what all of them teach.

    A crowded domain has so many unrelated names that it identifies nobody; a busy one has several: a family of
    companies, or a mistake. The homes of a name are the domains that fit it, or else those that most of its records
    give; whoever is at home elsewhere is on a domain by mistake where that has an owner. A D-U-N-S number that as many
    unrelated names give as a crowded domain has is nobody's.
    """
    _count(connection, "families", "select domain, names from questionable", "domain")
    _count(connection, "number_families", _NUMBERS, "duns")
    limits = {
        "crowded": _FAMILIES_OF_A_SHARED_DOMAIN,
        "busy": _FAMILIES_OF_A_BUSY_DOMAIN,
        "homes_of_a_common_name": _HOMES_OF_A_COMMON_NAME,
    }
    connection.execute(script("knowledge").format(**limits))


def _count(connection: duckdb.DuckDBPyConnection, table: str, query: str, column: str) -> None:
    """Fill a table with how many unrelated names something has."""
    counted = [{column: each, "count": _families(names)} for each, names in connection.sql(query).fetchall()]
    connection.register(
        "counted", pa.Table.from_pylist(counted, pa.schema([(column, pa.string()), ("count", pa.int32())]))
    )
    connection.execute(f"create table {table} as from counted")
    connection.unregister("counted")


def are_related(left: str, right: str) -> bool:
    """Whether two normal names may be of one family.

    They share words, one is a part of the other, or only one of them is in Latin letters, so that nobody can tell.
    """
    return (
        left.isascii() != right.isascii() or fuzz.token_set_ratio(left, right) >= _RELATED_RATIO or is_part(left, right)
    )


def is_part(left: str, right: str) -> bool:
    """Whether one of two normal names says no more than the other: all of its words or letters, or the initials."""
    short, long = sorted((left.replace(" ", ""), right.replace(" ", "")), key=len)
    if len(short) >= _SHORTEST_PART and short in long:
        return True
    one, other = set(left.split()), set(right.split())
    return one <= other or other <= one or _is_short_for(left, right) or _is_short_for(right, left)


def _is_short_for(short: str, name: str) -> bool:
    """Whether `short` is the initials of a name, give or take its last words and its small ones."""
    if len(short) > _LONGEST_INITIALS or " " in short:
        return False
    words = name.split()
    all_initials = "".join(word[0] for word in words)
    initials = "".join(word[0] for word in words if word not in SMALL_WORDS)
    return any(_starts_alike(each, short) for each in (all_initials, initials))


def _starts_alike(left: str, right: str) -> bool:
    common = min(len(left), len(right))
    return common >= _SHORTEST_INITIALS and left[:common] == right[:common]


def _families(names: Iterable[str]) -> int:
    """How many of the names are unrelated, counted up to the number that makes their domain a shared one."""
    heads: list[str] = []
    for name in sorted(names):
        if any(are_related(name, head) for head in heads):
            continue
        heads.append(name)
        if len(heads) == _FAMILIES_OF_A_SHARED_DOMAIN:
            break
    return len(heads)
