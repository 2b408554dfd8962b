"""What of the hub's mapping is measured: all that the benchmark knows of the engine stands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from benchmarks.mapping.components import components
from hub.graph.company import Company
from hub.graph.mapping import Mapping, judged, mapping
from hub.graph.names import standard_name
from hub.graph.scoring import SHARED
from hub.model import Verdict


@dataclass(frozen=True, slots=True)
class Answer:
    """What mapping makes of some companies, whose ids are their positions."""

    clusters: list[int]
    """The number of the account that each is of."""
    shared: list[int]
    """The same, of what may be disclosed."""
    related: frozenset[tuple[int, int]]
    """Positions, ascending, of those that are neither one nor strangers."""


def company(number: int, name: str | None, website: str | None = None, country: str | None = None) -> Company:
    """A company whose id is its position."""
    return Company(id=UUID(int=number), name=name, website=website, country=country)


def answer(companies: Sequence[Company]) -> Answer:
    """The clusters at both thresholds, and the related pairs."""
    found = mapping(companies)
    clusters = _labels(found, len(companies))
    strong = [
        (finding.left.int, finding.right.int)
        for finding in found.findings
        if finding.bits >= SHARED and clusters[finding.left.int] == clusters[finding.right.int]
    ]
    related = frozenset(
        (finding.left.int, finding.right.int) for finding in found.findings if finding.verdict is Verdict.RELATED
    )
    return Answer(clusters, components(len(companies), strong), related)


def same(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Of each pair of names by itself, whether it is one company."""
    companies = [company(place, name) for place, name in enumerate(chain.from_iterable(pairs))]
    asked = [(UUID(int=2 * number), UUID(int=2 * number + 1)) for number in range(len(pairs))]
    found = {finding.left.int // 2 for finding in judged(companies, asked) if finding.verdict is Verdict.SAME}
    return [number in found for number in range(len(pairs))]


def name_key(name: str | None) -> str | None:
    """The name in the form in which it is compared: without its legal form, case and punctuation."""
    found = standard_name(name)
    return found.text if found else None


def _labels(found: Mapping, count: int) -> list[int]:
    labels = [0] * count
    for number, cluster in enumerate(found.clusters):
        for record in cluster:
            labels[record.int] = number
    return labels
