"""Which columns are filled with which facts: the one file here that follows the hub's schema.

One raw record stands for all payloads of a connection: no query here reads them. Triggers are off
while rows are copied: what they would keep, such as `opportunity_account.account_id`, is copied too.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from world import HOME, OTHER, Account, Connection, Contact, Opportunity, Record

Row = tuple[Any, ...]

ORGANIZATIONS = ("01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002")
"""Ids by the organization's number."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table, the columns that are copied into it, and the rows that an account brings."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Account], Iterable[Row]]


def foundations(connections: list[Connection]) -> Iterator[tuple[str, tuple[str, ...], list[Row]]]:
    """What all else refers to: table, columns, rows."""
    yield (
        "organization",
        ("id", "name", "is_home"),
        [(ORGANIZATIONS[HOME], "Home", True), (ORGANIZATIONS[OTHER], "Other", False)],
    )
    yield (
        "connection",
        ("id", "name", "connector", "owner_id", "subject_id", "config", "credentials", "state"),
        [
            (each.id, each.name, "file", ORGANIZATIONS[each.owner], ORGANIZATIONS[each.owner], "{}", b"", "ACTIVE")
            for each in connections
        ],
    )
    yield (
        "raw_record",
        ("id", "connection_id", "stream", "external_id", "payload", "digest", "version", "observed_at"),
        [(each.id, each.id, "all", "all", "{}", b"", 1, "2026-01-01T00:00:00Z") for each in connections],
    )


SYNCED = (
    "id", "external_id", "connection_id", "raw_id", "observed_at", "source_modified_at", "removal", "removal_evidence"
)  # fmt: skip


def _synced(id_: str, external_id: str, record: Record, *, archived: bool = False) -> Row:
    at = record.modified_at
    removal = ("ARCHIVED", "ARCHIVED_FEED") if archived else (None, None)
    return (id_, external_id, record.connection.id, record.connection.id, at, at, *removal)


def _account(account: Account) -> Iterator[Row]:
    yield account.id, account.created_at


def _account_profiles(account: Account) -> Iterator[Row]:
    """One for each owner of a record; removed where none of its records lives."""
    for owner in sorted({record.connection.owner for record in account.records}):
        removed = all(record.archived for record in account.records if record.connection.owner == owner)
        yield ORGANIZATIONS[owner], account.id, account.name, account.domain, removed, account.created_at


def _account_records(account: Account) -> Iterator[Row]:
    for each in account.records:
        site = f"https://www.{account.domain}"
        yield (
            *_synced(each.id, each.external_id, each, archived=each.archived),
            *(each.name, site, account.domain, each.industry, each.employees, each.city, each.country, account.id),
        )


def _contacts(account: Account) -> Iterator[tuple[Record, Contact]]:
    return ((record, contact) for record in account.records for contact in record.contacts)


def _contact_records(account: Account) -> Iterator[Row]:
    for record, each in _contacts(account):
        yield *_synced(each.id, each.external_id, record), each.first_name, each.last_name, each.email


def _linked(account: Account, record: Record, external_id: str) -> Row:
    """What a link from something of this external id to a record holds; the account, while the record lives."""
    return external_id, record.external_id, True, None if record.archived else account.id


def _contact_accounts(account: Account) -> Iterator[Row]:
    for record, each in _contacts(account):
        yield *_synced(each.link_id, each.external_id, record), *_linked(account, record, each.external_id)


def _deals(account: Account) -> Iterator[tuple[Record, Opportunity]]:
    return ((record, deal) for record in account.records for deal in record.opportunities)


def _opportunities(account: Account) -> Iterator[Row]:
    for record, each in _deals(account):
        told = (each.name, each.amount, each.currency if each.amount else None, each.close_date)
        yield *_synced(each.id, each.external_id, record, archived=each.archived), *told


def _opportunity_accounts(account: Account) -> Iterator[Row]:
    for record, each in _deals(account):
        yield *_synced(each.link_id, each.external_id, record), *_linked(account, record, each.external_id)


TABLES = (
    Table("account", ("id", "created_at"), _account),
    Table("account_profile", ("owner_id", "id", "name", "domain", "is_removed", "created_at"), _account_profiles),
    Table(
        "account_record",
        (*SYNCED, "name", "website", "domain", "industry", "employees", "city", "country", "account_id"),
        _account_records,
    ),
    Table("contact_record", (*SYNCED, "first_name", "last_name", "email"), _contact_records),
    Table(
        "contact_account",
        (*SYNCED, "contact_external_id", "account_external_id", "is_primary", "account_id"),
        _contact_accounts,
    ),
    Table("opportunity", (*SYNCED, "name", "amount", "currency", "close_date"), _opportunities),
    Table(
        "opportunity_account",
        (*SYNCED, "opportunity_external_id", "account_external_id", "is_primary", "account_id"),
        _opportunity_accounts,
    ),
)
"""In the order in which they refer to each other."""
