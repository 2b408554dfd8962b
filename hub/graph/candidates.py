"""Which pairs of traits are worth a comparison: those that share a key, and of a large group only neighbors."""

import duckdb

from hub.graph.sql import script

_SMALL_GROUP = 8
_WINDOW = 2
_SHORTEST_LABEL = 4


def block(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `pairs` (one, other) from `traits`; traits of several records are paired with themselves, too.

    Every record takes part in a bounded number of pairs, however large its groups are.
    """
    limits = {"small_group": _SMALL_GROUP, "window": _WINDOW, "shortest_label": _SHORTEST_LABEL}
    connection.execute(script("candidates").format(**limits))
