"""Mapping stored payloads anew after the mapping changed: what would change first, then the change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hub.connectors.base import Connector, Stream
from hub.connectors.registry import CONNECTORS
from hub.jobs.storing import completed
from hub.jobs.sync import chosen
from hub.jobs.understanding import Understood, decoded, understood
from hub.model import Connection, IssueKind
from hub.store import connections, issues, raw_records, records
from hub.store.database import Database, Session
from hub.store.locks import only_one
from hub.store.raw_records import Kept, Stored
from hub.store.records import Difference

AT_ONCE = 1_000

Told = Callable[[str, int], None]
"""Called with the stream's name and how many more of its payloads were looked at."""


async def replay(
    database: Database,
    connection_id: UUID,
    stream: str | None,
    *,
    write: bool,
    tell: Told = lambda *_: None,
    connectors: Mapping[str, Connector[Any]] = CONNECTORS,
) -> dict[str, list[Difference]]:
    """Map the stored payloads of the connection's streams, or of one of them; what that changes, by stream.

    Nothing is written unless `write`. Rows that are gone at the source stay as they were last understood.
    Raises Busy where a process reads the stream, NotFound for an unknown connection or stream.
    """
    async with database.session() as session:
        connection = await connections.by_id(session, connection_id)
    found: dict[str, list[Difference]] = {}
    for each in chosen(connectors[connection.connector], stream):
        async with only_one(database, f"the sync of {connection.name}: {each.name}"):
            found[each.name] = await _replayed(database, connection, each, tell, write=write)
    return found


async def _replayed(
    database: Database, connection: Connection, stream: Stream[Any], tell: Told, *, write: bool
) -> list[Difference]:
    total: dict[tuple[str, str | None, str | None], Difference] = {}
    after: UUID | None = None
    while True:
        async with database.session() as session:
            rows = await raw_records.stored(session, connection.id, stream.name, after, AT_ONCE)
            if not rows:
                return list(total.values())
            for each in await _mapped_anew(session, connection.id, stream, rows, write=write):
                _add(total, each)
        after = rows[-1].id
        tell(stream.name, len(rows))


async def _mapped_anew(
    session: Session, connection_id: UUID, stream: Stream[Any], rows: Sequence[Stored], *, write: bool
) -> list[Difference]:
    place = connection_id, stream.name
    payloads = await completed(session, place, stream, {row.external_id: decoded(row.payload) for row in rows})
    found = understood(stream, payloads)
    ids = {row.external_id: Kept(row.id, is_new=False) for row in rows}
    mapped = [(ids[key], said) for key, said in found.records.items()]
    told = await records.differences(session, connection_id, mapped)
    if write:
        await records.save(session, connection_id, mapped)
        await _note_issues(session, place, found)
    return told


async def _note_issues(session: Session, place: tuple[UUID, str], found: Understood) -> None:
    await issues.report(session, *place, IssueKind.UNMAPPED_PAYLOAD, found.unmapped)
    await issues.resolve(session, *place, IssueKind.UNMAPPED_PAYLOAD, list(found.records))


def _add(total: dict[tuple[str, str | None, str | None], Difference], more: Difference) -> None:
    kind = more.table, more.column, more.after if more.column is None else None
    before = total.get(kind)
    total[kind] = more if before is None else replace(before, rows=before.rows + more.rows)
