"""How records of HubSpot are written: up to 100 at once, each by itself as far as HubSpot understands it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import httpx
import msgspec

from hub.connectors.base import Current, Target, Write, Writing, Written
from hub.connectors.hubspot.portal import HubSpot
from hub.connectors.response import decoded
from hub.errors import Unavailable
from hub.model import WriteOutcome

AT_ONCE = 100
LONGEST = 65_536
"""Characters of a text property."""
MISSING = "OBJECT_NOT_FOUND"
"""The category of what a batch does not find."""
LONGEST_REASON = 300
PASSING = frozenset({"RATE_LIMITS", "INTERNAL_ERROR", "TIMEOUT", "LOCKED"})
"""Categories of failures that another attempt may not meet."""
STAMPS = frozenset({"updatedAt", "hs_lastmodifieddate", "lastmodifieddate", "hs_updated_by_user_id"})


class _Modification(msgspec.Struct, frozen=True, rename="camel"):
    read_only_value: bool = False


class _Property(msgspec.Struct, frozen=True, rename="camel"):
    name: str
    type: str
    calculated: bool = False
    archived: bool = False
    modification_metadata: _Modification = _Modification()

    def obstacle(self) -> str | None:
        if self.calculated:
            return "is calculated"
        if self.archived:
            return "is archived"
        if self.modification_metadata.read_only_value:
            return "can be read only"
        if self.type != "string":
            return f"is of the type {self.type}, not text"
        return None


class _Properties(msgspec.Struct, frozen=True):
    results: list[_Property]


class _Record(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    properties: dict[str, str | None]
    updated_at: str
    object_write_trace_id: str | None = None


class _Context(msgspec.Struct, frozen=True, rename="camel"):
    object_write_trace_id: list[str] = []
    ids: list[str] = []


class _Failure(msgspec.Struct, frozen=True):
    message: str = ""
    category: str | None = None
    context: _Context = _Context()


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Record] = []
    errors: list[_Failure] = []


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/properties/guide
async def targets(kind: str, source: HubSpot) -> Mapping[str, Target]:
    """All properties, and why text cannot be written into those into which it cannot."""
    response = await source.asked("GET", f"/crm/properties/{source.version}/{kind}")
    return {
        each.name: Target(longest=LONGEST, obstacle=each.obstacle()) for each in decoded(response, _Properties).results
    }


async def current(kind: str, source: HubSpot, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Current]:
    """Records as they are now. One that was merged away comes as its survivor, whose id is another: it is gone."""
    path = f"/crm/objects/{source.version}/{kind}/batch/read"
    body = {"inputs": [{"id": each} for each in ids], "properties": list(fields), "propertiesWithHistory": []}
    answer = decoded(await source.asked("POST", path, params={"archived": "false"}, json=body), _Answer)
    if any(failure.category != MISSING for failure in answer.errors):
        raise Unavailable(f"{path}: a part of the batch failed")
    return {each.id: _current(each, fields) for each in answer.results if each.id in set(ids)}


def _current(record: _Record, fields: Sequence[str]) -> Current:
    return Current(values={field: record.properties.get(field) or None for field in fields}, version=record.updated_at)


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/guide
async def write(kind: str, source: HubSpot, writes: Sequence[Write]) -> Sequence[Written]:
    """By the records' ids."""
    path = f"/crm/objects/{source.version}/{kind}/batch/update"
    return await _by_itself(partial(_sent, source, path, {}), writes, lambda record: record.id)


async def upsert(kind: str, source: HubSpot, field: str, writes: Sequence[Write]) -> Sequence[Written]:
    """By a property whose values are unique."""
    path = f"/crm/objects/{source.version}/{kind}/batch/upsert"
    send = partial(_sent, source, path, {"idProperty": field})
    return await _by_itself(send, writes, lambda record: record.properties.get(field))


async def _by_itself(
    send: Callable[[Sequence[Write]], Awaitable[httpx.Response]],
    writes: Sequence[Write],
    key: Callable[[_Record], str | None],
) -> list[Written]:
    """One value that HubSpot finds invalid spoils its whole batch, which is then not written: halves find it."""
    response = await send(writes)
    if response.is_success:
        answer = decoded(response, _Answer)
        return [_written(str(trace), write, answer, key) for trace, write in enumerate(writes)]
    if len(writes) == 1:
        return [_refused(writes[0], decoded(response, _Failure))]
    half = len(writes) // 2
    return await _by_itself(send, writes[:half], key) + await _by_itself(send, writes[half:], key)


async def _sent(source: HubSpot, path: str, more: Mapping[str, str], writes: Sequence[Write]) -> httpx.Response:
    inputs: list[dict[str, Any]] = [
        {
            "id": write.key,
            "properties": {field: value or "" for field, value in write.values.items()},
            "objectWriteTraceId": str(trace),
            **more,
        }
        for trace, write in enumerate(writes)
    ]
    return await source.write("POST", path, {"inputs": inputs})


def _written(trace: str, write: Write, answer: _Answer, key: Callable[[_Record], str | None]) -> Written:
    """What became of one, wherever in the answer it stands: by its trace, or by its key where HubSpot sends none."""
    for failure in answer.errors:
        named = failure.context
        if trace in named.object_write_trace_id or (not named.object_write_trace_id and write.key in named.ids):
            return _refused(write, failure)
    for record in answer.results:
        traced = record.object_write_trace_id
        if trace == traced or (traced is None and write.key == key(record)):
            return Written(
                key=write.key, outcome=WriteOutcome.WRITTEN, external_id=record.id, version=record.updated_at
            )
    return Written(key=write.key, outcome=WriteOutcome.RETRY, reason="HubSpot did not say what became of it.")


def _refused(write: Write, failure: _Failure) -> Written:
    outcome = WriteOutcome.RETRY if failure.category in PASSING else WriteOutcome.REFUSED
    told = ": ".join(each for each in (failure.category, failure.message) if each)
    return Written(key=write.key, outcome=outcome, reason=told[:LONGEST_REASON])


def _writing(noun: str, kind: str) -> Writing[HubSpot]:
    return Writing(
        noun=noun,
        at_once=AT_ONCE,
        targets=partial(targets, kind),
        current=partial(current, kind),
        write=partial(write, kind),
        upsert=partial(upsert, kind),
        stamps=STAMPS,
    )


WRITING: Mapping[str, Writing[HubSpot]] = {"accounts": _writing("Company", "companies")}
"""By stream."""
