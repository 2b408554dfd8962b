"""What a WHERE clause means: a condition becomes a test of rows."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.date_literals import days
from hub.sandbox.salesforce.ids import full_id, is_id
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.paths import filterable, reached
from hub.sandbox.salesforce.refusal import at
from hub.sandbox.salesforce.sobject import TEXTS, Field, Kind, SObject
from hub.sandbox.salesforce.soql import Combination, Comparison, Condition, DateLiteral, Literal, Negation

Test = Callable[[Any], bool]
Span = tuple[Any, Any]
"""The first and the last value that a literal means; the same but for date literals."""


def test_of(org: Org, sobject: SObject[Any], condition: Condition, soql: str) -> Test:
    """What a condition asks of a row."""
    if isinstance(condition, Negation):
        inner = test_of(org, sobject, condition.condition, soql)
        return lambda row: not inner(row)
    if isinstance(condition, Combination):
        tests = [test_of(org, sobject, part, soql) for part in condition.conditions]
        join = all if condition.joint == "AND" else any
        return lambda row: join(test(row) for test in tests)
    return _comparison(org, sobject, condition, soql)


def _comparison(org: Org, sobject: SObject[Any], comparison: Comparison, soql: str) -> Test:
    reach = reached(org, sobject, comparison.path, soql)
    _check(reach.field, comparison, soql)
    value = reach.value
    if comparison.operator == "LIKE":
        pattern = _pattern(str(comparison.literals[0]))
        return lambda row: (held := value(row)) is not None and pattern.fullmatch(str(held)) is not None
    spans = [_span(org, reach.field, literal, comparison, soql) for literal in comparison.literals]
    test = _test(comparison.operator, spans)
    fold = reach.field.kind in TEXTS
    return lambda row: test(held.casefold() if fold and (held := value(row)) else value(row))


_IDS = frozenset((Kind.ID, Kind.REFERENCE))
_ACCEPTED: Mapping[Kind, tuple[type, ...]] = {
    **dict.fromkeys((*TEXTS, *_IDS), (str,)),
    **dict.fromkeys((Kind.INT, Kind.DOUBLE, Kind.CURRENCY, Kind.PERCENT), (Decimal,)),
    Kind.BOOLEAN: (bool,),
    Kind.DATE: (date, DateLiteral),
    Kind.DATETIME: (datetime, DateLiteral),
}


def _check(field: Field[Any], comparison: Comparison, soql: str) -> None:
    position = comparison.path.at
    if not filterable(field):
        raise at(soql, position, "INVALID_FIELD", f"field '{field.name}' can not be filtered in a query call")
    if comparison.operator == "LIKE" and field.kind not in TEXTS:
        raise at(soql, position, "INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.kind} field")
    for literal in comparison.literals:
        if literal is not None and type(literal) not in _ACCEPTED[field.kind]:
            quotes = "should" if str in _ACCEPTED[field.kind] else "should not"
            raise at(
                soql,
                position,
                "INVALID_FIELD",
                f"value of filter criterion for field '{field.name}' must be of type {field.kind} "
                f"and {quotes} be enclosed in quotes",
            )


def _span(org: Org, field: Field[Any], literal: Literal, comparison: Comparison, soql: str) -> Span:
    if isinstance(literal, DateLiteral):
        return _date_span(org, field, literal, soql)
    if isinstance(literal, str):
        text = _text(field, literal, comparison, soql)
        return text, text
    if isinstance(literal, datetime):
        literal = literal.astimezone(UTC)
    return literal, literal


def _date_span(org: Org, field: Field[Any], literal: DateLiteral, soql: str) -> Span:
    found = days(literal, org.now().date())
    if found is None:
        raise at(soql, literal.at, "MALFORMED_QUERY", f"unexpected token: '{literal.name}'")
    if field.kind is Kind.DATE:
        return found
    return (
        datetime.combine(found[0], time.min, UTC),
        datetime.combine(found[1], time.max.replace(microsecond=0), UTC),
    )


def _text(field: Field[Any], literal: str, comparison: Comparison, soql: str) -> str | None:
    if field.kind not in _IDS:
        return literal.replace("\\%", "%").replace("\\_", "_").casefold() or None
    if literal and not is_id(literal):
        raise at(soql, comparison.path.at, "INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal}")
    return full_id(literal) or None


_ORDERED: Mapping[str, Callable[[Any, Any, Any], bool]] = {
    "<": lambda value, first, _: value < first,
    "<=": lambda value, _, last: value <= last,
    ">": lambda value, _, last: value > last,
    ">=": lambda value, first, _: value >= first,
}


def _test(operator: str, spans: list[Span]) -> Test:
    if operator in _ORDERED:
        ordered, (first, last) = _ORDERED[operator], spans[0]
        return lambda value: value is not None and first is not None and ordered(value, first, last)
    among = _among(spans)
    return among if operator in ("=", "IN") else lambda value: not among(value)


def _among(spans: list[Span]) -> Test:
    exact = frozenset(first for first, last in spans if first == last)
    wide = [span for span in spans if span[0] != span[1]]
    if not wide:
        return lambda value: value in exact
    return lambda value: value in exact or (value is not None and any(first <= value <= last for first, last in wide))


_WILDCARD = re.compile(r"\\([%_])|([%_])|([^%_\\]+|\\)")


def _pattern(like: str) -> re.Pattern[str]:
    def piece(match: re.Match[str]) -> str:
        escaped, wildcard, text = match.groups()
        return re.escape(escaped or text) if wildcard is None else {"%": ".*", "_": "."}[wildcard]

    return re.compile(_WILDCARD.sub(piece, like), re.IGNORECASE | re.DOTALL)
