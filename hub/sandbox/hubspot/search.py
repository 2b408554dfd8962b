"""Search: filtered, sorted by one property, in pages by offset, never beyond ten thousand rows."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot.call import Call, within
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.filters import Filter, Predicate, operand, predicate, reading, tokens
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.records import asked_properties, record
from hub.sandbox.hubspot.refusal import invalid
from hub.sandbox.hubspot.shelf import id_number
from hub.sandbox.hubspot.stamps import epoch_milliseconds

MOST_FOUND = 200
DEFAULT_FOUND = 10
WINDOW = 10_000
LONGEST_BODY = 3_000
MOST_GROUPS, MOST_PER_GROUP, MOST_FILTERS = 5, 6, 18
REMEMBERED = 64
"""How many row lists are kept at a time."""

Group = tuple[Filter, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a search asks for."""

    groups: tuple[Group, ...]
    text: str
    sort: str | None
    descending: bool
    properties: tuple[str, ...]
    limit: int
    offset: int


def search(portal: Portal, call: Call) -> dict[str, Any]:
    """A page of the records that match."""
    kind = object_type(call.path["object_type"])
    query = _query(call)
    rows = _visible(portal, kind, _sorted(portal, kind, query))
    places = _with_gaps(portal, rows, query.limit)
    page = [entry for entry in places[query.offset : query.offset + query.limit] if entry is not None]
    properties = asked_properties(portal, kind, query.properties, kind.defaults + kind.search_defaults)
    answer: dict[str, Any] = {
        "total": len(rows),
        "results": [record(portal, kind, entry, properties) for entry in page],
    }
    if query.offset + query.limit < len(places):
        answer["paging"] = {"next": {"after": str(query.offset + query.limit)}}
    return answer


def _query(call: Call) -> Query:
    if len(call.body.decode(errors="replace")) > LONGEST_BODY:
        raise invalid(f"The request body must not be longer than {LONGEST_BODY} characters")
    content = call.json()
    groups = tuple(
        tuple(Filter.of(each) for each in group.get("filters") or ()) for group in content.get("filterGroups") or ()
    )
    _check_groups(groups)
    sort, descending = _sort(content.get("sorts") or [])
    limit = within(content.get("limit") or DEFAULT_FOUND, MOST_FOUND, "limit")
    return Query(
        groups=groups,
        text=str(content.get("query") or ""),
        sort=sort,
        descending=descending,
        properties=tuple(content.get("properties") or ()),
        limit=limit,
        offset=_offset(content.get("after") or 0, limit),
    )


def _check_groups(groups: tuple[Group, ...]) -> None:
    if len(groups) > MOST_GROUPS:
        raise invalid(f"Too many filterGroups: {len(groups)}, at most {MOST_GROUPS}")
    if any(len(group) > MOST_PER_GROUP for group in groups) or sum(map(len, groups)) > MOST_FILTERS:
        raise invalid(f"Too many filters: at most {MOST_PER_GROUP} in a group and {MOST_FILTERS} in all")


def _sort(sorts: list[Any]) -> tuple[str | None, bool]:
    if len(sorts) > 1:
        raise invalid("Only one sort is allowed")
    if not sorts:
        return None, False
    given = sorts[0] if isinstance(sorts[0], dict) else {"propertyName": sorts[0]}
    return given.get("propertyName"), given.get("direction", "ASCENDING") == "DESCENDING"


def _offset(after: object, limit: int) -> int:
    if not str(after).isdecimal():
        raise invalid(f"after must be an integer, but was {after}")
    offset = int(str(after))
    if offset + limit > WINDOW:
        raise invalid(f"Paging through results is limited to the first {WINDOW} results")
    return offset


def _visible(portal: Portal, kind: ObjectType, rows: list[Any]) -> list[Any]:
    """Rows that the index has caught up with."""
    if not portal.index_lag:
        return rows
    indexed = epoch_milliseconds(portal.clock.now() - portal.index_lag)
    recent = {entry.id for entry in portal.shelf(kind).modified_from(indexed + 1)}
    return [entry for entry in rows if entry.id not in recent] if recent else rows


def _with_gaps(portal: Portal, rows: list[Any], limit: int) -> list[Any]:
    """The rows, and between them, as None, what the index should have forgotten: pages get short, or empty."""
    seed = portal.quirks.search_gaps
    room = WINDOW - len(rows) - limit
    if seed is None or not rows or room < 0:
        return rows
    rng = random.Random(f"{seed} {len(rows)} {rows[0].id}")  # noqa: S311 - repeatable on purpose, guards nothing
    first, second = sorted(rng.randint(0, len(rows) - 1) for _ in range(2))
    gap = min(rng.randint(1, 2 * limit), room // 2)
    nothing = [None] * gap
    return [*rows[:first], *nothing, *rows[first:second], *nothing, *rows[second:]]


def _sorted(portal: Portal, kind: ObjectType, query: Query) -> list[Any]:
    """All rows that match, in the order asked for; in the order of ids where none is."""
    if query.sort in (None, "hs_object_id") and not _as_text(portal, query.sort):
        rows = _matching(portal, kind, query)
        return rows[::-1] if query.descending else rows
    found = properties_of(portal, kind).get(str(query.sort))
    if found is None:
        raise invalid(f"There was a problem with the request: property {query.sort} does not exist")
    read = reading(portal, kind, found)
    key = (query.groups, query.text, query.sort, query.descending)
    return _remembered(portal, kind, key, lambda: _ordered(_matching(portal, kind, query), read, query))


def _as_text(portal: Portal, sort: str | None) -> bool:
    return sort is not None and portal.quirks.ids_compare_as_text


def _ordered(rows: list[Any], read: Callable[[Any], Any], query: Query) -> list[Any]:
    filled = [entry for entry in rows if read(entry) is not None]
    empty = [entry for entry in rows if read(entry) is None]
    return sorted(filled, key=read, reverse=query.descending) + empty


def _matching(portal: Portal, kind: ObjectType, query: Query) -> list[Any]:
    """All rows that match, in the order of their ids.

    The bounds on the id are cut out last, so that a walk through the ids filters everything else once only.
    """
    if len(query.groups) > 1:
        key = (query.groups, query.text)
        return _remembered(portal, kind, key, lambda: _in_any(portal, kind, query.groups, query.text))
    group = query.groups[0] if query.groups else ()
    cuts = () if portal.quirks.ids_compare_as_text else _CUTS
    bounds = [each for each in group if each.name == "hs_object_id" and each.operator in cuts]
    rest = tuple(each for each in group if each not in bounds)
    rows = _remembered(portal, kind, (rest, query.text), lambda: _in_any(portal, kind, (rest,), query.text))
    if not bounds:
        return rows
    number = properties_of(portal, kind)["hs_object_id"]
    low, high = 0, len(rows)
    for each in bounds:
        first, last = _CUTS[each.operator](rows, [operand(number, value) for value in each.values])
        low, high = max(low, first), min(high, last)
    return rows[low:high]


_Cut = Callable[[list[Any], list[Any]], tuple[int, int]]
_CUTS: dict[str, _Cut] = {
    "GT": lambda rows, values: (bisect_right(rows, values[0], key=id_number), len(rows)),
    "GTE": lambda rows, values: (bisect_left(rows, values[0], key=id_number), len(rows)),
    "LT": lambda rows, values: (0, bisect_left(rows, values[0], key=id_number)),
    "LTE": lambda rows, values: (0, bisect_right(rows, values[0], key=id_number)),
    "BETWEEN": lambda rows, values: (
        bisect_left(rows, values[0], key=id_number),
        bisect_right(rows, values[1], key=id_number),
    ),
}


def _in_any(portal: Portal, kind: ObjectType, groups: tuple[Group, ...], text: str) -> list[Any]:
    found = [_in_group(portal, kind, group, text) for group in groups]
    if len(found) == 1:
        return found[0]
    return sorted({entry.id: entry for rows in found for entry in rows}.values(), key=id_number)


def _in_group(portal: Portal, kind: ObjectType, group: Group, text: str) -> list[Any]:
    tests = [predicate(portal, kind, each) for each in group]
    tests += [_text_test(portal, kind, text)] if text else []
    candidates = _in_window(portal, kind, group)
    if not tests:
        return list(candidates)
    return sorted((entry for entry in candidates if all(test(entry) for test in tests)), key=id_number)


def _text_test(portal: Portal, kind: ObjectType, text: str) -> Predicate:
    wanted = tokens(text)
    known = properties_of(portal, kind)
    reads = [known[name].read for name in kind.searched]

    def holds(entry: Any) -> bool:
        present = tokens(" ".join(read(entry, portal) or "" for read in reads))
        return all(any(word.startswith(each) for word in present) for each in wanted)

    return holds


def _in_window(portal: Portal, kind: ObjectType, group: Group) -> Iterable[Any]:
    """The live rows that the group's bounds on the modified date leave; strictness is the tests' business."""
    shelf = portal.shelf(kind)
    bounds = [each for each in group if each.name == kind.modified and each.operator in _BOUNDING]
    if not bounds:
        rows: list[Any] = shelf.live
        return rows
    found = properties_of(portal, kind)[kind.modified]
    low, high = 0, None
    for each in bounds:
        values = [operand(found, value) for value in each.values]
        if each.operator in ("EQ", "GT", "GTE", "BETWEEN"):
            low = max(low, values[0])
        if each.operator in ("EQ", "LT", "LTE", "BETWEEN"):
            high = values[-1] if high is None else min(high, values[-1])
    within: list[Any] = shelf.modified_from(low, high)
    return within


_BOUNDING = ("EQ", "GT", "GTE", "LT", "LTE", "BETWEEN")


def _remembered(portal: Portal, kind: ObjectType, key: Any, rows: Callable[[], list[Any]]) -> list[Any]:
    kept: dict[Any, list[Any]] = portal.derived(kind).setdefault("searches", {})
    key = (portal.quirks.ids_compare_as_text, *key)
    if key not in kept:
        if len(kept) >= REMEMBERED:
            del kept[next(iter(kept))]
        kept[key] = rows()
    return kept[key]
