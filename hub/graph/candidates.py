"""Which pairs of traits are worth a comparison: those that share a key, and of a large group only neighbors."""

import duckdb

from hub.graph.sql import script

_SMALL_GROUP = 8
_WINDOW = 2
_NEIGHBORS = ", ".join(f"lead(id, {distance}) over w" for distance in range(1, _WINDOW + 1))
_SHORTEST_LABEL = 4


def block(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `pairs` (one, other) from `traits`; traits of several records are paired with themselves, too.

    In a large group a record is compared with its neighbors, and with the one that stands for most records; so that
    there are no more than a few pairs for each key of each record, however large groups are.
    """
    limits = {"small_group": _SMALL_GROUP, "neighbors": _NEIGHBORS, "shortest_label": _SHORTEST_LABEL}
    connection.execute(script("candidates").format(**limits))
