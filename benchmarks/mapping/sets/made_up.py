"""The sandbox's ecosystem, which knows the truth of every row and what was done to it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from benchmarks.mapping.baselines import NAMES, SITES
from benchmarks.mapping.engine import answer
from benchmarks.mapping.report import Miss, Report
from benchmarks.mapping.scores import of_clusters
from hub.graph.company import Company
from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.world import AccountEntry, Fate

TITLE = "Sandbox, as planted"
COMPANIES = 20_000


def report() -> Report:
    """All live rows of both vendors and of the partners' lists, together."""
    world = made_up_ecosystem(COMPANIES)
    lists = [world.salesforce.accounts, world.hubspot.accounts, *(partner.accounts for partner in world.partners)]
    entries = [entry for entries in lists for entry in entries if entry.fate is Fate.LIVE]
    companies, truth = [_company(*each) for each in enumerate(entries)], [entry.truth for entry in entries]
    told = Report(f"{TITLE}: {len(entries):,} rows of {len(set(truth)):,} companies")
    found = answer(companies)
    scores = of_clusters(found.clusters, truth)
    told.add("hub, internal threshold", scores)
    told.beside("hub, sharing threshold", of_clusters(found.shared, truth))
    for name, rule in (NAMES | SITES).items():
        told.beside(name, of_clusters(rule(companies), truth))
    told.aim(TITLE, scores, "F1", 0.98)
    told.misses = _misses(entries, found.clusters)
    told.notes = [_lost_by_kind(entries, found.clusters)]
    return told


def _company(place: int, entry: AccountEntry) -> Company:
    return Company(
        id=UUID(int=place),
        name=entry.name,
        website=entry.website,
        domain=entry.domain,
        country=entry.country,
        duns=entry.duns,
    )


def _misses(entries: Sequence[AccountEntry], labels: Sequence[int]) -> list[Miss]:
    """Of each company, the rows that are not in its largest part; of each account, those of another company than most.

    The kind is all that was done to the row.
    """
    places = range(len(entries))
    missed = _strays(places, [entry.truth for entry in entries], labels)
    wrong = _strays(places, labels, [entry.truth for entry in entries])
    return [
        Miss(
            f"{what}, {'+'.join(sorted(set(entries[stray].planted))) or 'nothing planted'}",
            _about(entries, stray, most),
        )
        for what, strays in (("missed", missed), ("wrong", wrong))
        for stray, most in strays
    ]


def _strays(places: Iterable[int], whole: Sequence[int], parts: Sequence[int]) -> list[tuple[int, int]]:
    """In each whole, what is not in the part that has most of it, beside the first of that part."""
    members: dict[int, list[int]] = defaultdict(list)
    for place in places:
        members[whole[place]].append(place)
    strays = []
    for together in members.values():
        largest = Counter(parts[place] for place in together).most_common(1)[0][0]
        first = next(place for place in together if parts[place] == largest)
        strays += [(place, first) for place in together if parts[place] != largest]
    return strays


def _about(entries: Sequence[AccountEntry], *places: int) -> str:
    cells = ((entries[place].name, entries[place].website, entries[place].country) for place in places)
    return " | ".join(", ".join(cell or "-" for cell in row) for row in cells)


def _lost_by_kind(entries: Sequence[AccountEntry], labels: Sequence[int]) -> str:
    """Of the rows to which each thing was done and which have another row of their company, how many are with none."""
    of_truth, cells = Counter(entry.truth for entry in entries), Counter(_cells(entries, labels))
    rows, lost = Counter[str](), Counter[str]()
    for entry, cell in zip(entries, _cells(entries, labels), strict=True):
        if of_truth[entry.truth] > 1:
            for kind in set(entry.planted) or {"nothing planted"}:
                rows[kind] += 1
                lost[kind] += cells[cell] == 1
    told = ", ".join(f"{kind} {lost[kind]:,} of {rows[kind]:,}" for kind in sorted(rows))
    return f"Alone though their company has other rows, by what was done to them: {told}."


def _cells(entries: Sequence[AccountEntry], labels: Sequence[int]) -> list[tuple[int, int]]:
    return [(entry.truth, label) for entry, label in zip(entries, labels, strict=True)]
