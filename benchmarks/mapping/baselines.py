"""Simple rules, which anybody would write first: what the hub's mapping must be better than."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process

from benchmarks.mapping.components import components
from benchmarks.mapping.engine import name_key
from hub.graph.company import Company
from hub.graph.domains import registrable_domain

LEAST_SORTED = 80
"""Of 100: the likeness of sorted words from which two names count as one; the best on the patents, by account of
the people who measured it there."""
LEAST_LIKE = 85
"""Of 100: the same for the best-known measure of likeness, on name pairs."""

Labels = list[int]
Rule = Callable[[Sequence[Company]], Labels]
Ties = Iterator[tuple[int, int]]


def lower_name(company: Company) -> str | None:
    return (company.name or "").strip().lower() or None


def standard_name(company: Company) -> str | None:
    return name_key(company.name)


def domain(company: Company) -> str | None:
    return registrable_domain(company.domain or company.website)


def words(company: Company) -> Hashable:
    return frozenset((name_key(company.name) or "").split()) or None


def by(*keys: Callable[[Company], Hashable]) -> Rule:
    """Companies are one where any of the keys is the same."""

    def labels(companies: Sequence[Company]) -> Labels:
        return components(len(companies), _equal(companies, keys))

    return labels


def by_likeness(companies: Sequence[Company]) -> Labels:
    """Companies are one where their names have the same words, or nearly: whatever that ties together."""
    names = sorted({" ".join(sorted((name_key(each.name) or "").split())) for each in companies} - {""})
    place = {name: number for number, name in enumerate(names)}
    groups = components(len(names), _like(names))

    def group(company: Company) -> Hashable:
        number = place.get(" ".join(sorted((name_key(company.name) or "").split())))
        return None if number is None else groups[number]

    return by(group, words)(companies)


def _equal(companies: Sequence[Company], keys: Sequence[Callable[[Company], Hashable]]) -> Ties:
    for key in keys:
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, company in enumerate(companies):
            if (found := key(company)) is not None:
                places[found].append(place)
        for alike in places.values():
            yield from pairwise(alike)


def _like(names: Sequence[str]) -> Ties:
    for place, name in enumerate(names):
        others = names[place + 1 :]
        near = process.extract_iter(name, others, scorer=fuzz.ratio, processor=None, score_cutoff=LEAST_SORTED)
        yield from ((place, place + 1 + other) for _, _, other in near)


NAMES: dict[str, Rule] = {
    "lower-case name": by(lower_name),
    "standard name": by(standard_name),
    "words of the name": by(words),
}
SITES: dict[str, Rule] = {
    "domain": by(domain),
    "domain or name": by(domain, standard_name),
}
LIKENESS: dict[str, Rule] = {"words, or alike": by_likeness}
"""Every name with every other: for small sets."""


def name_rules() -> Mapping[str, Callable[[str, str], bool]]:
    """Rules for two names."""
    return {
        "always a match": lambda left, right: True,
        "lower-case name": lambda left, right: left.lower() == right.lower(),
        "standard name": lambda left, right: name_key(left) == name_key(right),
        "likeness": lambda left, right: fuzz.WRatio(name_key(left) or "", name_key(right) or "") >= LEAST_LIKE,
    }
