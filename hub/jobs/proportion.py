"""How much may change at once without a person who says that it is meant."""

FEW = 20
"""Rows that may always be changed, or go, whatever share they are."""
LARGEST_SHARE = 0.3


def is_much(rows: int, known: int) -> bool:
    """Whether so many of the rows that are known are for a person to decide."""
    return rows > FEW and rows > known * LARGEST_SHARE
