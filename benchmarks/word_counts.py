"""Counts the words in the names of listed companies and research organizations, for hub/graph/rarity.py.

The names are those of the sandbox, whose NOTICE says where they are from: `python benchmarks/word_counts.py`.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from importlib import resources

from hub.graph import rarity
from hub.graph.names import standard_name

SOURCES = ("listed_companies.csv.gz", "research_organizations.csv.gz")


def main() -> None:
    """Write the counts anew."""
    words = {name.text: name.words for text in names() if (name := standard_name(text))}
    with resources.as_file(resources.files("hub.graph").joinpath(rarity.FILE)) as file:
        file.write_bytes(rarity.counted(words.values()))


def names() -> Iterator[str]:
    for source in SOURCES:
        packed = resources.files("hub.sandbox").joinpath("data", source).read_bytes()
        yield from (row["name"] for row in csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


if __name__ == "__main__":
    main()
