"""How much two names speak for one company, in bits: what their words share, less what one has alone."""

from collections.abc import Iterable, Iterator

import pyarrow as pa
from rapidfuzz.distance import OSA

from hub.graph.names import DESCRIPTIVE, DISTINCTIVE, NUMBER
from hub.graph.rarity import penalty, rarity

MOST = 12
_MOST_OF_A_COMMON_NAME = 8
_OF_A_SLIP = 2
_SHORTEST_WITH_A_SLIP = {1: 5, 2: 8, 3: 13}
"""Letters that a word must have for so many slips of the pen."""
_SHORTEST_ABBREVIATION = 4
_LONGEST_REST = 8
_SHORTEST_WHOLE = 12
_SPELLED = frozenset({DISTINCTIVE, DESCRIPTIVE})


def bits_of_names(
    letters_l: pa.Array, letters_r: pa.Array, words_l: pa.Array, words_r: pa.Array, is_common: pa.Array
) -> pa.Array:
    """For each pair of names, given by their letters and their words' keys; `is_common`: where several bear the name."""
    columns = (each.to_pylist() for each in (letters_l, letters_r, words_l, words_r, is_common))
    return pa.array([bits(*pair) for pair in zip(*columns, strict=True)], pa.int64())


def bits(left: str, right: str, left_words: list[str], right_words: list[str], is_common: bool = False) -> int:  # noqa: FBT001, FBT002 - a column
    """At most MOST, however many words are shared; below 0 where more speaks against."""
    if left == right:
        return min(_MOST_OF_A_COMMON_NAME if is_common else MOST, sum(map(rarity, left_words)))
    if _is_one_slip(left, right) and _numbers(left_words) == _numbers(right_words):
        return min(MOST, min(sum(map(rarity, left_words)), sum(map(rarity, right_words))) - _OF_A_SLIP)
    shared = set(left_words).intersection(right_words)
    own = [word for word in left_words if word not in shared]
    other = [word for word in right_words if word not in shared]
    gained = sum(map(rarity, shared))
    for one, match, slips in _slips(own, other):
        gained += max(0, min(rarity(one), rarity(match)) - 1 - slips)
        own.remove(one)
        other.remove(match)
    if own and other and _spelled(own) == _spelled(other):
        gained += min(sum(map(rarity, own)), sum(map(rarity, other)))
        own = other = []
    return min(MOST, gained) - sum(map(penalty, own)) - sum(map(penalty, other))


def _slips(own: Iterable[str], other: Iterable[str]) -> Iterator[tuple[str, str, int]]:
    """Pairs of words that may be one word, each in one pair, with how many slips of the pen that would be."""
    free = [word for word in other if word[0] in _SPELLED]
    for one in [*own]:
        if one[0] not in _SPELLED:
            continue
        found = [(slips, match) for match in free if (slips := _slips_between(one[1:], match[1:]))]
        if found:
            slips, match = min(found)
            free.remove(match)
            yield one, match, slips


def _slips_between(one: str, other: str) -> int:
    """0 where they are not one word."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) <= max(_SHORTEST_WITH_A_SLIP):
        slips = OSA.distance(one, other, score_cutoff=max(_SHORTEST_WITH_A_SLIP))
        if len(shorter) >= _SHORTEST_WITH_A_SLIP.get(slips, 1 << 30) or longer == f"{shorter}s":
            return slips
    is_short_for = len(shorter) >= _SHORTEST_ABBREVIATION and longer.startswith(shorter)
    return 2 if is_short_for and len(longer) - len(shorter) <= _LONGEST_REST else 0


def _is_one_slip(left: str, right: str) -> bool:
    return (
        min(len(left), len(right)) >= _SHORTEST_WHOLE
        and abs(len(left) - len(right)) <= 1
        and OSA.distance(left, right, score_cutoff=1) == 1
    )


def _numbers(words: Iterable[str]) -> set[str]:
    return {word for word in words if word[0] == NUMBER}


def _spelled(words: Iterable[str]) -> str:
    return "".join(word[1:] for word in words)
