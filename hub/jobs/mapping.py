"""Deciding which records are the same company, or the same person, and storing the answer."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from hub.graph import decisions as graph
from hub.graph.company import Company
from hub.graph.decisions import awake, settled
from hub.graph.identity import assign
from hub.graph.mapping import Mapping as Found
from hub.graph.mapping import mapping
from hub.graph.people import Contact, people
from hub.graph.profile import profile
from hub.graph.rules import ACCEPTED, REVIEWED
from hub.model import Decision
from hub.store import decisions, identities, links, matches, reviews, undecided
from hub.store.database import Database, Session
from hub.store.identities import ACCOUNT, PERSON, Identity
from hub.store.locks import only_one
from hub.store.paths import prefix_of


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingOutcome:
    """What one mapping found and changed."""

    records: int
    accounts: int
    matches: int
    moved: int
    """Records that came to another account than before, new ones included."""
    contacts: int
    people: int


async def map_accounts(database: Database) -> MappingOutcome:
    """Map all live records anew; ids stay where the records do. Raises Busy where another process is at it."""
    async with only_one(database, "account mapping"):
        async with database.session() as session:
            restated = await undecided.restatements(session)
            of_accounts = await _read(session, ACCOUNT, _company)
            decided = await _decided(session, of_accounts)
            found = await asyncio.to_thread(lambda: mapping(of_accounts.compared.values(), decided.keys()))
            moved = await _write(session, ACCOUNT, of_accounts, found.clusters, _account_profile)
            await matches.replace(session, _rows(found, decided))
            await decisions.note_contradictions(session, _contradictions(decided))
            await matches.note_memberships(session)
            await matches.note_relations(session)
            await undecided.settle(session, [each.id for each in restated if each.record_id in of_accounts.compared])
        async with database.session() as session:
            of_people = await _read(session, PERSON, _contact)
            persons = await asyncio.to_thread(lambda: people(of_people.compared.values()))
            await _write(session, PERSON, of_people, persons, _person_profile)
        # Not together with the moves of accounts: by now those who wrote links meanwhile see where the records went.
        async with database.session() as session:
            await links.place(session)
            await reviews.fill(session, REVIEWED, ACCEPTED)
    return MappingOutcome(
        records=len(of_accounts.compared),
        accounts=len(found.clusters),
        matches=len(found.findings),
        moved=moved,
        contacts=len(of_people.compared),
        people=len(persons),
    )


@dataclass(frozen=True, slots=True)
class _Records:
    compared: dict[UUID, Any]
    external_ids: dict[UUID, str]
    owners: dict[UUID, UUID]
    current: dict[UUID, UUID]


async def _read(session: Session, kind: Identity, compared: Callable[[Any], object]) -> _Records:
    records = _Records({}, {}, {}, {})
    async with aclosing(identities.live_records(session, kind)) as rows:
        async for row in rows:
            records.compared[row.id] = compared(row)
            records.external_ids[row.id] = row.external_id
            records.owners[row.id] = row.owner_id
            if row.identity is not None:
                records.current[row.id] = row.identity
    return records


def _company(row: Any) -> Company:
    return Company(
        id=row.id,
        name=row.name,
        website=row.website,
        domain=row.domain,
        country=row.country,
        duns=row.duns,
        email_domains=tuple(row.email_domains),
        owner_id=row.owner_id,
    )


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


Profile = Callable[[list[Any]], tuple[str | None, str | None]]


def _account_profile(records: list[Company]) -> tuple[str | None, str | None]:
    name, domain = profile(records)
    return name or domain, domain


def _person_profile(records: list[Contact]) -> tuple[str | None, str | None]:
    names = [" ".join(filter(None, (each.first_name, each.last_name))) for each in records]
    email = next((each.email for each in records if each.email), None)
    return max(names, key=lambda name: (len(name), name)) or email, email


async def _write(
    session: Session, kind: Identity, records: _Records, clusters: list[tuple[UUID, ...]], told: Profile
) -> int:
    """Store the clusters; how many records came to another identity than before."""
    assignment = assign(clusters, records.current)
    minted = dict(zip(await identities.mint(session, len(assignment.new)), assignment.new, strict=True))
    members = {**assignment.kept, **minted}
    moves = [
        (record, records.owners[record], records.current.get(record), identity)
        for identity, cluster in members.items()
        for record in cluster
        if records.current.get(record) != identity
    ]
    await identities.write(session, kind, _profiles(members, records, told), moves)
    return len(moves)


def _profiles(
    members: Mapping[UUID, tuple[UUID, ...]], records: _Records, told: Profile
) -> Iterator[tuple[UUID, UUID, str, str | None]]:
    """What each owner's records say of an identity: nobody is shown what only another's say."""
    for identity, cluster in members.items():
        by_owner: dict[UUID, list[UUID]] = {}
        for record in cluster:
            by_owner.setdefault(records.owners[record], []).append(record)
        for owner, own in by_owner.items():
            name, key = told([records.compared[record] for record in own])
            # Of some things a source tells no more than that they exist.
            yield owner, identity, name or records.external_ids[own[0]], key


Decided = Mapping[graph.Decision, Decision]
"""What people decided about live records, as it is compared and as it is stored."""


async def _decided(session: Session, records: _Records) -> Decided:
    rows = {
        graph.Decision(left=row.left_id, right=row.right_id, verdict=row.verdict, decided_at=row.decided_at): row
        for row in await decisions.standing(session)
    }
    return {each: rows[each] for each in awake(rows, records.compared)}


def _rows(found: Found, decided: Decided) -> Iterator[tuple[Any, ...]]:
    """Every finding, and every pair that people decided about, as a match: what they said, beside the rules' score."""
    left = {(each.left, each.right): row for each, row in decided.items()}
    for finding in found.findings:
        scored = finding.left, finding.right, round(finding.bits, 3), finding.evidence
        said = left.pop((finding.left, finding.right), None)
        verdict = (said.verdict, said.decided_by) if said else (finding.verdict, found.decided_by)
        yield *scored, *verdict, finding.verdict
    for pair, said in left.items():  # the rules never compared them
        yield *pair, 0, [], said.verdict, said.decided_by, None


def _contradictions(decided: Decided) -> dict[UUID, str]:
    """What a person is told of each decision that cannot be followed, by its id."""
    _, found = settled(decided.keys())
    return {decided[each.same].id: _told(each, decided) for each in found}


def _told(contradiction: graph.Contradiction, decided: Decided) -> str:
    same, *against = (decided[each] for each in (contradiction.same, *contradiction.against))
    apart = ", ".join(f"{each.verdict} of {prefix_of(Decision)}{each.id}" for each in against)
    return (
        f"SAME of {prefix_of(Decision)}{same.id} is not followed: together with other decisions it would join records "
        f"that are kept apart by {apart}. Withdraw one of them."
    )
