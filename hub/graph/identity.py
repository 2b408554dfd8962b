"""Ids that stay: which account id each cluster keeps, and which clusters need a new one."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Assignment:
    """What becomes of accounts, or of persons. New ids are for the caller to mint."""

    kept: dict[UUID, tuple[UUID, ...]]
    """Existing account id → all its records from now on."""
    new: list[tuple[UUID, ...]]
    """Records of each account that needs a new id."""


def assign(clusters: Iterable[Collection[UUID]], current: Mapping[UUID, UUID]) -> Assignment:
    """Which ids survive. `current` is record id → account id of every record that has one.

    A cluster keeps the id that most of its records had, the oldest where two are equal; an id claimed by several
    clusters goes to the one that holds most of its records, so a split leaves it with the larger part.
    """
    groups = sorted(tuple(sorted(cluster)) for cluster in clusters)
    shares = {
        (number, account): count
        for number, records in enumerate(groups)
        for account, count in Counter(current[record] for record in records if record in current).items()
    }
    account_of = kept_ids(shares)
    return Assignment(
        kept={account: groups[number] for number, account in account_of.items()},
        new=[records for number, records in enumerate(groups) if number not in account_of],
    )


Id = TypeVar("Id", UUID, str)


def kept_ids(shares: Mapping[tuple[int, Id], int]) -> dict[int, Id]:
    """The id that each cluster keeps, by its number, from how many of its records have which id now."""
    kept: dict[int, Id] = {}
    taken: set[Id] = set()
    for number, account in sorted(shares, key=lambda claim: (-shares[claim], claim[1], claim[0])):
        if account not in taken and number not in kept:
            taken.add(account)
            kept[number] = account
    return kept
