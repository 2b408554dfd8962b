"""People as the users of one system typed them."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from hub.sandbox import fates
from hub.sandbox.chance import happens, one_of
from hub.sandbox.facts import Human
from hub.sandbox.timeline import DAY, after, modified, second_of, stamp, tied
from hub.sandbox.world import AccountEntry, ContactEntry, Fate, System

TITLES = ("CEO", "CIO", "CTO", "Head of IT", "Buyer", "Procurement Manager", "VP Sales", "Leiter Einkauf", "DSI", "")

_KNOWN_SHARE = 0.8
_KNOWN_AT_DUPLICATE_SHARE = 0.3
_TWICE_SHARE = 0.03
_LOOSE_SHARE = 0.02

Seat = tuple[int, AccountEntry, Human]
"""When somebody typed a person in, and at which account."""


def contact_rows(
    system: System,
    accounts: Sequence[AccountEntry],
    staff: Mapping[int, Sequence[Human]],
    owners: Sequence[str],
    ids: Iterator[str],
    rng: random.Random,
) -> list[ContactEntry]:
    """The people of these accounts, in the order of creation."""
    seats = sorted(_seats(accounts, staff, rng), key=lambda seat: seat[0])
    created = tied([second for second, _, _ in seats], rng)
    changed = modified(created, rng)
    rows = []
    for (_, account, human), first, last in zip(seats, created, changed, strict=True):
        row = _row(human, account, next(ids), (stamp(system, first), stamp(system, last)), rng)
        row.owner = one_of(rng, owners)
        _follow(row, account, system)
        rows.append(row)
    fates.merge_some(_duplicates(rows), system, rng)
    fates.remove_some(rows, system, rng)
    return rows


def _seats(
    accounts: Sequence[AccountEntry], staff: Mapping[int, Sequence[Human]], rng: random.Random
) -> Iterator[Seat]:
    for account in accounts:
        if account.fate is Fate.MERGED:
            continue
        last = second_of(account.removed_at) if account.removed_at is not None else None
        share = _KNOWN_AT_DUPLICATE_SHARE if "duplicate" in account.planted else _KNOWN_SHARE
        first = second_of(account.created_at) + 1
        within = 90 * DAY if last is None else max(0, last - first)
        for human in staff[account.truth]:
            times = int(happens(rng, share)) + int(happens(rng, _TWICE_SHARE))
            yield from ((after(first, rng, within), account, human) for _ in range(times))


def _row(
    human: Human, account: AccountEntry, identity: str, stamps: tuple[datetime, datetime], rng: random.Random
) -> ContactEntry:
    return ContactEntry(
        id=identity,
        created_at=stamps[0],
        modified_at=stamps[1],
        truth=human.key,
        account=None if happens(rng, _LOOSE_SHARE) else account.id,
        first_name=one_of(rng, (human.first_name,) * 12 + (f"{human.first_name[0]}.", None)),
        last_name=human.last_name if happens(rng, 0.98) else human.last_name.upper(),
        email=_email(human, rng),
        phone=f"{account.phone[:-2]}{rng.randrange(100):02}" if account.phone and happens(rng, 0.5) else None,
        title=one_of(rng, TITLES) or None,
    )


def _email(human: Human, rng: random.Random) -> str | None:
    """As a person types it: mostly right, at times in capitals, with a tag, private or missing."""
    mailbox, host = human.email.split("@")
    others = (
        human.email.title(),
        human.email.upper(),
        f"{mailbox}+newsletter@{host}",
        f"{mailbox}.{human.key}@webmail.example",
        None,
        None,
    )
    return human.email if happens(rng, 0.85) else one_of(rng, others)


def _follow(row: ContactEntry, account: AccountEntry, system: System) -> None:
    """Salesforce removes an account's people with it; HubSpot lets go of them."""
    if row.account is None or account.removed_at is None:
        return
    if system is System.SALESFORCE:
        fates.end(row, account.fate, second_of(account.removed_at), system)
    else:
        row.account = None


def _duplicates(rows: Sequence[ContactEntry]) -> list[tuple[ContactEntry, ContactEntry]]:
    first: dict[int, ContactEntry] = {}
    live = [row for row in rows if row.fate is Fate.LIVE]
    return [(row, first[row.truth]) for row in live if first.setdefault(row.truth, row) is not row]
