"""How alike two names of people are: the name of a level in person_weights.toml."""

from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from hub.graph.people_names import Name, Words, is_initial, plain, without_particles
from hub.graph.text import sounding

_SHORTEST_NEAR = 5
_SHORTEST_KINDRED = 3
_TWO_SLIPS = 2
_LONG = 10


class Step(IntEnum):
    """How alike the words of one part of two names are, the most alike first."""

    SAME = 0
    VARIANT = 1
    NEAR = 2
    INITIAL = 3
    KINDRED = 4
    MISSING = 5
    OTHER = 6


AGREEING = frozenset({"same", "swapped", "variant", "near", "initial", "kindred"})
"""The levels at which a name may be one person's."""
CONTRARY = frozenset({"other", "other_given", "other_family"})
"""The levels at which it is another's."""
_LEVELS = ("same", "variant", "near", "initial", "kindred")


def likeness(one: Name | None, other: Name | None) -> str:
    """The level of two names; the same for either order of them."""
    if one is None or other is None:
        return "none"
    return _likeness(one, other) if one <= other else _likeness(other, one)


@lru_cache(maxsize=50_000)
def _likeness(one: Name, other: Name) -> str:
    if one.generation != other.generation and one.generation and other.generation:
        return "other"
    if bool(one.given) is not bool(other.given) and _joined(one) & _joined(other):
        return "same"
    if one.is_split and other.is_split:
        straight = _level(_given(one.given, other.given), _family(one.family, other.family))
    else:
        straight = max(_levels(one, other), key=_WORTH.__getitem__)
    if straight in AGREEING or not (one.given and other.given) or set(one.words).isdisjoint(other.words):
        return straight
    swapped = _level(_given(one.given, other.family), _family(one.family, other.given))
    return "swapped" if swapped in {"same", "variant"} else straight


def _joined(name: Name) -> set[str]:
    """The name without spaces, as some scripts write it."""
    return {"".join(name.given + name.family), "".join(name.family + name.given)}


_WORTH = {
    level: -place
    for place, level in enumerate(
        (*_LEVELS, "swapped", "family_only", "given_only", "none", "other_family", "other_given", "other")
    )
}


def _levels(one: Name, other: Name) -> Iterator[str]:
    for given, family in _readings(one):
        for other_given, other_family in _readings(other):
            yield _level(_given(given, other_given), _family(family, other_family))


def _readings(name: Name) -> Iterator[tuple[Words, Words]]:
    """Given and family name; each way to tell them apart, where the source does not."""
    yield name.given, name.family
    if not name.is_split:
        yield name.family[:-1], name.family[-1:]
        yield name.family[1:], name.family[:1]


def _level(given: Step, family: Step) -> str:
    if given is Step.OTHER:
        return "other_given" if family < Step.MISSING else "other"
    if family is Step.OTHER:
        return "other_family" if given < Step.MISSING else "other"
    if Step.MISSING in (given, family):
        if given is family:
            return "none"
        return "family_only" if given is Step.MISSING else "given_only"
    return _LEVELS[max(given, family)]


@lru_cache(maxsize=50_000)
def _family(one: Words, other: Words) -> Step:
    if not one or not other:
        return Step.MISSING
    if one == other or "".join(one) == "".join(other):
        return Step.SAME
    one, other = without_particles(one), without_particles(other)
    if "".join(one) == "".join(other):
        return Step.SAME
    if set(one) <= set(other) or set(other) <= set(one):
        return Step.VARIANT
    short, long = sorted(("".join(one), "".join(other)), key=len)
    found = _word(short, long)
    # Meier and Meierhofer are two families; Kowalsk is Kowalski.
    is_longer = found is Step.KINDRED and long.startswith(short) and len(long) > len(short) + 1
    return Step.OTHER if is_longer else found


@lru_cache(maxsize=50_000)
def _given(one: Words, other: Words) -> Step:
    """The words of the shorter in their order among those of the longer: the rest are middle names."""
    if not one or not other:
        return Step.MISSING
    if one == other or "".join(one) == "".join(other):
        return Step.SAME
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    rest = iter(long)
    steps = [min((_word(word, each) for each in _until(word, rest)), default=Step.OTHER) for word in short]
    worst = max(steps)
    return max(worst, Step.VARIANT) if len(short) < len(long) and worst is Step.SAME else worst


def _until(word: str, rest: Iterator[str]) -> Iterator[str]:
    """The words up to the first that may be `word`."""
    for each in rest:
        yield each
        if _word(word, each) is not Step.OTHER:
            return


@lru_cache(maxsize=50_000)
def _word(one: str, other: str) -> Step:
    if one == other:
        return Step.SAME
    if is_initial(one) or is_initial(other):
        return Step.INITIAL if one[0] == other[0] else Step.OTHER
    if plain(one) == plain(other) or other in _called(one) or one in _called(other):
        return Step.VARIANT
    if _is_slip(one, other):
        return Step.NEAR
    return Step.KINDRED if _are_kindred(one, other) else Step.OTHER


def _is_slip(one: str, other: str) -> bool:
    """One letter off, not at the end, where a letter makes another name; and not two names that people bear."""
    if min(len(one), len(other)) < _SHORTEST_NEAR or OSA.distance(one, other, score_cutoff=1) > 1:
        return False
    if one[:-1] in {other, other[:-1]} or other[:-1] == one:
        return False
    return one not in _nicknames() or other not in _nicknames()


def _are_kindred(one: str, other: str) -> bool:
    """Max and Maximilian, Aleksei and Alexey, Jaes and James; but also Maria and Mario, so it says little."""
    short, long = sorted((one, other), key=len)
    if len(short) < _SHORTEST_KINDRED:
        return False
    if long.startswith(short) or (short[0] == long[0] and OSA.distance(one, other, score_cutoff=1) == 1):
        return True
    if not (one.isascii() and other.isascii()):
        return False
    return 2 * OSA.distance(one, other) <= len(long) and _sound(one) == _sound(other)


def are_apart(one: Name | None, other: Name | None) -> bool:
    """Whether no third name can be that of both: they are contrary, and not by slips of the pen in each of them."""
    if one is None or other is None or likeness(one, other) not in CONTRARY:
        return False
    left, right = ("".join(sorted(name.words)) for name in (one, other))
    return OSA.distance(left, right, score_cutoff=_TWO_SLIPS) > _TWO_SLIPS or min(len(left), len(right)) < _LONG


@lru_cache(maxsize=50_000)
def _sound(word: str) -> str:
    return sounding(word)


def _called(name: str) -> frozenset[str]:
    return _nicknames().get(name, frozenset())


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Names that English speakers bear, and what they are called, as the package `nicknames` lists it."""
    from nicknames import NickNamer  # noqa: PLC0415 - reads a file that only mapping should pay for

    called = NickNamer.default_lookup()
    names = called.keys() | set().union(*called.values())
    return {name: frozenset(called.get(name, ())) for name in names}
