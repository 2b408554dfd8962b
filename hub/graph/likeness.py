"""What two records are to each other in each comparison: the level that holds."""

import duckdb

from hub.graph.sql import script

MOST, LEAST = 12, -10
"""Bits of names, however many words are shared, or are not."""
_LIMITS = {"most": MOST, "least": LEAST, "most_of_a_common_name": 8, "other_name": -4, "telling": 8}


def compare(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill the table `compared`, a level for each comparison, or null where nothing can be said, from `pairs`."""
    connection.execute(script("likeness").format(**_LIMITS))
