"""What every kind of file is made of."""

from typing import NamedTuple


class Row(NamedTuple):
    """A row's cells, and where it stands."""

    place: str
    """"line 7", "row 7"."""
    cells: list[str]
    is_cut_off: bool = False
    """The file ends in it."""
