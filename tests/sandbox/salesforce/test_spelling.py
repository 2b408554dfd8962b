from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sandbox.salesforce.date_literals import days
from hub.sandbox.salesforce.ids import full_id, is_id, record_id
from hub.sandbox.salesforce.soql import DateLiteral
from hub.sandbox.salesforce.spelling import number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0.0"),
        ("0.00", "0.0"),
        ("50000.00", "50000.0"),
        ("-12.340", "-12.34"),
        ("9999999", "9999999.0"),
        ("10000000", "1.0E7"),
        ("-139000000", "-1.39E8"),
        ("12345678.9", "1.23456789E7"),
        ("0.001", "0.001"),
        ("0.0005", "5.0E-4"),
    ],
)
def test_numbers_are_written_as_java_writes_doubles(value, text):
    assert number(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15))
def test_no_digit_of_a_number_is_lost(value):
    assert Decimal(number(value)) == value


def test_ids_of_fifteen_characters_are_made_whole():
    assert full_id("001D000000K0fXO") == "001D000000K0fXOIAZ"
    assert full_id("001D000000K0fXOIAZ") == "001D000000K0fXOIAZ"
    assert is_id(record_id("001", 62**9))
    assert not is_id("001")


SUNDAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("name", "n", "first", "last"),
    [
        ("TODAY", None, "2026-11-01", "2026-11-01"),
        ("YESTERDAY", None, "2026-10-31", "2026-10-31"),
        ("TOMORROW", None, "2026-11-02", "2026-11-02"),
        ("THIS_WEEK", None, "2026-11-01", "2026-11-07"),
        ("LAST_WEEK", None, "2026-10-25", "2026-10-31"),
        ("NEXT_MONTH", None, "2026-12-01", "2026-12-31"),
        ("LAST_MONTH", None, "2026-10-01", "2026-10-31"),
        ("THIS_QUARTER", None, "2026-10-01", "2026-12-31"),
        ("NEXT_QUARTER", None, "2027-01-01", "2027-03-31"),
        ("LAST_YEAR", None, "2025-01-01", "2025-12-31"),
        ("LAST_90_DAYS", None, "2026-08-03", "2026-11-01"),
        ("NEXT_90_DAYS", None, "2026-11-02", "2027-01-30"),
        ("LAST_N_DAYS", 2, "2026-10-30", "2026-11-01"),
        ("NEXT_N_DAYS", 2, "2026-11-02", "2026-11-03"),
        ("LAST_N_WEEKS", 2, "2026-10-18", "2026-10-31"),
        ("NEXT_N_WEEKS", 1, "2026-11-08", "2026-11-14"),
        ("LAST_N_MONTHS", 11, "2025-12-01", "2026-10-31"),
        ("LAST_N_QUARTERS", 1, "2026-07-01", "2026-09-30"),
        ("LAST_N_YEARS", 2, "2024-01-01", "2025-12-31"),
        ("N_DAYS_AGO", 3, "2026-10-29", "2026-10-29"),
        ("N_MONTHS_AGO", 1, "2026-10-01", "2026-10-31"),
    ],
)
def test_a_date_literal_means_these_days(name, n, first, last):
    assert days(DateLiteral(name, n, 0), SUNDAY) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("name", "n"), [("THIS_DAY", None), ("LAST_N_DAYS", None), ("TODAY", 3), ("LAST_N_EONS", 2), ("N_DAYS_AGO", None)]
)
def test_other_names_mean_nothing(name, n):
    assert days(DateLiteral(name, n, 0), SUNDAY) is None
