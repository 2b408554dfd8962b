"""Associations, read."""

from collections.abc import Iterable, Mapping
from typing import Any

from hub.sandbox.hubspot.association_types import AssociationType, types_between
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.links import Types, linked
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.refusal import invalid, not_found, part_failed
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.world import Entry

MOST_FROM = 1_000
MOST_TO = 500
MOST_INLINED = 100

Others = Mapping[str, Types]


def batch_read(portal: Portal, call: Call) -> tuple[int, dict[str, Any]]:
    """The associations of up to a thousand records; those without any are among the errors."""
    from_kind, to_kind = object_type(call.path["from_type"]), object_type(call.path["to_type"])
    inputs = call.json().get("inputs")
    if not isinstance(inputs, list) or len(inputs) > MOST_FROM:
        raise invalid(f"inputs must be a list of at most {MOST_FROM}")
    results, errors = [], []
    for each in inputs:
        one = str(each.get("id", ""))
        others = linked(portal, from_kind, to_kind, one)
        if others:
            results.append(_from_one(one, others, int(each.get("after") or 0)))
        else:
            errors.append(_none_found(from_kind, to_kind, one))
    now = spelled(portal.now())
    body: dict[str, Any] = {"completedAt": now, "status": "COMPLETE", "startedAt": now, "results": results}
    return (207, {**body, "errors": errors, "numErrors": len(errors)}) if errors else (200, body)


def of_one(portal: Portal, call: Call) -> dict[str, Any]:
    """The associations of one record."""
    from_kind, to_kind = object_type(call.path["object_type"]), object_type(call.path["to_type"])
    entry = portal.shelf(from_kind).found(call.path["object_id"])
    if entry is None:
        raise not_found()
    return _page(linked(portal, from_kind, to_kind, entry.id), call.after(), call.limit(MOST_TO, MOST_TO))


def labels(portal: Portal, call: Call) -> dict[str, Any]:
    """The types of association from one object type to another."""
    from_kind, to_kind = object_type(call.path["from_type"]), object_type(call.path["to_type"])
    return {"results": [each.spelled() for each in types_between(portal, from_kind, to_kind)]}


def inlined(portal: Portal, kind: ObjectType, entry: Entry, names: Iterable[str]) -> dict[str, Any]:
    """A record's associations as they come within it: ids only, by object type."""
    found = {}
    for name in names:
        to_kind = object_type(name)
        others = linked(portal, kind, to_kind, entry.id)
        if others:
            found[to_kind.plural] = _inlined_page(kind, to_kind, others)
    return {"associations": found} if found else {}


def _from_one(one: str, others: Others, after: int) -> dict[str, Any]:
    page = _page(others, after, MOST_TO)
    return {"from": {"id": one}, "to": page.pop("results"), **page}


def _page(others: Others, after: int, limit: int) -> dict[str, Any]:
    # The spec calls toObjectId a string; on the wire it is a number.
    ids = sorted(number for number in map(int, others) if number > after)
    page: dict[str, Any] = {
        "results": [
            {"toObjectId": number, "associationTypes": [each.spelled() for each in _in_order(others[str(number)])]}
            for number in ids[:limit]
        ]
    }
    if len(ids) > limit:
        page["paging"] = {"next": {"after": str(ids[limit - 1])}}
    return page


def _inlined_page(kind: ObjectType, to_kind: ObjectType, others: Others) -> dict[str, Any]:
    name = f"{kind.singular}_to_{to_kind.singular}"
    ids = sorted(others, key=int)
    page: dict[str, Any] = {
        "results": [
            {"id": other, "type": name if each.label == "Primary" else f"{name}_unlabeled"}
            for other in ids[:MOST_INLINED]
            for each in _in_order(others[other])
            if each.category == "HUBSPOT_DEFINED"
        ]
    }
    if len(ids) > MOST_INLINED:
        page["paging"] = {"next": {"after": ids[MOST_INLINED - 1]}}
    return page


def _in_order(types: Types) -> list[AssociationType]:
    return sorted(types, key=lambda each: each.type_id)


def _none_found(from_kind: ObjectType, to_kind: ObjectType, one: str) -> dict[str, Any]:
    return part_failed(
        "OBJECT_NOT_FOUND",
        f"No {to_kind.singular} is associated with {from_kind.singular} {one}.",
        {"fromObjectId": [one], "fromObjectType": [from_kind.singular], "toObjectType": [to_kind.singular]},
        subCategory="crm.associations.NO_ASSOCIATIONS_FOUND",
    )
