"""Records read and written up to a hundred at a time. Where some fail the answer is a 207 that says which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.sandbox.hubspot.batch import Outcome, answer, checked
from hub.sandbox.hubspot.call import Call
from hub.sandbox.hubspot.definitions import properties_of
from hub.sandbox.hubspot.object_types import ObjectType, object_type
from hub.sandbox.hubspot.objects import found_by
from hub.sandbox.hubspot.portal import PORTAL_ID, Portal
from hub.sandbox.hubspot.records import asked_properties, record
from hub.sandbox.hubspot.refusal import Conflict, Refusal, invalid, part_failed
from hub.sandbox.hubspot.validation import InvalidProperties, TakenValue
from hub.sandbox.hubspot.writing import archive, check, update
from hub.sandbox.hubspot.writing import create as create_one
from hub.sandbox.world import Entry, Fate


@dataclass(frozen=True, slots=True)
class Wish:
    """One input of a batch that writes."""

    trace: str | None
    """What the sender calls it, to tell its result from the others'."""
    values: Mapping[str, Any]
    entry: Entry | None = None
    """The record to change; None where one is to be created."""


def read(portal: Portal, call: Call) -> Outcome:
    """The records with these ids, or with these values of a unique property."""
    kind, content, ids = _inputs(call)
    fate = Fate.DELETED if call.is_set("archived") else Fate.LIVE
    by = str(content.get("idProperty") or "hs_object_id")
    entries: dict[str, Entry] = {}
    missing = []
    for each in ids:
        entry = found_by(portal, kind, by, each, fate)
        if entry is None:
            missing.append(each)
        else:
            entries[entry.id] = entry
    properties = asked_properties(portal, kind, content.get("properties") or ())
    errors = [_absent(kind, missing)] if missing else []
    return answer(portal, [record(portal, kind, entry, properties) for entry in entries.values()], errors)


def create(portal: Portal, call: Call) -> Outcome:
    """New records."""
    kind = object_type(call.path["object_type"])
    return _written(portal, kind, [_wish(each) for each in checked(call.json())])


def change(portal: Portal, call: Call) -> Outcome:
    """Records with new values, each named by its id or by its value of a unique property."""
    kind, content, ids = _inputs(call)
    _refuse_duplicates(ids)
    wishes, missing, untraced = [], [], []
    for each, entry_id in zip(content["inputs"], ids, strict=True):
        entry = _unique_or_id(portal, kind, each, entry_id)
        if entry is not None:
            wishes.append(_wish(each, entry))
        elif each.get("objectWriteTraceId") is None:
            untraced.append(entry_id)
        else:
            missing.append(_absent(kind, [entry_id], str(each["objectWriteTraceId"])))
    _refuse_duplicates([wish.entry.id for wish in wishes if wish.entry is not None])
    return _written(portal, kind, wishes, [*missing, *([_absent(kind, untraced)] if untraced else [])])


def upsert(portal: Portal, call: Call) -> Outcome:
    """Records with new values where the unique property has the value that names them, and new ones elsewhere."""
    kind, content, ids = _inputs(call)
    _refuse_duplicates(ids)
    wishes = []
    for each, value in zip(content["inputs"], ids, strict=True):
        name = str(each.get("idProperty") or content.get("idProperty") or "")
        if not name:
            raise invalid("Invalid input JSON: some of required attributes are not set [idProperty]")
        entry = _by_unique(portal, kind, name, value)
        values = {name: value, **(each.get("properties") or {})}
        wishes.append(_wish({**each, "properties": values}, entry))
    return _written(portal, kind, wishes, tells_new=True)


def remove(portal: Portal, call: Call) -> None:
    """Archive records; those that are not there are no error."""
    kind, _, ids = _inputs(call)
    for each in ids:
        entry = portal.shelf(kind).found(each)
        if entry is not None:
            archive(portal, kind, entry)


def _written(
    portal: Portal,
    kind: ObjectType,
    wishes: Iterable[Wish],
    errors: Iterable[dict[str, Any]] = (),
    *,
    tells_new: bool = False,
) -> Outcome:
    """What became of the wishes. An untraced one that cannot be had spoils the batch before anything is written.

    One that takes what an earlier input has just taken fails alone.
    """
    granted, failed = _checked(portal, kind, list(wishes))
    results, errors = [], [*errors, *failed]
    properties = list(properties_of(portal, kind).values())
    for wish in granted:
        try:
            check(portal, kind, wish.values, wish.entry)
        except Refusal as refusal:
            errors.append(_spelled(refusal, wish))
            continue
        entry = wish.entry
        if entry is None:
            entry = create_one(portal, kind, wish.values)
        else:
            update(portal, kind, entry, wish.values)
        spelling = record(portal, kind, entry, properties)
        traced = {"objectWriteTraceId": wish.trace} if wish.trace and portal.quirks.traces_results else {}
        results.append({**spelling, **traced, **({"new": wish.entry is None} if tells_new else {})})
    return answer(portal, results, errors)


def _checked(portal: Portal, kind: ObjectType, wishes: list[Wish]) -> tuple[list[Wish], list[dict[str, Any]]]:
    granted, errors, complaints, spoils = [], [], [], portal.quirks.spoils_batches
    for wish in wishes:
        try:
            check(portal, kind, wish.values, wish.entry)
        except InvalidProperties as refusal:
            if wish.trace is None or spoils:
                complaints += refusal.complaints
            else:
                errors.append(_spelled(refusal, wish))
        except (Conflict, TakenValue) as refusal:
            if wish.trace is None or spoils:
                raise
            errors.append(_spelled(refusal, wish))
        else:
            granted.append(wish)
    if complaints:
        raise InvalidProperties(complaints)
    return granted, errors


def _spelled(refusal: Refusal, wish: Wish) -> dict[str, Any]:
    context = {} if wish.trace is None else {"objectWriteTraceId": [wish.trace]}
    if isinstance(refusal, Conflict):
        context["existingId"] = [refusal.existing_id]
    return part_failed(refusal.category or "VALIDATION_ERROR", refusal.message, context)


def _wish(given: Mapping[str, Any], entry: Entry | None = None) -> Wish:
    trace = given.get("objectWriteTraceId")
    return Wish(None if trace is None else str(trace), given.get("properties") or {}, entry)


def _unique_or_id(portal: Portal, kind: ObjectType, given: Mapping[str, Any], value: str) -> Any:
    name = given.get("idProperty")
    if name is None:
        return portal.shelf(kind).found(value)
    return _by_unique(portal, kind, str(name), value)


def _by_unique(portal: Portal, kind: ObjectType, name: str, value: str) -> Entry | None:
    unique = properties_of(portal, kind).get(name)
    if unique is None or not unique.unique:
        raise invalid(
            f"Unable to perform update/upsert by non-unique {kind.type_id} property {name} in portal ID {PORTAL_ID}"
        )
    return found_by(portal, kind, name, value, Fate.LIVE)


def _inputs(call: Call) -> tuple[ObjectType, dict[str, Any], list[str]]:
    content = call.json()
    inputs = checked(content)
    if any("id" not in each for each in inputs):
        raise invalid("Invalid input JSON: some of required attributes are not set [id]")
    return object_type(call.path["object_type"]), content, [str(each["id"]) for each in inputs]


def _absent(kind: ObjectType, ids: list[str], trace: str | None = None) -> dict[str, Any]:
    message = (
        f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid."
    )
    traced = {} if trace is None else {"objectWriteTraceId": [trace]}
    return part_failed("OBJECT_NOT_FOUND", message, {"ids": ids, **traced})


def _refuse_duplicates(ids: list[str]) -> None:
    repeated = sorted({each for each in ids if ids.count(each) > 1})
    if repeated:
        message = f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique"
        raise invalid(message, context={"ids": repeated})
