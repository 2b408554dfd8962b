"""Research organizations: parents and children, which are no duplicates, and strings that name one of them."""

import random
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from benchmarks.mapping.baselines import NAMES, SITES
from benchmarks.mapping.components import components
from benchmarks.mapping.engine import Answer, answer, company
from benchmarks.mapping.halves import half
from benchmarks.mapping.labeled import rows
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import BOTH, Everything, share
from hub.graph.company import Company
from hub.graph.domains import registrable_domain

PARENTS = "ROR parents and children"
STRINGS = "ROR names → organizations"
SEED = 7
Pair = tuple[int, int]
Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Registry:
    """Every name of every organization as a record of its own, and after them the strings, of which only the name
    is known."""

    companies: list[Company]
    of: list[str]
    """The id of the organization that each record is of; of a string, the one that it names."""
    strings: int
    """Where the strings begin."""


def hierarchy() -> Report:
    """Of the parents and children with different names, how many are kept apart; and the three answers."""
    organizations = rows("research_organizations")
    companies = [_record(place, row, row["name"]) for place, row in enumerate(organizations)]
    pairs = [pair for pair in _families(organizations) if _have_other_names(organizations, pair)]
    told = Report(f"{PARENTS}: {len(pairs):,} pairs with different names among {len(companies):,}")

    def kept(labels: Sequence[object]) -> Everything:
        apart = [(half(organizations[child]["id"]), labels[child] != labels[parent]) for child, parent in pairs]
        return {
            which: {"kept apart": _share_of(is_apart for each, is_apart in apart if which in {None, each})}
            for which in BOTH
        }

    found = answer(companies)
    told.add("hub, internal threshold", kept(found.clusters))
    told.beside("hub, sharing threshold", kept(found.shared))
    for name, rule in (NAMES | SITES).items():
        told.beside(name, kept(rule(companies)))
    told.aim(PARENTS, kept(found.clusters), "kept apart", 0.95)
    told.misses = [
        Miss("merged", f"{organizations[child]['name']} | {organizations[parent]['name']}")
        for child, parent in pairs
        if found.clusters[child] == found.clusters[parent]
    ]
    return told


def three_ways() -> Report:
    """What is said of pairs that are one, related, or strangers which share a name or a domain."""
    told = Report("ROR, three ways: what is said of names of one organization, of relatives, and of strangers")
    for kind, pairs in _kinds().items():
        said = _said(_answer(), pairs)
        told.rows.append((f"{kind}: {len(pairs):,}", said))
    told.notes.append("Strangers are pairs that share a domain or a name and that no chain of relatives connects.")
    return told


def strings() -> Report:
    """Each string is right where its account holds one organization only, the one that it names."""
    told = Report(STRINGS)
    registry = _registry()
    known = set(registry.of[: registry.strings])
    told.title += f": {len(registry.of) - registry.strings:,} strings, {_named(registry, known):,} of them in the list"
    for name, labels in (
        ("hub, internal threshold", _answer().clusters),
        ("hub, sharing threshold", _answer().shared),
        *((name, rule(registry.companies)) for name, rule in (NAMES | SITES).items() if name != "domain"),
    ):
        scores = _of_strings(registry, labels, known)
        if name == "hub, internal threshold":
            told.add(name, scores)
            told.aim(STRINGS, scores, "P", 0.95)
        else:
            told.beside(name, scores)
    told.notes.append("A string that comes to several organizations, or to none, has no answer: it costs recall only.")
    told.misses = _string_misses(registry, known)
    return told


def _named(registry: Registry, known: set[str]) -> int:
    return sum(true in known for true in registry.of[registry.strings :])


def _of_strings(registry: Registry, labels: Sequence[Hashable], known: set[str]) -> Everything:
    answers = list(_answers(registry, labels))
    return {which: _of_answers([each for each in answers if which in {None, half(each[0])}], known) for which in BOTH}


def _answers(registry: Registry, labels: Sequence[Hashable]) -> Iterator[tuple[str, set[str], str]]:
    """Of each string: the organization that it names, those in its account, and itself."""
    held: dict[Hashable, set[str]] = defaultdict(set)
    for place in range(registry.strings):
        held[labels[place]].add(registry.of[place])
    for place in range(registry.strings, len(registry.of)):
        yield registry.of[place], held.get(labels[place], set()), registry.companies[place].name or ""


def _of_answers(answers: Sequence[tuple[str, set[str], str]], known: set[str]) -> dict[str, float]:
    right = sum(found == {true} for true, found, _ in answers)
    wrong = sum(len(found) == 1 and found != {true} for true, found, _ in answers)
    several = sum(len(found) > 1 for _, found, _ in answers)
    named = sum(true in known for true, _, _ in answers)
    return {
        "P": share(right, right + wrong),
        "R": share(right, named),
        "right": right,
        "wrong": wrong,
        "several": several,
        "of": named,
    }


def _string_misses(registry: Registry, known: set[str]) -> list[Miss]:
    names = {row["id"]: row["name"] for row in rows("research_organizations")}
    misses = []
    for true, found, string in _answers(registry, _answer().clusters):
        if found == {true} or (not found and true not in known):
            continue
        kind = "none" if not found else "several" if len(found) > 1 else "wrong"
        others = ", ".join(sorted(names[each] for each in found - {true})[:4])
        misses.append(Miss(kind, f"{string} | {names.get(true, 'not in the list')} | {others}"))
    return misses


@cache
def _registry() -> Registry:
    organizations = rows("research_organizations")
    named = [(row, name) for row in organizations for name in _names(row)]
    companies = [_record(place, row, name) for place, (row, name) in enumerate(named)]
    given = rows("affiliations")
    companies += [company(len(named) + place, row["name"]) for place, row in enumerate(given)]
    return Registry(companies, [row["id"] for row, _ in named] + [row["id"] for row in given], len(named))


@cache
def _answer() -> Answer:
    return answer(_registry().companies)


def _names(row: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys([row["name"], *filter(None, row["other_names"].split("|"))]))


def _record(place: int, row: Mapping[str, str], name: str) -> Company:
    return company(place, name, row["website"] or None, row["country"] or None)


def _families(organizations: Rows) -> list[Pair]:
    """Places of a child and its parent."""
    places = {row["id"]: place for place, row in enumerate(organizations)}
    return [
        (place, places[parent])
        for place, row in enumerate(organizations)
        for parent in row["parents"].split("|")
        if parent in places
    ]


def _have_other_names(organizations: Rows, pair: Pair) -> bool:
    left, right = (organizations[place]["name"].casefold() for place in pair)
    return left != right


def _share_of(said: Iterable[bool]) -> float:
    found = list(said)
    return share(sum(found), len(found))


def _kinds() -> dict[str, list[Pair]]:
    """Places of records: of two names of one organization, of a child and its parent, of strangers that look alike."""
    registry, organizations = _registry(), rows("research_organizations")
    places: dict[str, list[int]] = defaultdict(list)
    for place in range(registry.strings):
        places[registry.of[place]].append(place)
    first = [places[row["id"]][0] for row in organizations]
    families = _families(organizations)
    return {
        "same": [(own[0], own[1]) for own in places.values() if len(own) > 1],
        "related": [(first[child], first[parent]) for child, parent in families],
        "different": [(first[left], first[right]) for left, right in _strangers(organizations, families)],
    }


def _strangers(organizations: Rows, families: Sequence[Pair]) -> list[Pair]:
    """One pair for each name and each domain that members of two families share."""
    group = _family_of(organizations, families)
    shared: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(organizations):
        for key in filter(None, {row["name"].casefold(), registrable_domain(row["website"])}):
            shared[key].append(place)
    rng, found = random.Random(SEED), []  # noqa: S311 - the same each time
    for _, alike in sorted(shared.items()):
        one = rng.choice(alike)
        others = [place for place in alike if group[place] != group[one]]
        if others:
            found.append((one, rng.choice(others)))
    return found


def _family_of(organizations: Rows, families: Sequence[Pair]) -> list[int]:
    places = {row["id"]: place for place, row in enumerate(organizations)}
    successions = [
        (place, places[other])
        for place, row in enumerate(organizations)
        for other in row["successors"].split("|")
        if other in places
    ]
    return components(len(organizations), [*families, *successions])


def _said(found: Answer, pairs: Sequence[Pair]) -> dict[str, float]:
    same = sum(found.clusters[left] == found.clusters[right] for left, right in pairs)
    related = sum(
        found.clusters[left] != found.clusters[right] and (min(left, right), max(left, right)) in found.related
        for left, right in pairs
    )
    return {
        "said same": share(same, len(pairs)),
        "said related": share(related, len(pairs)),
        "said different": share(len(pairs) - same - related, len(pairs)),
    }
