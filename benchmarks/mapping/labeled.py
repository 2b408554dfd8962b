"""The labeled lists beside this file; data/NOTICE says where each is from."""

import csv
import gzip
from io import StringIO
from pathlib import Path

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of data/<name>.csv.gz."""
    text = gzip.decompress((DATA / f"{name}.csv.gz").read_bytes()).decode()
    return list(csv.DictReader(StringIO(text, newline="")))
