"""Rows changed as users change them: made, edited, thrown into the recycle bin."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hub.sandbox.salesforce.ids import full_id, is_id
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal, not_found
from hub.sandbox.salesforce.sobject import Field, Kind, SObject
from hub.sandbox.world import Entry, Fate, OpportunityEntry, StageStep

Values = Mapping[str, Any]

_ACCEPTED: Mapping[Kind, tuple[type, ...]] = {
    Kind.BOOLEAN: (bool,),
    Kind.INT: (int,),
    Kind.DOUBLE: (int, Decimal),
    Kind.CURRENCY: (int, Decimal),
}
"""Every other kind takes text."""


def live_row(org: Org, sobject: SObject[Any], external_id: str) -> Any:
    """The row of that id; raises NOT_FOUND or ENTITY_IS_DELETED."""
    row = org.row(sobject, full_id(external_id))
    if row is None:
        raise not_found()
    if row.fate is not Fate.LIVE:
        raise Refusal(404, "ENTITY_IS_DELETED", "entity is deleted", fields=())
    return row


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that nothing stands in the way of."""

    id: str
    created: bool
    write: Callable[[datetime], None]


def create(org: Org, sobject: SObject[Any], values: Values) -> str:
    """Make a row; its id."""
    prepared = creation(org, sobject, values)
    org.commit(prepared.write)
    return prepared.id


def creation(org: Org, sobject: SObject[Any], values: Values) -> Prepared:
    """A row to be made; raises what Salesforce says to wrong ones."""
    if sobject.blank is None:
        raise Refusal(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {sobject.label}")
    edits = _edits(org, sobject, values)
    missing = [field.name for field in org.fields(sobject) if field.required and _lacks(field, edits)]
    if missing:
        names = ", ".join(missing)
        raise Refusal(400, "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{names}]", tuple(missing))
    _check_unique(org, sobject, edits, None)
    blank, external_id = sobject.blank, org.new_id(sobject.prefix)

    def write(now: datetime) -> None:
        row = blank(external_id, now)
        with org.changing(sobject, row):
            _write(org, row, edits, now)
            keep = sobject.insert or _append
            keep(org, sobject, row)

    return Prepared(external_id, created=True, write=write)


def _append(org: Org, sobject: SObject[Any], row: Any) -> None:
    org.rows(sobject).append(row)


def _lacks(field: Field[Any], edits: Mapping[str, tuple[Field[Any], Any]]) -> bool:
    return field.write is not None and edits.get(field.name, (field, None))[1] in (None, "")


def edit(org: Org, sobject: SObject[Any], external_id: str, values: Values) -> None:
    """Change a row, and move its stamp."""
    org.commit(change(org, sobject, live_row(org, sobject, external_id), values).write)


def change(org: Org, sobject: SObject[Any], row: Any, values: Values) -> Prepared:
    """A row to be changed; raises what Salesforce says to wrong values."""
    if sobject.blank is None or not sobject.updateable:
        problem = f"entity type cannot be updated: {sobject.label}"
        raise Refusal(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", problem)
    if row.id in org.locked:
        raise Refusal(400, "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record")
    edits = _edits(org, sobject, values)
    _check_unique(org, sobject, edits, row.id)

    def write(now: datetime) -> None:
        if row.fate is not Fate.LIVE:
            return  # it went while the transaction ran
        with org.changing(sobject, row):
            _write(org, row, edits, now)
            row.modified_at = max(row.modified_at, now)

    return Prepared(str(row.id), created=False, write=write)


def _check_unique(
    org: Org, sobject: SObject[Any], edits: Mapping[str, tuple[Field[Any], Any]], own_id: str | None
) -> None:
    for field, value in edits.values():
        if field.name not in org.unique or not value:
            continue
        for row in org.rows(sobject):
            if row.fate is Fate.LIVE and row.id != own_id and field.value(org, row) == value:
                problem = f"duplicate value found: {field.name} duplicates value on record with id: {row.id}"
                raise Refusal(400, "DUPLICATE_VALUE", problem, ())


def _write(org: Org, row: Entry, edits: Mapping[str, tuple[Field[Any], Any]], now: datetime) -> None:
    stage = row.stage if isinstance(row, OpportunityEntry) else None
    for field, value in edits.values():
        if field.write is not None:
            field.write(row, value)
    if isinstance(row, OpportunityEntry) and row.stage != stage:
        row.steps = [*row.steps, StageStep(id=org.new_id("008"), stage=row.stage, at=now)]


def _edits(org: Org, sobject: SObject[Any], values: Values) -> dict[str, tuple[Field[Any], Any]]:
    edits = {}
    for name, value in values.items():
        if name != "attributes":
            field = _editable(org, sobject, name)
            edits[field.name] = (field, _accepted(org, field, value))
    return edits


def _editable(org: Org, sobject: SObject[Any], name: str) -> Field[Any]:
    field = org.field(sobject, name)
    if field is None:
        raise Refusal(400, "INVALID_FIELD", f"No such column '{name}' on sobject of type {sobject.name}")
    if field.write is None:
        problem = f"Unable to create/update fields: {field.name}. Check that the field can be written."
        raise Refusal(400, "INVALID_FIELD_FOR_INSERT_UPDATE", problem, (field.name,))
    return field


def _accepted(org: Org, field: Field[Any], value: Any) -> Any:
    """A value as the row holds it; raises what Salesforce says to wrong ones."""
    if value is None:
        return None
    if type(value) not in _ACCEPTED.get(field.kind, (str,)):
        raise _unreadable(field, value)
    if field.kind is Kind.REFERENCE:
        return _reference(org, field, value)
    if field.kind is Kind.DATE:
        return _date(field, value)
    if field.kind in (Kind.DOUBLE, Kind.CURRENCY):
        return Decimal(value)
    if field.allowed is not None and value not in field.allowed(org):
        problem = f"bad value for restricted picklist field: {value}"
        raise Refusal(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", problem, (field.name,))
    if isinstance(value, str) and field.length and len(value) > field.length:
        problem = f"{field.name}: data value too large (max length={field.length})"
        raise Refusal(400, "STRING_TOO_LONG", problem, (field.name,))
    return value


def _unreadable(field: Field[Any], value: Any) -> Refusal:
    kind = "VALUE_STRING" if isinstance(value, str) else "VALUE_NUMBER"
    return Refusal(400, "JSON_PARSER_ERROR", f"Cannot deserialize instance of {field.kind} from {kind} value")


def _date(field: Field[Any], value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _unreadable(field, value) from error


def _reference(org: Org, field: Field[Any], value: str) -> str:
    if not is_id(value):
        raise Refusal(400, "MALFORMED_ID", f"{field.name}: id value of incorrect type: {value}", (field.name,))
    target: SObject[Any] = org.target(field)
    row = org.row(target, full_id(value))
    if row is None:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    return str(row.id)
