"""How much each comparison of two records says, in bits: a table."""

from collections.abc import Callable
from dataclasses import dataclass

from hub.graph.company import Traits
from hub.graph.countries import is_country
from hub.graph.domains import label
from hub.graph.knowledge import Knowledge, fits, is_part
from hub.graph.names import similarity

VERSION = "rules-1"
ACCEPTED = 10.0
"""From here on two records are one company."""
REVIEWED = 6.0
"""From here on a person should decide."""
VETO = -100.0

_SHORTEST_VERY_NEAR = 10
_SHORTEST_COUNTRY = 4
"""Two letters are too often something else: tetrate io."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of two compared records: its traits, and those of its domains that can be believed."""

    traits: Traits
    domains: frozenset[str]
    busy: frozenset[str]
    """Those of its domains that several families of names use."""
    has_common_name: bool
    """Different companies seem to bear the name."""
    is_at_home: bool
    """The name fits a domain that some record gives for it, so it is no slip of the pen."""


def side(traits: Traits, known: Knowledge) -> Side:
    """`traits` in the light of what is known of all records."""
    homes = known.homes.get(traits.letters, ())
    domains = known.domains(traits)
    return Side(
        traits=traits,
        domains=domains,
        busy=domains & known.busy,
        has_common_name=traits.letters in known.common,
        is_at_home=any(fits(traits.letters, domain) for domain in homes),
    )


@dataclass(frozen=True, slots=True)
class Feature:
    """One reason for or against: what is compared, when the reason holds, and what it weighs."""

    name: str
    holds: Callable[[Side, Side], bool]
    bits: float
    shown: Callable[[Traits], str]


def bits_of(left: Side, right: Side) -> tuple[float, tuple[Feature, ...]]:
    """The score of a pair, and the features that make it up."""
    found = tuple(feature for feature in FEATURES if feature.holds(left, right))
    return sum(feature.bits for feature in found), found


def _same_duns(left: Side, right: Side) -> bool:
    return left.traits.duns != "" and left.traits.duns == right.traits.duns


def _other_duns(left: Side, right: Side) -> bool:
    return "" not in (left.traits.duns, right.traits.duns) and left.traits.duns != right.traits.duns


def _same_domain(left: Side, right: Side) -> bool:
    return not (left.domains & right.domains) <= left.busy


def _same_busy_domain(left: Side, right: Side) -> bool:
    return not left.domains.isdisjoint(right.domains) and not _same_domain(left, right)


def _same_label(left: Side, right: Side) -> bool:
    return _have_other_domains(left, right) and _have_alike_labels(left, right)


def _other_domain(left: Side, right: Side) -> bool:
    return _have_other_domains(left, right) and not _have_alike_labels(left, right)


def _have_other_domains(left: Side, right: Side) -> bool:
    return bool(left.domains) and bool(right.domains) and left.domains.isdisjoint(right.domains)


def _have_alike_labels(left: Side, right: Side) -> bool:
    return any(label(one) == label(other) for one in left.domains for other in right.domains)


def _same_email_domain(left: Side, right: Side) -> bool:
    return not left.domains.isdisjoint(right.traits.email_domains) or not right.domains.isdisjoint(
        left.traits.email_domains
    )


def _have_same_name(left: Side, right: Side) -> bool:
    return left.traits.letters != "" and left.traits.letters == right.traits.letters


def _same_rare_name(left: Side, right: Side) -> bool:
    return _have_same_name(left, right) and not left.has_common_name


def _same_common_name(left: Side, right: Side) -> bool:
    return _have_same_name(left, right) and left.has_common_name


def _very_near_name(left: Side, right: Side) -> bool:
    """One slip in a long name."""
    lengths = len(left.traits.letters), len(right.traits.letters)
    slips = (1 - _nearness(left, right)) * max(lengths)
    return min(lengths) >= _SHORTEST_VERY_NEAR and round(slips) == 1


def _near_name(left: Side, right: Side) -> bool:
    return _nearness(left, right) > 0 and not _very_near_name(left, right)


def _nearness(left: Side, right: Side) -> float:
    if left.is_at_home and right.is_at_home:
        return 0.0
    return similarity(left.traits.letters, right.traits.letters)


def _other_name(left: Side, right: Side) -> bool:
    one, other = left.traits.name, right.traits.name
    return bool(one) and bool(other) and not is_part(one, other) and _nearness(left, right) == 0


def _name_of_a_branch(left: Side, right: Side) -> bool:
    """One name is the other and a country: acme brasil."""
    short, long = sorted((left.traits.name, right.traits.name), key=len)
    if not short or not long.startswith(f"{short} "):
        return False
    return any(len(word) >= _SHORTEST_COUNTRY and is_country(word) for word in long[len(short) :].split())


def _same_country(left: Side, right: Side) -> bool:
    return left.traits.country != "" and left.traits.country == right.traits.country


def _other_country(left: Side, right: Side) -> bool:
    return "" not in (left.traits.country, right.traits.country) and left.traits.country != right.traits.country


def _name(traits: Traits) -> str:
    return traits.name


def _domain(traits: Traits) -> str:
    return ", ".join(traits.domains or traits.email_domains)


def _country(traits: Traits) -> str:
    return traits.country


def _duns(traits: Traits) -> str:
    return traits.duns


FEATURES = (
    Feature("duns", _same_duns, 20.0, _duns),
    Feature("duns", _other_duns, VETO, _duns),
    Feature("domain", _same_domain, 13.0, _domain),
    Feature("domain", _same_busy_domain, 7.0, _domain),
    Feature("domain label", _same_label, 4.0, _domain),
    Feature("domain", _other_domain, -2.0, _domain),
    Feature("e-mail domain", _same_email_domain, 8.0, _domain),
    Feature("name", _same_rare_name, 12.0, _name),
    Feature("name", _same_common_name, 8.0, _name),
    Feature("name", _very_near_name, 9.0, _name),
    Feature("name", _near_name, 6.0, _name),
    Feature("name", _other_name, -4.0, _name),
    Feature("branch", _name_of_a_branch, -6.0, _name),
    Feature("country", _same_country, 2.0, _country),
    Feature("country", _other_country, -5.0, _country),
)
