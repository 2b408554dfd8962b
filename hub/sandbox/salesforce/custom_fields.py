"""The custom fields of accounts: those the hub writes, a formula, and those that the rows use."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.currencies import CORPORATE_CURRENCY
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import Field, Kind
from hub.sandbox.world import AccountEntry


def custom_fields(accounts: Iterable[AccountEntry]) -> list[Field[Any]]:
    """These fields. What rows use is text where its values are of several types, or there are none."""
    kinds: dict[str, set[Kind]] = {}
    for row in accounts:
        for name, value in row.custom.items():
            found = kinds.setdefault(name, set())
            if value is not None:
                found.add(_kind(value))
    used = (
        _field(name, next(iter(found)) if len(found) == 1 else Kind.STRING)
        for name, found in sorted(kinds.items())
        if name not in OURS
    )
    return [*_ours(), _revenue_in_dollars(), *used]


OURS = ("Hub_Account_Id__c", "Hub_Overlapping_Partners__c")
"""Where the hub writes what account mapping found out."""


def _ours() -> list[Field[Any]]:
    key, partners = OURS
    return [
        replace(_field(key, Kind.STRING), external_id=True),
        replace(_field(partners, Kind.TEXTAREA), length=32_768),
    ]


def _revenue_in_dollars() -> Field[Any]:
    """A formula over the exchange rates, which are no part of the row: no stamp tells when it changes."""

    def value(org: Org, row: AccountEntry) -> Decimal | None:
        if row.revenue is None:
            return None
        return (row.revenue / org.rates[row.currency or CORPORATE_CURRENCY]).quantize(_CENT)

    return Field(name="Revenue_In_USD__c", kind=Kind.DOUBLE, value=value, calculated=True)


_CENT = Decimal("0.01")


def _kind(value: object) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, date):
        return Kind.DATE
    return Kind.DOUBLE if isinstance(value, (int, float, Decimal)) else Kind.STRING


def _field(name: str, kind: Kind) -> Field[Any]:
    def write(row: AccountEntry, value: object) -> None:
        row.custom = row.custom | {name: value}

    def value(_: Org, row: AccountEntry) -> Any:
        held = row.custom.get(name)
        if kind is Kind.BOOLEAN:
            return bool(held)
        if held is None or kind is Kind.DATE:
            return held
        return Decimal(str(held)) if kind is Kind.DOUBLE else str(held)

    return Field(name=name, kind=kind, value=value, write=write, length=255)
