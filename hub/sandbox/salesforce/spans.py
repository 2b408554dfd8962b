"""Which stretch of an index a WHERE clause can be true in. It may be true in less: rows are still tested one by one."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import reduce
from typing import Any

from hub.sandbox.salesforce.ids import full_id
from hub.sandbox.salesforce.index import LAST, Span
from hub.sandbox.salesforce.soql import Combination, Comparison, Condition

EVERYWHERE = Span()
Leaf = Callable[[Comparison], Span]


def stamp_span(condition: Condition | None) -> Span:
    """The stamps and ids that a condition leaves."""
    return EVERYWHERE if condition is None else _span(condition, _of_stamps)


def id_span(condition: Condition | None) -> Span:
    """The ids that a condition leaves."""
    return EVERYWHERE if condition is None else _span(condition, _of_ids)


def _span(condition: Condition, leaf: Leaf) -> Span:
    if isinstance(condition, Comparison):
        return leaf(condition)
    if not isinstance(condition, Combination):
        return EVERYWHERE
    spans = [_span(part, leaf) for part in condition.conditions]
    if condition.joint == "OR":
        return reduce(_hull, spans)
    common = reduce(_common, spans)
    return _within_second(common, condition) if leaf is _of_stamps else common


def _of_stamps(comparison: Comparison) -> Span:
    stamp = comparison.literals[0]
    if _name(comparison) != "systemmodstamp" or not isinstance(stamp, datetime):
        return EVERYWHERE
    return _bounds(comparison.operator, (stamp.astimezone(UTC), ""), (stamp.astimezone(UTC), LAST))


def _of_ids(comparison: Comparison) -> Span:
    told = comparison.literals[0]
    if _name(comparison) != "id" or not isinstance(told, str):
        return EVERYWHERE
    return _bounds(comparison.operator, (full_id(told),), (full_id(told),))


def _name(comparison: Comparison) -> str:
    return comparison.path.names[-1].lower() if len(comparison.path.names) == 1 else ""


def _bounds(operator: str, first: Any, last: Any) -> Span:
    match operator:
        case "=":
            return Span(first, last)
        case ">":
            return Span(last, None)
        case ">=":
            return Span(first, None)
        case "<":
            return Span(None, first)
        case "<=":
            return Span(None, last)
    return EVERYWHERE


def _within_second(span: Span, condition: Combination) -> Span:
    """Within one second the ids tell the place: `SystemModstamp = … AND Id > …`."""
    if span.first is None or span.last is None or span.first[0] != span.last[0]:
        return span
    ids = reduce(_common, (_span(part, _of_ids) for part in condition.conditions))
    first: Any = span.first if ids.first is None else max(span.first, (span.first[0], ids.first[0]))
    return Span(first, span.last)


def _common(left: Span, right: Span) -> Span:
    firsts = [span.first for span in (left, right) if span.first is not None]
    lasts = [span.last for span in (left, right) if span.last is not None]
    return Span(max(firsts, default=None), min(lasts, default=None))


def _hull(left: Span, right: Span) -> Span:
    firsts, lasts = (left.first, right.first), (left.last, right.last)
    return Span(
        None if None in firsts else min(each for each in firsts if each is not None),
        None if None in lasts else max(each for each in lasts if each is not None),
    )
