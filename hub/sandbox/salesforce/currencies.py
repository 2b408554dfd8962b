"""The currencies of the org."""

from collections.abc import Mapping
from decimal import Decimal

CORPORATE_CURRENCY = "USD"
WITHOUT_CENTS = frozenset(("JPY", "KRW"))

RATES: Mapping[str, Decimal] = {
    "USD": Decimal(1),
    "EUR": Decimal("0.92"),
    "GBP": Decimal("0.79"),
    "CHF": Decimal("0.88"),
    "CAD": Decimal("1.36"),
    "AUD": Decimal("1.52"),
    "NZD": Decimal("1.66"),
    "SEK": Decimal("10.4"),
    "NOK": Decimal("10.7"),
    "DKK": Decimal("6.87"),
    "PLN": Decimal("3.98"),
    "CZK": Decimal("23.2"),
    "HUF": Decimal(362),
    "TRY": Decimal("32.1"),
    "ILS": Decimal("3.7"),
    "ZAR": Decimal("18.6"),
    "BRL": Decimal("5.1"),
    "MXN": Decimal("17.1"),
    "INR": Decimal("83.4"),
    "CNY": Decimal("7.23"),
    "HKD": Decimal("7.82"),
    "TWD": Decimal("32.3"),
    "KRW": Decimal(1370),
    "JPY": Decimal(151),
    "SGD": Decimal("1.35"),
    "THB": Decimal("36.5"),
    "MYR": Decimal("4.7"),
    "IDR": Decimal(16100),
}
"""How much of a currency one unit of the corporate one is worth, in this org's own table."""
