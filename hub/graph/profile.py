"""What an account is called: chosen from what its records say."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hub.graph.company import Company
from hub.graph.domains import is_shared, registrable_domain
from hub.graph.names import is_telling, standard_name


def profile(records: Sequence[Company]) -> tuple[str | None, str | None]:
    """Name and domain: the most frequent spelling of a telling name, and the most frequent domain that is not shared.

    Ties go to the shorter, then to the alphabet. The name is None only where no record has one.
    """
    names = [_spelling(record.name) for record in records if record.name and record.name.strip()]
    telling = [name for name in names if is_telling(standard_name(name))]
    return _most_frequent(telling or names), _most_frequent(_domains(records))


def _spelling(name: str) -> str:
    """The name without stray spaces and without quotes around the whole of it, which exports leave behind."""
    name = " ".join(name.split())
    inner = name[1:-1].strip()
    return inner if inner and name[0] == name[-1] and name[0] in "\"'" and name[0] not in inner else name


def _domains(records: Iterable[Company]) -> list[str]:
    domains = (registrable_domain(record.domain) or registrable_domain(record.website) for record in records)
    return [domain for domain in domains if domain and not is_shared(domain)]


def _most_frequent(texts: Iterable[str]) -> str | None:
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], len(text), text), default=None)
