"""A world of any size, made in seconds: the rows of a small one, over and over, under ids and names of their own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from random import Random
from typing import TypeVar

from hub.sandbox.ecosystem import made_up_ecosystem
from hub.sandbox.ids import hubspot_ids, salesforce_ids
from hub.sandbox.timeline import HISTORY_BEGINS
from hub.sandbox.world import AccountEntry, ContactEntry, Copy, Entry, Fate, OpportunityEntry, World

SHARES = {"accounts": 0.2, "contacts": 0.6, "opportunities": 0.2}
PREFIXES = {"accounts": "001", "contacts": "003", "opportunities": "006"}
SPACING = timedelta(milliseconds=150)
"""Between two rows: a million fit into the history, some of them into one second."""

EntryT = TypeVar("EntryT", bound=Entry)
Ids = Callable[[str, int], Iterator[str]]


def large_world(records: int) -> World:
    """A world whose two vendors hold half of the records each."""
    small = made_up_ecosystem(400)
    rng = Random("large")  # noqa: S311 - repeatable on purpose
    half = records // 2
    _grow(small.salesforce, half, lambda prefix, _: salesforce_ids(prefix, rng))
    _grow(small.hubspot, half, lambda _, count: hubspot_ids(count, rng))
    return small


def _grow(copy: Copy, records: int, ids: Ids) -> None:
    counts = {name: round(records * share) for name, share in SHARES.items()}
    new = {name: ids(PREFIXES[name], count) for name, count in counts.items()}
    accounts = list(_many(copy.accounts, counts["accounts"], new["accounts"], _account))
    employers = [account.id for account in accounts]
    contacts = _many(copy.contacts, counts["contacts"], new["contacts"], _contact)
    copy.contacts = [_employed(contact, employers[number % len(employers)]) for number, contact in enumerate(contacts)]
    copy.opportunities = list(_many(copy.opportunities, counts["opportunities"], new["opportunities"], _deal))
    copy.accounts, copy.leads, copy.campaigns = accounts, [], []


def _many(
    rows: list[EntryT], count: int, ids: Iterator[str], another: Callable[[EntryT, int], EntryT]
) -> Iterator[EntryT]:
    live = [row for row in rows if row.fate is Fate.LIVE]
    for number, row_id in enumerate(islice(ids, count)):
        row = another(live[number % len(live)], number)
        row.id = row_id
        row.created_at = (HISTORY_BEGINS + number * SPACING).replace(microsecond=0)
        row.modified_at = row.created_at + timedelta(minutes=1)
        yield row


def _account(row: AccountEntry, number: int) -> AccountEntry:
    return replace(row, name=f"{row.name} {number}", domain=f"company-{number}.example", parent=None)


def _contact(row: ContactEntry, number: int) -> ContactEntry:
    return replace(row, last_name=f"{row.last_name} {number}", email=f"person-{number}@company.example")


def _employed(row: ContactEntry, account: str) -> ContactEntry:
    row.account = account
    return row


def _deal(row: OpportunityEntry, number: int) -> OpportunityEntry:
    return replace(
        row, name=f"{row.name} {number}", account=None, contact_roles=[], partner_roles=[], lines=[], steps=[]
    )
