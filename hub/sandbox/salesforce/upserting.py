"""Rows found by a field of the client's own, and made where there is none."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from hub.sandbox.salesforce.editing import Prepared, Values, change, creation, live_row
from hub.sandbox.salesforce.endpoints import answer, check_unmodified, sobject_of, values, version_of
from hub.sandbox.salesforce.finding import Asked, Scope
from hub.sandbox.salesforce.org import Org
from hub.sandbox.salesforce.refusal import Refusal, not_found
from hub.sandbox.salesforce.shape import shape_of
from hub.sandbox.salesforce.sobject import Field, Kind, SObject
from hub.sandbox.salesforce.state import State
from hub.sandbox.world import Fate


def key_field(org: Org, sobject: SObject[Any], name: str) -> Field[Any]:
    """The field that rows are known by; raises NOT_FOUND unless it is the id or an external id."""
    field = org.field(sobject, name)
    if field is None or not (field.external_id or field.kind is Kind.ID):
        raise Refusal(404, "NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
    return field


def matching(org: Org, sobject: SObject[Any], key: Field[Any], value: str) -> Sequence[Any]:
    """The live rows known by that value; an id is that of a row or raises NOT_FOUND."""
    if key.kind is Kind.ID:
        return [live_row(org, sobject, value)]
    return [row for row in org.rows(sobject) if row.fate is Fate.LIVE and key.value(org, row) == value]


def upserted(org: Org, sobject: SObject[Any], key: Field[Any], value: str, given: Values) -> Prepared:
    """A row to be changed, or made where none is known by that value; raises where several are."""
    rows = matching(org, sobject, key, value)
    if len(rows) > 1:
        ids = ", ".join(row.id for row in rows)
        problem = f"{key.name}: more than one record found for external id field: [{ids}]"
        raise Refusal(400, "DUPLICATE_EXTERNAL_ID", problem)
    if rows:
        return change(org, sobject, rows[0], given)
    return creation(org, sobject, {**given, key.name: value})


async def upsert_row(request: Request, here: State) -> Response:
    """A row known by an external id, changed or made; of several, their URLs."""
    org, sobject, given = here.org, sobject_of(request, here), await values(request)
    key, value = key_field(org, sobject, request.path_params["field"]), request.path_params["value"]
    if key.name.lower() in {name.lower() for name in given}:
        problem = f"The {key.name} field should not be specified in the sobject data."
        raise Refusal(400, "INVALID_FIELD", problem, (key.name,))
    rows = matching(org, sobject, key, value)
    if len(rows) > 1:
        return answer([f"/services/data/v{version_of(request)}/sobjects/{sobject.name}/{row.id}" for row in rows], 300)
    if not rows and request.query_params.get("updateOnly") == "true":
        raise not_found()
    for row in rows:
        check_unmodified(request, row)
    prepared = upserted(org, sobject, key, value, given)
    org.commit(prepared.write)
    return answer(told(prepared), 201 if prepared.created else 200)


def told(prepared: Prepared) -> Mapping[str, object]:
    """What a client hears of a row that it upserted."""
    return {"id": prepared.id, "success": True, "errors": [], "created": prepared.created}


async def one_row(request: Request, here: State) -> Response:
    """The row known by an external id."""
    org, sobject = here.org, sobject_of(request, here)
    key = key_field(org, sobject, request.path_params["field"])
    rows = matching(org, sobject, key, request.path_params["value"])
    if len(rows) != 1:
        raise not_found()
    names = [field.name for field in org.fields(sobject)]
    return answer(shape_of(Asked(org, Scope.LIVE, version_of(request)), sobject, names)(rows)[0])
