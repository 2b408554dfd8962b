"""What the records taken together teach: which domains many share, and where a name is at home."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sized
from dataclasses import dataclass

from rapidfuzz import fuzz

from hub.graph.company import Traits
from hub.graph.domains import label
from hub.graph.names import SMALL_WORDS

_FAMILIES_OF_A_SHARED_DOMAIN = 5
_FAMILIES_OF_A_BUSY_DOMAIN = 3
_HOMES_OF_A_COMMON_NAME = 4
_RELATED_RATIO = 60
_SHORTEST_PART = 4
_SHORTEST_INITIALS = 3
_LONGEST_INITIALS = 6


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Learned from all records; equal for any order of them."""

    crowded: frozenset[str]
    """Domains with so many unrelated names that they identify nobody."""
    busy: frozenset[str]
    """Domains with several unrelated names: a family of companies, or a mistake."""
    homes: Mapping[str, frozenset[str]]
    """Letters of a name → the domains that it is most at home on."""
    common: frozenset[str]
    """Letters of names that different companies seem to bear."""
    owned: frozenset[str]
    """Domains with a name that fits, or with several: whoever is at home elsewhere is there by mistake."""

    def domains(self, traits: Traits) -> frozenset[str]:
        """The domains that may identify the company: not crowded, and not clearly somebody else's."""
        return frozenset(domain for domain in traits.domains if self._believed(traits, domain))

    def _believed(self, traits: Traits, domain: str) -> bool:
        if domain in self.crowded:
            return False
        home = self.homes.get(traits.letters, frozenset())
        return not home or domain in home or domain not in self.owned


def learned(records: Mapping[Traits, Sized]) -> Knowledge:
    """What distinct traits teach, each with the records that have them."""
    names_on: dict[str, set[str]] = defaultdict(set)
    places: dict[str, Counter[str]] = defaultdict(Counter)
    countries: dict[tuple[str, str], set[str]] = defaultdict(set)
    for traits, alike in records.items():
        for domain in traits.domains if traits.name else ():
            names_on[domain].add(traits.name)
            places[traits.letters][domain] += len(alike)
            countries[traits.letters, domain].add(traits.country)
    families = {domain: _families(domain, names) for domain, names in names_on.items()}
    crowded = {domain for domain, count in families.items() if count >= _FAMILIES_OF_A_SHARED_DOMAIN}
    homes = {letters: _homes(letters, found, crowded) for letters, found in places.items()}
    return Knowledge(
        crowded=frozenset(crowded),
        busy=frozenset(domain for domain, count in families.items() if count >= _FAMILIES_OF_A_BUSY_DOMAIN),
        homes=homes,
        common=frozenset(letters for letters, home in homes.items() if _is_common(letters, home, countries)),
        owned=_owned(homes, families),
    )


def fits(letters: str, domain: str) -> bool:
    """Whether a name's letters and the owner's part of a domain are alike: acme software on acme.com."""
    chosen = label(domain).replace("-", "")
    if letters == chosen:
        return True
    return min(len(letters), len(chosen)) >= _SHORTEST_PART and (letters in chosen or chosen in letters)


def are_related(left: str, right: str) -> bool:
    """Whether two normal names may be of one family: they share words, or one is a part of the other."""
    return fuzz.token_set_ratio(left, right) >= _RELATED_RATIO or is_part(left, right)


def is_part(left: str, right: str) -> bool:
    """Whether one of two normal names says no more than the other: all of its words or letters, or the initials."""
    short, long = sorted((left.replace(" ", ""), right.replace(" ", "")), key=len)
    if len(short) >= _SHORTEST_PART and short in long:
        return True
    one, other = set(left.split()), set(right.split())
    return one <= other or other <= one or _is_short_for(left, right) or _is_short_for(right, left)


def _is_short_for(short: str, name: str) -> bool:
    """Whether `short` is the initials of a name, give or take its last words and its small ones."""
    if len(short) > _LONGEST_INITIALS or " " in short:
        return False
    words = name.split()
    all_initials = "".join(word[0] for word in words)
    initials = "".join(word[0] for word in words if word not in SMALL_WORDS)
    return any(_starts_alike(each, short) for each in (all_initials, initials))


def _starts_alike(left: str, right: str) -> bool:
    common = min(len(left), len(right))
    return common >= _SHORTEST_INITIALS and left[:common] == right[:common]


def _families(domain: str, names: set[str]) -> int:
    """How many unrelated names a domain has, counted up to the number that makes it a shared one."""
    if len(names) == 1:
        return 1
    heads: list[str] = []
    for name in sorted(names):
        if fits(name.replace(" ", ""), domain) or any(are_related(name, head) for head in heads):
            continue
        heads.append(name)
        if len(heads) == _FAMILIES_OF_A_SHARED_DOMAIN:
            break
    return len(heads)


def _homes(letters: str, found: Counter[str], crowded: set[str]) -> frozenset[str]:
    """The domains that fit the name; where none does, those that most of its records give."""
    domains = found.keys() - crowded
    fitting = frozenset(domain for domain in domains if fits(letters, domain))
    most = max((found[domain] for domain in domains), default=0)
    return fitting or frozenset(domain for domain in domains if 2 * found[domain] > most)


def _owned(homes: Mapping[str, frozenset[str]], families: Mapping[str, int]) -> frozenset[str]:
    fitting = {domain for letters, home in homes.items() for domain in home if fits(letters, domain)}
    return frozenset(fitting | {domain for domain, count in families.items() if count > 1})


def _is_common(letters: str, homes: frozenset[str], countries: Mapping[tuple[str, str], set[str]]) -> bool:
    """Two homes in two countries, or too many homes for one company."""
    labels = {label(domain) for domain in homes}
    known = set().union(*(countries[letters, domain] for domain in homes)) - {""}
    return len(labels) >= _HOMES_OF_A_COMMON_NAME or (len(labels) > 1 and len(known) > 1)
