"""Storing what a source sent: raw first, then what it says, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.connectors.base import Page, Payload, Stream
from hub.jobs.drift import note_fields
from hub.jobs.understanding import Keyed, new_fields, understood, with_fields
from hub.jobs.write_echo import echoes
from hub.model import IssueKind
from hub.store import issues, raw_records, records
from hub.store.database import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What storing a page came to."""

    keys: frozenset[str]
    changed: int
    """Payloads that are new or differ, but for those that bring back what we wrote."""
    unmapped: int
    removed: int
    """The source's rows that the page says are gone, each once, whatever else it was mapped to."""
    gone: frozenset[str] = frozenset()
    """Their ids, as far as they were live here or new."""


async def store(
    session: Session, connection_id: UUID, stream: Stream[Any], page: Page, sent: Mapping[str, Keyed]
) -> Stored:
    """Keep each payload that is new or differs, and write what it says; bury what the page says is gone.

    `sent` are the page's payloads by their ids.
    """
    place = connection_id, stream.name
    if page.fields is not None:
        await note_fields(session, *place, page.fields)
    kept = await raw_records.keep(session, *place, {key: each.sent for key, each in sent.items()})
    echoed = await echoes(session, connection_id, stream, kept)
    changed = await completed(session, place, stream, {key: sent[key].payload for key in kept})
    found = understood(stream, changed)
    await records.save(session, connection_id, [(kept[key], rows) for key, rows in found.records.items()])
    buried = await _bury(session, place, stream, page)
    said_gone = [
        row.external_id
        for rows in found.records.values()
        for row in rows
        if isinstance(row, stream.record) and row.removal is not None
    ]
    await issues.report(session, *place, IssueKind.UNMAPPED_PAYLOAD, found.unmapped)
    await issues.resolve(session, *place, IssueKind.UNMAPPED_PAYLOAD, list(found.records))
    await issues.report(session, *place, IssueKind.NEW_FIELD, new_fields(stream, changed))
    await issues.report(session, *place, IssueKind.BAD_ROW, {row.subject: row.message for row in page.bad_rows})
    return Stored(
        keys=frozenset(sent),
        changed=len(changed) - len(echoed),
        unmapped=len(found.unmapped),
        removed=len(buried) + len(said_gone),
        gone=frozenset((*buried, *said_gone)),
    )


async def completed(
    session: Session, place: tuple[UUID, str], stream: Stream[Any], payloads: Mapping[str, Payload]
) -> Mapping[str, Payload]:
    """The payloads, with what was last read of fields that the source no longer shows."""
    if not payloads:
        return payloads
    vanished = await issues.open_subjects(session, *place, IssueKind.VANISHED_FIELD)
    if not vanished:
        return payloads
    missing = await raw_records.last_told(session, *place, list(payloads), stream.fields_in, vanished)
    return {key: with_fields(stream, payload, missing.get(key, {})) for key, payload in payloads.items()}


async def _bury(session: Session, place: tuple[UUID, str], stream: Stream[Any], page: Page) -> list[str]:
    """The ids of the rows that were buried."""
    if not page.tombstones:
        return []
    rows = [(t.external_id, t.removal, t.evidence, t.removed_at, t.merged_into) for t in page.tombstones]
    buried = await records.bury(session, place[0], stream.record, rows)
    await raw_records.expect_again(session, *place, buried)
    return buried
