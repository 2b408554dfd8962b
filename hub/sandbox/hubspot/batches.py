"""Records read and written up to a hundred at a time. Where some fail the answer is a 207 that says which."""

from collections.abc import Callable, Sequence
from typing import Any

from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.objects import found_by
from hub.sandbox.hubspot.portal import Portal
from hub.sandbox.hubspot.records import asked_properties, record
from hub.sandbox.hubspot.refusal import Conflict, invalid, part_failed
from hub.sandbox.hubspot.stamps import spelled
from hub.sandbox.hubspot.writing import archive, created_entry, update
from hub.sandbox.world import Entry, Fate

MOST_INPUTS = 100

Outcome = tuple[int, dict[str, Any]]
"""A status and a body."""


def read(portal: Portal, call: Call) -> Outcome:
    """The records with these ids, or with these values of a unique property."""
    kind, content, ids = _inputs(call)
    fate = Fate.DELETED if call.is_set("archived") else Fate.LIVE
    by = str(content.get("idProperty") or "hs_object_id")
    entries, missing = _split(portal, kind, ids, lambda each: found_by(portal, kind, by, each, fate))
    properties = asked_properties(portal, kind, content.get("properties") or ())
    return outcome(portal, [record(portal, kind, entry, properties) for entry in entries], _absent(kind, missing))


def change(portal: Portal, call: Call) -> Outcome:
    """Records with new values."""
    kind, content, ids = _inputs(call)
    _refuse_duplicates(ids)
    entries, missing = _split(portal, kind, ids, portal.shelf(kind).found)
    changes = {
        portal.shelf(kind).survivor_id(str(each["id"])): each.get("properties") or {} for each in content["inputs"]
    }
    for entry in entries:
        update(portal, kind, entry, changes[entry.id])
    properties = list(properties_of(portal, kind).values())
    return outcome(portal, [record(portal, kind, entry, properties) for entry in entries], _absent(kind, missing))


def create(portal: Portal, call: Call) -> Outcome:
    """New records. One that exists already spoils the batch, unless the inputs carry trace ids to name it by."""
    kind = object_type(call.path["object_type"])
    results, errors = [], []
    for each in _checked(call.json()):
        trace = each.get("objectWriteTraceId")
        try:
            entry = created_entry(portal, kind, each.get("properties") or {})
        except Conflict as conflict:
            if trace is None:
                raise
            context = {"objectWriteTraceId": [str(trace)], "existingId": [conflict.existing_id]}
            errors.append(part_failed("CONFLICT", conflict.message, context))
        else:
            results.append(record(portal, kind, entry, properties_of(portal, kind).values()))
    return outcome(portal, results, errors)


def remove(portal: Portal, call: Call) -> None:
    """Archive records; those that are not there are no error."""
    kind, _, ids = _inputs(call)
    for each in ids:
        entry = portal.shelf(kind).found(each)
        if entry is not None:
            archive(portal, kind, entry)


def outcome(portal: Portal, results: Sequence[Any], errors: Sequence[Any]) -> Outcome:
    """The answer to a batch."""
    body: dict[str, Any] = {
        "completedAt": spelled(portal.now()),
        "status": "COMPLETE",
        "startedAt": spelled(portal.now()),
        "results": results,
    }
    if not errors:
        return 200, body
    return 207, {**body, "errors": errors, "numErrors": len(errors)}


def _inputs(call: Call) -> tuple[ObjectType, dict[str, Any], list[str]]:
    content = call.json()
    inputs = _checked(content)
    if any("id" not in each for each in inputs):
        raise invalid("Invalid input JSON: some of required attributes are not set [id]")
    return object_type(call.path["object_type"]), content, [str(each["id"]) for each in inputs]


def _checked(content: dict[str, Any]) -> list[dict[str, Any]]:
    inputs = content.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(each, dict) for each in inputs):
        raise invalid("Invalid input JSON: some of required attributes are not set [inputs]")
    if len(inputs) > MOST_INPUTS:
        raise invalid(f"The maximum number of inputs supported in a batch request is {MOST_INPUTS}")
    return inputs


def _split(
    portal: Portal, kind: ObjectType, ids: list[str], found: Callable[[str], Any]
) -> tuple[list[Any], list[str]]:
    entries: dict[str, Entry] = {}
    missing = []
    for each in ids:
        entry = found(each)
        if entry is None:
            missing.append(each)
        else:
            entries[entry.id] = entry
    return list(entries.values()), missing


def _absent(kind: ObjectType, ids: list[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    message = (
        f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid."
    )
    return [part_failed("OBJECT_NOT_FOUND", message, {"ids": ids})]


def _refuse_duplicates(ids: list[str]) -> None:
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        message = f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique"
        raise invalid(message, context={"ids": repeated})
