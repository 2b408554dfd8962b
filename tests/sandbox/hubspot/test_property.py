from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from hub.sandbox.hubspot.property import Kind, kind_of, number_spelled, slug, value_spelled


@pytest.mark.parametrize(
    ("value", "kind", "spelled"),
    [
        ("SMB", Kind.STRING, "SMB"),
        (None, Kind.STRING, None),
        (True, Kind.BOOL, "true"),
        (7, Kind.NUMBER, "7"),
        (51.3, Kind.NUMBER, "51.3"),
        (Decimal(15_000_000), Kind.NUMBER, "1.5E7"),
        (date(2027, 1, 2), Kind.DATE, "2027-01-02"),
        (datetime(2027, 1, 2, 3, 4, 5, 6_000, tzinfo=UTC), Kind.DATETIME, "2027-01-02T03:04:05.006Z"),
    ],
)
def test_a_value_of_the_owners_own_field_has_a_type_and_a_text(value: object, kind: Kind, spelled: str | None) -> None:
    assert (kind_of(value), value_spelled(value)) == (kind, spelled)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (None, None),
        ("0", "0"),
        ("5000.00", "5000.00"),
        ("4048.745", "4048.745"),
        ("9999999.99", "9999999.99"),
        ("10000000", "1.0E7"),
        ("-12345678.9", "-1.23456789E7"),
    ],
)
def test_numbers_from_ten_million_on_have_an_exponent(number: str | None, text: str | None) -> None:
    value = None if number is None else Decimal(number)
    assert number_spelled(value) == text
    assert text is None or Decimal(text) == value


def test_a_word_becomes_an_internal_value() -> None:
    assert slug("Oil & Gas / Energy") == "OIL_GAS_ENERGY"
    assert slug(None) is None
