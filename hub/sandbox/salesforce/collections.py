"""Up to 200 rows in one request: each is answered for itself, in the order of the request, and always with 200."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.sandbox.salesforce.editing import Prepared, change, creation, live_row
from hub.sandbox.salesforce.endpoints import answer, sobject_of, values, version_of
from hub.sandbox.salesforce.finding import Asked, Scope
from hub.sandbox.salesforce.ids import full_id
from hub.sandbox.salesforce.lifecycle import removal
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal
from hub.sandbox.salesforce.shape import shape_of
from hub.sandbox.salesforce.sobject import SObject
from hub.sandbox.salesforce.state import State
from hub.sandbox.salesforce.upserting import key_field, upserted
from hub.sandbox.world import Fate

MAX_ROWS = 200
MAX_RETRIEVED = 2000
ROLLED_BACK = Refusal(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was using AllOrNone header",
    (),
)

Record = Mapping[str, Any]
Item = Prepared | Refusal


async def create_rows(request: Request, here: State) -> Response:
    """New rows."""
    body = await values(request)
    records = _records(body)
    return _done(here.org, [_tried(_creation, here, record) for record in records], body)


def _creation(here: State, record: Record) -> Prepared:
    return creation(here.org, _sobject(here, record), record)


async def edit_rows(request: Request, here: State) -> Response:
    """Rows with other values."""
    body = await values(request)
    return _done(here.org, [_tried(_change, here, record) for record in _records(body)], body)


def _change(here: State, record: Record) -> Prepared:
    sobject = _sobject(here, record)
    id_name = next((name for name in record if name.lower() == "id"), None)
    if id_name is None:
        raise Refusal(400, "MISSING_ARGUMENT", "Id not specified in an update call", ())
    rest = {name: value for name, value in record.items() if name != id_name}
    return change(here.org, sobject, _row(here.org, sobject, str(record[id_name])), rest)


async def delete_rows(request: Request, here: State) -> Response:
    """Rows less: of any object, which the beginning of an id tells."""
    ids = [each for each in request.query_params.get("ids", "").split(",") if each]
    body = {"allOrNone": request.query_params.get("allOrNone") == "true"}
    _check_size(ids, MAX_ROWS)
    return _done(here.org, [_tried(_removal, here, {"Id": each}) for each in ids], body)


def _removal(here: State, record: Record) -> Prepared:
    prefix = record["Id"][:3]
    sobject = next((each for each in here.org.sobjects() if each.prefix == prefix), None)
    if sobject is None:
        raise Refusal(400, "MALFORMED_ID", f"malformed id {record['Id']}", ())
    return removal(here.org, sobject, _row(here.org, sobject, record["Id"]))


async def upsert_rows(request: Request, here: State) -> Response:
    """Rows known by an external id, changed or made."""
    body, sobject = await values(request), sobject_of(request, here)
    key = key_field(here.org, sobject, request.path_params["field"])
    seen: set[str] = set()

    def upsert(_: State, record: Record) -> Prepared:
        if _sobject(here, record) is not sobject:
            raise Refusal(400, "INVALID_TYPE", f"The record is no {sobject.name}", ())
        value = next((str(held) for name, held in record.items() if name.lower() == key.name.lower()), None)
        if not value:
            raise Refusal(400, "MISSING_ARGUMENT", f"{key.name} not specified", ())
        if value in seen:
            raise Refusal(400, "DUPLICATE_VALUE", f"Duplicate external id specified: {value}", (key.name,))
        seen.add(value)
        rest = {name: held for name, held in record.items() if name.lower() != key.name.lower()}
        return upserted(here.org, sobject, key, value, rest)

    return _done(here.org, [_tried(upsert, here, record) for record in _records(body)], body, upserts=True)


async def retrieve(request: Request, here: State) -> Response:
    """Rows by their ids, with some fields; null stands for one that is not there."""
    body, sobject = await values(request), sobject_of(request, here)
    ids, names = body.get("ids"), body.get("fields")
    if not isinstance(ids, list) or not isinstance(names, list):
        raise Refusal(400, "JSON_PARSER_ERROR", "The body lacks ids or fields")
    _check_size(ids, MAX_RETRIEVED)
    spelled = shape_of(Asked(here.org, Scope.LIVE, version_of(request)), sobject, ["Id", *_others(names)])
    rows = [here.org.row(sobject, full_id(str(each))) for each in ids]
    live = [row for row in rows if row is not None and row.fate is Fate.LIVE]
    by_id = {row.id: told for row, told in zip(live, spelled(live), strict=True)}
    return answer([by_id.get(full_id(str(each))) for each in ids])


def _others(names: Sequence[str]) -> Sequence[str]:
    return [name for name in names if name.lower() != "id"]


def _records(body: Mapping[str, Any]) -> Sequence[Record]:
    records = body.get("records")
    if not isinstance(records, list) or not all(isinstance(each, dict) for each in records):
        raise Refusal(400, "JSON_PARSER_ERROR", "The body has no array of records")
    _check_size(records, MAX_ROWS)
    return records


def _check_size(asked: Sequence[object], most: int) -> None:
    if len(asked) > most:
        raise Refusal(400, "EXCEEDED_MAX_SIZE_REQUEST", f"The number of records exceeds the limit of {most}")


def _sobject(here: State, record: Record) -> SObject[Any]:
    attributes = record.get("attributes")
    if not isinstance(attributes, dict) or "type" not in attributes:
        raise Refusal(400, "JSON_PARSER_ERROR", "Include attributes with the type of the record", ())
    sobject = here.org.sobject(str(attributes["type"]))
    if sobject is None:
        raise Refusal(400, "INVALID_TYPE", f"sObject type '{attributes['type']}' is not supported.", ())
    return sobject


def _row(org: Org, sobject: SObject[Any], external_id: str) -> Any:
    if org.row(sobject, full_id(external_id)) is None:
        raise Refusal(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    return live_row(org, sobject, external_id)


def _tried(prepare: Callable[[State, Record], Prepared], here: State, record: Record) -> Item:
    try:
        return prepare(here, record)
    except Refusal as refusal:
        return refusal


def _done(org: Org, items: Sequence[Item], body: Mapping[str, Any], *, upserts: bool = False) -> Response:
    """Writes what can be written, unless all or none was asked for; says what became of each."""
    if body.get("allOrNone") is True and any(isinstance(item, Refusal) for item in items):
        return answer([_told(item if isinstance(item, Refusal) else ROLLED_BACK, upserts=upserts) for item in items])
    for item in items:
        if isinstance(item, Prepared):
            org.commit(item.write)
    return answer([_told(item, upserts=upserts) for item in items])


def _told(item: Item, *, upserts: bool) -> Mapping[str, object]:
    if isinstance(item, Prepared):
        return {"id": item.id, "success": True, "errors": []} | ({"created": item.created} if upserts else {})
    error = {"statusCode": item.code, "message": str(item), "fields": list(item.fields or ())}
    return {"success": False, "errors": [error]} | ({"created": False} if upserts else {})
