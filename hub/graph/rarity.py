"""How much a word of a name tells, from a count of the words in the names of 47,000 real organizations.

The counts are the same for every hub, so that what two records are to each other does not depend on a third.
`benchmarks/word_counts.py` makes them anew.
"""

import gzip
import math
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import resources

from hub.graph.names import DESCRIPTIVE, NUMBER, PLACE, SMALL

FILE = "word_counts.csv.gz"
MOST = 13
"""Bits of a word that no other name has."""
_OF_A_NUMBER, _OF_A_PLACE, _OF_A_REGION = 4, 5, 6
_WEAK = frozenset(
    f"{DESCRIPTIVE}{word}" for word in ("business", "co", "concern", "corp", "enterprise", "grp", "holding", "private")
)
"""Words that a company's name has or lacks as its writer likes."""


@lru_cache(maxsize=1 << 20)
def rarity(word: str) -> int:
    """Bits that speak for one company where two names share the word: how rare it is."""
    if word in _WEAK or word[0] == SMALL:
        return 1
    total, counts = _counts()
    bits = min(MOST, round(math.log2(total / max(1, counts[word]))))
    return min(bits, {NUMBER: _OF_A_NUMBER, PLACE: _OF_A_PLACE}.get(word[0], MOST))


@lru_cache(maxsize=1 << 20)
def penalty(word: str) -> int:
    """Bits that speak against it where only one of them has it."""
    if word[0] == SMALL:
        return 0
    if word in _WEAK or word == f"{NUMBER}1":
        return 1
    if word[0] == PLACE and "-" in word:
        return _OF_A_REGION
    return {NUMBER: 9, PLACE: 2, DESCRIPTIVE: 3}.get(word[0], min(8, 2 + rarity(word) // 2))


def counted(names: Iterable[Iterable[str]]) -> bytes:
    """The file of counts, from the words of distinct names: how many names there are, then word and count by word."""
    total = 0
    counts: Counter[str] = Counter()
    for words in names:
        total += 1
        counts.update(set(words))
    lines = [str(total), *(f"{word},{count}" for word, count in sorted(counts.items()) if count > 1)]
    return gzip.compress("\n".join(lines).encode(), mtime=0)


@cache
def _counts() -> tuple[int, Counter[str]]:
    packed = resources.files(__package__).joinpath(FILE).read_bytes()
    total, *lines = gzip.decompress(packed).decode().splitlines()
    pairs = (line.rpartition(",") for line in lines)
    return int(total), Counter({word: int(count) for word, _, count in pairs})


@lru_cache(maxsize=1 << 20)
def coded(word: str) -> int:
    """A word as a number: 53 bits of its hash, then its rarity and its penalty, five bits each."""
    hashed = int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "big") >> 11
    return hashed << 10 | rarity(word) << 5 | penalty(word)
