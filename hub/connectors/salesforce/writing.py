"""How rows of Salesforce are written: up to 200 at once, each by itself; a single one only where nobody else was."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from hub.connectors.base import Current, Target, Write, Writing, Written
from hub.connectors.response import decoded, described
from hub.connectors.salesforce.org import DATA, Org
from hub.connectors.salesforce.soql import quoted
from hub.connectors.salesforce.values import instant
from hub.errors import Forbidden, UnexpectedPayload
from hub.model import WriteOutcome

AT_ONCE = 200
STAMP = "SystemModstamp"
TEXT_TYPES = frozenset({"string", "textarea", "url"})
PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "QUERY_TIMEOUT", "UNKNOWN_EXCEPTION"})
"""Complaints about one row that another attempt may not meet."""
LONGEST_REASON = 300
STAMPS = frozenset(
    {STAMP, "LastModifiedDate", "LastModifiedById", "LastModifiedBy", "LastViewedDate", "LastReferencedDate"}
)


class _Field(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    type: str
    updateable: bool
    length: int = 0
    calculated: bool = False
    external_id: bool = False
    unique: bool = False

    def obstacle(self) -> str | None:
        if self.calculated:
            return "is a formula"
        if not self.updateable:
            return "cannot be edited by the user that the hub signs in as"
        if self.type not in TEXT_TYPES:
            return f"is of the type {self.type}, not text"
        return None


class _Described(msgspec.Struct, frozen=True):
    updateable: bool
    fields: tuple[_Field, ...]
    createable: bool = False

    def key_obstacle(self, field: _Field) -> str | None:
        if not self.createable:
            return "can create no rows: the user that the hub signs in as may not create them"
        if not field.external_id:
            return "can create no rows: it is no External ID"
        # Of two upserts at once, only this keeps the second from making a second row.
        return None if field.unique else "can create no rows: it is not Unique"


class _Complaint(msgspec.Struct, frozen=True, rename="camel"):
    """About one row it has a statusCode, about a whole request an errorCode."""

    message: str = ""
    status_code: str | None = None
    error_code: str | None = None

    def told(self) -> str:
        return f"{self.status_code or self.error_code}: {self.message}"[:LONGEST_REASON]


class _Result(msgspec.Struct, frozen=True):
    success: bool
    id: str | None = None
    errors: tuple[_Complaint, ...] = ()


async def targets(sobject: str, org: Org) -> Mapping[str, Target]:
    """All fields, and why text cannot be written into those into which it cannot."""
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm
    there = decoded(await org.asked(f"{DATA}/sobjects/{sobject}/describe"), _Described)
    if not there.updateable:
        raise Forbidden(f"{sobject} cannot be edited by the user that the hub signs in as")
    return {
        field.name: Target(
            longest=field.length or None, obstacle=field.obstacle(), key_obstacle=there.key_obstacle(field)
        )
        for field in there.fields
    }


async def current(sobject: str, org: Org, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Current]:
    """Rows as they are now; those in the recycle bin are gone."""
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_retrieve.htm
    asked = {"ids": list(ids), "fields": ["Id", "IsDeleted", STAMP, *fields]}
    response = await org.asked(f"{DATA}/composite/sobjects/{sobject}", method="POST", json=asked)
    rows = decoded(response, list[dict[str, Any] | None])
    try:
        return {
            row["Id"]: Current(values={field: row[field] or None for field in fields}, version=row[STAMP])
            for row in rows
            if row is not None and not row["IsDeleted"]
        }
    except KeyError as error:
        raise UnexpectedPayload(f"a row of {sobject} came without {error}, which was asked for") from error


async def known(sobject: str, org: Org, field: str, keys: Sequence[str]) -> Mapping[str, str]:
    """Live rows by an external id field. Of several with the same value any one comes: they cannot be upserted."""
    listed = ",".join(quoted(key) for key in keys)
    found = await org.live_rows(f"SELECT Id, {field} FROM {sobject} WHERE {field} IN ({listed})")  # noqa: S608 - quoted
    rows = [msgspec.json.decode(each, type=dict[str, Any]) for each in found.records]
    return {row[field]: row["Id"] for row in rows}


async def write(sobject: str, org: Org, writes: Sequence[Write]) -> Sequence[Written]:
    """By the rows' ids."""
    if len(writes) == 1 and writes[0].version is not None:
        return [await _write_one(sobject, org, writes[0], writes[0].version)]
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_update.htm
    rows = [{**_attributes(sobject), "id": each.key, **each.values} for each in writes]
    return _written(writes, await org.write("PATCH", "/composite/sobjects", _each_by_itself(rows)))


async def upsert(sobject: str, org: Org, field: str, writes: Sequence[Write]) -> Sequence[Written]:
    """By an external id field."""
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_sobjects_collections_upsert.htm
    rows = [{**_attributes(sobject), field: each.key, **each.values} for each in writes]
    path = f"/composite/sobjects/{sobject}/{quote(field, safe='')}"
    return _written(writes, await org.write("PATCH", path, _each_by_itself(rows)))


async def _write_one(sobject: str, org: Org, write: Write, version: str) -> Written:
    # https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest_conditional_requests.htm
    stamp = format_datetime(instant(version).astimezone(UTC), usegmt=True)
    path = f"/sobjects/{sobject}/{quote(write.key, safe='')}"
    response = await org.write("PATCH", path, dict(write.values), {"If-Unmodified-Since": stamp})
    if response.status_code == httpx.codes.PRECONDITION_FAILED:
        reason = "It was changed between being read and being written."
        return Written(key=write.key, outcome=WriteOutcome.CONFLICT, reason=reason)
    if response.is_success:
        return Written(key=write.key, outcome=WriteOutcome.WRITTEN, external_id=write.key)
    return _refused(write, decoded(response, tuple[_Complaint, ...]))


def _attributes(sobject: str) -> dict[str, Any]:
    return {"attributes": {"type": sobject}}


def _each_by_itself(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"allOrNone": False, "records": rows}


def _written(writes: Sequence[Write], response: httpx.Response) -> list[Written]:
    """What became of each, in the order in which they were sent: the answer names only those that went well."""
    if not response.is_success:
        complaints = decoded(response, tuple[_Complaint, ...])
        return [_refused(each, complaints) for each in writes]
    results = decoded(response, list[_Result])
    if len(results) != len(writes):
        raise UnexpectedPayload(f"{described(response)} with {len(results)} results for {len(writes)} rows")
    return [_outcome(write, result) for write, result in zip(writes, results, strict=True)]


def _outcome(write: Write, result: _Result) -> Written:
    if result.success:
        return Written(key=write.key, outcome=WriteOutcome.WRITTEN, external_id=result.id)
    return _refused(write, result.errors)


def _refused(write: Write, complaints: Iterable[_Complaint]) -> Written:
    told = list(complaints)
    codes = {each.status_code or each.error_code for each in told}
    outcome = WriteOutcome.RETRY if codes & PASSING else WriteOutcome.REFUSED
    return Written(key=write.key, outcome=outcome, reason="; ".join(each.told() for each in told)[:LONGEST_REASON])


def _writing(sobject: str) -> Writing[Org]:
    return Writing(
        noun=sobject,
        at_once=AT_ONCE,
        targets=partial(targets, sobject),
        current=partial(current, sobject),
        write=partial(write, sobject),
        upsert=partial(upsert, sobject),
        known=partial(known, sobject),
        essentials={"Name": "name", "Website": "domain"},
        stamps=STAMPS,
    )


WRITING: Mapping[str, Writing[Org]] = {"accounts": _writing("Account")}
"""By stream."""
