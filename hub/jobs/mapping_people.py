"""Deciding which records are the same person, and storing the answer."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pyarrow as pa

from hub.graph.identity import assign
from hub.graph.people import Contact, people
from hub.store import identities
from hub.store.database import Session
from hub.store.identities import PERSON


async def map_people(session: Session) -> tuple[int, int]:
    """Map all live contacts anew; how many there are, and how many people."""
    records = await _read(session)
    persons = await asyncio.to_thread(lambda: people(records.compared.values()))
    await _write(session, records, persons)
    return len(records.compared), len(persons)


@dataclass(frozen=True, slots=True)
class _Records:
    compared: dict[UUID, Any]
    external_ids: dict[UUID, str]
    owners: dict[UUID, UUID]
    current: dict[UUID, UUID]


async def _read(session: Session) -> _Records:
    records = _Records({}, {}, {}, {})
    async with aclosing(identities.live_records(session, PERSON)) as rows:
        async for row in rows:
            records.compared[row.id] = _contact(row)
            records.external_ids[row.id] = row.external_id
            records.owners[row.id] = row.owner_id
            if row.identity is not None:
                records.current[row.id] = row.identity
    return records


def _contact(row: Any) -> Contact:
    return Contact(
        id=row.id,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        phone=row.phone,
        accounts=tuple(row.accounts),
        countries=tuple(row.countries),
    )


async def _write(session: Session, records: _Records, clusters: list[tuple[UUID, ...]]) -> None:
    assignment = assign(clusters, records.current)
    minted = dict(zip(await identities.mint(session, len(assignment.new)), assignment.new, strict=True))
    members = {**assignment.kept, **minted}
    moves = [
        (record, records.owners[record], records.current.get(record), identity)
        for identity, cluster in members.items()
        for record in cluster
        if records.current.get(record) != identity
    ]
    profiles = _table(("owner_id", "id", "name", "email"), _profiles(members, records))
    await identities.write(session, PERSON, profiles, _table(("record_id", "owner_id", "was", "identity"), moves))


def _table(columns: Sequence[str], rows: Iterable[Sequence[UUID | str | None]]) -> pa.Table:
    texts = ([None if value is None else str(value) for value in row] for row in rows)
    return pa.Table.from_pylist(
        [dict(zip(columns, row, strict=True)) for row in texts],
        pa.schema([(column, pa.string()) for column in columns]),
    )


def _profiles(
    members: Mapping[UUID, tuple[UUID, ...]], records: _Records
) -> Iterator[tuple[UUID, UUID, str, str | None]]:
    """What each owner's records say of a person: nobody is shown what only another's say."""
    for identity, cluster in members.items():
        by_owner: dict[UUID, list[UUID]] = {}
        for record in cluster:
            by_owner.setdefault(records.owners[record], []).append(record)
        for owner, own in by_owner.items():
            name, email = _profile([records.compared[record] for record in own])
            # Of some things a source tells no more than that they exist.
            yield owner, identity, name or records.external_ids[own[0]], email


def _profile(records: list[Contact]) -> tuple[str | None, str | None]:
    names = [" ".join(filter(None, (each.first_name, each.last_name))) for each in records]
    email = next((each.email for each in records if each.email), None)
    return max(names, key=lambda name: (len(name), name)) or email, email
