"""How much each comparison of two contacts says, in bits. The weights are data: person_weights.toml."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, NamedTuple

from rapidfuzz.distance import OSA

from hub.graph.people_addresses import Address
from hub.graph.people_knowledge import Knowledge, Traits, is_large, is_vast, places
from hub.graph.people_likeness import AGREEING, CONTRARY, likeness
from hub.graph.people_names import Name

WEIGHTS: Mapping[str, Any] = tomllib.loads(
    resources.files(__package__).joinpath("person_weights.toml").read_text("utf-8")
)
VERSION: str = WEIGHTS["version"]
SAME: float = WEIGHTS["same"]
UNSURE: float = WEIGHTS["unsure"]
_SHORTEST_OWN_MAILBOX = 5
_SHORTEST_WORD = 3


_BITS: Mapping[tuple[str, str], float] = {
    (feature, level): bits
    for feature, levels in WEIGHTS.items()
    if isinstance(levels, dict)
    for level, bits in levels.items()
}


class Comparison(NamedTuple):
    """One comparison of two contacts: what is compared, how it came out, and what that weighs."""

    feature: str
    level: str
    bits: float


def comparisons(one: Traits, other: Traits, known: Knowledge) -> list[Comparison]:
    """All that speaks for or against the two being one person, or that says nothing in numbers."""
    return [Comparison(feature, level, _BITS[feature, level]) for feature, level in _levels(one, other, known)]


def score(one: Traits, other: Traits, known: Knowledge) -> float:
    """All of them together."""
    return sum([_BITS[each] for each in _levels(one, other, known)])


def _levels(one: Traits, other: Traits, known: Knowledge) -> list[tuple[str, str]]:
    email, name = _email(one, other, known), likeness(one.name, other.name)
    found = (
        ("name", name),
        ("email", email),
        ("commonness", _commonness(one, other, known, name)),
        # The same address says the company already.
        ("company", None if email == "same" else _company(one, other, known)),
        ("phone", _phone(one, other, known)),
        ("colleagues", _colleagues(one.address, other.address, email, name)),
    )
    return [(feature, level) for feature, level in found if level is not None]


def _colleagues(left: Address | None, right: Address | None, email: str | None, name: str) -> str | None:
    """Two people at one company, each with a mailbox and a name of their own."""
    if email not in _TWO_MAILBOXES or name not in CONTRARY or left is None or right is None:
        return None
    return "veto" if left.company is not None and left.company == right.company else None


_TWO_MAILBOXES = frozenset({"near", "other_number", "other_at_company"})


def _email(one: Traits, other: Traits, known: Knowledge) -> str | None:
    left, right = one.address, other.address
    if left is None or right is None:
        return None
    if left == right:
        return "same_shared" if left.is_of_a_role or left.key in known.shared_addresses else "same"
    if left.is_of_a_role or right.is_of_a_role:
        return None
    if left.host == right.host:
        return _mailboxes(left, right)
    if left.mailbox == right.mailbox and _is_own(left.mailbox, one.name, other.name, known):
        return "same_mailbox"
    return "other_at_company" if left.company is not None and left.company == right.company else "other"


def _mailboxes(left: Address, right: Address) -> str:
    """Two mailboxes at one host."""
    if have_other_numbers(left, right):
        return "other_number"
    if OSA.distance(left.mailbox, right.mailbox, score_cutoff=1) == 1:
        return "near"
    return "other" if left.company is None else "other_at_company"


def have_other_numbers(left: Address | None, right: Address | None) -> bool:
    """Whether two mailboxes of one host differ in nothing but a number, as those of two people of one name do."""
    if left is None or right is None or left == right or left.host != right.host:
        return False
    return _without_digits(left.mailbox) == _without_digits(right.mailbox)


def _without_digits(text: str) -> str:
    return "".join(character for character in text if not character.isdigit())


def _is_own(mailbox: str, one: Name | None, other: Name | None, known: Knowledge) -> bool:
    """Whether a mailbox is somebody's invention, and not made of the name."""
    if len(mailbox) < _SHORTEST_OWN_MAILBOX or mailbox in known.common_mailboxes:
        return False
    words = (word for name in (one, other) if name is not None for word in name.words)
    return not any(len(word) >= _SHORTEST_WORD and word[:_SHORTEST_OWN_MAILBOX] in mailbox for word in words)


def _commonness(one: Traits, other: Traits, known: Knowledge, level: str) -> str | None:
    if level not in AGREEING or one.name is None or other.name is None:
        return None
    if level == "initial" and any(place in known.ambiguous for place in (*places(one), *places(other))):
        return "ambiguous_initial"
    left, right = one.name.key, other.name.key
    if left in known.frequent_names or right in known.frequent_names:
        return "frequent"
    return "common" if left in known.common_names or right in known.common_names else None


def _company(one: Traits, other: Traits, known: Knowledge) -> str | None:
    left, right = one.companies, other.companies
    sizes = [known.sizes.get(company, 0) for company in left if company in right]
    if not sizes:
        # An account and a domain may be those of one company.
        is_comparable = left and right and bool(one.accounts) is bool(other.accounts)
        return "other" if is_comparable else None
    if is_vast(min(sizes)):
        return "same_vast"
    return "same_large" if is_large(min(sizes)) else "same"


def _phone(one: Traits, other: Traits, known: Knowledge) -> str | None:
    left, right = one.phone, other.phone
    if left is None or right is None:
        return None
    if left.number != right.number:
        return "other"
    if left.extension != right.extension:
        return "other_extension" if left.extension and right.extension else "same_shared"
    if left in known.switchboards:
        return "same_shared"
    return "same_of_two" if left in known.shared_phones else "same"
