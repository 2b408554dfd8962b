"""How records of HubSpot are written: up to 100 at once, each by itself as far as HubSpot understands it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import httpx
import msgspec

from hub.connectors.base import Current, Target, Write, Writing, Written
from hub.connectors.hubspot.blame import Failure, blamed, inputs
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
    has_unique_value: bool = False
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

    def key_obstacle(self) -> str | None:
        return None if self.has_unique_value else "can create no rows: it does not require unique values"


class _Properties(msgspec.Struct, frozen=True):
    results: list[_Property]


class _Record(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    properties: dict[str, str | None]
    updated_at: str
    object_write_trace_id: str | None = None


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Record] = []
    errors: list[Failure] = []


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/properties/guide
async def targets(kind: str, source: HubSpot) -> Mapping[str, Target]:
    """All properties, and why text cannot be written into those into which it cannot."""
    response = await source.asked("GET", f"/crm/properties/{source.version}/{kind}")
    return {
        each.name: Target(longest=LONGEST, obstacle=each.obstacle(), key_obstacle=each.key_obstacle())
        for each in decoded(response, _Properties).results
    }


async def current(kind: str, source: HubSpot, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Current]:
    """Records as they are now. One that was merged away comes as its survivor, whose id is another: it is gone."""
    rows = await _read(kind, source, ids, fields, {})
    return {each.id: _current(each, fields) for each in rows if each.id in set(ids)}


async def known(kind: str, source: HubSpot, field: str, keys: Sequence[str]) -> Mapping[str, str]:
    """Records by a property whose values are unique."""
    rows = await _read(kind, source, keys, [field], {"idProperty": field})
    return {key: each.id for each in rows if (key := each.properties.get(field))}


async def _read(
    kind: str, source: HubSpot, ids: Sequence[str], fields: Sequence[str], more: Mapping[str, str]
) -> Sequence[_Record]:
    path = f"/crm/objects/{source.version}/{kind}/batch/read"
    body = {"inputs": [{"id": each} for each in ids], "properties": list(fields), "propertiesWithHistory": [], **more}
    answer = decoded(await source.asked("POST", path, params={"archived": "false"}, json=body), _Answer)
    if any(failure.category != MISSING for failure in answer.errors):
        raise Unavailable(f"{path}: a part of the batch failed")
    return answer.results


def _current(record: _Record, fields: Sequence[str]) -> Current:
    return Current(values={field: record.properties.get(field) or None for field in fields}, version=record.updated_at)


# https://developers.hubspot.com/docs/api-reference/2026-03/crm/objects/guide
async def write(kind: str, source: HubSpot, writes: Sequence[Write]) -> Sequence[Written]:
    """By the records' ids."""
    path = f"/crm/objects/{source.version}/{kind}/batch/update"
    return await _Batch(partial(_sent, source, path, {}), lambda record: record.id).written(writes)


async def upsert(kind: str, source: HubSpot, field: str, writes: Sequence[Write]) -> Sequence[Written]:
    """By a property whose values are unique."""
    path = f"/crm/objects/{source.version}/{kind}/batch/upsert"
    send = partial(_sent, source, path, {"idProperty": field})
    keyed = [replace(each, values={field: each.key, **each.values}) for each in writes]
    return await _Batch(send, lambda record: record.properties.get(field)).written(keyed)


async def _sent(source: HubSpot, path: str, more: Mapping[str, str], writes: Sequence[Write]) -> httpx.Response:
    return await source.write("POST", path, {"inputs": inputs(writes, more)})


@dataclass(frozen=True, slots=True)
class _Batch:
    """One value that HubSpot finds invalid may spoil its whole batch, of which nothing is written then.

    Each refusal settles a write or halves what is left: n writes cost 2n - 1 requests at most.
    """

    send: Callable[[Sequence[Write]], Awaitable[httpx.Response]]
    key: Callable[[_Record], str | None]

    async def written(self, writes: Sequence[Write]) -> list[Written]:
        """What became of each, in their order."""
        became: dict[str, Written] = {}
        parts = [writes]
        while parts:
            part = parts.pop()
            settled, left = await self._sent(part)
            became |= {each.key: each for each in settled}
            parts += left
        return [became[write.key] for write in writes]

    async def _sent(self, writes: Sequence[Write]) -> tuple[list[Written], list[Sequence[Write]]]:
        """What became of some, and those that are to be sent again, in parts."""
        response = await self.send(writes)
        if not response.is_success:
            return _without_the_blamed(writes, decoded(response, Failure))
        answer = decoded(response, _Answer)
        return [_written(str(trace), write, answer, self.key) for trace, write in enumerate(writes)], []


def _without_the_blamed(writes: Sequence[Write], failure: Failure) -> tuple[list[Written], list[Sequence[Write]]]:
    if len(writes) == 1 or failure.category in PASSING:
        return [_refused(each, failure) for each in writes], []
    named = blamed(failure, writes)
    refused = [_became(writes[place], WriteOutcome.REFUSED, reason) for place, reason in named.items()]
    rest = [each for place, each in enumerate(writes) if place not in named]
    # The first half is sent first: it is taken from the end.
    half = 0 if named else len(rest) // 2
    return refused, [part for part in (rest[half:], rest[:half]) if part]


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
    return _became(write, WriteOutcome.SENDING, "HubSpot did not say what became of it.")


def _refused(write: Write, failure: Failure) -> Written:
    outcome = WriteOutcome.RETRY if failure.category in PASSING else WriteOutcome.REFUSED
    return _became(write, outcome, failure.told())


def _became(write: Write, outcome: WriteOutcome, reason: str) -> Written:
    return Written(key=write.key, outcome=outcome, reason=reason[:LONGEST_REASON])


def _writing(noun: str, kind: str) -> Writing[HubSpot]:
    return Writing(
        noun=noun,
        at_once=AT_ONCE,
        targets=partial(targets, kind),
        current=partial(current, kind),
        write=partial(write, kind),
        upsert=partial(upsert, kind),
        known=partial(known, kind),
        essentials={"name": "name", "domain": "domain"},
        stamps=STAMPS,
    )


WRITING: Mapping[str, Writing[HubSpot]] = {"accounts": _writing("Company", "companies")}
"""By stream."""
