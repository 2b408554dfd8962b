"""Associations made and taken back. Neither moves a modified date: only webhooks tell of it."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from hub.sandbox.hubspot.association_types import Tie, ties_between
from hub.sandbox.hubspot.batch import answer, checked
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.links import linked, linked_by, tie, untie
from hub.sandbox.hubspot.object_types import OBJECT_TYPES, ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import invalid, not_found, part_failed
from hub.sandbox.hubspot.webhooks import Change

MOST_CHANGED = 2_000

Ends = tuple[ObjectType, str, ObjectType, str]
"""From a record to another."""


def create(portal: Portal, call: Call) -> tuple[int, dict[str, Any]]:
    """Associate pairs of records in the ways named."""

    def associated(ends: Ends, each: Mapping[str, Any]) -> list[dict[str, Any]]:
        associate(portal, ends, _ties(portal, ends, each.get("types") or []))
        return [_pair(portal, ends)]

    return _answered(portal, call, associated, 201)


def create_default(portal: Portal, call: Call) -> tuple[int, dict[str, Any]]:
    """Associate pairs of records without a label."""
    return _answered(portal, call, lambda ends, _: _by_default(portal, ends), 200)


def _answered(
    portal: Portal, call: Call, associated: Callable[[Ends, Mapping[str, Any]], list[dict[str, Any]]], status: int
) -> tuple[int, dict[str, Any]]:
    """What became of each pair that a batch names: a result, or an error where one of its records is missing."""
    results, errors = [], []
    for each in checked(call.json(), MOST_CHANGED):
        ends = _ends(call, _id(each, "from"), _id(each, "to"))
        missing = _missing(portal, ends)
        if missing:
            errors.append(missing)
        else:
            results += associated(ends, each)
    return answer(portal, results, errors, status=status)


def archive(portal: Portal, call: Call) -> None:
    """Take back all associations of pairs of records; those that have none are no error."""
    for each in checked(call.json(), MOST_CHANGED):
        for to in each.get("to") or []:
            dissociate(portal, _ends(call, _id(each, "from"), str(to.get("id", ""))))


def archive_labels(portal: Portal, call: Call) -> None:
    """Take back the ways named; the unlabeled association stays unless it is named."""
    for each in checked(call.json(), MOST_CHANGED):
        ends = _ends(call, _id(each, "from"), _id(each, "to"))
        dissociate(portal, ends, _ties(portal, ends, each.get("types") or []))


def put_one(portal: Portal, call: Call) -> dict[str, Any]:
    """Associate one record with another in the ways that the body lists."""
    ends = _ends_of_one(portal, call)
    wanted = call.any_json()
    if not isinstance(wanted, list):
        raise invalid("Invalid input JSON: the body must be a list")
    associate(portal, ends, _ties(portal, ends, wanted))
    return _pair(portal, ends)


def put_default(portal: Portal, call: Call) -> tuple[int, dict[str, Any]]:
    """Associate one record with another without a label."""
    return answer(portal, _by_default(portal, _ends_of_one(portal, call)), [])


def delete_one(portal: Portal, call: Call) -> None:
    """Take back all associations of one record with another."""
    kinds = object_type(call.path["object_type"]), object_type(call.path["to_type"])
    dissociate(portal, (kinds[0], call.path["object_id"], kinds[1], call.path["to_id"]))


def check_links(portal: Portal, kind: ObjectType, wanted: Iterable[Mapping[str, Any]]) -> None:
    """Refuse what a record that is created cannot be associated with."""
    for each in wanted:
        _new_link(portal, kind, each)


def link_new(portal: Portal, kind: ObjectType, entry: Any, wanted: Iterable[Mapping[str, Any]]) -> None:
    """Associate a record as it is created."""
    for each in wanted:
        to_kind, to_id = _new_link(portal, kind, each)
        ends = kind, entry.id, to_kind, to_id
        associate(portal, ends, _ties(portal, ends, each.get("types") or []))


def _new_link(portal: Portal, kind: ObjectType, given: Mapping[str, Any]) -> tuple[ObjectType, str]:
    """Where it leads: only the numbers of the types say what kind of record is at the other end."""
    to_id, numbers = _id(given, "to"), set(_numbers(given.get("types") or []))
    for to_kind in OBJECT_TYPES:
        known = {each.forward.type_id for each in ties_between(portal, kind, to_kind)}
        if numbers and numbers <= known and portal.shelf(to_kind).is_live(to_id):
            return to_kind, to_id
    raise invalid(f"Cannot associate a {kind.singular} with {to_id} by {sorted(numbers)}")


def associate(portal: Portal, ends: Ends, ways: Iterable[Tie]) -> None:
    """Tie two live records. A label brings the unlabeled tie along; the first company is the primary one."""
    kind, one, to_kind, other = ends
    defined = ties_between(portal, kind, to_kind)
    wanted = [*ways]
    wanted += [each for each in defined if each.forward.is_unlabeled and each not in wanted]
    primary = next((each for each in defined if _is_primary(each)), None)
    if primary is not None and not _has_primary(portal, ends, primary):
        wanted += [primary]
    for way in dict.fromkeys(wanted):
        _give_up_other(portal, ends, way)
        if tie(portal, kind, to_kind, (one, other, way)):
            _tell(portal, ends, way, removed=False)


def dissociate(portal: Portal, ends: Ends, ways: Iterable[Tie] | None = None) -> None:
    """Untie two records in these ways; in all where none are named."""
    kind, one, to_kind, other = ends
    types = linked(portal, kind, to_kind, one).get(other, ())
    for way in ties_between(portal, kind, to_kind) if ways is None else ways:
        if way.forward in types and untie(portal, kind, to_kind, (one, other, way)):
            _tell(portal, ends, way, removed=True)


def _is_primary(way: Tie) -> bool:
    return way.forward.label == "Primary"


def _has_primary(portal: Portal, ends: Ends, primary: Tie) -> bool:
    kind, one, to_kind, other = ends
    if primary.forward.is_single:
        return linked_by(portal, kind, to_kind, one, primary.forward) is not None
    return linked_by(portal, to_kind, kind, other, primary.backward) is not None


def _give_up_other(portal: Portal, ends: Ends, way: Tie) -> None:
    """Let the record that is the one primary company, or the one parent, make room for the next."""
    kind, one, to_kind, other = ends
    if way.backward.is_single:
        ends, way = (to_kind, other, kind, one), way.turned()
        kind, one, to_kind, other = ends
    if not way.forward.is_single:
        return
    known = linked_by(portal, kind, to_kind, one, way.forward)
    if known not in (None, other):
        dissociate(portal, (kind, one, to_kind, str(known)), [way])


def _tell(portal: Portal, ends: Ends, way: Tie, *, removed: bool) -> None:
    kind, one, to_kind, other = ends
    for (left, left_id), (right, right_id), how in (
        ((kind, one), (to_kind, other), way.forward),
        ((to_kind, other), (kind, one), way.backward),
    ):
        portal.webhooks.tell(
            left,
            Change.ASSOCIATION_CHANGE,
            associationType=f"{left.singular}_to_{right.singular}".upper(),
            associationTypeId=how.type_id,
            associationCategory=how.category,
            fromObjectId=int(left_id),
            toObjectId=int(right_id),
            associationRemoved=removed,
            isPrimaryAssociation=how.label == "Primary",
        )


def _by_default(portal: Portal, ends: Ends) -> list[dict[str, Any]]:
    kind, one, to_kind, other = ends
    ways = [each for each in ties_between(portal, kind, to_kind) if each.forward.is_unlabeled]
    if not ways:
        raise invalid(f"{kind.plural} cannot be associated with {to_kind.plural} without a label")
    associate(portal, ends, ways)
    return [
        {
            "from": {"id": left},
            "to": {"id": right},
            "associationSpec": {"associationCategory": how.category, "associationTypeId": how.type_id},
        }
        for left, right, how in ((one, other, ways[0].forward), (other, one, ways[0].backward))
    ]


def _pair(portal: Portal, ends: Ends) -> dict[str, Any]:
    kind, one, to_kind, other = ends
    types = linked(portal, kind, to_kind, one).get(other, ())
    return {
        "fromObjectTypeId": kind.type_id,
        "fromObjectId": one,
        "toObjectTypeId": to_kind.type_id,
        "toObjectId": other,
        "labels": [each.label for each in types if each.label is not None],
    }


def _ties(portal: Portal, ends: Ends, wanted: Iterable[Mapping[str, Any]]) -> list[Tie]:
    known = {each.forward.type_id: each for each in ties_between(portal, ends[0], ends[2])}
    unknown = [number for number in _numbers(wanted) if number not in known]
    if unknown:
        raise invalid(f"Invalid associationTypeId: {unknown} from {ends[0].plural} to {ends[2].plural}")
    return [known[number] for number in _numbers(wanted)]


def _numbers(wanted: Iterable[Mapping[str, Any]]) -> list[int]:
    return [int(each.get("associationTypeId") or 0) for each in wanted]


def _id(given: Mapping[str, Any], end: str) -> str:
    named = given.get(end)
    if not isinstance(named, dict) or "id" not in named:
        raise invalid(f"Invalid input JSON: some of required attributes are not set [{end}]")
    return str(named["id"])


def _ends(call: Call, one: str, other: str) -> Ends:
    return object_type(call.path["from_type"]), one, object_type(call.path["to_type"]), other


def _ends_of_one(portal: Portal, call: Call) -> Ends:
    kind, to_kind = object_type(call.path["object_type"]), object_type(call.path["to_type"])
    entry = portal.shelf(kind).found(call.path["object_id"])
    other = portal.shelf(to_kind).found(call.path["to_id"])
    if entry is None or other is None:
        raise not_found()
    return kind, entry.id, to_kind, other.id


def _missing(portal: Portal, ends: Ends) -> dict[str, Any] | None:
    for kind, entry_id in (ends[:2], ends[2:]):
        if not portal.shelf(kind).is_live(entry_id):
            message = f"{kind.singular.upper()}={entry_id} is not valid"
            return part_failed("VALIDATION_ERROR", message, {"objectType": [kind.plural], "id": [entry_id]})
    return None
