"""SOQL's names for stretches of days: TODAY, LAST_N_DAYS:30, THIS_QUARTER. Time zone UTC; weeks start on Sunday."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from hub.sandbox.salesforce.soql import DateLiteral

Days = tuple[date, date]
"""The first and the last day."""

MONTHS = 12


def _day(today: date, offset: int, length: int = 1) -> Days:
    first = today + timedelta(days=offset)
    return first, first + timedelta(days=length - 1)


def _week(today: date, offset: int, length: int = 1) -> Days:
    sunday = today - timedelta(days=today.isoweekday() % 7)
    return _day(sunday, 7 * offset, 7 * length)


def _months(today: date, offset: int, length: int) -> Days:
    first = _month_start(today, offset)
    return first, _month_start(first, length) - timedelta(days=1)


def _month_start(day: date, offset: int) -> date:
    year, month = divmod(day.year * MONTHS + day.month - 1 + offset, MONTHS)
    return date(year, month + 1, 1)


def _month(today: date, offset: int, length: int = 1) -> Days:
    return _months(today, offset, length)


def _quarter(today: date, offset: int, length: int = 1) -> Days:
    return _months(today.replace(day=1, month=(today.month - 1) // 3 * 3 + 1), 3 * offset, 3 * length)


def _year(today: date, offset: int, length: int = 1) -> Days:
    return _months(today.replace(day=1, month=1), MONTHS * offset, MONTHS * length)


_UNITS: Mapping[str, Callable[[date, int, int], Days]] = {
    "DAY": _day,
    "WEEK": _week,
    "MONTH": _month,
    "QUARTER": _quarter,
    "YEAR": _year,
}
_NAMED: Mapping[str, Callable[[date], Days]] = {
    "TODAY": lambda today: _day(today, 0),
    "YESTERDAY": lambda today: _day(today, -1),
    "TOMORROW": lambda today: _day(today, 1),
    "LAST_90_DAYS": lambda today: _day(today, -90, 91),
    "NEXT_90_DAYS": lambda today: _day(today, 1, 90),
}
_OFFSETS = {"LAST": -1, "THIS": 0, "NEXT": 1}


def days(literal: DateLiteral, today: date) -> Days | None:
    """The days that a literal means; None where there is no such literal."""
    if literal.name in _NAMED and literal.n is None:
        return _NAMED[literal.name](today)
    match literal.name.split("_"):
        case [("LAST" | "THIS" | "NEXT") as which, unit] if unit in _UNITS and unit != "DAY" and literal.n is None:
            return _UNITS[unit](today, _OFFSETS[which], 1)
        case ["LAST", "N", "DAYS"] if literal.n is not None:
            return _day(today, -literal.n, literal.n + 1)
        case ["LAST" | "NEXT" as which, "N", units] if literal.n and units.removesuffix("S") in _UNITS:
            offset = -literal.n if which == "LAST" else 1
            return _UNITS[units.removesuffix("S")](today, offset, literal.n)
        case ["N", units, "AGO"] if literal.n is not None and units.removesuffix("S") in _UNITS:
            return _UNITS[units.removesuffix("S")](today, -literal.n, 1)
    return None
