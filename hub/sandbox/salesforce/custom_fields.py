"""The custom fields of accounts: those that the rows use, of the types that their values have."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.sobject import Field, Kind
from hub.sandbox.world import AccountEntry


def custom_fields(accounts: Iterable[AccountEntry]) -> list[Field[Any]]:
    """A field for each name; text where its values are of several types or there are none."""
    kinds: dict[str, set[Kind]] = {}
    for row in accounts:
        for name, value in row.custom.items():
            found = kinds.setdefault(name, set())
            if value is not None:
                found.add(_kind(value))
    return [
        _field(name, next(iter(found)) if len(found) == 1 else Kind.STRING) for name, found in sorted(kinds.items())
    ]


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
