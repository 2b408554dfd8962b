"""Which pairs of traits are worth a comparison: those that share a key, and of a large group only neighbors."""

import duckdb

from hub.graph.names import Name
from hub.graph.rarity import rarity
from hub.graph.sql import script
from hub.graph.text import sounding

_SMALL_GROUP = 8
_WINDOW = 2
_ENDING = 5
_SHORTEST_WITH_ENDINGS = 7
_LONGEST_SOUND = 20
_RAREST = 2
_LEAST_RARE = 8
_SHORTEST_LABEL = 4


def block(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `pairs` (one, other) from `traits`; traits of several records are paired with themselves, too.

    Every record takes part in a bounded number of pairs, however large its groups are.
    """
    limits = {"small_group": _SMALL_GROUP, "window": _WINDOW, "shortest_label": _SHORTEST_LABEL}
    connection.execute(script("candidates").format(**limits))


def lookups(name: Name, initials: list[str]) -> list[str]:
    """What a record is looked up by, as far as its name says it."""
    keys = [f"={name.letters}", f"%{name.letters}", *(f"*{letters}" for letters in initials)]
    if len(name.letters) >= _SHORTEST_WITH_ENDINGS:
        keys += [f"^{name.letters[:_ENDING]}", f"${name.letters[-_ENDING:]}"]
        if name.letters.isascii():
            keys.append(f"~{sounding(name.letters[:_LONGEST_SOUND])}")
    rare = sorted([(-rarity(word), word) for word in name.words])[:_RAREST]
    return keys + [f"&{word}" for bits, word in rare if -bits >= _LEAST_RARE]
